from odoo import Command
from odoo.tests import tagged

from .forecast_screen_common import ForecastScreenCase


@tagged("post_install", "-at_install")
class TestForecastLeftOut(ForecastScreenCase):
    """Amounts in a currency without an exchange rate are in no sum, and each block names them."""

    def setUp(self):
        super().setUp()
        self.make_golden_history()
        self.yen = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "JPY")])
        self.yen.active = True
        self.yen.rate_ids.unlink()
        self.abroad = self.env["res.company"].create({"name": "Company Abroad", "currency_id": self.yen.id})
        self.manager.company_ids = [Command.link(self.abroad.id)]
        values = {"company_id": self.abroad.id, "team_id": False, "user_id": self.manager.id}
        self.none = self.make_deal(expected_revenue=0, **values)
        self.open = self.make_deal(expected_revenue=100_000, **values)
        self.make_deal(expected_revenue=20_000, **values).action_set_won()
        self.targets = self.env["crm.sales.target"]
        self.own_target = self.targets.create({"month": "2026-03-01", "amount": 900})
        self.targets.create({"month": "2026-03-01", "amount": 50_000, "company_id": self.abroad.id})

    def told(self, block):
        """Return {what: amount} of what a block leaves out."""
        self.assertEqual({row["name"] for row in block["left_out"]}, {"JPY"})
        return {row.get("what"): row["amount"] for row in block["left_out"]}

    def test_total(self):
        block = self.block("total", self.manager, "month")
        came_in = {"open deals": 100_000, "won deals": 20_000, "deals that came in": 120_000}
        self.assertEqual(self.told(block), {**came_in, "targets": 50_000})
        # Sums are those of the other amounts, the numbers those of all deals.
        self.assertEqual((block["parts"]["won_count"], block["parts"]["won_amount"]), (11, 1000))
        self.assertEqual(block["target"]["amount"], 900)

    def test_other_programs(self):
        parts = self.forecast(self.manager, "2026-03-31", date_start="2026-03-01")
        for key, amount in (("left_out", 100_000), ("won_left_out", 20_000), ("arrivals_left_out", 120_000)):
            self.assertEqual(parts[key], [{"currency_id": self.yen.id, "name": "JPY", "amount": amount}])

    def test_nothing_is_left_out(self):
        self.yen.rate_ids = [Command.create({"name": self.env.cr.now().date(), "rate": 100.0, "company_id": False})]
        blocks = self.screen(self.manager, "month")["blocks"]
        for key in ("total", "deals", "owners"):
            self.assertEqual(blocks[key]["left_out"], [])
        self.assertEqual(blocks["total"]["parts"]["won_amount"], 1200)

    def test_deals(self):
        self.assertEqual(self.told(self.block("deals", self.manager, "month")), {None: 100_000})

    def test_owners(self):
        self.targets.create(
            {"month": "2026-03-01", "amount": 7000, "company_id": self.abroad.id, "user_id": self.manager.id}
        )
        block = self.block("owners", self.manager, "month")
        self.assertEqual(self.told(block), {"open deals": 100_000, "won deals": 20_000, "deals that came in": 120_000})
        self.assertEqual(self.told(block["sellers"]), {"targets": 7000})
        # A target that cannot be converted is none.
        self.assertFalse(block["sellers"]["has_targets"])
        [row] = [row for row in block["sellers"]["rows"] if row["id"] == self.manager.id]
        self.assertExactly((row["target"], row["gap"]), (False, False))

    def test_no_target_can_be_converted(self):
        self.own_target.unlink()
        block = self.block("total", self.manager, "month")
        self.assertFalse(block["target"])
        self.assertEqual(self.told(block)["targets"], 50_000)

    def test_stored_forecasts(self):
        """A company whose currency was changed has ends in the former one."""
        self.pass_time(days=1)
        self.Forecast._cron_store()
        self.assertEqual(self.block("trail", self.manager, "month", company_id=self.company.id)["without_rate"], 0)
        self.env.cr.flush()
        self.company.currency_id.rate_ids.unlink()
        self.company.currency_id = self.env["res.currency"].create({"name": "XLO", "symbol": "L"})
        self.pass_time(days=1)
        self.Forecast._cron_store()
        domain = [("scope", "=", "company"), ("period", "=", "month"), ("date_start", "=", "2026-03-01")]
        last = self.Forecast.search([*domain, ("company_id", "=", self.company.id)], order="day desc", limit=1)
        self.assertEqual((last.won_count, last.won_amount), (10, 0))
        self.assertEqual(last.without_rate, 10, "the ledger has the open deal in the new currency")
        block = self.block("trail", self.manager, "month", company_id=self.company.id)
        self.assertEqual(block["without_rate"], 1)

    def test_an_amount_without_a_rate_is_an_amount(self):
        number = self.block("total", self.manager, "month")["without_amount"]
        self.assertEqual((number["value"], self.records(number, self.manager)), (1, self.none))


@tagged("post_install", "-at_install")
class TestForecastIncompleteTargets(ForecastScreenCase):
    """A target that is not one of all months and companies says so."""

    def setUp(self):
        super().setUp()
        self.make_golden_history()
        self.second = self.env["res.company"].create({"name": "Second Company"})
        self.manager.company_ids = [Command.link(self.second.id)]
        self.targets = self.env["crm.sales.target"]

    def set_targets(self, *months, **values):
        self.targets.create([{"month": f"2026-0{month}-01", "amount": 100, **values} for month in months])

    def target(self, **filters):
        return self.block("total", self.manager, "quarter", **filters)["target"]

    def test_a_company_without_targets(self):
        self.set_targets(1, 2, 3)
        self.assertEqual(self.target()["incomplete"], [], "the second company has no deals")
        self.make_deal(company_id=self.second.id, team_id=False, user_id=self.manager.id)
        self.assertEqual(self.target()["incomplete"], [{"name": "Second Company", "months": 0}])
        self.assertEqual(self.target(company_id=self.company.id)["incomplete"], [])
        self.set_targets(1, 3, company_id=self.second.id)
        target = self.target()
        self.assertEqual((target["amount"], target["months"]), (500, 3))
        self.assertEqual(target["incomplete"], [{"name": "Second Company", "months": 2}])
        self.assertEqual(len(self.records(target["number"], self.manager)), target["number"]["value"])
        self.set_targets(2, company_id=self.second.id)
        self.assertEqual(self.target()["incomplete"], [])

    def test_one_company(self):
        self.set_targets(1, 3)
        target = self.target()
        self.assertEqual((target["months"], target["all_months"], target["incomplete"]), (2, 3, []))

    def test_a_salesperson(self):
        self.set_targets(1, 2, 3, user_id=self.seller.id)
        self.assertEqual(self.target(user_id=self.seller.id)["incomplete"], [])
        self.set_targets(1, 2, user_id=self.manager.id)
        self.set_targets(1, company_id=self.second.id, user_id=self.manager.id)
        rows = {row["id"]: row for row in self.block("owners", self.manager, "quarter")["sellers"]["rows"]}
        self.assertEqual((rows[self.seller.id]["target_months"], rows[self.seller.id]["incomplete"]), (3, []))
        incomplete = {row["name"]: row["months"] for row in rows[self.manager.id]["incomplete"]}
        self.assertEqual(incomplete, {self.company.name: 2, "Second Company": 1})
        self.assertEqual(rows[self.manager.id]["all_months"], 3)
