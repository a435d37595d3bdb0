"""Stages, teams and users are deleted while their deals move: the ledgers keep no reference to a deleted record."""

import itertools
import random
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress

import psycopg2
import pytest

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.tools import mute_logger

RECORDER = "odoo.addons.sales_process_control.models.recording.crm_pipeline_recorder"
DANGLING = """
    SELECT 'visit', ledger.id FROM crm_stage_visit ledger
    WHERE stage_id NOT IN (SELECT id FROM crm_stage) OR next_stage_id NOT IN (SELECT id FROM crm_stage)
       OR team_id NOT IN (SELECT id FROM crm_team) OR user_id NOT IN (SELECT id FROM res_users)
    UNION ALL
    SELECT 'line', ledger.id FROM crm_pipeline_movement ledger
    WHERE stage_id NOT IN (SELECT id FROM crm_stage)
       OR team_id NOT IN (SELECT id FROM crm_team) OR user_id NOT IN (SELECT id FROM res_users)
"""
FOREIGN_KEYS = """
    SELECT class.relname, attribute.attname, key.confdeltype
    FROM pg_constraint key
    JOIN pg_class class ON class.oid = key.conrelid
    JOIN pg_attribute attribute ON attribute.attrelid = key.conrelid AND attribute.attnum = key.conkey[1]
    WHERE key.contype = 'f' AND class.relname IN ('crm_stage_visit', 'crm_pipeline_movement')
"""
RETRIED = (
    psycopg2.errors.SerializationFailure,
    psycopg2.errors.DeadlockDetected,
    psycopg2.errors.LockNotAvailable,
)
#: Errors that CRM alone shows as well: the chosen record is gone by now, a deal has arrived in the stage meanwhile, or
#: two clients make the same person a follower of a deal.
REFUSED = (
    psycopg2.errors.ForeignKeyViolation,
    psycopg2.errors.RestrictViolation,
    psycopg2.errors.UniqueViolation,
    UserError,
)


#: Numbers of the tests, because no two users have the same login.
NUMBERS = itertools.count(1)


class Office:
    """One deal of a salesperson and a team in the first of two stages. Nothing else uses these records."""

    def __init__(self, registry):
        self.registry = registry
        with self.env() as env:
            stages = env["crm.stage"].create([{"name": name, "sequence": 70} for name in ("Met", "Offered")])
            self.stage_ids = stages.ids
            team = env["crm.team"].create({"name": "Passing"})
            seller = env["res.users"].create({"name": "Passing", "login": f"passing{next(NUMBERS)}"})
            deal = {"name": "Kept", "type": "opportunity", "stage_id": stages[0].id, "expected_revenue": 100}
            self.deal_id = env["crm.lead"].create({**deal, "team_id": team.id, "user_id": seller.id}).id
            self.team_id, self.seller_id = team.id, seller.id

    @contextmanager
    def env(self):
        """Give an environment whose transaction is committed if nothing fails."""
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def deal(self, env):
        return env["crm.lead"].browse(self.deal_id)

    def visits(self):
        """The deal's visits: (name of the stage, outcome)."""
        with self.env() as env:
            query = "SELECT stage_name, outcome FROM crm_stage_visit WHERE lead_ref = %s ORDER BY entered_at, id"
            env.cr.execute(query, [self.deal_id])
            return env.cr.fetchall()

    def retried(self, change):
        """Run a change in a transaction of its own, again if PostgreSQL asks for that, as Odoo does."""
        for _attempt in range(20):
            try:
                with self.env() as env:
                    return change(env)
            except RETRIED:
                time.sleep(random.uniform(0, 0.2))
        raise AssertionError("A change was tried twenty times.")


@pytest.fixture
def office(shared_registry):
    return Office(shared_registry)


def test_each_reference_is_a_foreign_key(office):
    with office.env() as env:
        env.cr.execute(FOREIGN_KEYS)
        keys = {(table, column): action for table, column, action in env.cr.fetchall()}
    common = ("lead_id", "stage_id", "team_id", "user_id", "company_id", "currency_id")
    expected = {("crm_pipeline_movement", name) for name in common}
    expected |= {("crm_stage_visit", name) for name in (*common, "next_stage_id")}
    assert set(keys) == expected
    assert set(keys.values()) == {"n"}, "set null"


def test_deal_that_no_ledger_knows_can_change(office):
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
    assert office.visits() == [("Met", "advanced"), ("Offered", "open")]


@pytest.mark.parametrize("kind", ["stage", "team", "seller"])
def test_deletion_between_two_changes_of_one_transaction(office, kind):
    first, second = office.stage_ids
    with office.env() as env:
        deal = office.deal(env)
        deal.write({"stage_id": second, "team_id": False, "user_id": False})
        env.cr.flush()
        gone = {
            "stage": env["crm.stage"].browse(first),
            "team": env["crm.team"].browse(office.team_id),
            "seller": env["res.users"].browse(office.seller_id),
        }[kind]
        gone.unlink()
        deal.write({"expected_revenue": 250})
    with office.env() as env:
        env.cr.execute(DANGLING)
        assert env.cr.fetchall() == []
        env.cr.execute(
            "SELECT sum(deal_count), sum(amount) FROM crm_pipeline_movement WHERE lead_ref = %s", [office.deal_id]
        )
        assert env.cr.fetchone() == (1, 250)
    assert office.visits() == [("Met", "advanced"), ("Offered", "open")]


def test_change_that_a_savepoint_takes_back_leaves_no_trace(office):
    with office.env() as env:
        deal = office.deal(env)
        savepoint = env.cr.savepoint()
        deal.write({"stage_id": office.stage_ids[1]})
        savepoint.rollback()
        savepoint.close(rollback=False)
        deal.write({"expected_revenue": 250})
    assert office.visits() == [("Met", "open")]
    with office.env() as env:
        assert env["crm.stage.visit"].search([("lead_id", "=", office.deal_id)]).amount == 250


def test_books_are_opened_as_the_recorder_has_left_them(office):
    with office.env() as env:
        office.deal(env).write({"stage_id": office.stage_ids[1]})
        env.cr.flush()
        books, _context = env["crm.pipeline.loader"].open_books([office.deal_id])
        assert [visit.outcome for visit in books[office.deal_id].history.visits] == ["advanced", "open"]


@pytest.mark.parametrize("query", ["SELECT 1 / 0", "SELEC"], ids=["refused", "not understood"])
def test_failure_of_a_statement_stops_nobody(office, monkeypatch, query):
    """What the user did is saved; the ledgers follow with the next change, or with the daily audit."""
    with office.env() as env:
        recorder = type(env["crm.pipeline.recorder"])
    monkeypatch.setattr(recorder, "_after_recording", lambda self, _recordings: self.env.cr.execute(query))
    with mute_logger("odoo.sql_db", RECORDER), office.env() as env:
        office.deal(env).write({"stage_id": office.stage_ids[1]})
    monkeypatch.undo()
    assert office.visits() == [("Met", "open")]
    with office.env() as env:
        assert office.deal(env).stage_id.id == office.stage_ids[1]
        office.deal(env).write({"expected_revenue": 300})
    assert office.visits() == [("Met", "advanced"), ("Offered", "open")]


def test_lost_transaction_is_not_taken_for_saved(office):
    """Where PostgreSQL has aborted the transaction before, the user gets an error instead of a save that was none."""

    def move_and_abort():
        with office.env() as env:
            office.deal(env).write({"stage_id": office.stage_ids[1]})
            env.flush_all()
            with suppress(psycopg2.Error):
                env.cr.execute("SELECT 1 / 0")

    with mute_logger("odoo.sql_db"), pytest.raises(psycopg2.Error):
        move_and_abort()
    with office.env() as env:
        assert office.deal(env).stage_id.id == office.stage_ids[0]


def test_failure_while_stages_are_read_stops_nobody(office, monkeypatch):
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


class Crowd:
    """Clients that move deals between stages, teams and salespeople while these are deleted."""

    CLIENTS = 6
    ROUNDS = 12

    def __init__(self, office):
        self.office = office
        self.errors = []
        #: Of changes that were made and of those that were refused: what was changed, and the record or the error.
        self.made, self.refused = [], []
        with office.env() as env:
            self.stage_ids = self.create(env, "crm.stage", sequence=80)
            self.team_ids = self.create(env, "crm.team")
            users = env["res.users"].create(
                [{"name": f"Crowd {number}", "login": f"crowd{number}"} for number in range(self.ROUNDS)]
            )
            self.user_ids = users.ids
            deals = env["crm.lead"].create(
                [
                    {
                        "name": f"Crowd {number}",
                        "type": "opportunity",
                        "stage_id": self.stage_ids[number % self.ROUNDS],
                        "team_id": self.team_ids[number % self.ROUNDS],
                        "user_id": self.user_ids[number % self.ROUNDS],
                    }
                    for number in range(2 * self.ROUNDS)
                ]
            )
            self.deal_ids = deals.ids

    def create(self, env, model, **values):
        return env[model].create([{"name": f"Crowd {number}", **values} for number in range(self.ROUNDS)]).ids

    def attempt(self, model, change):
        """Run a change, and note whether it was made or refused.

        :param function change: takes an environment, and returns the id of the changed record
        """
        try:
            self.made.append((model, self.office.retried(change)))
        except REFUSED as error:
            self.refused.append((model, type(error).__name__))

    def move(self, seed):
        """Move deals at random among what is still there."""
        chance = random.Random(seed)
        for _turn in range(3 * self.ROUNDS):

            def change(env):
                values = {
                    "stage_id": chance.choice(env["crm.stage"].browse(self.stage_ids).exists().ids),
                    "team_id": chance.choice([False, *env["crm.team"].browse(self.team_ids).exists().ids]),
                    "user_id": chance.choice([False, *env["res.users"].browse(self.user_ids).exists().ids]),
                }
                deal = env["crm.lead"].browse(chance.choice(self.deal_ids))
                deal.write(values)
                return deal.id

            self.attempt("crm.lead", change)

    def delete(self, model, ids):
        """Delete records one by one, the last two left."""
        for record_id in ids[:-2]:

            def change(env, record_id=record_id):
                if model == "crm.stage":
                    deals = env["crm.lead"].with_context(active_test=False).search([("stage_id", "=", record_id)])
                    deals.write({"stage_id": self.stage_ids[-1]})
                env[model].browse(record_id).unlink()
                return record_id

            self.attempt(model, change)

    def run(self):
        jobs = [lambda seed=seed: self.move(seed) for seed in range(self.CLIENTS)]
        jobs += [
            lambda: self.delete("crm.stage", self.stage_ids),
            lambda: self.delete("crm.team", self.team_ids),
            lambda: self.delete("res.users", self.user_ids),
        ]
        threads = [threading.Thread(target=self.guarded, args=(job,)) for job in jobs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def guarded(self, job):
        try:
            job()
        except Exception as error:  # noqa: BLE001  the test shows whatever a client meets
            self.errors.append(error)


def test_deletions_beside_moves_leave_no_dangling_reference(office):
    """References hold at every moment, not only after the nightly audit, and every screen can be read."""
    crowd = Crowd(office)
    with mute_logger("odoo.sql_db"):
        crowd.run()
    assert crowd.errors == []
    assert_changes_were_made(crowd)
    with office.env() as env:
        env.cr.execute(DANGLING)
        assert env.cr.fetchall() == []
        deals = [("lead_ref", "in", crowd.deal_ids)]
        for model in ("crm.stage.visit", "crm.pipeline.movement", "crm.stage.dwell.report"):
            assert env[model].search(deals).mapped("display_name")
        assert env["crm.stage.visit"].stage_statistics()
        drifted = env.execute_query(env["crm.pipeline.audit"]._drift_query())
        assert not {lead_id for (lead_id,) in drifted} & set(crowd.deal_ids)
        assert not env.execute_query(env["crm.pipeline.audit"]._imbalance_query())


def assert_changes_were_made(crowd):
    """Of each sort of change, some were made, and the records that are left are those that were not deleted."""
    made, refused = Counter(model for model, _record_id in crowd.made), Counter(crowd.refused)
    assert made["crm.lead"] > 3 * crowd.ROUNDS * crowd.CLIENTS / 2, refused
    deletable = {"crm.stage": crowd.stage_ids, "crm.team": crowd.team_ids, "res.users": crowd.user_ids}
    with crowd.office.env() as env:
        for model, ids in deletable.items():
            assert made[model], refused
            deleted = {record_id for other, record_id in crowd.made if other == model}
            assert set(env[model].browse(ids).exists().ids) == set(ids) - deleted
        for kind in ("advanced", "moved_back"):
            lines = env["crm.pipeline.movement"].search([("lead_ref", "in", crowd.deal_ids), ("kind", "=", kind)])
            assert len(set(lines.mapped("lead_ref"))) > len(crowd.deal_ids) / 2, kind
