from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from .progress_common import ProgressCase

PROGRESS = "odoo.addons.sales_process_control.models.progress.crm_lead_progress"


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

    def test_a_corrected_end_keeps_the_sales_action(self):
        """The deal has left the stage of the action by then, and the action may be required."""
        step = self.env["crm.stage.step"].create(
            {"name": "Workshop", "stage_id": self.contact.id, "activity_type_id": self.call.id, "is_required": True}
        )
        deal, meeting, _activity = self.meeting_with_activity()
        self.set_time(self.start + timedelta(hours=5))
        self.run_job()
        row = self.Progress.search([("lead_id", "=", deal.id)])
        self.assertEqual(row.step_id, step)
        visit = row.visit_id
        self.pass_time(days=2)
        deal.stage_id = self.needs
        self.env.cr.flush()
        meeting.stop = self.start + timedelta(hours=4)
        self.env.invalidate_all()
        row = self.Progress.search([("lead_id", "=", deal.id)])
        self.assertEqual((row.date, row.step_id, row.visit_id), (self.start + timedelta(hours=4), step, visit))
        self.assertEqual((row.stage_id, deal.last_progress_at), (self.contact, self.env.cr.now()))

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
        deal, _meeting, activity = self.meeting_with_activity()
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

    def test_job_stops_when_its_time_is_used_up(self):
        deals = [self.make_deal() for _number in range(3)]
        for hours, deal in enumerate(deals, start=1):
            self.meet(deal, self.start + timedelta(hours=hours))
        self.set_time(self.start + timedelta(hours=9))
        done = []

        def commit(_cron, processed=0, *, remaining=None):
            done.append((processed, bool(remaining)))
            return 0

        with (
            patch(f"{PROGRESS}.MEETINGS_BATCH", 2),
            patch.object(type(self.env["ir.cron"]), "_commit_progress", commit),
        ):
            self.run_job()
        self.assertEqual(done, [(2, True)])
        self.assertEqual([len(self.rows_of(deal)) for deal in deals], [1, 1, 0])
        self.run_job()
        self.assertEqual([len(self.rows_of(deal)) for deal in deals], [1, 1, 1])
