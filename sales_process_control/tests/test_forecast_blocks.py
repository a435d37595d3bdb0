from odoo import Command
from odoo.tests import tagged

from .forecast_screen_common import ForecastScreenCase


@tagged("post_install", "-at_install")
class TestForecastDeals(ForecastScreenCase):
    """Where it comes from."""

    def test_most_money_first(self):
        deal = self.make_golden_history()
        large = self.make_deal(expected_revenue=5000)
        none = self.make_deal(expected_revenue=0)
        # A deal that came in earlier is more likely to be won in the month, see the first deal of 1,000.
        block = self.block("deals", self.manager, "month")
        self.assertEqual([row["id"] for row in block["deals"]], (large + deal + none).ids)
        amounts = [row["amount"] * row["chance_in_period"] for row in block["deals"]]
        self.assertAlmostEqual(sum(amounts), block["expected_amount"])
        self.assertEqual(block["shown_amount"], block["expected_amount"])
        opened = self.records(block["all"], self.manager)
        self.assertEqual(opened, large + deal + none)
        self.assertAlmostEqual(sum(opened.mapped("expected_in_period")), block["expected_amount"])

    def test_what_is_said_of_a_deal(self):
        deal = self.make_golden_history()
        self.env["crm.stage.chance"]._rebuild()
        [row] = self.block("deals", self.manager)["deals"]
        self.assertEqual((row["name"], row["stage_name"], row["stage_days"]), (deal.name, self.contact.name, 3))
        self.assertEqual(row["chance"], deal.chance)
        self.assertEqual(row["evidence"], deal.chance_evidence)
        self.assertIn("10 were signed", row["evidence"])
        shown = {"stage_name", "stage_days", "amount", "chance_in_period", "chance", "evidence"}
        self.assertEqual(set(row), {"id", "name", "currency_id", *shown}, "Nothing is sent that is not shown")

    def test_the_first_ten(self):
        self.make_golden_history()
        deals = self.env["crm.lead"].concat(*(self.make_deal(expected_revenue=10 * number) for number in range(1, 14)))
        block = self.block("deals", self.manager)
        self.assertEqual((len(block["deals"]), block["all"]["value"]), (10, 14))
        self.assertNotIn(deals[0].id, [row["id"] for row in block["deals"]])
        self.assertLess(block["shown_amount"], block["expected_amount"])

    def test_no_chance_is_known(self):
        self.make_deal()
        block = self.block("deals", self.manager)
        self.assertEqual((block["deals"], block["is_known"], block["all"]["value"]), ([], False, 1))

    def test_a_deal_without_an_amount_is_counted_beside_the_sums(self):
        self.make_golden_history()
        none = self.make_deal(expected_revenue=0)
        block = self.block("total", self.manager)
        self.assertEqual(block["without_amount"]["value"], 1)
        self.assertEqual(self.records(block["without_amount"], self.manager), none)


@tagged("post_install", "-at_install")
class TestForecastTrail(ForecastScreenCase):
    """Through the period."""

    def nights(self, count):
        for _night in range(count):
            self.pass_time(days=1)
            self.Forecast._cron_store()

    def test_stored_forecasts_are_the_line(self):
        self.make_golden_history()
        self.nights(3)
        block = self.block("trail", self.manager, "month")
        domain = [("scope", "=", "company"), ("period", "=", "month"), ("date_start", "=", "2026-03-01")]
        stored = self.Forecast.search([*domain, ("day", ">=", "2026-02-28")], order="day")
        self.assertGreaterEqual(len(stored), 3)
        for name in ("won_amount", "total_amount", "amount_low", "amount_high"):
            self.assertEqual([row[name] for row in block["days"]], stored.mapped(name))
        self.assertEqual(self.records(block["all"], self.manager), stored.sorted("id", reverse=False) & stored)
        self.assertEqual(block["all"]["value"], len(stored))

    def test_nothing_is_stored_yet(self):
        self.make_golden_history()
        block = self.block("trail", self.manager, "next_quarter")
        self.assertEqual(block["days"], [])
        self.assertIn("No forecast of this period is stored yet", block["reason"])

    def test_of_a_team_and_of_a_salesperson(self):
        self.make_golden_history()
        self.nights(1)
        for filters, expected in (
            ({"team_id": self.team.id}, {"scope": "team", "team_id": self.team}),
            ({"user_id": self.seller.id}, {"scope": "seller", "user_id": self.seller}),
        ):
            block = self.block("trail", self.manager, "month", **filters)
            rows = self.records(block["all"], self.manager)
            self.assertTrue(block["days"])
            for name, value in expected.items():
                self.assertEqual({row[name] for row in rows}, {value})
        both = self.block("trail", self.manager, "month", team_id=self.team.id, user_id=self.seller.id)
        self.assertEqual(both["days"], [])
        self.assertIn("Choose one of the two", both["reason"])

    def test_own_documents(self):
        self.make_golden_history()
        self.nights(1)
        rows = self.records(self.block("trail", self.seller, "month")["all"], self.seller)
        self.assertEqual(set(rows.mapped("scope")), {"seller"})
        self.assertEqual(rows.user_id, self.seller)
        for filters in ({"team_id": self.team.id}, {"user_id": self.colleague.id}):
            for key, found in (("trail", "days"), ("accuracy", "periods")):
                with self.subTest(block=key, **filters):
                    block = self.block(key, self.seller, "month", **filters)
                    self.assertEqual(block[found], [])
                    self.assertIn("You can read your own forecasts only", block["reason"])


@tagged("post_install", "-at_install")
class TestForecastOwners(ForecastScreenCase):
    """By team and by salesperson."""

    def setUp(self):
        super().setUp()
        self.deal = self.make_golden_history()
        self.other = self.make_deal(user_id=self.colleague.id, team_id=self.other_team.id, expected_revenue=7000)
        self.nobodys = self.make_deal(user_id=False, team_id=False, expected_revenue=30)

    def rows(self, user, table, *arguments, **more):
        block = self.block("owners", user, *arguments, **more)
        return {row["name"]: row for row in block[table]["rows"]}

    def test_rows_add_up(self):
        total = self.block("total", self.manager, "month")["parts"]
        for table in ("teams", "sellers"):
            with self.subTest(table):
                rows = self.rows(self.manager, table, "month").values()
                self.assertEqual(sum(row["won"]["value"] for row in rows), total["won_count"])
                self.assertEqual(sum(row["won"]["amount"] for row in rows), total["won_amount"])
                self.assertEqual(sum(row["open"]["value"] for row in rows), total["open_count"])
                self.assertAlmostEqual(sum(row["expected"] for row in rows), total["expected_amount"])
                self.assertAlmostEqual(sum(row["total"] for row in rows), total["total_amount"])

    def test_a_row_is_the_screen_of_its_owner(self):
        row = self.rows(self.manager, "sellers", "month")[self.seller.name]
        parts = self.block("total", self.manager, "month", user_id=self.seller.id)["parts"]
        self.assertEqual((row["won"]["amount"], row["total"]), (parts["won_amount"], parts["total_amount"]))
        self.assertEqual(self.records(row["open"], self.manager), self.deal)
        won = self.records(row["won"], self.manager)
        self.assertEqual((len(won), sum(won.mapped("amount"))), (row["won"]["value"], row["won"]["amount"]))

    def test_targets(self):
        rows = self.rows(self.manager, "sellers", "month")
        self.assertFalse(any(row["target"] for row in rows.values()))
        targets = self.env["crm.sales.target"]
        targets.create({"month": "2026-03-01", "amount": 4000, "user_id": self.seller.id})
        targets.create({"month": "2026-03-01", "amount": 500, "user_id": self.manager.id})
        rows = self.rows(self.manager, "sellers", "month")
        row = rows[self.seller.name]
        self.assertAlmostEqual(row["gap"], row["total"] - 4000)
        # 1,000 won, 1,000 open: a third of what is missing.
        self.assertAlmostEqual(row["coverage"], 1000 / (4000 - row["won"]["amount"]))
        self.assertEqual(sum(self.records(row["target"], self.manager).mapped("amount")), 4000)
        # Who has a target and no deals is far behind.
        self.assertEqual(rows[self.manager.name]["gap"], -500)
        self.assertFalse(rows[self.colleague.name]["target"])
        targets.search([("user_id", "=", self.seller.id)]).amount = 1
        self.assertTrue(self.rows(self.manager, "sellers", "month")[self.seller.name]["is_reached"])

    def test_a_deal_counts_for_who_won_it(self):
        won = self.env["crm.win.report"].search([("won", "=", 1)], limit=1).lead_id
        won.user_id = self.colleague
        rows = self.rows(self.manager, "sellers", "month")
        self.assertEqual(rows[self.seller.name]["won"]["value"], 10)
        self.assertEqual(self.block("total", self.manager, "month", user_id=self.seller.id)["won"]["value"], 10)

    def test_own_documents(self):
        targets = self.env["crm.sales.target"]
        targets.create({"month": "2026-03-01", "amount": 4000, "team_id": self.team.id})
        block = self.block("owners", self.seller, "month")
        self.assertFalse(block["teams"])
        self.assertEqual({row["name"] for row in block["sellers"]["rows"]}, {self.seller.name, "Unassigned"})
        self.assertFalse(block["sellers"]["has_targets"])

    def test_two_currencies(self):
        foreign = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "JPY")])
        foreign.active = True
        today = self.env.cr.now().date()
        foreign.rate_ids.unlink()
        foreign.rate_ids = [Command.create({"name": today, "rate": 100.0, "company_id": False})]
        second = self.env["res.company"].create({"name": "Second Company", "currency_id": foreign.id})
        self.manager.company_ids = [Command.link(second.id)]
        self.make_deal(company_id=second.id, team_id=False, user_id=self.manager.id, expected_revenue=100_000)
        self.env["crm.sales.target"].create({"month": "2026-03-01", "amount": 50_000, "company_id": second.id})
        block = self.block("total", self.manager, "month")
        self.assertEqual((block["open"]["value"], block["currency_id"]), (4, self.company.currency_id.id))
        self.assertAlmostEqual(block["target"]["amount"], 500)
        row = self.rows(self.manager, "sellers", "month")[self.manager.name]
        self.assertAlmostEqual(row["open"]["amount"], 1000)
        only = self.block("total", self.manager, "month", company_id=second.id)
        self.assertEqual((only["open"]["value"], only["parts"]["won_count"]), (1, 0))
