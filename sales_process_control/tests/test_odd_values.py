from datetime import date

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .hot_common import HotCase

#: First and last days of the calendar.
ENDS = (date.min, date.max)


@tagged("post_install", "-at_install")
class TestOddValues(HotCase):
    """Values that no person enters get a message, or mean what they say; none ends in a Python error."""

    def test_very_large_amounts(self):
        deal = self.make_deal().with_user(self.seller)
        flag = self.raise_flag(deal).with_user(self.seller)
        dialog = self.env["crm.hot.flag.dialog"].with_user(self.seller).create({"kind": "sign"})
        for amount in (1e308, -1e308, float("inf"), float("nan"), "1e308", 10**400, "many", [1], 1e14):
            with self.subTest(amount=amount):
                for write in (
                    lambda: deal.write({"customer_budget": amount}),  # noqa: B023
                    lambda: deal.copy({"customer_budget": amount}),  # noqa: B023
                    lambda: flag.write({"amount": amount}),  # noqa: B023
                    lambda: dialog.write({"amount": amount}),  # noqa: B023
                    lambda: self.raise_flag(self.customer, amount=amount),  # noqa: B023
                ):
                    with self.assertRaises(ValidationError):
                        write()
        deal.customer_budget = flag.amount = 10**12
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((deal.customer_budget, flag.amount), (10**12, 10**12))

    def test_popover(self):
        popover = self.env["crm.hot.flag"].with_user(self.seller).get_popover
        for arguments in (([], 1), ({}, 1), (None, 1), ("crm.stage", 1), ("crm.lead", []), ("crm.lead", "1")):
            with self.subTest(arguments), self.assertRaises(ValidationError):
                popover(*arguments)
        self.assertEqual(popover("crm.lead", -1), [])

    def test_days_in_stage(self):
        self.make_deal()
        leads = self.Lead.with_user(self.seller)
        for condition in (
            ("stage_days", ">", "long"),
            ("stage_days", ">", [1]),
            ("stage_days", "in", ["long"]),
            ("stage_days", "<=", {}),
            ("stage_days", "=", "long"),
        ):
            with self.subTest(condition), self.assertRaisesRegex(UserError, "is not a number"):
                leads.search([condition])
        for condition in (("stage_days", "<", 1e308), ("stage_days", "<", float("inf")), ("stage_days", "<", 10**30)):
            with self.subTest(condition):
                self.assertEqual(len(leads.search([condition])), 1)
        self.assertFalse(leads.search([("stage_days", "in", [1e308, -1e308])]))

    def test_a_stage_that_is_a_floating_point_number(self):
        stage_id = float(self.needs.id)
        for deal in (
            self.Lead.with_user(self.seller).create({"name": "Deal", "type": "opportunity", "stage_id": stage_id}),
            self.make_deal(stage_id=stage_id, user_id=float(self.seller.id), company_id=float(self.company.id)),
        ):
            self.env.cr.flush()
            self.assertEqual(self.outcomes_of(deal), ["Needs Analysis: open"])
            self.assertEqual(deal.stage_id, self.needs)
            self.assertEqual(deal.stage_visit_ids.stage_id, self.needs)
            self.pass_time(days=1)
            deal.write({"stage_id": float(self.bidding.id)})
            self.assertEqual(self.outcomes_of(deal), ["Needs Analysis: advanced", "Bidding: open"])
        self.assertBalanced()

    def test_ends_of_the_calendar(self):
        deals = self.Lead
        for first in ENDS:
            for second in ENDS:
                deal = self.make_deal(date_deadline=first)
                self.pass_time(days=1)
                deal.date_deadline = second
                deals |= deal
        self.env.cr.flush()
        self.assertEqual(deals.mapped("push_days"), [0, (date.max - date.min).days, 0, 0])
        flag = self.raise_flag(deals[0], due_date=date.max)
        self.pass_time(days=1)
        flag.action_settle("broken")
        self.assertEqual(flag.days_late, 0)
        sellers_deals = deals.with_user(self.seller).with_context(tz="Asia/Shanghai")
        self.assertEqual(len(sellers_deals.read(["attention_reason", "pace_reason", "stage_days"])), 4)
        self.assertTrue(self.Lead.with_user(self.seller).search([("needs_attention", "=", True)]))
        deals[0].action_set_won()
        deals[1].action_set_lost()
        self.assertBalanced()
