"""Processor time of each kind of operation of `benchmarks/load.py`, with the module and with bare CRM.

    .sandbox/venv/bin/python benchmarks/load_processor.py [TIMES] [ROUNDS] [DEALS]

One person does each operation TIMES times (30) in each of ROUNDS rounds (4) on each of the two databases, which take
turns. DEALS is their number of deals (6000): with few of them, most moves may be undos. The output has the milliseconds
of processor time that an operation costs the workers of Odoo and the backends of PostgreSQL, the median of the rounds,
and the mean by the weights of the operations. Other work on the machine changes these figures less than times.
"""

import contextlib
import statistics
import sys
from collections import defaultdict
from pathlib import Path

import load
from load import databases, postgres, setup
from load_client import ACTIONS, Person, Refused


def processor_ms(process_ids):
    """Return the milliseconds for which all threads of some processes have run."""
    files = (file for number in process_ids for file in Path("/proc", str(number), "task").glob("*/schedstat"))
    return sum(int(file.read_text().split()[0]) for file in files) / 1e6


def backends_of(database):
    """Return the ids of the processes of PostgreSQL that serve a database."""
    query = f"SELECT pid FROM pg_stat_activity WHERE datname = '{database}' AND pid <> pg_backend_pid()"
    return [int(row[0]) for row in databases.query(query, database)]


def children_of(parent):
    """Return the ids of the processes that a process has started, and theirs."""
    numbers = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(number) for number in numbers] + [found for number in numbers for found in children_of(number)]


def cost_of(side, person, name, times):
    """Return (milliseconds in Odoo, in PostgreSQL) of one operation, the mean of some."""
    groups = (children_of(side.process_id), backends_of(side.database))
    before = [processor_ms(group) for group in groups]
    for _number in range(times):
        with contextlib.suppress(Refused):
            getattr(person, f"do_{name}")()
    return [(processor_ms(group) - start) / times for group, start in zip(groups, before, strict=True)]


def main(times=30, rounds=4, deals=6000):
    """Let both databases take turns, and compare them."""
    setup.prepare()
    with postgres.in_use(leave_running=False), contextlib.ExitStack() as stack:
        sides = load.make_sides(stack, 1, int(deals))
        costs = defaultdict(list)
        with sides[0].served(), sides[1].served():
            people = {
                side: Person(side.sessions[0], side.deals, side.has_flags, side.specification, 1) for side in sides
            }
            # Each of the workers fills its caches first.
            for turn in range(int(rounds) + 2):
                for name in ACTIONS:
                    for side in sides if turn % 2 else reversed(sides):
                        found = cost_of(side, people[side], name, int(times))
                        if turn > 1:
                            costs[side, name].append(found)
        show(sides, costs)


def show(sides, costs):
    """Print the costs, an operation a line."""
    totals = [0, 0]
    for name, weight in ACTIONS.items():
        line = []
        for number, side in enumerate(sides):
            odoo, sql = (statistics.median(part) for part in zip(*costs[side, name], strict=True))
            totals[number] += weight * (odoo + sql) / sum(ACTIONS.values())
            line.append(f"{side.label} {odoo:6.1f} + {sql:5.1f} = {odoo + sql:6.1f} ms")
        print(f"{name:8}{'   '.join(line)}")
    print(f"all      {totals[0]:.1f} and {totals[1]:.1f} ms: {totals[0] / totals[1]:.2f} times the throughput")


if __name__ == "__main__":
    main(*sys.argv[1:])
