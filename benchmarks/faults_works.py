"""The works that `benchmarks/faults.py` interrupts: how they are done, and how to see that one is half done."""

import json
import tempfile
from pathlib import Path

import databases
import places
import processes
import psycopg2
import setup
from fault_proof import WITHOUT_IDS, WITHOUT_INSTANTS, read
from fault_works import history_file
from importing import NOTHING_CHOSEN
from story_checks import check_whole_database

IMPORTED = 2500
FILES = Path(tempfile.mkdtemp(prefix="faults-files-"))
IN_TESTS = "import sys\nsys.path.insert(0, arguments[0])\n"
MAKE_DEALS = IN_TESTS + "from fault_works import make_many_deals\nmake_many_deals(env)\n"
MAKE_WORK_OF_JOBS = (
    IN_TESTS
    + """
from fault_works import make_drift, make_flags, make_meetings
from odoo.addons.sales_process_control.models.alert.alert_kinds import SETTINGS
env["res.company"].search([]).write(dict.fromkeys(SETTINGS.values(), True))
make_flags(env)
make_meetings(env)
env.flush_all()
make_drift(env)
env.cr.execute("UPDATE crm_stage_visit SET working_days = NULL WHERE left_at IS NULL")
env.cr.execute("UPDATE crm_lead SET chance = 0.01 WHERE chance IS NOT NULL")
env.cr.execute("DELETE FROM crm_stage_chance")
env.cr.execute("DELETE FROM crm_forecast")
"""
)
PROVE = IN_TESTS + "from fault_proof import prove\nprove(registry)\n"
MOVE = """
stages = env["crm.stage"].search([("is_won", "=", False)], order="sequence, id")
env["crm.lead"].search([("name", "like", "Many %")], order="id").write({"stage_id": stages[1].id})
"""
JOBS = """
for name in (
    *("update_working_days", "settle_hot_flags", "pipeline_audit", "rebuild_chances", "refresh_chances"),
    *("store_forecasts", "alert", "record_meetings"),
):
    env.ref(f"sales_process_control.ir_cron_{name}").method_direct_trigger()
"""
MAKE_PAST = """
stages = env["crm.stage"].search([("is_won", "=", False)], order="sequence, id")
deals = env["crm.lead"].create(
    [{"name": f"Past {number}", "type": "opportunity", "stage_id": stages[0].id} for number in range(1000)]
)
env.cr.commit()
deals.write({"stage_id": stages[1].id})
env.cr.commit()
deals[:300].action_set_won()
deals[300:500].action_set_lost()
env.cr.commit()
deals[500:800].write({"stage_id": stages[2].id})
# The module brings no demonstration: its deals would have other ids after an installation that was interrupted.
env.cr.execute("UPDATE ir_module_module SET demo = FALSE")
"""


def script(name, code):
    """Return the path of a file with code."""
    path = FILES / f"{name}.py"
    path.write_text(code)
    return path


def in_odoo(database, path, *arguments):
    """Return the command line that runs a script in a database."""
    return [str(part) for part in (places.VENV_PYTHON, places.PARTS / "in_odoo.py", database, path, *arguments)]


def run_script(command):
    """Run a command. Raise if it fails."""
    processes.run_logged("faults", command, env=setup.environment())


def first(database, query):
    """Return the first cell of a query."""
    return databases.query(query, database)[0][0]


class Work:
    """Something that takes some seconds, and that a fault may interrupt."""

    name = ""
    template = staticmethod(databases.ensure_module_template)
    #: Code that prepares the database.
    preparation = MAKE_DEALS
    queries = WITHOUT_INSTANTS

    def make_base(self):
        """Return the name of the database in which the work is to be done, which is made if it is missing."""
        name = f"faults_base_{type(self).__name__.lower()}"
        if name not in databases.stamps():
            databases.copy(self.template(), name)
            run_script(in_odoo(name, script("make", self.preparation), places.ROOT / "tests"))
        return name

    def command(self, database):
        """Return the command line that does the work."""
        raise NotImplementedError

    def half_done(self, database):
        """Return what is half done, or an empty text."""
        raise NotImplementedError

    def is_done(self, database):
        """Return whether all is done."""
        raise NotImplementedError

    def content(self, database):
        """Return what is in the database, to be compared."""
        return read(database, self.queries)

    def prove(self, database):
        """Raise unless both ledgers agree with the deals."""
        run_script(in_odoo(database, script("prove", PROVE), places.ROOT / "tests"))

    def whole(self, database):
        """Return what is wrong with the ledgers as a whole, or an empty text."""
        connection = psycopg2.connect(dbname=database)
        try:
            check_whole_database(connection.cursor())
        except AssertionError as error:
            return str(error)[:200] or "ledgers and deals differ"
        finally:
            connection.close()
        return ""


class Move(Work):
    """2,000 deals move in one transaction."""

    name = "bulk move"

    def command(self, database):
        """Return the command line that moves the deals."""
        return in_odoo(database, script("move", MOVE))

    def half_done(self, database):
        """Return an error if only some deals have moved, or if the ledgers differ."""
        stages = first(database, "SELECT count(DISTINCT stage_id) FROM crm_lead WHERE name LIKE 'Many %'")
        return self.whole(database) or ("" if stages == "1" else "some deals have moved")

    def is_done(self, database):
        """Return whether the deals have moved."""
        return first(database, "SELECT count(*) FROM crm_pipeline_movement WHERE kind = 'advanced'") != first(
            self.make_base(), "SELECT count(*) FROM crm_pipeline_movement WHERE kind = 'advanced'"
        )


class Import(Work):
    """2,500 deals with three events each are imported, a thousand in a transaction."""

    name = "import"
    preparation = ""
    queries = WITHOUT_IDS

    def command(self, database):
        """Return the command line that imports the file."""
        path = FILES / "history.csv"
        path.write_text(history_file(IMPORTED))
        return in_odoo(database, places.PARTS / "importing_in_odoo.py", path, "", json.dumps(NOTHING_CHOSEN))

    def count(self, database):
        """Return the number of imported deals."""
        return int(first(database, "SELECT count(*) FROM crm_lead WHERE name LIKE 'Story %'"))

    def half_done(self, database):
        """Return an error if a chunk or a deal is there in part."""
        count = self.count(database)
        ended = """
            SELECT count(*) FROM crm_lead lead WHERE name LIKE 'Story %' AND won_status IN ('won', 'lost')
            AND (SELECT count(*) FROM crm_stage_visit WHERE lead_ref = lead.id) = 2
        """
        if count % 1000 and count != IMPORTED:
            return f"{count} deals are imported"
        return self.whole(database) or ("" if int(first(database, ended)) == count else "a deal lacks events")

    def is_done(self, database):
        """Return whether all deals are imported."""
        return self.count(database) == IMPORTED


class Installation(Work):
    """The module is installed on a database with a past."""

    name = "installation"
    template = staticmethod(databases.ensure_crm_template)
    preparation = MAKE_PAST

    def command(self, database):
        """Return the command line that installs the module."""
        return databases.odoo_command(
            "-d", database, "-i", places.MODULE_NAME, "--stop-after-init", "--no-http", "--log-level", "warn"
        )

    def half_done(self, database):
        """Return an error if the module is there in part."""
        state = first(database, f"SELECT state FROM ir_module_module WHERE name = '{places.MODULE_NAME}'")
        if state == "installed":
            return self.whole(database)
        traces = """
            SELECT count(*) FROM information_schema.columns
            WHERE table_name ~ '^crm_(stage_visit|pipeline)' OR table_name = 'crm_lead' AND column_name = 'push_count'
        """
        return "" if first(database, traces) == "0" else "tables or columns without the module"

    def is_done(self, database):
        """Return whether the module is installed."""
        query = f"SELECT state = 'installed' FROM ir_module_module WHERE name = '{places.MODULE_NAME}'"
        return first(database, query) == "t"


class Jobs(Work):
    """Eight scheduled jobs, with work for each: raw SQL has moved 1,300 deals, and chances and forecasts are gone.

    The two that send reports have tests of their own, for mails and messages cannot be taken back.
    """

    name = "nightly jobs"
    preparation = MAKE_DEALS + MAKE_WORK_OF_JOBS
    queries = WITHOUT_INSTANTS | {
        "chances": "SELECT company_id, stage_id, age, chance, median_days FROM crm_stage_chance ORDER BY 1, 2, 3",
        "chances of deals": "SELECT id, chance FROM crm_lead ORDER BY id",
        "forecasts": """
            SELECT company_id, scope, user_id, team_id, period, date_start, day, total_amount
            FROM crm_forecast ORDER BY 1, 2, 3, 4, 5, 6, 7
        """,
        "alerts": "SELECT kind, user_id, lead_ref, state FROM crm_deal_alert ORDER BY 1, 2, 3, 4",
    }

    def command(self, database):
        """Return the command line that runs the jobs."""
        return in_odoo(database, script("jobs", JOBS))

    def half_done(self, database):
        """Return an error if a batch is there in part: the repair of a deal without its other half."""
        counts = """
            SELECT count(DISTINCT lead_ref) FROM crm_pipeline_movement WHERE origin = 'repair'
            UNION ALL SELECT count(DISTINCT lead_ref) FROM crm_stage_visit WHERE origin = 'repair'
            UNION ALL SELECT count(*) FROM crm_hot_flag WHERE note = 'Signs' AND outcome = 'open'
            UNION ALL SELECT count(*) FROM crm_stage_visit WHERE left_at IS NULL AND working_days IS NOT NULL
            UNION ALL SELECT count(*) FROM crm_lead_progress WHERE event_id IS NOT NULL
        """
        lines, visits, flags, _days, _meetings = (int(row[0]) for row in databases.query(counts, database))
        if lines != visits:
            return f"{lines} deals are repaired in one ledger, {visits} in the other"
        return "" if flags in (0, 300, 1300) else f"{flags} flags are open"

    def is_done(self, database):
        """Return whether the last job is done."""
        return first(database, "SELECT count(*) >= 300 FROM crm_lead_progress WHERE event_id IS NOT NULL") == "t"


WORKS = (Move, Import, Installation, Jobs)
