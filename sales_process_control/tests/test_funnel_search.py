from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools.safe_eval import safe_eval


@tagged("post_install", "-at_install")
class TestFunnelSearch(TransactionCase):
    """The menu item of the sales funnel, and its search view."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(cls.env, "funnel_seller", groups="sales_team.group_sale_salesman")
        cls.menu = cls.env.ref("sales_process_control.crm_funnel_menu")
        cls.view = cls.env.ref("sales_process_control.crm_pipeline_movement_view_search_funnel")

    def test_it_stands_third_among_the_reports(self):
        menus = self.env["ir.ui.menu"].with_user(self.seller).load_web_menus(False)
        reports = menus[self.env.ref("crm.crm_menu_report").id]["children"]
        before = ("crm_process_review_menu", "crm_forecast_screen_menu")
        first = [self.env.ref(f"sales_process_control.{name}").id for name in before]
        self.assertEqual(reports[:3], [*first, self.menu.id])
        self.assertEqual(menus[self.menu.id]["actionPath"], "sales-funnel")

    def test_who_does_not_sell_has_none(self):
        colleague, customer = (
            new_test_user(self.env, f"funnel_{groups}", groups=groups)
            for groups in ("base.group_user", "base.group_portal")
        )
        self.assertNotIn(self.menu.id, self.env["ir.ui.menu"].with_user(colleague)._visible_menu_ids())
        for user in (colleague, customer):
            with self.assertRaises(AccessError):
                self.env["crm.pipeline.movement"].with_user(user).get_funnel()

    def test_what_can_be_looked_for_is_what_can_be_answered(self):
        movements = self.env["crm.pipeline.movement"].with_user(self.seller)
        arch = etree.fromstring(self.view.arch)
        domains = [node.get("domain") for node in arch.iter("filter") if node.get("domain")]
        domains += [node.get("filter_domain") for node in arch.iter("field") if node.get("filter_domain")]
        fields = [node.get("name") for node in arch.iter("field") if not node.get("filter_domain")]
        dates = [node.get("date") for node in arch.iter("filter") if node.get("date")]
        self.assertTrue(domains and fields and dates)
        asked = [safe_eval(domain, {"uid": self.seller.id, "self": "key"}) for domain in domains]
        asked += [[(field, "=", 1)] for field in fields] + [[(date, ">=", "2026-01-01")] for date in dates]
        for domain in asked:
            with self.subTest(domain=domain):
                self.assertIn("totals", movements.get_funnel(domain=domain))

    def test_other_searches_of_the_ledger_are_left_alone(self):
        found = self.env["crm.pipeline.movement"].get_views([(False, "search")])["views"]["search"]
        self.assertEqual(found["id"], self.env.ref("sales_process_control.crm_pipeline_movement_view_search").id)
