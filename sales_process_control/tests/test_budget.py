from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import PipelineCase


@tagged("post_install", "-at_install")
class TestBudget(PipelineCase):
    """What the customer can spend, and whether more is expected."""

    def test_over_budget(self):
        deals = [
            self.make_deal(name=f"Budget {budget}", expected_revenue=100, customer_budget=budget)
            for budget in (0, 99.99, 100, 150)
        ]
        self.assertEqual([deal.is_over_budget for deal in deals], [False, True, False, False])
        unknown = self.make_deal(name="Nobody asked")
        deals = self.Lead.browse([deal.id for deal in deals]) | unknown
        over = self.Lead.search([("id", "in", deals.ids), ("is_over_budget", "=", True)])
        self.assertEqual(over, deals[1])
        for domain in (("is_over_budget", "=", False), ("is_over_budget", "!=", True)):
            self.assertEqual(self.Lead.search([("id", "in", deals.ids), domain]), deals - over)
        self.assertEqual(self.Lead.search([("id", "in", deals.ids), ("is_over_budget", "in", [True, False])]), deals)

    def test_follows_revenue_and_budget(self):
        deal = self.make_deal(expected_revenue=100, customer_budget=120)
        deal.expected_revenue = 130
        self.assertTrue(deal.is_over_budget)
        self.assertIn(deal, self.Lead.search([("is_over_budget", "=", True)]))
        deal.customer_budget = 130
        self.assertFalse(deal.is_over_budget)

    def test_what_nobody_can_spend_is_refused(self):
        deal = self.make_deal(customer_budget=50)
        for budget in (-1, float("nan"), float("inf"), float("-inf")):
            with self.subTest(budget=budget):
                with self.assertRaisesRegex(ValidationError, "between 0 and"):
                    deal.customer_budget = budget
                with self.assertRaisesRegex(ValidationError, "between 0 and"):
                    self.make_deal(customer_budget=budget)
        self.assertEqual(deal.customer_budget, 50)

    def test_stays_with_closed_deals_and_leads(self):
        won, lost, lead = (self.make_deal(customer_budget=70) for _number in range(3))
        won.action_set_won()
        lost.action_set_lost()
        lead.type = "lead"
        self.env.cr.flush()
        (won | lost | lead).invalidate_recordset()
        self.assertEqual((won | lost | lead).mapped("customer_budget"), [70, 70, 70])
        born = self.make_deal(type="lead", customer_budget=20)
        born.convert_opportunity(self.env["res.partner"])
        self.assertEqual(born.customer_budget, 20)

    def test_merging_keeps_it(self):
        known, unknown = (
            self.make_deal(name="Known", customer_budget=80),
            self.make_deal(name="Unknown", probability=90),
        )
        head = (known | unknown).merge_opportunity()
        self.assertEqual(head, unknown)
        self.assertEqual(head.customer_budget, 80)

    def test_import_and_export(self):
        self.seller.group_ids |= self.env.ref("base.group_allow_export")
        leads = self.Lead.with_user(self.seller)
        result = leads.load(["name", "type", "customer_budget"], [["Imported budget", "opportunity", "1234.5"]])
        self.assertFalse(result["messages"])
        deal = leads.browse(result["ids"])
        self.assertEqual(deal.export_data(["customer_budget", "is_over_budget"])["datas"], [[1234.5, False]])
        refused = leads.load(["name", "type", "customer_budget"], [["Bad budget", "opportunity", "-5"]])
        self.assertIn("between 0 and", refused["messages"][0]["message"])

    def test_is_tracked(self):
        deal = self.make_deal(customer_budget=70)
        self.env.cr.flush()
        deal.with_context(tracking_disable=False, mail_notrack=False).customer_budget = 90
        self.env.cr.flush()
        values = deal.message_ids.sudo().tracking_value_ids.filtered(lambda one: one.field_id.name == "customer_budget")
        self.assertEqual((values.old_value_float, values.new_value_float), (70, 90))
