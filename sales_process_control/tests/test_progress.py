from datetime import datetime, timedelta

from odoo.tests import tagged

from .common import PipelineCase


class ProgressCase(PipelineCase):
    """Deals on which something is done."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Progress = cls.env["crm.lead.progress"]
        cls.call = cls.env.ref("mail.mail_activity_data_call")
        cls.todo = cls.env.ref("mail.mail_activity_data_todo")
        cls.customer = cls.env["res.partner"].create({"name": "Buyer", "email": "buyer@example.com"})

    def plan(self, deals, user=None, **values):
        """Plan an activity on each deal, due tomorrow."""
        user = user or self.seller
        due = (self.env.cr.now() + timedelta(days=1)).date()
        model_id = self.env["ir.model"]._get_id("crm.lead")
        common = {"res_model_id": model_id, "user_id": user.id, "activity_type_id": self.call.id, "date_deadline": due}
        return (
            self.env["mail.activity"]
            .with_user(user)
            .with_context(mail_activity_quick_update=True)
            .create([{**common, "res_id": deal.id, **values} for deal in deals])
        )

    def meet(self, deal, start, hours=1, **values):
        """A meeting about a deal."""
        values = {"name": "Meeting", "start": start, "stop": start + timedelta(hours=hours), **values}
        return self.env["calendar.event"].create(
            {"opportunity_id": deal.id, "user_id": self.seller.id, "partner_ids": [], **values}
        )

    def hear(self, deal, author=None, message_type="comment", **values):
        """A message on a deal, from the customer unless another author is given."""
        author = self.customer if author is None else author
        return deal.sudo().message_post(
            body="Hello", author_id=author.id, message_type=message_type, subtype_xmlid="mail.mt_comment", **values
        )

    def run_job(self):
        self.Progress._cron_record_meetings()

    def rows_of(self, deal):
        """[(source, date, feedback)] in order of time."""
        rows = self.Progress.search([("lead_id", "=", deal.id)], order="date, id")
        return [(row.source, row.date, row.feedback or None) for row in rows]

    def progress_of(self, deal):
        """When the deal made progress last, as the database has it."""
        self.env.cr.flush()
        deal.invalidate_recordset(["last_progress_at"])
        return deal.last_progress_at


@tagged("post_install", "-at_install")
class TestActivities(ProgressCase):
    """An activity that is marked done is progress, with the customer's words."""

    def test_done_activity(self):
        deal = self.make_deal()
        activity = self.plan(deal)
        self.pass_time(days=1)
        activity.action_feedback(feedback="They like it.\nPrice < 100 & soon")
        [row] = self.Progress.search([("lead_id", "=", deal.id)])
        self.env.cr.flush()
        self.assertEqual(row.source, "activity")
        self.assertEqual(row.date, self.env.cr.now())
        self.assertEqual(row.user_id, self.seller)
        self.assertEqual(row.activity_type_id, self.call)
        self.assertEqual(row.feedback, "They like it.\nPrice < 100 & soon")
        self.assertEqual((row.stage_id, row.visit_id), (self.contact, deal.stage_visit_ids))
        self.assertEqual((row.company_id, row.activity_id), (self.company, activity))
        self.assertEqual(deal.last_progress_at, self.env.cr.now())

    def test_many_at_once_each_with_its_message(self):
        deals = self.make_deal() | self.make_deal() | self.make_deal()
        activities = self.plan(deals) | self.plan(deals, activity_type_id=self.todo.id)
        activities._action_done(feedback="Called")
        rows = self.Progress.search([("lead_id", "in", deals.ids)])
        self.assertEqual(len(rows), 6)
        self.assertEqual(len(rows.message_id), 6)
        for row in rows:
            self.assertEqual(row.message_id.res_id, row.lead_id.id)
            self.assertEqual(row.message_id.mail_activity_type_id, row.activity_type_id)
            self.assertEqual(row.activity_id.activity_type_id, row.activity_type_id)

    def test_done_by_somebody_who_may_not_read_the_deal(self):
        deal = self.make_deal()
        activity = self.plan(deal)
        activity.sudo().user_id = self.colleague
        deal.invalidate_recordset()
        self.assertFalse(deal.with_user(self.colleague).has_access("read"))
        activity.with_user(self.colleague).action_feedback(feedback="Done anyway")
        self.assertEqual(self.Progress.search([("lead_id", "=", deal.id)]).user_id, self.colleague)
        self.assertEqual(self.progress_of(deal), self.env.cr.now())

    def test_a_lead_may_become_a_deal(self):
        lead = self.make_deal(type="lead")
        self.plan(lead).action_feedback(feedback="Interested")
        [row] = self.Progress.search([("lead_id", "=", lead.id)])
        self.assertFalse(row.visit_id)
        self.assertEqual(row.stage_id, self.contact)

    def test_activity_whose_deal_is_gone(self):
        gone, stays = self.make_deal(), self.make_deal()
        activities = self.plan(gone | stays)
        self.env.cr.execute("DELETE FROM crm_lead WHERE id = %s", [gone.id])
        self.env.invalidate_all()
        activities.sudo()._action_done(feedback="Too late")
        self.assertEqual(self.Progress.search([]).lead_id, stays)

    def test_activities_of_other_documents_are_no_progress(self):
        model_id = self.env["ir.model"]._get_id("res.partner")
        activity = self.plan(self.make_deal(), res_model_id=model_id, res_id=self.customer.id)
        with self.assertQueryCountOf("crm_lead_progress", 0):
            activity.sudo().action_feedback(feedback="Hm")
        self.assertFalse(self.Progress.search([]))

    def assertQueryCountOf(self, table, number):
        return _Statements(self, table, number)

    def test_progress_goes_with_its_deal(self):
        deal = self.make_deal()
        self.plan(deal).action_feedback(feedback="Yes")
        deal.unlink()
        self.assertFalse(self.Progress.search([]))

    def test_stay_is_known_after_the_transaction_has_written_it_anew(self):
        deal = self.make_deal()
        self.pass_time(days=1)
        deal.stage_id = self.bidding
        self.env.cr.flush()
        self.plan(deal).action_feedback(feedback="Yes")
        deal.expected_revenue = 5
        self.env.cr.flush()
        [row] = self.Progress.search([("lead_id", "=", deal.id)])
        row.invalidate_recordset()
        self.assertEqual(row.visit_id.stage_id, self.bidding)


class _Statements:
    """Counts the statements that name a table."""

    def __init__(self, case, table, number):
        self.case, self.table, self.number, self.found = case, table, number, []

    def __enter__(self):
        cr = self.case.env.cr
        self.execute = cr.execute

        def execute(query, *args, **kwargs):
            code = query.code if hasattr(query, "code") else query
            if self.table in code:
                self.found.append(code)
            return self.execute(query, *args, **kwargs)

        cr.execute = execute
        return self

    def __exit__(self, *_error):
        del self.case.env.cr.execute
        self.case.assertEqual(len(self.found), self.number, self.found)


@tagged("post_install", "-at_install")
class TestMeetings(ProgressCase):
    """A meeting that is over is progress; it and its activity are one."""

    def test_job_records_meetings_that_are_over(self):
        deal = self.make_deal()
        start = self.start + timedelta(hours=2)
        meeting = self.meet(deal, start)
        self.set_time(start + timedelta(minutes=30))
        self.run_job()
        self.assertEqual(self.rows_of(deal), [])
        self.set_time(start + timedelta(hours=5))
        self.run_job()
        self.run_job()
        self.assertEqual(self.rows_of(deal), [("meeting", meeting.stop, None)])
        self.assertEqual(self.progress_of(deal), meeting.stop)
        row = self.Progress.search([])
        self.assertEqual((row.user_id, row.event_id), (self.seller, meeting))

    def held_meeting(self, **values):
        deal = self.make_deal()
        meeting = self.meet(deal, self.start + timedelta(hours=2), **values)
        self.set_time(self.start + timedelta(hours=5))
        self.run_job()
        return deal, meeting

    def test_cancelled(self):
        for cancel in (
            lambda meeting: meeting.write({"active": False}),
            lambda meeting: meeting.unlink(),
            lambda meeting: meeting.write(
                {"start": self.start + timedelta(days=9), "stop": self.start + timedelta(days=9, hours=1)}
            ),
            lambda meeting: meeting.write({"opportunity_id": False}),
        ):
            deal, meeting = self.held_meeting()
            self.assertEqual(len(self.rows_of(deal)), 1)
            cancel(meeting)
            self.run_job()
            self.assertEqual(self.rows_of(deal), [])
            self.assertFalse(self.progress_of(deal))

    def test_cancelled_leaves_earlier_progress(self):
        deal = self.make_deal()
        self.plan(deal).action_feedback(feedback="Earlier")
        meeting = self.meet(deal, self.start + timedelta(hours=2))
        self.set_time(self.start + timedelta(hours=5))
        self.run_job()
        meeting.active = False
        self.assertEqual(self.progress_of(deal), self.start)

    def test_moved_within_the_past_and_to_another_deal(self):
        deal, meeting = self.held_meeting()
        meeting.write({"start": self.start, "stop": self.start + timedelta(hours=1)})
        self.assertEqual(self.rows_of(deal), [("meeting", self.start + timedelta(hours=1), None)])
        other = self.make_deal()
        meeting.opportunity_id = other
        self.assertEqual(self.rows_of(deal), [])
        self.assertEqual(self.rows_of(other), [("meeting", self.start + timedelta(hours=1), None)])
        self.assertFalse(self.progress_of(deal))
        self.assertEqual(self.progress_of(other), self.start + timedelta(hours=1))

    def meeting_with_activity(self):
        deal = self.make_deal()
        activity = self.plan(deal)
        meeting = self.meet(deal, self.start + timedelta(hours=2), activity_ids=[(6, 0, activity.ids)])
        self.assertEqual(activity.calendar_event_id, meeting)
        return deal, meeting, activity

    def test_activity_adds_its_words_to_the_meeting(self):
        deal, meeting, activity = self.meeting_with_activity()
        self.set_time(self.start + timedelta(hours=5))
        self.run_job()
        self.pass_time(days=1)
        activity.action_feedback(feedback="We talked")
        self.run_job()
        self.assertEqual(self.rows_of(deal), [("meeting", meeting.stop, "We talked")])

    def test_activity_done_before_the_job_runs(self):
        deal, meeting, activity = self.meeting_with_activity()
        self.set_time(self.start + timedelta(hours=5))
        activity.action_feedback(feedback="We talked")
        self.run_job()
        self.assertEqual(self.rows_of(deal), [("meeting", meeting.stop, "We talked")])
        # Somebody said that it was held: moving it in the calendar does not change that.
        meeting.active = False
        self.assertEqual(self.rows_of(deal), [("meeting", meeting.stop, "We talked")])

    def test_activity_done_before_its_meeting(self):
        deal, meeting, activity = self.meeting_with_activity()
        activity.action_feedback(feedback="They called instead")
        self.set_time(self.start + timedelta(hours=5))
        self.run_job()
        self.assertEqual(self.rows_of(deal), [("activity", self.start, "They called instead")])

    def test_second_activity_of_a_meeting(self):
        deal, meeting, activity = self.meeting_with_activity()
        second = self.plan(deal)
        second.calendar_event_id = meeting
        self.set_time(self.start + timedelta(hours=5))
        (activity | second).action_feedback(feedback="Twice")
        self.assertEqual(self.rows_of(deal), [("meeting", meeting.stop, "Twice")] * 2)
        self.assertEqual(self.Progress.search([]).event_id, meeting)

    def test_job_goes_in_batches(self):
        deal = self.make_deal()
        for hours in (1, 2, 3):
            self.meet(deal, self.start + timedelta(hours=hours), hours=0.5)
        self.set_time(self.start + timedelta(hours=5))
        recorder = self.env["crm.progress.recorder"]
        self.assertEqual(recorder._record_meetings(limit=2), 2)
        self.assertEqual(recorder._record_meetings(limit=2), 1)
        self.assertEqual(recorder._record_meetings(limit=2), 0)


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
