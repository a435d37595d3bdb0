from odoo.addons.sales_process_control.statistics import (
    StageOutcome,
    StepOutcome,
    compare_losses,
    costs_most,
    improved_most,
    missed_step,
)
from odoo.tests import BaseCase

#: 42 of 101 decided deals were lost, 31 of 100 before.
BIDDING = StageOutcome(111, 101, 42, 420_000.0)
BIDDING_BEFORE = StageOutcome(100, 100, 31, 310_000.0)


class TestCosts(BaseCase):
    """Which stage costs most and which improved most, by golden examples of docs/definitions.md."""

    def test_above_what_was_usual(self):
        found = compare_losses("bidding", BIDDING, BIDDING_BEFORE)
        self.assertAlmostEqual(found.deals, 42 - 0.31 * 101)
        self.assertAlmostEqual(found.money, (42 - 0.31 * 101) * 10_000)
        self.assertAlmostEqual(found.share, 42 / 101)
        self.assertAlmostEqual(found.share_before, 0.31)
        self.assertFalse(found.is_early)
        # 32.5% to 51.3% now, 22.8% to 40.6% before.
        self.assertTrue(found.may_be_chance)

    def test_no_chance_where_the_intervals_are_apart(self):
        found = compare_losses("bidding", StageOutcome(100, 100, 60), StageOutcome(100, 100, 31))
        self.assertFalse(found.may_be_chance)

    def test_ten_decided_deals_in_both_periods(self):
        enough, few = StageOutcome(10, 10, 5), StageOutcome(9, 9, 1)
        self.assertIsNone(compare_losses("bidding", enough, few))
        self.assertIsNone(compare_losses("bidding", few, enough))
        self.assertIsNotNone(compare_losses("bidding", enough, enough))

    def test_a_young_group_is_compared_by_a_fixed_age(self):
        """Quick losses of a young group do not count as more losses: 15 of 20 decided deals, but 18% by 30 days."""
        now = StageOutcome(80, 20, 15, 150.0, is_young=True, early_loss=0.18)
        found = compare_losses("bidding", now, StageOutcome(100, 95, 31, early_loss=0.2))
        self.assertAlmostEqual(found.deals, -0.02 * 80)
        self.assertAlmostEqual(found.money, -0.02 * 80 * 10)
        self.assertTrue(found.is_early)
        self.assertIsNone(compare_losses("bidding", now, StageOutcome(100, 95, 31)))
        self.assertIsNone(compare_losses("bidding", now._replace(early_loss=None), BIDDING_BEFORE))

    def test_the_most_money_then_the_most_deals(self):
        comparisons = [
            compare_losses("many", StageOutcome(100, 100, 50, 50.0), StageOutcome(100, 100, 30)),
            compare_losses("much", StageOutcome(100, 100, 20, 2000.0), StageOutcome(100, 100, 10)),
            compare_losses("better", StageOutcome(100, 100, 10, 500.0), StageOutcome(100, 100, 30)),
            compare_losses("good", StageOutcome(100, 100, 0), StageOutcome(100, 100, 20, 200.0)),
        ]
        self.assertEqual(costs_most(comparisons).stage, "much")
        self.assertEqual(improved_most(comparisons).stage, "better")
        # The average of the period before, if none was lost.
        self.assertAlmostEqual(comparisons[3].money, -200.0)
        without_money = [comparison._replace(money=0.0) for comparison in comparisons]
        self.assertEqual(costs_most(without_money).stage, "many")

    def test_at_least_one_deal(self):
        just, fewer = StageOutcome(100, 100, 11, 1.0), StageOutcome(20, 20, 3, 1.0)
        usual = StageOutcome(100, 100, 10)
        comparisons = [compare_losses("fewer", fewer, StageOutcome(50, 50, 7)), compare_losses("just", just, usual)]
        self.assertEqual(costs_most(comparisons).stage, "just")
        self.assertIsNone(costs_most(comparisons[:1]))
        self.assertIsNone(improved_most(comparisons))
        self.assertIsNone(costs_most([]))

    def test_all_or_none_lost(self):
        found = compare_losses("stage", StageOutcome(10, 10, 10), StageOutcome(10, 10, 0))
        self.assertEqual((found.deals, found.money, found.may_be_chance), (10.0, 0.0, False))

    def test_a_step_whose_absence_goes_with_losses(self):
        apart = StepOutcome("references", 40, 4, 20, 28)
        self.assertEqual(missed_step([apart]).step, "references")
        self.assertEqual(missed_step([apart, StepOutcome("visit", 90, 1, 5, 40)]).step, "visit")

    def test_no_step_without_enough_deals_or_with_overlapping_intervals(self):
        for outcome in (
            StepOutcome("few with", 9, 0, 2, 40),
            StepOutcome("few without", 90, 2, 0, 9),
            StepOutcome("overlapping", 12, 8, 10, 10),
            StepOutcome("harmful", 2, 40, 40, 2),
        ):
            with self.subTest(step=outcome.step):
                self.assertIsNone(missed_step([outcome]))
