from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

# As a module: what is imported by its name would be run here once more.
from . import test_tours
from .common import new_user


@tagged("post_install", "-at_install")
class TestProgressTours(HttpCase):
    """What was done is recorded on a deal whose stage expects two sales actions, one of them required."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_user(cls.env, "progress_seller", groups="sales_team.group_sale_salesman")
        test_tours.TestTours.set_up_one_deal.__func__(cls, cls.seller)
        cls.deal = cls.env["crm.lead"].search([])
        cls.call = cls.env.ref("mail.mail_activity_data_call")
        _lunch, cls.step = cls.env["crm.stage.step"].create(
            [
                {"name": "Have lunch", "stage_id": cls.deal.stage_id.id, "sequence": 1},
                {
                    "name": "Call the tour",
                    "stage_id": cls.deal.stage_id.id,
                    "sequence": 2,
                    "is_required": True,
                    "activity_type_id": cls.call.id,
                },
            ]
        )
        cls.env.cr.flush()

    def recorded(self):
        """The one row of progress of the deal."""
        self.deal.invalidate_recordset()
        row = self.env["crm.lead.progress"].search([("lead_id", "=", self.deal.id)])
        self.assertEqual(len(row), 1)
        return row

    def messages(self, words):
        """What the chatter of the deal says with some words in it."""
        return self.deal.message_ids.filtered(lambda message: words in message.body)

    def test_an_error_loses_nothing_and_one_save_does_all(self):
        # A person's mistake is a warning of Odoo's.
        with self.assertLogs("odoo.http", "WARNING") as log:
            self.start_tour("/odoo", "sales_process_control_record_progress", login="progress_seller")
        self.assertEqual(len(log.output), 2)
        row = self.recorded()
        self.assertEqual((row.source, row.activity_type_id, row.feedback), ("recorded", self.call, "Wants a discount"))
        self.assertEqual((self.deal.customer_budget, self.deal.is_over_budget), (800, True))
        self.assertEqual(len(self.messages("Wants a discount")), 1)
        planned = self.deal.activity_ids
        self.assertEqual((planned.summary, planned.user_id), ("Send the offer", self.seller))

    def test_an_activity_is_marked_done_with_a_reaction(self):
        due = fields.Date.today() - timedelta(days=2)
        self.deal.with_user(self.seller).activity_schedule(
            activity_type_id=self.call.id, date_deadline=due, user_id=self.seller.id
        )
        self.env.cr.flush()
        self.start_tour("/odoo", "sales_process_control_mark_done_with_reaction", login="progress_seller")
        row = self.recorded()
        self.assertEqual(
            (row.source, row.step_id, row.reaction, row.feedback),
            ("activity", self.step, "negative", "Too expensive for them"),
        )
        self.assertFalse(self.deal.activity_ids)
        self.assertEqual(len(self.messages("Too expensive for them")), 1)

    def test_progress_is_recorded_in_four_taps_on_a_phone(self):
        self.browser_size, self.touch_enabled = "375x667", True
        self.start_tour("/odoo", "sales_process_control_record_progress_phone", login="progress_seller")
        row = self.recorded()
        self.assertEqual(
            (row.source, row.step_id, row.activity_type_id, row.reaction, row.feedback),
            ("recorded", self.step, self.call, "positive", "They like <b>it</b>"),
        )
        self.assertEqual(row.user_id, self.seller)
        self.assertEqual(len(self.messages("&lt;b&gt;it&lt;/b&gt;")), 1)
