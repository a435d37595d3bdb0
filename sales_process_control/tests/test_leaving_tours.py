from odoo.tests import HttpCase, new_test_user, tagged

# As a module: what is imported by its name would be run here once more.
from . import test_tours


@tagged("post_install", "-at_install")
class TestLeavingTours(HttpCase):
    """A stage that holds who leaves it, in the browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(cls.env, "process_seller", groups="sales_team.group_sale_salesman")
        test_tours.TestTours.set_up_one_deal.__func__(cls, cls.seller)
        cls.deal = cls.env["crm.lead"].search([])
        cls.deal.stage_id.leaving_rule = "stop"
        cls.env["crm.stage.step"].create(
            {"name": "Call the tour", "stage_id": cls.deal.stage_id.id, "is_required": True}
        )
        cls.env.cr.flush()

    def test_a_stopped_drag(self):
        self.start_tour("/odoo", "sales_process_control_stopped_drag", login="process_seller")
        self.assertEqual((self.deal.stage_id.name, self.deal.name), ("Tour Contact", "Deal of the tour, renamed"))

    def test_a_manager_s_pass(self):
        self.deal.user_id = self.env.ref("base.user_admin")
        self.start_tour("/odoo", "sales_process_control_pass", login="admin")
        self.assertEqual(self.deal.stage_id.name, "Tour Bidding")
        self.assertEqual(self.deal.stage_pass_ids.mapped("reason"), ["Signs without a call"])
