"""What is read of the ledgers when a deal is about to change holds until it is recorded, or is read once more."""

from contextlib import contextmanager
from datetime import timedelta

import psycopg2
import pytest

from odoo import SUPERUSER_ID, api, fields
from odoo.tools import SQL, mute_logger

RECORDER = "odoo.addons.sales_process_control.models.recording.crm_pipeline_recorder"
DANGLING = """
    SELECT 'stay', ledger.id FROM crm_stage_visit ledger
    WHERE stage_id NOT IN (SELECT id FROM crm_stage) OR next_stage_id NOT IN (SELECT id FROM crm_stage)
       OR team_id NOT IN (SELECT id FROM crm_team) OR user_id NOT IN (SELECT id FROM res_users)
    UNION ALL
    SELECT 'line', ledger.id FROM crm_pipeline_movement ledger
    WHERE stage_id NOT IN (SELECT id FROM crm_stage)
       OR team_id NOT IN (SELECT id FROM crm_team) OR user_id NOT IN (SELECT id FROM res_users)
"""


class Office:
    """One deal of a seller and a team in the first of two stages; none of them is anybody else's."""

    def __init__(self, registry):
        self.registry = registry
        with self.env() as env:
            stages = env["crm.stage"].create([{"name": name, "sequence": 70} for name in ("Met", "Offered")])
            self.stage_ids = stages.ids
            team = env["crm.team"].create({"name": "Passing"})
            seller = env["res.users"].create({"name": "Passing", "login": "passing"})
            deal = {"name": "Kept", "type": "opportunity", "stage_id": stages[0].id, "expected_revenue": 100}
            self.deal_id = env["crm.lead"].create({**deal, "team_id": team.id, "user_id": seller.id}).id
            self.team_id, self.seller_id = team.id, seller.id

    @contextmanager
    def env(self):
        """A transaction that commits, where nothing goes wrong."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def deal(self, env):
        return env["crm.lead"].browse(self.deal_id)

    def stays(self):
        """The deal's stays: (name of the stage, outcome)."""
        with self.env() as env:
            query = "SELECT stage_name, outcome FROM crm_stage_visit WHERE lead_ref = %s ORDER BY entered_at, id"
            env.cr.execute(query, [self.deal_id])
            return env.cr.fetchall()


@pytest.fixture
def office(module_db, registry_of):
    return Office(registry_of(module_db))


def test_time_of_a_transaction_is_that_of_the_database(office):
    with office.env() as env:
        office.deal(env).write({"stage_id": office.stage_ids[1]})
        env.cr.execute("SELECT now() AT TIME ZONE 'UTC'")
        assert env.cr.fetchone() == (env.cr.now(),)
        first = env.cr.now()
    with office.env() as env:
        office.deal(env).write({"stage_id": office.stage_ids[0]})
        assert env.cr.now() > first
    assert abs(first - fields.Datetime.now()) < timedelta(minutes=5)


def test_time_and_stays_come_in_one_round_trip(office, monkeypatch):
    def statements(stage_id):
        with office.env() as env:
            office.deal(env).write({"stage_id": stage_id})
            env.cr.flush()
            return env.cr.sql_log_count

    with office.env() as env:
        later = env["crm.stage"].create([{"name": name, "sequence": 71} for name in ("Agreed", "Drawn up")]).ids
    statements(office.stage_ids[1])  # caches are cold before
    ahead = statements(later[0])
    with office.env() as env:
        monkeypatch.setattr(type(env["crm.pipeline.known"]), "_read_ahead", lambda _self, _lead_refs: None)
    assert statements(later[1]) == ahead + 1


def test_what_nothing_is_known_of_can_change(office):
    with office.env() as env:
        lead = env["crm.lead"].create({"name": "No deal yet", "type": "lead"})
    with office.env() as env:
        env["crm.lead"].browse(lead.id).write({"type": "opportunity", "stage_id": office.stage_ids[0]})
    with office.env() as env:
        assert env["crm.stage.visit"].search([("lead_id", "=", lead.id)]).mapped("outcome") == ["open"]


@pytest.mark.parametrize("kind", ["stage", "team", "seller"])
def test_what_a_deal_was_in_is_deleted_after_it_moved(office, kind):
    first, second = office.stage_ids
    with office.env() as env:
        deal = office.deal(env)
        deal.write({"stage_id": second, "team_id": False, "user_id": False})
        gone = {
            "stage": env["crm.stage"].browse(first),
            "team": env["crm.team"].browse(office.team_id),
            "seller": env["res.users"].browse(office.seller_id),
        }[kind]
        gone.unlink()
    with office.env() as env:
        env.cr.execute(DANGLING)
        assert env.cr.fetchall() == []
    assert office.stays() == [("Met", "advanced"), ("Offered", "open")]


def test_change_that_a_savepoint_takes_back_leaves_no_trace(office):
    with office.env() as env:
        deal = office.deal(env)
        savepoint = env.cr.savepoint()
        deal.write({"stage_id": office.stage_ids[1]})
        savepoint.rollback()
        savepoint.close(rollback=False)
        deal.write({"expected_revenue": 250})
    assert office.stays() == [("Met", "open")]
    with office.env() as env:
        assert env["crm.stage.visit"].search([("lead_id", "=", office.deal_id)]).amount == 250


def test_books_are_opened_as_the_recorder_has_left_them(office):
    with office.env() as env:
        office.deal(env).write({"stage_id": office.stage_ids[1]})
        env.cr.flush()
        books, _context = env["crm.pipeline.loader"].open_books([office.deal_id])
        assert [visit.outcome for visit in books[office.deal_id].history.visits] == ["advanced", "open"]


@pytest.fixture
def failing_at_the_end(office, monkeypatch):
    """Have the one statement of a move fail together with another one."""
    from odoo.addons.sales_process_control.models.recording import crm_pipeline_recorder

    def fail(query):
        class Failing(crm_pipeline_recorder.JoinedSavepoint):
            def run(self, queries, are_last):
                super().run([*queries, query], are_last)

        monkeypatch.setattr(crm_pipeline_recorder, "JoinedSavepoint", Failing)

    return fail


def assert_left_to_the_next_change(office):
    """The deal has moved, its ledgers have not; the next change brings them there."""
    assert office.stays() == [("Met", "open")]
    with office.env() as env:
        assert office.deal(env).stage_id.id == office.stage_ids[1]
        office.deal(env).write({"expected_revenue": 300})
    assert office.stays() == [("Met", "advanced"), ("Offered", "open")]


@pytest.mark.parametrize("query", [SQL("SELECT 1 / 0"), SQL("SELECT %s", object())], ids=["refused", "never sent"])
def test_failure_of_the_only_statement_stops_nobody(office, failing_at_the_end, monkeypatch, query):
    """Nothing was read that would have set a savepoint: it comes with what fails, or not at all."""
    failing_at_the_end(query)
    with mute_logger("odoo.sql_db", RECORDER), office.env() as env:
        office.deal(env).write({"stage_id": office.stage_ids[1]})
    monkeypatch.undo()
    assert_left_to_the_next_change(office)


def test_what_a_person_did_is_not_lost_without_a_word(office, failing_at_the_end, monkeypatch):
    """What PostgreSQL cannot read at all sets no savepoint: then whoever saves has to know."""
    with office.env() as env:  # what the process keeps is kept then
        office.deal(env).write({"expected_revenue": 200})
    failing_at_the_end(SQL("SELEC"))
    with mute_logger("odoo.sql_db", RECORDER), pytest.raises(psycopg2.Error), office.env() as env:
        office.deal(env).write({"expected_revenue": 300})
    monkeypatch.undo()
    with office.env() as env:
        assert office.deal(env).expected_revenue == 200


def test_failure_before_the_only_statement_stops_nobody(office, monkeypatch):
    """What the process keeps otherwise is read behind the savepoint, too."""
    with office.env() as env:
        office.deal(env).write({"expected_revenue": 200})
        env.cr.flush()
        reader = type(env["crm.pipeline.reader"])
    with mute_logger("odoo.sql_db", RECORDER), office.env() as env:
        office.deal(env).write({"expected_revenue": 300})
        env.registry.clear_cache()
        monkeypatch.setattr(reader, "_query_context", lambda self: self.env.cr.execute("SELECT 1 / 0"))
    monkeypatch.undo()
    with office.env() as env:
        assert office.deal(env).expected_revenue == 300
        assert env["crm.stage.visit"].search([("lead_id", "=", office.deal_id)]).amount == 200
