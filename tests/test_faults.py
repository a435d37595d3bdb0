"""Work that is killed in the middle leaves nothing half done, and can be done again with the same result.

A gate (fault_gate.py) stops the work inside of a transaction, where the process is killed or its connection to
PostgreSQL is ended. `benchmarks/faults.py` kills at random moments, and has faults of PostgreSQL itself.
"""

import base64
import json
from contextlib import contextmanager
from unittest.mock import patch

import databases
import places
import psycopg2
import pytest
from fault_gate import Gate
from fault_proof import WITHOUT_IDS, WITHOUT_INSTANTS, prove, read
from fault_works import (
    MANY,
    MOVE,
    Process,
    Work,
    history_file,
    make_drift,
    make_flags,
    make_many_deals,
    make_meetings,
    script_command,
)
from importing import NOTHING_CHOSEN
from installation import LEDGERS, MODULE, columns_of, content_of, rows
from scratch import copied, forget

import odoo.sql_db
from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import mute_logger

ROOMS = "odoo.addons.sales_process_control.models"
AUDIT = f"{ROOMS}.recording.crm_pipeline_audit"
#: Deals of the imported file. A thousand are committed together.
IMPORTED = 2500
#: Deals of the scheduled jobs: all, and those that need work, of which each job does so many in a transaction.
FEW, WAITING, BATCH = 60, 25, 10


@pytest.fixture
def run_script(odoo_environment, tmp_path):
    """A function that starts a script in a process of its own, given as code or as path."""

    def run(database, code, *arguments):
        path = code
        if isinstance(code, str):
            path = tmp_path / "work.py"
            path.write_text(code)
        return Process(script_command(database, path, *arguments), odoo_environment, tmp_path / "output.txt")

    return run


def with_environment(registry, function):
    """Run a function of an environment in a transaction that commits, and return its result."""
    with registry.cursor() as cr:
        return function(api.Environment(cr, SUPERUSER_ID, {}))


@contextmanager
def with_deals(template, number):
    """Copy a database and create deals in its first stage. The copy is dropped at the end of the block.

    :return: the registry of the copy
    """
    with copied(template) as name:
        registry = Registry(name)
        with_environment(registry, lambda env: make_many_deals(env, number))
        yield registry


class TestBulkMove:
    """2,000 deals move in one transaction."""

    @pytest.fixture
    def registry(self, module_template):
        """The registry of a database with these deals."""
        with with_deals(module_template, MANY) as registry:
            yield registry

    def test_is_done_as_a_whole_or_not_at_all(self, registry, run_script):
        many_db = registry.db_name
        before = read(many_db, WITHOUT_INSTANTS)
        for table, is_killed in (("crm_lead", True), ("crm_stage_visit", False)):
            with Gate(many_db, table) as gate, run_script(many_db, MOVE) as process:
                gate.wait(process.is_alive)
                if is_killed:
                    process.kill()
                else:
                    gate.terminate()
                    assert process.process.wait() != 0
            assert read(many_db, WITHOUT_INSTANTS) == before, table
        prove(registry)
        run_script(many_db, MOVE).finish()
        prove(registry)
        moved = "SELECT count(*) FROM crm_pipeline_movement WHERE kind = 'advanced' AND origin = 'live'"
        assert rows(many_db, moved + " AND date > now() AT TIME ZONE 'UTC' - INTERVAL '1 hour'") == [(2 * MANY,)]


class TestImport:
    """2,500 deals are imported, of which each thousand is a transaction."""

    @pytest.fixture
    def path(self, tmp_path):
        path = tmp_path / "history.csv"
        path.write_text(history_file(IMPORTED))
        return path

    def import_file(self, run_script, database, path):
        return run_script(database, places.PARTS / "importing_in_odoo.py", path, "", json.dumps(NOTHING_CHOSEN))

    def imported(self, database):
        return rows(database, "SELECT count(*) FROM crm_lead WHERE name LIKE 'Story %'")[0][0]

    def test_a_killed_import_goes_on_where_it_was(self, module_template, copy_of, run_script, registry_of, path):
        database, undisturbed = copy_of(module_template), copy_of(module_template)
        # The record of the import is created, and written at the end of each chunk: this is the end of the second.
        with Gate(database, "crm_imported_history", 3) as gate, self.import_file(run_script, database, path) as process:
            gate.wait(process.is_alive)
            process.kill()
        assert self.imported(database) == 1000
        prove(registry_of(database))
        forget(database)
        for name in (database, undisturbed):
            self.import_file(run_script, name, path).finish()
            assert self.imported(name) == IMPORTED
        assert read(database, WITHOUT_IDS) == read(undisturbed, WITHOUT_IDS)
        prove(registry_of(database))

    def test_the_dialog_goes_on_after_a_lost_connection(self, module_db, registry_of, path):
        registry = registry_of(module_db)

        def start(env):
            dialog = env["crm.stage.history.import"].create(
                {"file": base64.b64encode(path.read_bytes()), "filename": "history.csv"}
            )
            dialog.action_preview()
            dialog.action_start()
            return dialog.id

        dialog_id = with_environment(registry, start)
        calls = [lambda env: env["crm.stage.history.import"].browse(dialog_id).import_next_chunk()] * 3
        assert with_environment(registry, calls[0])["done"] == 1000
        work = Work(registry, calls[1])
        with Gate(module_db, "crm_stage_visit") as gate, mute_logger("odoo.sql_db"):
            work.start()
            gate.wait(work.is_alive)
            gate.terminate()
            work.join()
        assert isinstance(work.error, psycopg2.Error)
        assert self.imported(module_db) == 1000
        prove(registry)
        assert [with_environment(registry, call)["done"] for call in calls[1:]] == [2000, IMPORTED]
        assert self.imported(module_db) == IMPORTED
        prove(registry)


class TestInstallation:
    """The module is installed on a database with deals that have moved and ended."""

    def test_a_killed_installation_can_be_repeated(
        self, crm_with_history, installed, copy_of, odoo_environment, odoo_cli, registry_of, tmp_path
    ):
        database, undisturbed = copy_of(crm_with_history), copy_of(installed)
        columns = columns_of(database, "crm_lead")
        command = databases.odoo_command("-d", database, "-i", MODULE, "--stop-after-init", "--no-http")
        # The limits of stages are the last that the installation writes.
        with Gate(database, "crm_stage") as gate, Process(command, odoo_environment, tmp_path / "out.txt") as process:
            gate.wait(process.is_alive)
            process.kill()
        assert columns_of(database, "crm_lead") == columns
        assert rows(database, "SELECT to_regclass('crm_stage_visit')") == [(None,)]
        assert not rows(database, f"SELECT name FROM ir_model_data WHERE module = '{MODULE}'")
        odoo_cli("-d", database, "-i", MODULE, "--stop-after-init")
        for table in LEDGERS:
            columns = columns_of(undisturbed, table)
            assert content_of(database, table, columns) == content_of(undisturbed, table, columns)
        columns = columns_of(undisturbed, "crm_lead")
        assert content_of(database, "crm_lead", columns) == content_of(undisturbed, "crm_lead", columns)
        prove(registry_of(database))


#: By job: what prepares its work, the constant that says how much it does in a transaction, the table and the number of
#: the statement at which it is stopped, and a query for what is done by then. Batches that were committed stay done.
JOBS = {
    "ir_cron_update_working_days": (
        lambda env: env.cr.execute("UPDATE crm_stage_visit SET working_days = NULL WHERE left_at IS NULL"),
        "recording.crm_pipeline_audit.WORKING_DAYS_BATCH",
        ("crm_stage_visit", 3),
        f"SELECT count(*) = {2 * BATCH} FROM crm_stage_visit WHERE left_at IS NULL AND working_days IS NOT NULL",
    ),
    "ir_cron_pipeline_audit": (
        lambda env: make_drift(env, WAITING),
        "recording.crm_pipeline_audit.REPAIR_BATCH",
        ("crm_pipeline_movement", 2),
        f"SELECT count(DISTINCT lead_ref) = {BATCH} FROM crm_pipeline_movement WHERE origin = 'repair'",
    ),
    "ir_cron_settle_hot_flags": (
        lambda env: make_flags(env, WAITING),
        "hot.crm_hot_settler.BATCH_SIZE",
        ("crm_hot_flag", 2),
        f"SELECT count(*) = {BATCH} FROM crm_hot_flag WHERE note = 'Signs' AND outcome = 'broken'",
    ),
    "ir_cron_record_meetings": (
        lambda env: make_meetings(env, WAITING),
        "progress.crm_lead_progress.MEETINGS_BATCH",
        ("crm_lead_progress", 1),
        "SELECT count(*) = 0 FROM crm_lead_progress p JOIN calendar_event e ON e.id = p.event_id AND e.name = 'Visit'",
    ),
}


class TestNightlyJobs:
    """A scheduled job loses its connection in the middle. The next run does the rest."""

    @pytest.fixture(params=JOBS)
    def job(self, request):
        """The name of a scheduled action."""
        return request.param

    @pytest.fixture(scope="class")
    def pair(self, module_template):
        """The registries of two equal databases: one where the jobs are stopped, and one where they are not."""
        with with_deals(module_template, FEW) as registry:
            # PostgreSQL copies a database without connections only.
            odoo.sql_db.close_db(registry.db_name)
            with copied(registry.db_name) as name:
                yield registry, Registry(name)

    @staticmethod
    def run_job(name):
        """Return the function of an environment that runs a scheduled action."""
        return lambda env: env.ref(f"{MODULE}.{name}").method_direct_trigger()

    def test_the_next_run_does_the_rest(self, job, pair):
        prepare, constant, (table, number), is_half_done = JOBS[job]
        for registry in pair:
            with_environment(registry, prepare)
        run_job, disturbed, undisturbed = self.run_job(job), *(registry.db_name for registry in pair)
        work = Work(pair[0], run_job)
        with patch(f"{ROOMS}.{constant}", BATCH):
            with (
                Gate(disturbed, table, number) as gate,
                mute_logger("odoo.sql_db", "odoo.addons.base.models.ir_cron"),
            ):
                work.start()
                gate.wait(work.is_alive)
                gate.terminate()
                work.join()
            assert work.error
            assert rows(disturbed, is_half_done) == [(True,)]
            # The audit warns of what it repairs.
            with mute_logger(AUDIT):
                for registry in pair:
                    with_environment(registry, run_job)
        assert read(disturbed, WITHOUT_INSTANTS) == read(undisturbed, WITHOUT_INSTANTS)
        for registry in pair:
            prove(registry)


#: PostgreSQL has no space for the rows of the visit ledger.
NO_SPACE = """
    CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
    END $$;
    CREATE TRIGGER no_space BEFORE INSERT ON crm_stage_visit FOR EACH STATEMENT EXECUTE FUNCTION no_space();
"""
SPACE_AGAIN = "DROP FUNCTION no_space() CASCADE"


class TestFailuresOfTheDatabase:
    """The database fails while the ledgers are written. Then the change of the deal fails too."""

    @pytest.fixture(scope="class")
    def registry(self, module_template):
        """The registry of a database with deals in the first stage."""
        with with_deals(module_template, FEW) as registry:
            yield registry

    def move(self, env):
        first, second = env["crm.stage"].search([("is_won", "=", False)], order="sequence, id", limit=2)
        deals = env["crm.lead"].search([("name", "like", "Many %"), ("stage_id", "=", first.id)], limit=20)
        assert len(deals) == 20
        deals.stage_id = second

    def test_disk_full(self, registry):
        database = registry.db_name
        before = read(database, WITHOUT_INSTANTS)
        with_environment(registry, lambda env: env.cr.execute(NO_SPACE))
        with mute_logger("odoo.sql_db"), pytest.raises(psycopg2.errors.DiskFull):
            with_environment(registry, self.move)
        with_environment(registry, lambda env: env.cr.execute(SPACE_AGAIN))
        assert read(database, WITHOUT_INSTANTS) == before
        prove(registry)
        with_environment(registry, self.move)
        assert read(database, WITHOUT_INSTANTS) != before
        prove(registry)

    def test_statement_cancelled(self, registry):
        database = registry.db_name
        before = read(database, WITHOUT_INSTANTS)
        work = Work(registry, self.move)
        with Gate(database, "crm_stage_visit") as gate, mute_logger("odoo.sql_db"):
            work.start()
            gate.wait(work.is_alive)
            gate.cancel()
            work.join()
        assert isinstance(work.error, psycopg2.errors.QueryCanceled)
        assert read(database, WITHOUT_INSTANTS) == before
        prove(registry)
