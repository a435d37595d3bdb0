from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from .progress_common import ProgressCase

COLUMNS = (
    "lead_id, visit_id, stage_id, date, user_id, activity_type_id, source, feedback, company_id, activity_id, "
    "event_id, message_id"
)
WORDS = ['They like it.\nPrice < 100 & "soon", isn\'t it?', "  Twice  told", False, "<b>bold</b>"]


@tagged("post_install", "-at_install")
class TestPastProgress(ProgressCase):
    """What is read from the past is what would have been recorded."""

    def snapshot(self, columns=COLUMNS):
        self.env.cr.flush()
        self.env.cr.execute(f"SELECT {columns} FROM crm_lead_progress ORDER BY date, message_id, event_id")
        rows = self.env.cr.fetchall()
        self.env.cr.execute("SELECT id, last_progress_at FROM crm_lead ORDER BY id")
        return rows, self.env.cr.fetchall()

    def plans(self):
        self.env.cr.execute("SELECT lead_id, planned_at, activity_ref FROM crm_planned_activity ORDER BY activity_ref")
        return self.env.cr.fetchall()

    def forget(self):
        self.env.cr.execute("DELETE FROM crm_lead_progress; DELETE FROM crm_planned_activity")
        self.env.cr.execute("UPDATE crm_lead SET last_progress_at = NULL")
        self.env.invalidate_all()

    def tell_story(self):
        """Deals, a lead and all ways to make progress, in transactions of their own."""
        deals = self.make_deal() | self.make_deal() | self.make_deal(type="lead")
        for index, words in enumerate(WORDS):
            self.pass_time(hours=7)
            self.plan(deals, activity_type_id=(self.call, self.todo)[index % 2].id).action_feedback(feedback=words)
            self.pass_time(hours=1)
            self.hear(deals[index % 3])
            self.hear(deals[0], author=self.seller.partner_id)
        # Two of one kind on one day.
        for words in ("First", "Second"):
            self.pass_time(minutes=5)
            self.plan(deals[0]).action_feedback(feedback=words)
        start = self.env.cr.now() + timedelta(hours=1)
        self.meet(deals[1], start)
        cancelled = self.meet(deals[1], start)
        activity = self.plan(deals[0])
        self.meet(deals[0], start, activity_ids=[(6, 0, activity.ids)])
        self.plan(deals[1])
        self.pass_time(days=1)
        cancelled.active = False
        self.run_job()
        activity.action_feedback(feedback="We met")
        self.pass_time(days=1)
        deals[0].stage_id = self.bidding
        self.pass_time(minutes=2)
        self.hear(deals[1], message_type="email", date=self.env.cr.now() - timedelta(days=1))
        self.pass_time(days=1)
        deals[1].stage_id = self.bidding
        self.pass_time(minutes=1)
        deals[1].stage_id = self.contact
        self.env.cr.flush()
        return deals

    def test_rebuilt_is_recorded(self):
        self.tell_story()
        live, plans = self.snapshot(), self.plans()
        self.assertEqual(len(live[0]), 3 * len(WORDS) + len(WORDS) + 2 + 2 + 1)
        self.forget()
        self.Progress.rebuild()
        self.assertEqual(self.snapshot(), live)
        self.assertEqual(self.plans(), plans)

    def test_running_it_again_changes_nothing(self):
        self.tell_story()
        live, plans = self.snapshot("id, " + COLUMNS), self.plans()
        self.assertEqual(self.Progress.rebuild(), 0)
        self.assertEqual((self.snapshot("id, " + COLUMNS), self.plans()), (live, plans))
        self.forget()
        self.assertGreater(self.Progress.rebuild(), 0)
        rebuilt = self.snapshot("id, " + COLUMNS)
        self.assertEqual(self.Progress.rebuild(), 0)
        self.assertEqual(self.snapshot("id, " + COLUMNS), rebuilt)

    def test_older_databases_know_done_activities_by_their_messages(self):
        self.tell_story()
        rows = [row[:6] for row in self.snapshot("lead_id, date, user_id, activity_type_id, source, feedback")[0]]
        self.forget()
        self.env["mail.activity"].with_context(active_test=False).search([("active", "=", False)]).unlink()
        self.Progress.rebuild()
        rebuilt = [row[:6] for row in self.snapshot("lead_id, date, user_id, activity_type_id, source, feedback")[0]]
        # Without the activity nobody knows that it was about the meeting: that counts once more, without words.
        met = [row for row in rebuilt if row[-1] == "We met"]
        self.assertEqual([row[4] for row in met], ["activity"])
        words = sorted(row[5].strip() for row in rows if row[5])
        self.assertEqual(sorted(row[5] for row in rebuilt if row[5]), words)
        self.assertEqual(len(rebuilt), len(rows) + 1)

    def test_many_rows_set_keys_aside_and_back(self):
        def keys():
            self.env.cr.execute(
                "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
                "WHERE conrelid IN ('crm_lead_progress'::regclass, 'crm_planned_activity'::regclass) ORDER BY conname"
            )
            return self.env.cr.fetchall()

        self.tell_story()
        live, before = self.snapshot(), keys()
        self.forget()
        with patch("odoo.addons.sales_process_control.models.progress.crm_progress_past.MANY_MESSAGES", 1):
            self.Progress.rebuild()
        self.assertEqual(self.snapshot(), live)
        self.assertEqual(keys(), before)
        self.assertTrue(any(definition.startswith("FOREIGN KEY") for _name, definition in before))
