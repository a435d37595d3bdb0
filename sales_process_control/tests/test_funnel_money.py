from datetime import datetime

from dateutil.relativedelta import relativedelta

from odoo import Command
from odoo.tests import tagged

from .common import PipelineCase
from .funnel_common import FunnelMixin


@tagged("post_install", "-at_install")
class TestFunnelMoney(FunnelMixin, PipelineCase):
    """The currency of the funnel, and the shares that weight amounts."""

    def in_two_currencies(self):
        foreign = self.env["res.currency"].create({"name": "XWF", "symbol": "F"})
        for day, rate in (("2026-01-01", 4.0), ("2026-03-20", 5.0)):
            self.env["res.currency.rate"].create(
                {"name": day, "currency_id": foreign.id, "company_id": self.company.id, "rate": rate}
            )
        abroad = self.env["res.company"].create({"name": "Abroad", "currency_id": foreign.id})
        self.manager.company_ids = [Command.link(abroad.id)]
        common = {"team_id": False, "user_id": False}
        here, there = self.make_deal(expected_revenue=10, **common), None
        there = self.make_deal(company_id=abroad.id, expected_revenue=400, **common)
        self.pass_time(days=10)
        there.expected_revenue = 500.03
        here.stage_id = self.bidding
        self.pass_time(days=20)
        return foreign

    def test_one_rate(self):
        """Opening, movements and closing are converted at today's rate, into either currency."""
        foreign = self.in_two_currencies()
        found = self.funnel(self.manager, before="2026-03-05")
        own = self.company.currency_id
        self.assertEqual(found["currencies"], [{"id": own.id, "name": own.name}, {"id": foreign.id, "name": "XWF"}])
        self.assertEqual((found["currency_id"], found["is_converted"]), (own.id, True))
        opening, raised, moved, closing = [bar["number"]["amount"] for bar in found["waterfall"]]
        self.assertEqual((opening, moved), (90, 0))
        self.assertAlmostEqual(raised, 100.03 / 5, 9)
        self.assertAlmostEqual(closing, 10 + 500.03 / 5, 9)
        self.assert_adds_up(found)
        self.assert_opens(self.manager, found)
        abroad = self.funnel(self.manager, before="2026-03-05", currency_id=foreign.id)
        self.assertEqual([bar["number"]["amount"] for bar in abroad["waterfall"]], [450, 100.03, 0, 550.03])
        self.assert_adds_up(abroad)
        points = self.reader(self.manager).get_funnel_weeks(currency_id=foreign.id)["points"]
        self.assertAlmostEqual(sum(stage[1] for stage in points[-1]["stages"]), 550.03, 9)

    def test_one_currency_is_not_converted(self):
        self.make_deal(expected_revenue=0.1)
        self.make_deal(expected_revenue=0.2)
        found = self.funnel(self.manager)
        self.assertFalse(found["is_converted"])
        self.assertEqual(found["totals"]["day"]["amount"], 0.3)

    def test_equals_the_workbench(self):
        """The workbench and the funnel show the same numbers, also converted ones."""
        self.in_two_currencies()
        self.pass_time(days=20)
        block = self.env["crm.lead"].with_env(self.reader(self.manager).env).get_workbench("all", ["funnel"])
        shown = block["blocks"]["funnel"]
        found = self.funnel(self.manager)
        self.assertEqual(shown["day"], found["before"])
        for row, stage in zip(shown["stages"], found["stages"], strict=True):
            for theirs, ours in (("today", "day"), ("before", "before")):
                self.assertEqual((row["name"], row[theirs]["value"]), (stage["name"], stage[ours]["value"]))
                self.assertAlmostEqual(row[theirs]["amount"], stage[ours]["amount"], 9)

    def settle(self, stage, won, lost):
        deals = self.make_many(won + lost, stage_id=stage.id)
        self.pass_time(days=1)
        deals[:won].action_set_won()
        deals[won:].action_set_lost()
        self.env.cr.flush()
        return deals

    def shares(self, **arguments):
        found = self.funnel(self.manager, **arguments)
        return {stage["name"]: tuple(stage["share"].values()) for stage in found["stages"]}

    def test_shares(self):
        """The share of deals that have been in a stage and ended lately, or of all deals if these are too few."""
        self.set_time(datetime(2025, 1, 10, 9))
        self.settle(self.bidding, 0, 30)
        self.set_time(self.start)
        self.make_deal(expected_revenue=1000)
        self.make_deal(stage_id=self.bidding.id, expected_revenue=100)
        nothing = (False, 0, 0, True)
        self.assertExactly(self.shares(), {"First Contact": nothing, "Bidding": nothing})
        self.assertEqual(self.funnel(self.manager)["totals"]["day"]["weighted"], 0)
        lost = self.settle(self.bidding, 4, 5)
        self.settle(self.needs, 0, 2)
        overall = (4 / 11, 4, 11, True)
        self.assertEqual(self.shares(), {"First Contact": overall, "Bidding": overall})
        self.settle(self.bidding, 0, 1)
        self.assertExactly(self.shares(), {"First Contact": (4 / 12, 4, 12, True), "Bidding": (0.4, 4, 10, False)})
        found = self.funnel(self.manager)
        self.assertAlmostEqual(found["totals"]["day"]["weighted"], 1000 * 4 / 12 + 40, 9)
        self.assert_adds_up(found)
        self.pass_time(days=1)
        lost[-1].action_unarchive()
        self.env.cr.flush()
        self.assertEqual(self.shares()["Bidding"], (4 / 11, 4, 11, True), "who came back is open, and nine are too few")

    def test_a_deal_counts_once_in_a_stage_that_it_came_back_to(self):
        back = self.make_deal(stage_id=self.bidding.id)
        for stage in (self.needs, self.bidding):
            self.pass_time(days=1)
            back.stage_id = stage
        self.pass_time(days=1)
        back.action_set_lost()
        self.settle(self.bidding, 4, 5)
        self.make_deal(stage_id=self.bidding.id)
        self.assertExactly(self.shares()["Bidding"], (0.4, 4, 10, False))

    def test_by_chance(self):
        """Amounts times the mean chance of the deals in the stage now; of today, the sum of what deals are expected."""
        for stage, amount, chance in (
            (self.contact, 1000, 0.2),
            (self.bidding, 300, 0.5),
            (self.bidding, 100, 0.1),
            (self.needs, 50, None),
            (self.env["crm.stage"], 500, 0.9),
        ):
            deal = self.make_deal(stage_id=stage.id, expected_revenue=amount)
            self.env.cr.flush()
            self.env.cr.execute(
                "UPDATE crm_lead SET chance = %s, expected_amount = %s WHERE id = %s",
                [chance, chance and chance * amount, deal.id],
            )
        found = self.funnel(self.manager)
        self.assertEqual((found["has_shares"], found["has_chances"]), (False, True))
        expected = {stage["name"]: stage["day"]["expected"] for stage in found["stages"]}
        self.assertAlmostEqual(expected["First Contact"], 200, 9)
        self.assertAlmostEqual(expected["Bidding"], 160, 9)
        # A stage whose chances are not known has that over all stages.
        self.assertAlmostEqual(expected["Needs Analysis"], 50 * 810 / 1900, 9)
        self.assertAlmostEqual(expected["No stage"], 450, 9)
        self.assert_adds_up(found)
        points = self.reader(self.manager).get_funnel_weeks()["points"]
        self.assertAlmostEqual(sum(stage[3] for stage in points[-1]["stages"]), sum(expected.values()), 9)

    def test_no_chance_is_known(self):
        self.make_deal(expected_revenue=1000)
        self.env.cr.flush()
        self.env.cr.execute("UPDATE crm_lead SET chance = NULL, expected_amount = NULL")
        found = self.funnel(self.manager)
        self.assertFalse(found["has_chances"])
        self.assertEqual(found["totals"]["day"]["expected"], 0)

    def test_shares_of_the_last_twelve_months(self):
        self.settle(self.bidding, 10, 0)
        self.make_deal(stage_id=self.bidding.id)
        self.set_time(self.start + relativedelta(months=12))
        self.assertExactly(self.shares()["Bidding"], (1, 10, 10, False))
        self.pass_time(days=2)
        self.assertExactly(self.shares()["Bidding"], (False, 0, 0, True))

    def test_shares_count_who_jumped_over(self):
        """A deal that skipped a stage counts for its share."""
        self.settle(self.contact, 10, 0)
        self.make_deal(stage_id=self.talks.id)
        self.assertExactly(self.shares()["Negotiation"], (1, 10, 10, False))
