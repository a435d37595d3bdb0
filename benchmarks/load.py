"""20 people work on the same deals through 8 HTTP workers, with the module and with bare CRM, in turns.

    .sandbox/venv/bin/python benchmarks/load.py [SECONDS] [TURNS] [PEOPLE] [DEALS]

SECONDS is the length of a turn (45), TURNS the number of turns of each database (4): three minutes each. PEOPLE is how
many of the 20 work (all), DEALS the number of deals (300): so few that people often want the same deal at the same
time, and that each deal moves several times a minute. With 6000 a deal moves once in some minutes.

The program makes two databases with the same number of deals and open stages, waits until moves of the deals are no
undos, starts a server with 8 workers for each and lets them take turns, so that other load on the machine affects both
alike. It drops the databases at the end.

People move, flag, win, lose, reopen and merge deals, change amounts and dates, and read the pipeline. Bare CRM has no
flags: there they set the priority. The output has the operations a second, the times of an operation, the retries after
a serialization error (from Odoo's log), error pages, and updates that were lost: each write leaves a text on the deal,
and at the end the deal must hold a text that no later write should have replaced. Then both ledgers are proved.
"""

import contextlib
import os
import re
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "sandbox.d"), str(ROOT / "tests")]

import databases  # noqa: E402
import places  # noqa: E402
import postgres  # noqa: E402
import processes  # noqa: E402
import setup  # noqa: E402
from load_client import ACTIONS, Deals, Person, Session, card_fields  # noqa: E402
from serving import free_port, wait_for_answer  # noqa: E402

PEOPLE = 20
WORKERS = 8
DEALS = 300
#: A move within five minutes may be an undo, for which the module reads more.
UNDO_SECONDS = 300
#: Open stages of the pipeline. Both databases have as many, so that both boards have as many cards.
STAGES = 8
WARM_UP = 10
RETRY = re.compile(r"(\w+), (\d+ tries left|maximum number of tries reached)")
PREPARE = f"""
group = env.ref("sales_team.group_sale_salesman_all_leads")
for number in range({PEOPLE}):
    login = f"seller_{{number}}"
    env["res.users"].create({{"name": login, "login": login, "password": login, "group_ids": [(4, group.id)]}})
stages = env["crm.stage"].search([("is_won", "=", False)], order="sequence, id")
# Bare CRM has three open stages, the module adds those of its process.
stages |= env["crm.stage"].create([
    {{"name": f"Stage {{number}}", "sequence": stages[-1].sequence}} for number in range(len(stages), {STAGES})
])
assert len(stages) == {STAGES}, stages
# Bare CRM counts days to rot for the stages that have a limit, too.
env["crm.stage"].search([]).rotting_threshold_days = 20
if "leaving_rule" in stages._fields:
    # A move that the stage gate refuses costs less than one that is made.
    env["crm.stage"].search([]).leaving_rule = "nothing"
env["crm.lead"].search([]).write({{"active": False}})
sellers = env["res.users"].search([("login", "like", "seller_")])
env["crm.lead"].with_context(tracking_disable=True).create([
    {{"name": f"Deal {{number}}", "type": "opportunity", "stage_id": stages[number % len(stages)].id, "team_id": False,
      "user_id": sellers[number % {PEOPLE}].id, "referred": "first"}}
    for number in range(int(arguments[0]))
])
"""
PROVE = """
import sys
sys.path.insert(0, arguments[0])
from fault_proof import prove
prove(registry)
"""


def run_script(database, code, *arguments):
    """Run code in a database; raise if it fails."""
    with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
        file.write(code)
        file.flush()
        command = [places.VENV_PYTHON, places.PARTS / "in_odoo.py", database, file.name, *arguments]
        processes.run_logged("load", command, env=setup.environment())


class Side:
    """A database with its server.

    :param str label: what the output calls it
    :param str template: the database to copy
    :param bool has_flags: whether the module is installed
    :param int size: how many people work
    :param int deals: number of deals
    """

    def __init__(self, label, template, has_flags, size, deals):
        self.label, self.has_flags, self.size = label, has_flags, size
        self.database = f"load_{os.getpid()}_{'module' if has_flags else 'bare'}"
        databases.copy(template, self.database)
        run_script(self.database, PREPARE, str(deals))
        self.prepared_at = time.monotonic()
        query = "SELECT id FROM crm_lead WHERE name ~ '^Deal [0-9]+$' AND active ORDER BY id"
        lead_ids = [int(row[0]) for row in databases.query(query, self.database)]
        query = "SELECT id FROM crm_stage WHERE is_won IS NOT TRUE ORDER BY sequence, id"
        stage_ids = [int(row[0]) for row in databases.query(query, self.database)]
        self.deals = Deals(lead_ids, stage_ids)
        self.log = places.LOGS / f"{self.database}.log"
        self.rates, self.people, self.sessions = [], [], []

    def wait_for_age(self):
        """Wait until a move of the deals is no undo."""
        time.sleep(max(self.prepared_at + UNDO_SECONDS + 1 - time.monotonic(), 0))

    @contextlib.contextmanager
    def served(self):
        """Serve the database inside the block, with everybody logged in."""
        port = free_port()
        # Not `python -m odoo`: with workers, Odoo starts a second program by the path of the first.
        program = places.odoo_source() / "odoo-bin" if places.odoo_source() else places.PREFIX / "usr/bin/odoo"
        command = [
            places.VENV_PYTHON,
            program,
            "-d",
            self.database,
            "--db-filter",
            f"^{self.database}$",
            "-p",
            str(port),
        ]
        command += ["--gevent-port", str(free_port()), "--workers", str(WORKERS), "--max-cron-threads", "0"]
        command += ["--db_maxconn", "8", "--limit-time-real", "300", "--logfile", str(self.log)]
        process = processes.subprocess.Popen(command, env=setup.environment())
        self.process_id = process.pid
        try:
            wait_for_answer(process, port)
            self.sessions = [Session(port, self.database, f"seller_{number}") for number in range(self.size)]
            self.specification = card_fields(self.sessions[0])
            yield
        finally:
            processes.end_process(process)

    def work(self, seconds, turn):
        """Let all people work for some seconds. Turn 0 warms up and is not counted."""
        begin = time.monotonic()
        people = [
            Person(session, self.deals, self.has_flags, self.specification, turn * 1000 + number)
            for number, session in enumerate(self.sessions)
        ]
        for person in people:
            person.until = begin + seconds
            person.start()
        for person in people:
            person.join()
        if turn:
            self.rates.append(sum(person.done.total() for person in people) / (time.monotonic() - begin))
        self.people += people

    def report(self):
        """Print what was done."""
        done = sum((person.done for person in self.people), Counter())
        refused = sum((person.refused for person in self.people), Counter())
        errors = [error for person in self.people for error in person.errors]
        by_kind = {name: [s for person in self.people for s in person.seconds[name]] for name in ACTIONS}
        seconds = sorted(second for found in by_kind.values() for second in found)
        retries = Counter("tries left" in text for _error, text in RETRY.findall(self.log.read_text(errors="replace")))
        rows = databases.query("SELECT id, referred FROM crm_lead", self.database)
        lost = self.deals.lost_updates({int(lead_id): text for lead_id, text in rows})
        middle, slow = seconds[len(seconds) // 2], seconds[len(seconds) * 95 // 100]
        print(
            f"{self.label}: {statistics.mean(self.rates):.1f} operations/s, an operation takes {middle:.2f} s in the "
            f"median, 95% take less than {slow:.2f} s"
        )
        print(f"    {len(seconds)} operations {dict(done)}; refused with a message {refused.total()} {dict(refused)}")
        print(
            f"    retries {retries[True]} ({retries[True] / len(seconds):.2%}), given up {retries[False]}; "
            f"error pages {len(errors)}; lost updates {len(lost)}"
        )
        print("    mean seconds", {name: round(statistics.mean(found), 3) for name, found in by_kind.items() if found})
        for error, count in Counter(error[:300] for error in errors).most_common(5):
            print(f"    {count} times {error}")


def make_sides(stack, size, deals):
    """Return the two databases, with bare CRM and with the module, whose deals are old enough. The stack drops them.

    :param contextlib.ExitStack stack: is closed at the end
    :param int size: how many people work
    :param int deals: number of deals
    """
    bare_template, module_template = databases.ensure_crm_template(), databases.ensure_module_template()
    sides = []
    for label, template, has_flags in (("bare CRM", bare_template, False), ("module", module_template, True)):
        sides.append(Side(label, template, has_flags, size, deals))
        stack.callback(databases.drop, sides[-1].database)
    sides[-1].wait_for_age()
    return sides


def main(seconds=45, turns=4, people=PEOPLE, deals=DEALS):
    """Let both databases take turns, and compare them."""
    setup.prepare()
    with postgres.in_use(leave_running=False), contextlib.ExitStack() as stack:
        sides = make_sides(stack, int(people), int(deals))
        with sides[0].served(), sides[1].served():
            for side in sides:
                side.work(WARM_UP, 0)
            for turn in range(1, int(turns) + 1):
                for side in sides if turn % 2 else reversed(sides):
                    side.work(int(seconds), turn)
        for side in sides:
            side.report()
        pairs = [module / bare for bare, module in zip(sides[0].rates, sides[1].rates, strict=True)]
        turns = " ".join(f"{pair:.2f}" for pair in pairs)
        print(f"throughput against bare CRM: {statistics.median(pairs):.2f} times, by turn {turns}")
        run_script(sides[1].database, PROVE, ROOT / "tests")
        print("both ledgers prove: nothing had drifted, nothing did not balance")


if __name__ == "__main__":
    main(*sys.argv[1:])
