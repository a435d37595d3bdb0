from odoo import Command
from odoo.tests import tagged

from .forecast_screen_common import ForecastScreenCase
from .workbench_common import WorkbenchMixin


@tagged("post_install", "-at_install")
class TestWorkbenchTotals(WorkbenchMixin, ForecastScreenCase):
    """Totals of the workbench. They are those of the Sales Forecast of the same deals and the same month."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.hot.flag"].search([]).unlink()
        cls.team.user_id = cls.manager
        cls.env["crm.sales.target"].create(
            [
                {"month": "2026-03-01", "amount": 9000},
                {"month": "2026-03-01", "team_id": cls.team.id, "amount": 5000},
                {"month": "2026-03-01", "team_id": cls.other_team.id, "amount": 4500},
                {"month": "2026-03-01", "user_id": cls.seller.id, "amount": 700},
                {"month": "2026-04-01", "user_id": cls.seller.id, "amount": 800},
            ]
        )

    def make_deals(self):
        """Make a history, an open deal of the seller, and one of a colleague in another team."""
        self.make_golden_history()
        self.make_deal(expected_revenue=4000, user_id=self.colleague.id, team_id=self.other_team.id)

    def totals(self, user, scope="mine"):
        block = self.block_of(user, "totals", scope)
        self.assertNotIn("error", block)
        self.assert_numbers_open_their_records(block, user)
        return block

    def amounts(self, user, scope="mine"):
        """Return (count, amount) of open, won and hot, and the amount of the target."""
        block = self.totals(user, scope)
        numbers = [(block[name]["value"], block[name]["amount"]) for name in ("open", "won", "hot")]
        return (*numbers, block["target"] and block["target"]["amount"])

    def test_each_scope_has_its_own_target(self):
        self.make_deals()
        self.assertEqual(self.amounts(self.seller), ((1, 1000), (10, 1000), (0, 0), 700))
        self.assertExactly(self.amounts(self.manager), ((0, 0), (0, 0), (0, 0), False))
        self.assertEqual(self.amounts(self.manager, "team"), ((1, 1000), (10, 1000), (0, 0), 5000))
        (opened, won, hot, target) = self.amounts(self.manager, "all")
        self.assertGreaterEqual(opened[0], 2)
        self.assertEqual((won, hot, target), ((10, 1000), (0, 0), 9000))

    def test_same_as_the_forecast(self):
        self.make_deals()
        for user, scope, filters in (
            (self.seller, "mine", {"user_id": self.seller.id}),
            (self.manager, "team", {"team_id": self.team.id}),
            (self.manager, "all", {}),
        ):
            with self.subTest(scope=scope):
                totals, forecast = self.totals(user, scope), self.block("total", user, "month", **filters)
                parts = forecast["parts"]
                self.assertEqual((totals["won"]["value"], totals["won"]["amount"]), (10, parts["won_amount"]))
                self.assertEqual(totals["open"]["value"], parts["open_count"])
                self.assertAlmostEqual(totals["expected_amount"], parts["expected_amount"])
                self.assertAlmostEqual(totals["gap"], parts["total_amount"] - forecast["target"]["amount"])
                self.assertEqual(totals["target"]["amount"], forecast["target"]["amount"])

    def test_the_list_adds_up_to_what_is_expected(self):
        self.make_deals()
        for user, scope in ((self.seller, "mine"), (self.manager, "team"), (self.manager, "all")):
            totals = self.totals(user, scope)
            self.assertGreater(totals["expected_amount"], 0)
            opened = self.records(totals["expected"], user)
            self.assertAlmostEqual(sum(opened.mapped("expected_in_period")), totals["expected_amount"])

    def test_before_a_chance_is_known(self):
        self.make_deal(expected_revenue=300)
        totals = self.totals(self.seller)
        self.assertFalse(totals["is_known"])
        self.assertExactly((totals["expected_amount"], totals["gap"]), (None, False))
        self.assertEqual(totals["coverage"], 300 / 700)

    def test_teams_without_a_target_are_named(self):
        self.make_deals()
        self.other_team.user_id = self.manager
        self.assertEqual(self.totals(self.manager, "team")["without_target"], "")
        self.env["crm.sales.target"].search([("team_id", "=", self.other_team.id)]).unlink()
        totals = self.totals(self.manager, "team")
        self.assertEqual((totals["target"]["amount"], totals["without_target"]), (5000, "Team South"))
        for scope in ("team", "all"):
            chosen = self.block_of(self.manager, "totals", scope, team_ids=self.team.ids)
            self.assertEqual((chosen["target"]["amount"], chosen["without_target"]), (5000, ""))
            self.assert_numbers_open_their_records(chosen, self.manager)
            chosen = self.block_of(self.manager, "totals", scope, team_ids=self.other_team.ids)
            self.assertExactly((chosen["target"], chosen["without_target"]), (False, ""))

    def test_of_many_teams_without_a_target_the_first_are_named(self):
        self.make_deals()
        names = ("East", "North", "South", "West")
        self.env["crm.team"].create([{"name": name, "user_id": self.manager.id} for name in names])
        self.assertRegex(self.totals(self.manager, "team")["without_target"], r"^\w+, \w+, \w+ and 1 more$")

    def test_companies_without_a_target_are_named(self):
        """All deals are compared with the targets of the companies: one of them has none."""
        second = self.env["res.company"].create({"name": "Second Works", "currency_id": self.company.currency_id.id})
        self.manager.company_ids = [Command.link(second.id)]
        self.make_deals()
        self.assertEqual(self.totals(self.manager, "all")["without_target"], "")
        self.make_deal(company_id=second.id, team_id=False, user_id=False)
        totals = self.totals(self.manager, "all")
        self.assertEqual((totals["target"]["amount"], totals["without_target"]), (9000, "Second Works"))
        self.env["crm.sales.target"].create({"month": "2026-03-01", "amount": 10, "company_id": second.id})
        totals = self.totals(self.manager, "all")
        self.assertEqual((totals["target"]["amount"], totals["without_target"]), (9010, ""))

    def test_a_target_that_is_reached(self):
        self.make_deal(expected_revenue=800).action_set_won()
        totals = self.totals(self.seller)
        self.assertExactly((totals["is_reached"], totals["coverage"]), (True, False))

    def test_flags_and_the_sum_of_their_amounts(self):
        first, second = self.make_deal(expected_revenue=500), self.make_deal(expected_revenue=70)
        customer = self.env["res.partner"].create({"name": "Works", "is_company": True})
        flags = self.env["crm.hot.flag"].with_user(self.seller)
        flags.create(
            [
                {"note": "Signs", "lead_id": first.id, "amount": 450},
                {"note": "Signs too", "lead_id": second.id},
                {"note": "Pays", "partner_id": customer.id, "kind": "payment", "amount": 20},
            ]
        )
        for user, scope, expected in (
            (self.seller, "mine", (3, 470)),
            (self.manager, "mine", (0, 0)),
            (self.manager, "team", (3, 470)),
            (self.manager, "all", (3, 470)),
        ):
            with self.subTest(user=user.login, scope=scope):
                hot = self.totals(user, scope)["hot"]
                self.assertEqual((hot["value"], hot["amount"]), expected)
                self.assertEqual(hot["value"], self.block_of(user, "hot", scope)["open"]["value"])

    def test_amounts_in_a_currency_without_a_rate_are_named(self):
        deal = self.make_deal(expected_revenue=500)
        flag = self.env["crm.hot.flag"].with_user(self.seller).create({"note": "Signs", "lead_id": deal.id})
        currency = self.env["res.currency"].create({"name": "XTW", "symbol": "X"})
        flag.sudo().write({"amount": 80})
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_hot_flag SET currency_id = %s WHERE id = %s", [currency.id, flag.id])
        totals = self.block_of(self.seller, "totals")
        self.assertEqual((totals["hot"]["value"], totals["hot"]["amount"]), (1, 0))
        left_out = [(row["what"], row["name"], row["amount"]) for row in totals["left_out"]]
        self.assertEqual(left_out, [("hot flags", "XTW", 80.0)])
