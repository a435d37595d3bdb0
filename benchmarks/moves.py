"""What the ledgers cost a stage move: paired with bare CRM, one transaction a move.

    ./sandbox odoo -d bare -i crm --with-demo --stop-after-init --no-http
    ./sandbox psql postgres -c 'CREATE DATABASE module TEMPLATE bare'
    ./sandbox psql module -c 'UPDATE ir_module_module SET demo = FALSE'
    ./sandbox odoo -d module -i sales_process_control --stop-after-init --no-http
    ./sandbox script module benchmarks/moves.py bare [ROUNDS]

The second database is a copy of the first, and the module brings no deals of its own into it: Odoo's prediction of
success asks more of the database for each team that has won or lost a deal. That both hold as many is checked first.

Both databases are served by this one process and take turns within each round, so that whatever else the machine does
meets both alike. The figure is the median of the rounds' ratios, with the middle half of them. Beside it stands how the
fastest moves of the two sides compare, and the processor time of Odoo and of its database connections (which have to be
on the same machine), which tell more where a machine is busy.

People move deals of their own. Where the deal is somebody else's, its seller is sent a message after the commit, which
the second line shows.
"""

import gc
import statistics
import time
from pathlib import Path

import odoo.sql_db
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

DEALS = 1000


class Side:
    """One of the two databases, with deals to move: of the person who moves them, or of a colleague."""

    def __init__(self, database, is_own):
        self.database = database
        self.registry = Registry(database)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            stages = env["crm.stage"].search([("is_won", "=", False)], order="sequence, id", limit=3)
            self.stage_ids = stages.ids
            self.user_id = env.ref("base.user_admin").id
            colleague = env["res.users"].search([("login", "=", "colleague")]) or env["res.users"].create(
                {"name": "Colleague", "login": "colleague", "group_ids": env.ref("base.user_admin").group_ids.ids}
            )
            leads = env["crm.lead"].create(
                [
                    {
                        "name": f"Deal {number}",
                        "type": "opportunity",
                        "expected_revenue": number,
                        "stage_id": stages[0].id,
                        "user_id": self.user_id if is_own else colleague.id,
                    }
                    for number in range(DEALS)
                ]
            )
            self.lead_ids = leads.ids

    def move(self, lead_ids, turn):
        """Move deals to the next of three stages, so that none is taken back, in one transaction.

        :return: (seconds, seconds of the processor, queries)
        """
        gc.collect()
        gc.disable()
        start, processor_start = time.perf_counter(), self.processor_seconds()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.user_id, {})
            env["crm.lead"].browse(lead_ids).write({"stage_id": self.stage_ids[turn % 3]})
            cr.commit()
            queries = cr.sql_log_count
        seconds = time.perf_counter() - start
        time.sleep(0.001)  # what a connection does after its answer counts, too
        processor_seconds = self.processor_seconds() - processor_start
        gc.enable()
        return seconds, processor_seconds, queries

    def processor_seconds(self):
        """What this thread, and the processes behind its connections, have used of the processor so far."""
        pids = [
            connection.info.backend_pid
            for connection in odoo.sql_db._Pool._connections
            if not connection.closed and connection.info.dbname == self.database
        ]
        used = sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in pids)
        return (used + time.thread_time_ns()) / 1e9


def compared(lots, number):
    """The median of the rounds' ratios and its middle half, as percentages above bare CRM.

    :param lots: what :meth:`Side.move` has returned for bare CRM and for the module, by round
    :param number: which of its numbers
    """
    ratios = [(module[number] / bare[number] - 1) * 100 for bare, module in lots]
    low, middle, high = statistics.quantiles(ratios, n=4)
    return f"{middle:+.1f}% (middle half {low:+.1f} to {high:+.1f})"


def measure(bare, module, size, rounds, whose):
    """Print how moves of `size` deals in one transaction compare."""
    lots = []
    for turn in range(1, rounds + 1):
        first = (turn * size) % DEALS if size < DEALS else 0
        step = turn if size == DEALS else turn * size // DEALS + 1
        order = (bare, module) if turn % 2 else (module, bare)
        moved = {side: side.move(side.lead_ids[first : first + size], step) for side in order}
        if turn > 2:  # caches are cold before
            lots.append((moved[bare], moved[module]))
    bare_time, module_time = (statistics.median(lot[side][0] for lot in lots) * 1000 for side in (0, 1))
    fastest = min(lot[1][0] for lot in lots) / min(lot[0][0] for lot in lots) - 1
    print(
        f"{size:>5} {whose} deals: bare {bare_time:8.2f} ms, with the module {module_time:8.2f} ms, "
        f"paired {compared(lots, 0)}, fastest of each {fastest * 100:+.1f}%, "
        f"processor time {compared(lots, 1)}, queries {lots[-1][0][2]} and {lots[-1][1][2]}",
        flush=True,
    )


def check_alike(bare_database):
    """Refuse to compare databases of which one holds more than the other."""
    counts = "SELECT (SELECT count(*) FROM crm_lead), (SELECT count(*) FROM crm_lead_scoring_frequency)"
    found = []
    for database in (bare_database, env.cr.dbname):  # noqa: F821
        with Registry(database).cursor() as cr:
            cr.execute(counts)
            found.append(cr.fetchone())
    if found[0] != found[1]:
        raise SystemExit("Deals and frequencies differ, {} and {}: make both databases anew.".format(*found))


def main(bare_database, rounds=300):
    """Measure moves of one deal, one's own and a colleague's, and of many."""
    rounds = int(rounds)
    check_alike(bare_database)
    for whose in ("own", "colleague's"):
        bare, module = (Side(database, whose == "own") for database in (bare_database, env.cr.dbname))  # noqa: F821
        measure(bare, module, 1, rounds, whose)
        if whose == "own":
            measure(bare, module, DEALS, max(rounds // 15, 6), whose)


main(*arguments)  # noqa: F821  what stands behind the file's name
