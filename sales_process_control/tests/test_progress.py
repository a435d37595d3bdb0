from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .progress_common import ProgressCase

MESSAGES = "odoo.addons.sales_process_control.models.progress.crm_progress_recorder"


@tagged("post_install", "-at_install")
class TestMessages(ProgressCase):
    """A message from the customer is progress, without its text."""

    def test_customers(self):
        deal = self.make_deal()
        message = self.hear(deal)
        self.assertEqual(self.rows_of(deal), [("message", self.env.cr.now(), None)])
        row = self.Progress.search([])
        self.assertEqual((row.message_id, row.user_id.id), (message, False))
        self.assertEqual(self.progress_of(deal), self.env.cr.now())

    def test_mail_of_somebody_unknown(self):
        deal = self.make_deal()
        self.hear(deal, author=self.env["res.partner"], message_type="email", email_from="who@example.com")
        self.assertEqual(len(self.rows_of(deal)), 1)

    def test_mail_with_a_date_of_its_own(self):
        deal = self.make_deal()
        self.pass_time(days=3)
        self.hear(deal, message_type="email", date=self.start + timedelta(days=1))
        self.hear(deal, message_type="email", date=self.start + timedelta(days=300))
        self.assertEqual(
            [date for _source, date, _feedback in self.rows_of(deal)],
            [self.start + timedelta(days=1), self.start + timedelta(days=3)],
        )

    def test_what_is_no_message_of_a_customer(self):
        former = self.seller.copy({"login": "process_former"})
        deal = self.make_deal()
        self.hear(deal, author=self.seller.partner_id)
        self.hear(deal, author=self.seller.partner_id, message_type="email")
        former.active = False
        self.hear(deal, author=former.partner_id, message_type="email")
        self.hear(deal, author=self.env.ref("base.partner_root"))
        for message_type in ("notification", "auto_comment", "out_of_office", "email_outgoing"):
            self.hear(deal, message_type=message_type)
        self.assertEqual(self.rows_of(deal), [])
        self.assertFalse(self.progress_of(deal))

    def fail_to_hear(self, deal):
        """A message on a deal that PostgreSQL does not let be recorded."""
        recorder = type(self.env["crm.progress.recorder"])
        broken = patch.object(recorder, "_messages_source", lambda _self: SQL("SELECT no_such_column"))
        with broken, mute_logger("odoo.sql_db"), self.assertLogs(MESSAGES, level="ERROR"):
            return self.hear(deal)

    def test_failure_stops_no_message_and_the_job_makes_up_for_it(self):
        deal = self.make_deal()
        deal.name = "Written in the same transaction"
        message = self.fail_to_hear(deal)
        came_at = self.env.cr.now()
        self.assertEqual(self.rows_of(deal), [])
        self.env.cr.flush()
        self.env.invalidate_all()
        self.assertIn("Hello", message.body)
        self.assertEqual(deal.name, "Written in the same transaction")
        self.pass_time(hours=1)
        self.hear(deal, author=self.seller.partner_id)
        for _time in range(2):
            self.run_job()
            self.assertEqual(self.rows_of(deal), [("message", came_at, None)])
        self.assertEqual(self.progress_of(deal), came_at)

    def test_the_job_looks_back_for_two_days(self):
        deal = self.make_deal()
        self.fail_to_hear(deal)
        self.pass_time(days=2, minutes=1)
        self.fail_to_hear(deal)
        came_at = self.env.cr.now()
        with self.assertStatements("mail_message", 2):
            self.run_job()
        self.assertEqual(self.rows_of(deal), [("message", came_at, None)])


@tagged("post_install", "-at_install")
class TestMoves(ProgressCase):
    """A move forward is progress, and costs no statement."""

    def test_forward_back_and_won(self):
        deal = self.make_deal()
        self.assertFalse(self.progress_of(deal))
        self.pass_time(days=1)
        deal.stage_id = self.bidding
        self.assertEqual(deal.last_progress_at, self.start + timedelta(days=1))
        self.pass_time(days=1)
        deal.stage_id = self.needs
        self.assertEqual(self.progress_of(deal), self.start + timedelta(days=1))
        self.pass_time(days=1)
        deal.stage_id = self.signed
        self.assertEqual(self.progress_of(deal), self.start + timedelta(days=1))

    def test_slip_is_no_progress(self):
        deal = self.make_deal()
        self.pass_time(days=1)
        self.plan(deal).action_feedback(feedback="Earlier")
        self.pass_time(days=1)
        deal.stage_id = self.bidding
        self.pass_time(minutes=3)
        deal.stage_id = self.contact
        self.assertEqual(self.progress_of(deal), self.start + timedelta(days=1))

    def test_there_and_back_in_one_transaction(self):
        deal = self.make_deal()
        self.pass_time(days=1)
        deal.stage_id = self.bidding
        deal.flush_recordset()
        deal.stage_id = self.contact
        self.assertFalse(self.progress_of(deal))

    def test_forward_and_lost_in_one_transaction(self):
        deal = self.make_deal()
        self.pass_time(days=1)
        deal.write({"stage_id": self.bidding.id, "active": False, "probability": 0})
        self.assertFalse(self.progress_of(deal))

    def test_stage_that_changes_without_a_write(self):
        other = self.env["crm.stage"].create(
            {"name": "Only South", "sequence": 25, "team_ids": [(6, 0, self.other_team.ids)]}
        )
        self.contact.team_ids = self.needs.team_ids = self.team
        self.bidding.team_ids = self.talks.team_ids = self.team
        deal = self.make_deal()
        self.pass_time(days=1)
        deal.team_id = self.other_team
        self.env.cr.flush()
        self.assertEqual(deal.stage_id, other)
        self.assertEqual(self.progress_of(deal), self.env.cr.now())

    def test_leads_and_lost_deals_do_not_move(self):
        lead, lost = self.make_deal(type="lead"), self.make_deal()
        lost.action_set_lost()
        self.pass_time(days=1)
        (lead | lost).write({"stage_id": self.bidding.id})
        self.assertFalse(self.progress_of(lead))
        self.assertFalse(self.progress_of(lost))

    def test_move_that_is_taken_back_after_a_flush(self):
        """A move that is no move in the end is no progress, also where the first half was written already."""
        deal = self.make_deal()
        self.pass_time(days=1)
        before = deal.last_progress_at
        deal.stage_id = self.bidding
        self.env.flush_all()
        deal.stage_id = self.contact
        self.env.cr.flush()
        deal.invalidate_recordset()
        self.assertEqual(deal.last_progress_at, before)

    def test_a_move_forward_costs_no_statement(self):
        def move(stage):
            before = self.env.cr.sql_log_count
            deals.write({"stage_id": stage.id})
            self.env.cr.flush()
            return self.env.cr.sql_log_count - before

        deals = self.make_deal() | self.make_deal()
        for stage in (self.bidding, self.needs):
            self.pass_time(days=1)
            move(stage)
        self.pass_time(days=1)
        forward = move(self.bidding)
        self.assertEqual(deals[0].last_progress_at, self.env.cr.now())
        self.pass_time(days=1)
        self.assertEqual(forward, move(self.needs))

    def test_push_is_no_progress(self):
        deal = self.make_deal(date_deadline="2026-03-10")
        self.pass_time(days=1)
        deal.date_deadline = "2026-04-10"
        self.assertFalse(self.progress_of(deal))
        self.assertEqual(deal.push_count, 1)


@tagged("post_install", "-at_install")
class TestMerging(ProgressCase):
    """What was done for a deal stays with the one that it is merged into."""

    def test_merge(self):
        first, second = self.make_deal(name="First"), self.make_deal(name="Second")
        self.plan(first).action_feedback(feedback="First")
        meeting = self.meet(second, self.start + timedelta(hours=2))
        self.set_time(datetime(2026, 3, 4, 9))
        self.run_job()
        self.plan(second)
        head = (first | second).merge_opportunity()
        self.assertEqual(self.rows_of(head), [("activity", self.start, "First"), ("meeting", meeting.stop, None)])
        self.assertEqual(self.progress_of(head), meeting.stop)
        self.assertEqual(meeting.opportunity_id, head)
        self.assertEqual(self.env["crm.planned.activity"].search_count([("lead_id", "=", head.id)]), 2)

    def test_plans_of_cancelled_activities(self):
        """Neither deal has progress. The rows say that next activities were planned and never done."""
        first, second = self.make_deal(name="First"), self.make_deal(name="Second", stage_id=self.needs.id)
        for _number in range(3):
            self.pass_time(days=1)
            self.plan(first).unlink()
        head = (first | second).merge_opportunity()
        self.assertEqual(head, second)
        self.assertEqual(self.env["crm.planned.activity"].search_count([("lead_id", "=", head.id)]), 3)

    def test_moves_of_merged_deals_are_not_forgotten(self):
        moved, kept = self.make_deal(name="Moved"), self.make_deal(name="Kept", stage_id=self.talks.id)
        self.pass_time(days=1)
        moved.stage_id = self.bidding
        self.pass_time(days=1)
        head = (moved | kept).merge_opportunity()
        self.assertEqual(head, kept)
        further = self.make_deal(name="Further", stage_id=self.talks.id, probability=99)
        self.pass_time(days=1)
        head = (head | further).merge_opportunity()
        self.assertEqual(head, further)
        meeting = self.meet(head, self.env.cr.now() + timedelta(hours=1))
        self.pass_time(days=1)
        self.run_job()
        self.assertEqual(self.progress_of(head), meeting.stop)
        meeting.unlink()
        self.assertEqual(self.progress_of(head), self.start + timedelta(days=1))

    def test_who_merges_need_be_nobody_special(self):
        moved, kept = self.make_deal(name="Moved"), self.make_deal(name="Kept", stage_id=self.talks.id)
        self.pass_time(days=1)
        moved.stage_id = self.bidding
        self.env.cr.flush()
        head = (moved | kept).with_user(self.manager).merge_opportunity()
        self.assertEqual(self.progress_of(head), self.start + timedelta(days=1))
