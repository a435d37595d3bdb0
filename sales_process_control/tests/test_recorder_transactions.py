from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PipelineCase

RECORDER = "odoo.addons.sales_process_control.models.recording.crm_pipeline_recorder"


class GoBack(Exception):
    """Raised to roll back a savepoint."""


@tagged("post_install", "-at_install")
class TestRecorderTransactions(PipelineCase):
    """All changes of one instant are one change, however often they are flushed."""

    def tearDown(self):
        self.assertBalanced()
        super().tearDown()

    def go_back(self, savepoint_body):
        with suppress(GoBack), self.env.cr.savepoint():
            savepoint_body()
            self.env.cr.flush()
            raise GoBack

    def test_two_flushes_are_one_change(self):
        deal = self.make_deal()
        self.pass_time(days=1)
        for stage in (self.needs, self.bidding, self.talks):
            deal.stage_id = stage
            self.env.cr.flush()
        self.assertEqual(
            self.outcomes_of(deal),
            ["First Contact: advanced", "Needs Analysis: skipped", "Bidding: skipped", "Negotiation: open"],
        )
        self.assertEqual(self.kinds_of(deal), ["created", "advanced", "advanced"])

    def test_there_and_back_is_none(self):
        deal = self.make_deal()
        self.pass_time(days=1)
        before = self.visits_of(deal), self.lines_of(deal)
        deal.write({"stage_id": self.talks.id, "expected_revenue": 500})
        self.env.cr.flush()
        deal.write({"stage_id": self.contact.id, "expected_revenue": 100})
        self.env.cr.flush()
        self.assertEqual((self.visits_of(deal), self.lines_of(deal)), before)
        self.assertEqual(deal.stage_entered_at, self.start)

    def test_created_and_deleted_leaves_nothing(self):
        deal = self.make_deal()
        self.env.cr.flush()
        lead_ref = deal.id
        deal.unlink()
        self.env.cr.flush()
        self.assertEqual((self.visits_of(lead_ref), self.lines_of(lead_ref)), ([], []))

    def test_intermediate_states_leave_no_trace(self):
        deal = self.make_deal(stage_id=self.talks.id)
        self.pass_time(days=1)
        deal.action_set_lost()
        self.pass_time(days=1)
        deal.action_unarchive()
        self.env.cr.flush()  # the deal is pending in between
        deal.action_set_won()
        self.assertEqual(self.kinds_of(deal), ["created", "lost", "reopened", "won"])
        self.assertEqual(self.visits_of(deal)[-1], (self.talks, "won", 0))

    def test_back_to_a_savepoint(self):
        deal = self.make_deal()
        self.pass_time(days=1)
        before = self.visits_of(deal), self.lines_of(deal)
        self.go_back(lambda: deal.write({"stage_id": self.talks.id}))
        self.assertEqual((self.visits_of(deal), self.lines_of(deal)), before)
        deal.stage_id = self.needs
        self.assertEqual(self.kinds_of(deal), ["created", "advanced", "advanced"])
        self.go_back(lambda: deal.write({"stage_id": self.signed.id}))
        deal.expected_revenue = 150
        self.assertEqual(self.outcomes_of(deal), ["First Contact: advanced", "Needs Analysis: open"])
        self.assertEqual(self.kinds_of(deal), ["created", "amount_up", "advanced", "advanced"])

    def test_back_to_a_savepoint_after_creation(self):
        made = []
        self.go_back(lambda: made.append(self.make_deal().id))
        self.assertEqual((self.visits_of(made[0]), self.lines_of(made[0])), ([], []))

    def test_undo_that_becomes_a_move_forward(self):
        """The same transaction moves the deal back, and then forward: nothing is undone."""
        deal = self.make_deal()
        self.pass_time(days=1)
        deal.stage_id = self.needs
        self.pass_time(minutes=1)
        deal.stage_id = self.contact
        self.env.cr.flush()
        self.assertEqual(self.outcomes_of(deal), ["First Contact: open", "Needs Analysis: correction"])
        deal.stage_id = self.bidding
        self.env.cr.flush()
        self.assertEqual(
            self.outcomes_of(deal), ["First Contact: advanced", "Needs Analysis: advanced", "Bidding: open"]
        )
        self.assertFalse(self.Movement.search([("lead_ref", "=", deal.id), ("is_correction", "=", True)]))

    def test_undo_after_a_rollback_of_a_move_forward(self):
        """The rollback marks the lines again that the move forward had unmarked."""
        deal = self.make_deal(expected_revenue=100)
        self.pass_time(days=1)
        deal.stage_id = self.needs
        self.pass_time(minutes=1)
        deal.stage_id = self.contact
        self.env.cr.flush()
        self.go_back(lambda: deal.write({"stage_id": self.bidding.id}))
        deal.expected_revenue = 150
        self.env.cr.flush()
        self.assertEqual(self.outcomes_of(deal), ["First Contact: open", "Needs Analysis: correction"])
        lines = self.Movement.search([("lead_ref", "=", deal.id), ("is_correction", "=", False)])
        sums = {}
        for line in lines:
            count, amount = sums.get(line.stage_id, (0, 0))
            sums[line.stage_id] = (count + line.deal_count, amount + line.amount)
        self.assertEqual({stage: found for stage, found in sums.items() if any(found)}, {self.contact: (1, 150)})

    def test_team_deleted_between_two_flushes(self):
        team = self.env["crm.team"].create({"name": "Dissolved", "company_id": False})
        deal = self.make_deal(team_id=team.id)
        self.pass_time(days=1)
        deal.stage_id = self.needs
        self.env.cr.flush()
        team.unlink()
        deal.invalidate_recordset()
        with self.no_module_errors():
            deal.stage_id = self.bidding
            self.env.cr.flush()
        self.assertEqual(self.outcomes_of(deal)[-1], "Bidding: open")

    def test_next_stage_deleted_between_two_flushes(self):
        stage = self.env["crm.stage"].create({"name": "Dissolved", "sequence": 5})
        deal = self.make_deal()
        self.pass_time(days=1)
        deal.stage_id = stage
        self.pass_time(days=1)
        deal.stage_id = self.needs
        self.env.cr.flush()
        stage.unlink()
        with self.no_module_errors():
            deal.stage_id = self.bidding
            self.env.cr.flush()
        self.assertEqual(
            self.outcomes_of(deal),
            [
                "First Contact: moved_back",
                "-: advanced",
                "First Contact: skipped",
                "Needs Analysis: skipped",
                "Bidding: open",
            ],
        )
        self.assertFalse(self.Visit.search([("lead_ref", "=", deal.id)], order="id", limit=1).next_stage_id)

    def test_clock_that_runs_backwards(self):
        deal = self.make_deal()
        self.pass_time(days=-3)
        deal.stage_id = self.needs
        self.assertEqual(self.visits_of(deal)[0], (self.contact, "advanced", 0))
        self.assertEqual(deal.stage_entered_at, self.start)

    def test_clock_set_back_before_the_last_change_of_a_visit(self):
        deal = self.make_deal()
        self.pass_time(days=2)
        deal.expected_revenue = 700
        self.env.cr.flush()
        changed_at = self.env.cr.now()
        self.pass_time(days=-1)
        deal.stage_id = self.needs
        self.env.cr.flush()
        # The second recording of this transaction deletes its own lines, and no others of that instant.
        deal.stage_id = self.bidding
        self.env.cr.flush()
        lines = self.Movement.search([("lead_ref", "=", deal.id)], order="id")
        self.assertEqual(
            lines.mapped(lambda line: (line.kind, line.date)),
            [("created", self.start), ("amount_up", changed_at), ("advanced", changed_at), ("advanced", changed_at)],
        )
        self.assertEqual(sum(lines.mapped("deal_count")), 1)
        self.assertEqual(sum(lines.mapped("amount")), 700)
        self.assertEqual(deal.stage_entered_at, changed_at)

    def test_undo_at_the_second_flush(self):
        """The last posting is read when it is needed."""
        deal = self.make_deal()
        self.pass_time(days=1)
        deal.stage_id = self.needs
        self.pass_time(minutes=1)
        deal.expected_revenue = 700
        self.env.cr.flush()
        deal.write({"expected_revenue": 100, "stage_id": self.contact.id})
        self.env.cr.flush()
        self.assertEqual(self.outcomes_of(deal), ["First Contact: open", "Needs Analysis: correction"])
        lines = self.Movement.search([("lead_ref", "=", deal.id), ("kind", "!=", "created")])
        self.assertEqual(len(lines), 4)
        self.assertEqual(set(lines.mapped("is_correction")), {True})

    def test_amount_that_is_rounded_as_it_is_stored(self):
        """Odoo caches an amount as it was written, and rounds it for the currency of the last company when storing."""
        dinar = self.env["res.currency"].create({"name": "XKD", "symbol": "XKD", "rounding": 0.001})
        company = self.env["res.company"].create({"name": "Three digits", "currency_id": dinar.id})
        deal = self.make_deal(company_id=company.id, user_id=False, team_id=False)
        self.pass_time(days=1)
        deal.expected_revenue = 40.005
        deal.company_id = self.env.company
        self.env.cr.flush()
        self.env.cr.execute("SELECT expected_revenue FROM crm_lead WHERE id = %s", [deal.id])
        stored = self.env.cr.fetchone()[0]
        self.assertNotEqual(stored, 40.005)
        self.assertEqual(deal.stage_visit_ids.filtered(lambda visit: not visit.left_at).amount, stored)
        self.assertFalse(self.env.execute_query(self.env["crm.pipeline.audit"]._drift_query()))

    def test_amount_that_is_stored_as_it_was_given(self):
        """Odoo does not round the amount of a new deal when it stores it."""
        deal = self.make_deal(expected_revenue=33.333)
        self.env.cr.flush()
        self.env.cr.execute("SELECT expected_revenue FROM crm_lead WHERE id = %s", [deal.id])
        stored = self.env.cr.fetchone()[0]
        self.env.cr.execute("SELECT amount FROM crm_pipeline_movement WHERE lead_ref = %s", [deal.id])
        self.assertEqual(self.env.cr.fetchall(), [(stored,)])
        self.assertFalse(self.env.execute_query(self.env["crm.pipeline.audit"]._drift_query()))

    def test_deal_whose_creation_was_rolled_back(self):
        with suppress(GoBack), self.env.cr.savepoint(flush=False):
            deal = self.make_deal()
            self.env.flush_all()
            raise GoBack
        self.env.cr.flush()
        self.assertFalse(self.Visit.search([("lead_ref", "=", deal.id)]))
        self.assertFalse(self.Movement.search([("lead_ref", "=", deal.id)]))

    def test_deal_that_is_recorded_while_it_is_created(self):
        """A savepoint of another module flushes before `create` of this module continues."""
        create_stored = type(self.Lead)._create

        def create_and_flush(leads, data_list):
            found = create_stored(leads, data_list)
            found._collect_pipeline_change(found.ids)
            self.env.cr.flush()
            return found

        with patch.object(type(self.Lead), "_create", create_and_flush):
            deal = self.make_deal(active=False, probability=0)
        self.env.cr.flush()
        kinds = self.Movement.search([("lead_ref", "=", deal.id)], order="id").mapped("kind")
        self.assertEqual(kinds, ["created", "lost"])

    def test_corrections_stay_if_the_clock_was_set_back(self):
        deal = self.make_deal()
        self.pass_time(days=1)
        deal.stage_id = self.needs
        self.pass_time(minutes=1)
        deal.stage_id = self.contact
        self.pass_time(days=-3)
        for amount in (200, 300):
            deal.expected_revenue = amount
            self.env.cr.flush()
        lines = self.Movement.search([("lead_ref", "=", deal.id)], order="id")
        self.assertEqual(lines.mapped("is_correction"), [False, True, True, True, True, False])
        self.assertEqual(lines[-1].amount, 200)

    def test_failure_is_logged_and_repaired_by_the_daily_job(self):
        """The user who moves the deal gets no error."""
        deal, other = self.make_deal(), self.make_deal()
        self.pass_time(days=1)
        self.env.cr.execute("UPDATE crm_stage_visit SET lead_ref = -lead_ref WHERE lead_ref = %s", [deal.id])
        self.env.cr.execute(
            "INSERT INTO crm_stage_visit (lead_ref, entered_at, outcome, origin, amount) "
            "VALUES (%s, %s, 'lost', 'live', 0)",
            [deal.id, self.start],
        )
        with mute_logger("odoo.sql_db"), self.assertLogs(RECORDER, level="ERROR") as logs:
            (deal + other).write({"stage_id": self.needs.id})
            self.env.cr.flush()
        self.assertIn("daily job", logs.output[0])
        self.assertEqual(deal.stage_id, self.needs)
        self.assertEqual(len(logs.output), 1)
        self.assertEqual(self.outcomes_of(other), ["First Contact: advanced", "Needs Analysis: open"])
        self.env.cr.execute("DELETE FROM crm_stage_visit WHERE lead_ref = %s", [deal.id])
        self.env.cr.execute("UPDATE crm_stage_visit SET lead_ref = -lead_ref WHERE lead_ref = %s", [-deal.id])
        self.pass_time(days=1)
        with mute_logger("odoo.addons.sales_process_control.models.recording.crm_pipeline_audit"):
            self.env["crm.pipeline.audit"]._cron_audit()
        self.assertEqual(self.outcomes_of(deal), ["First Contact: advanced", "Needs Analysis: open"])

    def test_failures_of_the_database_are_raised(self):
        """The transaction is repeated, or nothing of it is saved."""
        deal = self.make_deal()
        self.pass_time(days=1)
        recorder, raised = type(self.env["crm.pipeline.recorder"]), []
        failures = (
            psycopg2.errors.SerializationFailure,
            psycopg2.errors.DeadlockDetected,
            psycopg2.errors.DiskFull,
            psycopg2.InterfaceError,
        )
        for failure, stage in zip(failures, (self.needs, self.bidding, self.talks, self.contact), strict=True):
            with patch.object(recorder, "_record_batch", side_effect=failure):
                deal.stage_id = stage
                try:
                    self.env.cr.flush()
                except failure:
                    raised.append(failure)
        self.assertEqual(tuple(raised), failures)
        self.env["crm.pipeline.recorder"].record(deal.ids)

    def test_mover_is_the_user_who_writes_and_not_who_flushes(self):
        deal = self.make_deal()
        self.pass_time(days=1)
        deal.with_user(self.seller).stage_id = self.needs
        deal.sudo().flush_recordset()
        self.env.cr.flush()
        self.assertEqual(
            self.Visit.search([("lead_ref", "=", deal.id)], order="id desc", limit=1).mover_ref, self.seller.id
        )

    def test_mover_is_the_last_of_several_users(self):
        """An automation of somebody else moves the deal further than the user who began."""
        deal = self.make_deal()
        self.pass_time(days=1)
        deal.with_user(self.seller).stage_id = self.needs
        deal.with_user(self.manager).stage_id = self.bidding
        self.env.cr.flush()
        visit = self.Visit.search([("lead_ref", "=", deal.id), ("stage_id", "=", self.bidding.id)])
        self.assertEqual(visit.mover_ref, self.manager.id)

    def test_several_instants_in_one_transaction(self):
        deal = self.make_deal()
        for stage in (self.needs, self.bidding):
            self.pass_time(hours=1)
            deal.stage_id = stage
        self.pass_time(hours=1)
        self.assertEqual(
            self.outcomes_of(deal), ["First Contact: advanced", "Needs Analysis: advanced", "Bidding: open"]
        )
        self.assertEqual(deal.stage_entered_at, self.start + timedelta(hours=2))
