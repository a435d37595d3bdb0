import json
from datetime import date, timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .alert_common import AlertCase


@tagged("post_install", "-at_install")
class TestAlertIsNoAction(AlertCase):
    """The activity of an alert is no next action, and marking it as done is no progress."""

    def setUp(self):
        super().setUp()
        self.deal = self.alerted_deal()
        self.activity = self.activities_of(self.deal)
        self.env.user.company_ids = [(4, self.company.id)]

    def search(self, *domain):
        return self.Lead.with_user(self.seller).search([("id", "=", self.deal.id), *domain])

    def test_pace_and_attention(self):
        deal = self.deal.with_user(self.seller)
        self.assertEqual(deal.pace, "stalled")
        self.assertTrue(self.search(("pace", "=", "stalled")))
        self.assertIn("no next action", deal.attention_reason)
        self.assertFalse(self.env["crm.planned.activity"].search([("lead_id", "=", self.deal.id)]))
        # Putting it off is no planning either.
        self.activity.date_deadline += timedelta(days=30)
        self.env.cr.flush()
        self.assertFalse(self.env["crm.planned.activity"].search([("lead_id", "=", self.deal.id)]))
        self.deal.invalidate_recordset()
        self.assertEqual(self.deal.pace, "stalled")

    def test_fields_and_searches(self):
        self.assertFalse(self.activity.is_next_action)
        self.assertFalse(self.deal.activity_date_deadline)
        self.assertFalse(self.deal.with_user(self.seller).next_action)
        idle = ("activity_ids", "not any", [("is_next_action", "=", True)])
        self.assertTrue(self.search(idle))
        self.assertTrue(self.search(("activity_date_deadline", "=", False)))
        self.assertFalse(self.search(("activity_date_deadline", "<", date(2030, 1, 1))))
        call = self.plan(self.deal)
        self.assertTrue(call.is_next_action)
        self.assertFalse(self.search(idle))
        self.assertFalse(self.search(("activity_date_deadline", "=", False)))
        self.assertTrue(self.search(("activity_date_deadline", "<", date(2030, 1, 1))))
        self.deal.invalidate_recordset()
        self.assertEqual(self.deal.activity_date_deadline, call.date_deadline)
        self.assertEqual(
            self.env["mail.activity"].search([("is_next_action", "=", True), ("res_id", "=", self.deal.id)]), call
        )
        self.assertEqual(
            self.env["mail.activity"].search([("is_next_action", "=", False), ("res_id", "=", self.deal.id)]),
            self.activity,
        )

    def test_screens(self):
        rows = self.env.execute_query_dict(self.env["mail.activity"]._planned_sql())
        self.assertNotIn(self.deal.id, [row["res_id"] for row in rows])
        self.assertFalse(self.deal.get_process()["next_action"])
        dialog = self.env["crm.lead.progress.dialog"].with_user(self.seller).new({"lead_id": self.deal.id})
        self.assertNotIn(self.activity.activity_type_id.id, [choice["id"] for choice in dialog.type_choices])

    def next_action(self):
        """The day of the next action that the card of the deal shows."""
        self.env.cr.flush()
        self.deal.invalidate_recordset()
        return json.loads(self.deal.with_user(self.seller).card_facts).get("next_action_date")

    def test_card(self):
        today = self.env.cr.now().date()
        self.assertFalse(self.next_action())
        self.activity.date_deadline = today - timedelta(days=3)
        self.assertFalse(self.next_action())
        self.plan(self.deal, date_deadline=today + timedelta(days=4))
        call = self.plan(self.deal, date_deadline=today)
        self.assertEqual(self.next_action(), today.isoformat())
        call.date_deadline = today - timedelta(days=1)
        self.assertEqual(self.next_action(), (today - timedelta(days=1)).isoformat())
        self.assertEqual(self.next_action(), self.deal.with_user(self.seller).activity_date_deadline.isoformat())

    def test_nobody_plans_one_by_hand(self):
        alert_type = self.activity.activity_type_id
        self.assertFalse(alert_type.active)
        types = self.env["mail.activity.type"].with_user(self.seller)
        self.assertNotIn(alert_type, types.search([]))
        self.assertIn(alert_type, types.with_context(active_test=False).search([]))
        self.assertNotIn("Deal Alert", [name for _id, name in types.name_search("Deal Alert")])

    def test_filter_without_next_action(self):
        views = self.env["ir.ui.view"].search([("model", "=", "crm.lead"), ("type", "=", "search")])
        archs = [view.arch_db for view in views if 'name="no_next_action"' in view.arch_db]
        self.assertTrue(archs)
        for arch in archs:
            self.assertIn("('activity_ids', 'not any', [('is_next_action', '=', True)])", arch)

    def test_done_is_no_progress(self):
        self.assertFalse(self.activity.takes_reaction)
        messages = len(self.deal.message_ids)
        self.activity.with_user(self.seller).action_feedback("Seen")
        self.assertEqual(len(self.deal.message_ids), messages + 1)
        self.assertFalse(self.progress_of(self.deal))
        self.assertFalse(self.rows_of(self.deal))
        self.deal.invalidate_recordset()
        self.assertEqual(self.deal.pace, "stalled")
        # Nor is it when the past is loaded at another installation.
        self.Progress.rebuild()
        self.assertFalse(self.rows_of(self.deal))

    def test_done_together_with_a_call(self):
        call = self.plan(self.deal)
        (self.activity | call).with_user(self.seller).action_feedback("Talked")
        self.assertEqual(self.rows_of(self.deal), [("activity", self.env.cr.now(), "Talked")])
        row = self.Progress.search([("lead_id", "=", self.deal.id)])
        self.assertEqual(row.message_id.mail_activity_type_id, self.call)

    def test_type_is_proposed_nowhere_and_kept(self):
        activities = self.env["mail.activity"]
        self.assertNotEqual(activities._default_activity_type_for_model("crm.lead").id, activities._alert_type_id())
        with self.assertRaises(UserError):
            self.activity.activity_type_id.unlink()

    def test_people_may_not_compute_it(self):
        activity = self.plan(self.deal, is_next_action=False)
        self.assertTrue(activity.is_next_action)
