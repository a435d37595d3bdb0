from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .deal_review_common import DealReviewMixin
from .forecast_screen_common import ForecastScreenCase


@tagged("post_install", "-at_install")
class TestDealReviewForecast(DealReviewMixin, ForecastScreenCase):
    """The tiles that need the forecast equal the Sales Forecast of the quarter."""

    def test_expected(self):
        deal = self.make_golden_history()
        large = self.make_deal(expected_revenue=5000)
        answer, tiles = self.tiles(self.manager)
        _answer, numbers = self.forecast_tiles(self.manager)
        expected, named = numbers["expected"], tiles["expected"]
        parts = self.block("total", self.manager)["parts"]
        self.assertGreater(parts["won_count"], 0)
        self.assertAlmostEqual(expected["amount"], parts["total_amount"] - parts["won_amount"])
        self.assertAlmostEqual(expected["low"], parts["amount_low"] - parts["won_amount"])
        self.assertAlmostEqual(expected["high"], parts["amount_high"] - parts["won_amount"])
        self.assertAlmostEqual(expected["value"], parts["expected_count"] + parts["to_come_count"])
        self.assertGreater(expected["to_come"]["amount"], 0)
        # The list adds up to what is expected from open deals, the rest is still to come.
        deals = self.deals_of(self.manager, named)
        self.assertEqual(deals, deal.with_env(deals.env) + large.with_env(deals.env))
        in_list = self.in_one_currency(deals, "expected_in_period")
        self.assertGreater(in_list, 0)
        self.assertAlmostEqual(in_list + expected["to_come"]["amount"], expected["amount"])
        self.assertEqual((named["name"], answer["date_end"]), ("Expected by Mar 31", "2026-03-31"))
        self.assertTrue(named["is_later"])

    def test_expected_of_a_salesperson(self):
        self.make_golden_history()
        self.make_deal(expected_revenue=5000, user_id=self.colleague.id)
        _answer, everything = self.forecast_tiles(self.manager)
        _answer, own = self.forecast_tiles(self.manager, user_id=self.seller.id)
        self.assertLess(own["expected"]["amount"], everything["expected"]["amount"])
        _answer, of_seller = self.forecast_tiles(self.seller)
        self.assertEqual(of_seller["expected"]["amount"], own["expected"]["amount"])

    def test_expected_is_not_known(self):
        self.make_deal()
        _answer, numbers = self.forecast_tiles(self.manager)
        names = ("value", "amount", "low", "high", "to_come")
        self.assertExactly(numbers["expected"], dict.fromkeys(names, False))

    def test_dates_are_those_of_the_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.set_time(self.start.replace(year=2026, month=3, day=2))
        french = self.manager.with_context(lang="fr_FR")
        self.manager.lang = "fr_FR"
        review = self.env["crm.deal.review"].with_user(french).with_context(lang="fr_FR")
        [name] = [tile["name"] for tile in review.get_tiles()["tiles"] if tile["key"] == "expected"]
        self.assertIn("31 mars", name)

    def test_target(self):
        self.make_golden_history()
        targets = self.env["crm.sales.target"]
        targets.create([{"month": f"2026-0{month}-01", "amount": 100_000} for month in (1, 2, 3)])
        targets.create({"month": "2026-03-01", "amount": 70, "user_id": self.seller.id})
        answer, numbers = self.forecast_tiles(self.manager)
        target, total = numbers["target"], self.block("total", self.manager)
        parts, open_amount = total["parts"], self.tiles(self.manager)[1]["open"]["amount"]
        self.assertEqual((target["amount"], target["months"], target["all_months"]), (300_000, 3, 3))
        self.assertAlmostEqual(target["gap"], parts["total_amount"] - 300_000)
        self.assertAlmostEqual(target["coverage"], open_amount / (300_000 - parts["won_amount"]))
        self.assertEqual(target["incomplete"], [])
        self.assertEqual(sum(self.records(target["number"], self.manager).mapped("amount")), 300_000)
        self.assertTrue(answer["may_set_target"])
        # Who reads own documents compares them with the own target, and sets none.
        answer, numbers = self.forecast_tiles(self.seller)
        target = numbers["target"]
        self.assertEqual((target["amount"], target["months"], target["all_months"]), (70, 1, 3))
        self.assertFalse(answer["may_set_target"])

    def test_months_and_companies_without_a_target(self):
        self.make_readers()
        self.manager.company_ids = [Command.link(self.second.id)]
        self.make_golden_history()
        self.make_deal(company_id=self.second.id, team_id=False, user_id=False, expected_revenue=100)
        self.env["crm.sales.target"].create(
            [{"month": f"2026-0{month}-01", "amount": 100, "company_id": self.company.id} for month in (1, 2)]
        )
        _answer, numbers = self.forecast_tiles(self.manager)
        incomplete = [
            {"name": self.company.name, "months": 2},
            {"name": "Second Company", "months": 0},
        ]
        self.assertEqual(numbers["target"]["incomplete"], incomplete)

    def test_no_target(self):
        self.make_golden_history()
        _answer, numbers = self.forecast_tiles(self.manager)
        target = numbers["target"]
        self.assertExactly((target["amount"], target["gap"], target["coverage"], target["number"]), (False,) * 4)

    def test_a_target_without_a_rate_is_left_out(self):
        self.make_readers()
        self.second.currency_id = self.env["res.currency"].create({"name": "XYZ", "symbol": "x"})
        self.manager.company_ids = [Command.link(self.second.id)]
        self.env["crm.sales.target"].create({"month": "2026-03-01", "amount": 500, "company_id": self.second.id})
        self.make_golden_history()
        self.make_deal(company_id=self.second.id, team_id=False, user_id=False, expected_revenue=300)
        answer, _numbers = self.forecast_tiles(self.manager)
        left_out = {row["what"]: (row["name"], row["amount"]) for row in answer["left_out"]}
        self.assertEqual(left_out["targets"], ("XYZ", 500))
        self.assertEqual(left_out["open deals"], ("XYZ", 300))
        # The first call knows the open deals, which it adds up itself.
        answer, tiles = self.tiles(self.manager)
        self.assertEqual([(row["name"], row["amount"]) for row in answer["left_out"]], [("XYZ", 300)])
        self.assertEqual(tiles["open"]["amount"], 1000)

    def test_odd_arguments(self):
        for arguments in (("x",), (False, [1]), (False, False, "x")):
            with self.subTest(arguments=arguments), self.assertRaises(UserError):
                self.review(self.seller).get_forecast_tiles(*arguments)
        with self.assertRaises(AccessError):
            self.review(self.seller).get_forecast_tiles(company_id=10**6)
