from datetime import date, datetime

from odoo import Command
from odoo.fields import Domain
from odoo.tests import tagged

from ..models.funnel.funnel_reader import FunnelReader
from .common import PipelineCase
from .review_rest_common import ReviewMixin


class ResultsCase(ReviewMixin, PipelineCase):
    """Deals that are sold as the test says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.company_ids = [Command.set(cls.company.ids)]

    def sell(self, days, end="won", entered=date(2026, 3, 2), **values):
        """Make a deal at noon of a day, and end it after some days."""
        self.set_time(datetime(entered.year, entered.month, entered.day, 12))
        deal = self.make_deal(**values)
        if end != "open":
            self.pass_time(days=days)
            getattr(deal, {"won": "action_set_won", "lost": "action_set_lost", "removed": "unlink"}[end])()
        self.env.cr.flush()
        return deal

    def results(self, day=date(2026, 5, 31), **arguments):
        self.set_time(datetime(day.year, day.month, day.day, 18))
        return self.read_block("results", **arguments)


@tagged("post_install", "-at_install")
class TestSalesCycle(ResultsCase):
    """Days from entering the pipeline to winning."""

    def test_lost_and_open_deals_are_censored(self):
        for number in range(10):
            self.sell(10 + number)
        for _number in range(10):
            self.sell(15, "lost")
        # Of 20 deals 5 are won within 14 days. 5 more would be half, but 10 deals are no longer there.
        cycle = self.results()["cycle"]
        self.assertEqual((cycle["entered"], cycle["won"]["value"]), (20, 10))
        # Kaplan-Meier: 15/20 after 14 days; then 14, 4, 3, 2, 1 of 15, 4, 3, 2, 1 that are left.
        self.assertEqual((cycle["median"], cycle["p90"], cycle["won_median"]), (17, 19, 14))

    def test_days_are_rounded_as_those_of_visits(self):
        """A deal that is won on its third day took three days."""
        for _number in range(10):
            self.set_time(datetime(2026, 3, 2, 12))
            deal = self.make_deal()
            self.pass_time(days=2, hours=1)
            deal.action_set_won()
        self.assertEqual(self.results()["cycle"]["median"], 3)

    def test_fewer_than_ten_won_deals(self):
        for _number in range(9):
            self.sell(20)
        cycle = self.results()["cycle"]
        self.assertExactly((cycle["median"], cycle["p90"], cycle["won_median"]), (False, False, False))
        self.assertEqual(cycle["won"]["value"], 9)

    def test_deals_that_were_made_as_won_have_no_cycle(self):
        self.sell(20)
        self.set_time(datetime(2026, 3, 2, 12))
        made = self.make_deal(stage_id=self.signed.id)
        self.assertEqual(made.won_status, "won")
        block = self.results()
        self.assertEqual((block["cycle"]["entered"], block["cycle"]["won"]["value"]), (1, 1))
        self.assertEqual(block["win"]["won"]["value"], 2)

    def test_reopened(self):
        """The cycle goes from the first entry to the last win."""
        deal = self.sell(10)
        self.pass_time(days=1)
        deal.write({"stage_id": self.needs.id, "probability": 30})
        self.pass_time(days=9)
        deal.action_set_won()
        [row] = self.opened(self.results()["cycle"]["won"])
        self.assertEqual((row.cycle_days, row.entered_on), (20, date(2026, 3, 2)))

    def test_only_deals_that_entered_in_the_period(self):
        self.sell(30, entered=date(2025, 11, 30))
        self.sell(30, entered=date(2025, 12, 1))
        self.assertEqual(self.results()["cycle"]["won"]["value"], 1)


@tagged("post_install", "-at_install")
class TestWinRate(ResultsCase):
    """Win rate, average amount, and win rate by amount."""

    def test_win_rate_and_average(self):
        for number in range(4):
            self.sell(5, expected_revenue=1000 * (number + 1))
        for _number in range(6):
            self.sell(5, "lost", expected_revenue=90)
        self.sell(5, "removed")
        self.sell(5, "open")
        block = self.results()
        self.assertEqual((block["win"]["won"]["value"], block["win"]["decided"]["value"]), (4, 10))
        self.assertEqual(block["win"]["rate"], 0.4)
        self.assertEqual(block["size"]["average"], 2500)
        self.assertEqual(block["size"]["won"]["amount"], 10000)

    def test_fewer_than_ten_decided_deals(self):
        self.sell(5)
        win = self.results()["win"]
        self.assertExactly((win["rate"], win["interval"], win["decided"]["value"]), (False, False, 1))

    def test_a_win_that_was_taken_back_is_none(self):
        deal = self.sell(5)
        self.pass_time(days=1)
        deal.write({"stage_id": self.needs.id, "probability": 30})
        self.assertEqual(self.results()["win"]["won"]["value"], 0)

    def test_bands(self):
        for amount, won, lost in ((1000, 10, 0), (18_000, 5, 5), (50_000, 0, 12), (200_000, 0, 4)):
            for number in range(won + lost):
                self.sell(5, "won" if number < won else "lost", expected_revenue=amount)
        bands = self.results()["bands"]
        self.assertEqual(
            [(band["from"], band["to"], band["won"]["value"], band["decided"]["value"]) for band in bands],
            [(0, 20_000, 15, 20), (20_000, 50_000, 0, 0), (50_000, False, 0, 16)],
        )
        self.assertExactly([band["rate"] for band in bands], [0.75, False, 0.0])
        self.assertEqual(
            [band["name"].replace("\xa0", " ") for band in bands],
            ["Under $ 20,000", "$ 20,000 to $ 50,000", "From $ 50,000"],
        )

    def test_equal_amounts_have_no_bands(self):
        for _number in range(12):
            self.sell(5)
        self.assertEqual(self.results()["bands"], [])


@tagged("post_install", "-at_install")
class TestCurrencies(ResultsCase):
    """Amounts of two companies with two currencies, one of which may have no rate."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.currency = cls.env["res.currency"].create({"name": "RVW", "symbol": "R"})
        cls.second = cls.env["res.company"].create({"name": "Abroad", "currency_id": cls.currency.id})
        cls.both = (cls.company | cls.second).ids
        cls.manager.company_ids = [Command.set(cls.both)]

    def sell_in_both(self):
        for number in range(12):
            self.sell(5, "won" if number % 3 else "lost", expected_revenue=1000 * (number + 1))
            self.sell(
                5,
                "won" if number % 3 else "lost",
                expected_revenue=7100 * (number + 1),
                company_id=self.second.id,
                user_id=False,
                team_id=False,
            )

    def test_bands_and_amounts(self):
        self.currency.rate_ids = [Command.create({"name": "2025-01-01", "rate": 7.1, "company_id": False})]
        self.sell_in_both()
        block = self.results(company_ids=self.both)
        self.assertEqual(block["left_out"], [])
        self.assertAlmostEqual(block["size"]["average"], 7000)
        self.assertEqual(sum(band["decided"]["value"] for band in block["bands"]), 24)
        # Both currencies have the same amounts, so that each band has an even number of deals.
        self.assertFalse([band for band in block["bands"] if band["decided"]["value"] % 2])

    def test_without_a_rate(self):
        self.sell_in_both()
        block = self.results(company_ids=self.both)
        self.assertAlmostEqual(block["size"]["average"], 7000)
        self.assertEqual(block["size"]["won"]["value"], 16)
        self.assertEqual([row["name"] for row in block["left_out"]], ["RVW"])
        self.assertAlmostEqual(block["left_out"][0]["amount"], 7100 * 56)
        self.assertEqual(sum(band["decided"]["value"] for band in block["bands"]), 12)


@tagged("post_install", "-at_install")
class TestVelocity(ResultsCase):
    """Open deals x win rate x average won amount / median cycle."""

    def test_published_example(self):
        """40 x 25% x 50,000 / 60 = 8,333 a day."""
        for _number in range(10):
            self.sell(60, expected_revenue=50_000)
        # They entered before the period, so that only their end counts.
        for _number in range(30):
            self.sell(180, "lost", entered=date(2025, 10, 1))
        for _number in range(40):
            self.sell(0, "open", entered=date(2025, 10, 1))
        block = self.results()
        velocity = block["velocity"]
        self.assertEqual(velocity["open"]["value"], 40)
        self.assertEqual((velocity["rate"], velocity["average"], velocity["cycle"]), (0.25, 50_000, 60))
        self.assertEqual((round(velocity["value"]), velocity["reason"]), (8333, False))

    def test_trend(self):
        """The last point is the velocity of the last twelve months; the others are those of their months."""
        for _number in range(10):
            self.sell(20, expected_revenue=3000)
        for _number in range(4):
            self.sell(0, "open", entered=date(2026, 4, 15))
        velocity = self.results(period="12_months")["velocity"]
        trend = {point["month"]: point["value"] for point in velocity["trend"]}
        self.assertEqual(list(trend)[0::11], ["2025-06", "2026-05"])
        self.assertEqual(trend["2026-05"], velocity["value"])
        self.assertEqual(velocity["value"], 4 * 1.0 * 3000 / 20)
        # At the end of March nothing was open, and before nothing was known.
        self.assertExactly((trend["2026-03"], trend["2026-04"], trend["2026-02"]), (0.0, 600, False))

    def test_trend_counts_what_the_funnel_shows(self):
        self.sell_through_a_quarter()
        self.set_time(datetime(2026, 5, 31, 18))
        reader = self.env["crm.pipeline.movement"].with_user(self.manager)
        days = [date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 12), date(2026, 4, 30)]
        counts = FunnelReader(reader.env).open_counts(days, Domain.TRUE)
        self.assertEqual(counts, {day: sum(row["deal_count"] for row in reader.funnel_at(day)) for day in days})

    def test_reasons(self):
        self.assertIn("fewer than 10", self.results()["velocity"]["reason"])
        for _number in range(10):
            self.sell(5, "lost")
        self.assertIn("no deal was won", self.results()["velocity"]["reason"])
        for _number in range(9):
            self.sell(5)
        self.assertIn("sales cycle", self.results()["velocity"]["reason"])


@tagged("post_install", "-at_install")
class TestEmpty(ResultsCase):
    """Words instead of numbers, and no division by zero."""

    def test_no_deals(self):
        for period in ("month", "quarter", "3_months", "6_months", "12_months"):
            block = self.results(period=period)
            self.assertEqual(block["bands"], [])
            self.assertIs(block["velocity"]["value"], False)
            self.assertEqual({row["due"]["value"] for row in block["slippage"]}, {0})

    def test_one_deal(self):
        self.sell(0, "open")
        block = self.results()
        self.assertExactly((block["cycle"]["entered"], block["cycle"]["median"]), (1, False))
        self.assertEqual(block["velocity"]["open"]["value"], 1)

    def test_all_open(self):
        for _number in range(12):
            self.sell(0, "open")
        block = self.results()
        self.assertExactly((block["win"]["rate"], block["size"]["average"], block["cycle"]["median"]), (False,) * 3)

    def test_all_lost(self):
        for _number in range(12):
            self.sell(5, "lost")
        block = self.results()
        velocity = block["velocity"]
        self.assertExactly(
            (block["win"]["rate"], block["size"]["average"], block["cycle"]["median"]), (0.0, False, False)
        )
        self.assertExactly([velocity[key] for key in ("rate", "average", "cycle")], [0.0, False, False])

    def test_won_in_no_time(self):
        """A cycle of 0 days divides nothing."""
        for _number in range(12):
            self.set_time(datetime(2026, 3, 2, 12))
            deal = self.make_deal()
            self.env.cr.flush()
            deal.action_set_won()
        self.assertIs(self.results()["velocity"]["value"], False)

    def test_a_period_before_the_first_deal(self):
        self.sell(5, entered=date(2026, 5, 30))
        block = self.results(day=date(2026, 3, 1))
        self.assertEqual(block["win"]["won"]["value"], 0)

    def test_statements(self):
        """The number of statements does not grow with deals, months and currencies."""

        def statements():
            self.set_time(datetime(2026, 5, 31, 18))
            review = self.env["crm.process.review"].with_user(self.manager)
            review.get_review("12_months", blocks=["results"])
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            review.get_review("12_months", blocks=["results"])
            return self.env.cr.sql_log_count - before

        for number in range(4):
            self.sell(5, expected_revenue=1000 * (number + 1))
        statements()
        few = statements()
        for number in range(20):
            self.sell(number, ("won", "lost", "open")[number % 3], expected_revenue=700 * number)
        self.assertEqual(statements(), few)
        self.assertLessEqual(few, 11)
