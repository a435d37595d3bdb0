from odoo.addons.sales_process_control.statistics import kaplan_meier_quantile
from odoo.tests import BaseCase

#: The visits of the example in docs/definitions.md, Stage limit.
LEFT, STILL_THERE = (4, 6, 9, 12, 20), (15, 35, 50)


def counts_of(left, still_there=()):
    return [(days, 1, 0) for days in left] + [(days, 0, 1) for days in still_there]


class TestSurvival(BaseCase):
    """Quantiles of durations of which some have not ended."""

    def test_golden_example(self):
        counts = counts_of(LEFT, STILL_THERE)
        self.assertEqual(kaplan_meier_quantile(counts, 0.5), 12)
        self.assertIsNone(kaplan_meier_quantile(counts, 0.9))

    def test_all_have_ended(self):
        counts = counts_of(range(1, 21))
        for share, days in ((0.05, 1), (0.5, 10), (0.9, 18), (0.91, 19), (0.99, 20)):
            with self.subTest(share=share):
                self.assertEqual(kaplan_meier_quantile(counts, share), days)

    def test_order_and_grouping_do_not_matter(self):
        apart = counts_of([3, 3, 3, 7, 7, 10], [3, 7])
        together = [(10, 1, 0), (3, 3, 1), (7, 2, 1)]
        for share in (0.3, 0.5, 0.6, 0.9):
            with self.subTest(share=share):
                self.assertEqual(kaplan_meier_quantile(apart, share), kaplan_meier_quantile(together, share))

    def test_what_lasts_as_long_could_have_ended_then(self):
        # At 5 days four are at risk, of whom two end.
        self.assertEqual(kaplan_meier_quantile([(5, 2, 2)], 0.5), 5)
        self.assertIsNone(kaplan_meier_quantile([(5, 2, 2)], 0.51))

    def test_nothing_known(self):
        self.assertIsNone(kaplan_meier_quantile([], 0.5))
        self.assertIsNone(kaplan_meier_quantile([(8, 0, 30)], 0.5))

    def test_no_share(self):
        for share in (0, 1, 1.5, -0.2):
            with self.subTest(share=share), self.assertRaises(ValueError):
                kaplan_meier_quantile([], share)
