from datetime import date

from odoo.addons.sales_process_control.models.forecast.forecast_scope import ForecastScope, period_name
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .forecast_screen_common import ForecastScreenCase


@tagged("post_install", "-at_install")
class TestForecastScreen(ForecastScreenCase):
    def test_the_total_is_the_forecast(self):
        deal = self.make_golden_history()
        forecast = self.forecast(self.manager, "2026-03-31", date_start="2026-03-01")
        block = self.block("total", self.manager, "month")
        self.assertEqual(block["parts"], forecast)
        self.assertEqual((block["won"]["value"], block["open"]["value"]), (10, 1))
        won = self.records(block["won"], self.manager)
        self.assertEqual((len(won), sum(won.mapped("amount"))), (10, block["won"]["amount"]))
        opened = self.records(block["open"], self.manager)
        self.assertEqual(opened, deal)
        self.assertAlmostEqual(sum(opened.mapped("expected_in_period")), forecast["expected_amount"])
        self.assertAlmostEqual(sum(opened.mapped("chance_in_period")), forecast["expected_count"])

    def test_a_month_to_come(self):
        self.make_golden_history()
        block = self.block("total", self.manager, "next_month")
        forecast = self.forecast(self.manager, "2026-04-30", date_start="2026-04-01")
        self.assertEqual(block["parts"], forecast)
        self.assertEqual(block["won"]["value"], 0)
        opened = self.records(block["open"], self.manager)
        self.assertAlmostEqual(sum(opened.mapped("expected_in_period")), forecast["expected_amount"])

    def test_target(self):
        self.make_golden_history()
        targets = self.env["crm.sales.target"]
        self.assertFalse(self.block("total", self.manager)["target"])
        targets.create([{"month": f"2026-0{month}-01", "amount": 100 * month} for month in (1, 3, 4)])
        targets.create({"month": "2026-03-01", "amount": 70, "user_id": self.seller.id})
        target = self.block("total", self.manager)["target"]
        self.assertEqual((target["amount"], target["months"], target["all_months"]), (400, 2, 3))
        self.assertEqual(sum(self.records(target["number"], self.manager).mapped("amount")), 400)
        # Own deals are compared with the own target.
        target = self.block("total", self.seller, "month")["target"]
        self.assertEqual((target["amount"], target["months"], target["all_months"]), (70, 1, 1))

    def test_what_still_to_come_rests_on(self):
        self.make_golden_history()
        block = self.block("total", self.manager, "month")
        found, parts = block["arrivals"], block["parts"]
        self.assertEqual((found["count"], found["days"]), (21, 16))
        self.assertAlmostEqual(found["incoming"] * found["chance"] * found["average"], parts["to_come_amount"])

    def test_nothing_is_known_yet(self):
        self.make_deal()
        block = self.block("total", self.manager)
        self.assertFalse(block["parts"]["is_known"])
        self.assertIsNone(block["parts"]["total_amount"])
        self.assertFalse(block["arrivals"])
        self.assertEqual(block["open"]["value"], 1)

    def test_periods(self):
        for key, today, start, end in (
            ("month", "2026-11-28", "2026-11-01", "2026-11-30"),
            ("next_month", "2026-12-31", "2027-01-01", "2027-01-31"),
            ("quarter", "2026-11-28", "2026-10-01", "2026-12-31"),
            ("next_quarter", "2026-11-28", "2027-01-01", "2027-03-31"),
        ):
            with self.subTest(key):
                scope = ForecastScope.of(key, date.fromisoformat(today))
                self.assertEqual((scope.start.isoformat(), scope.end.isoformat()), (start, end))
        self.assertEqual(period_name(self.env, scope.period), "Q1 2027")

    def test_odd_calls(self):
        for arguments in (("week",), ([],), ("month", "x"), ("month", False, True), ("month", False, False, [1])):
            with self.subTest(arguments), self.assertRaises(UserError):
                self.screen(self.manager, *arguments)
        for blocks in ("total", ["unknown"], [[]], 7):
            with self.subTest(blocks), self.assertRaises(UserError):
                self.screen(self.manager, blocks=blocks)
        company = self.env["res.company"].create({"name": "Not Selected"})
        with self.assertRaises(AccessError):
            self.screen(self.manager, company_id=company.id)
        for groups in ("base.group_user", "base.group_portal", "base.group_public"):
            with self.subTest(groups), self.assertRaises(AccessError):
                self.screen(new_test_user(self.env, groups.replace(".", "_"), groups=groups))
