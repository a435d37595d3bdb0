from odoo.addons.sales_process_control.statistics import aalen_johansen, kaplan_meier, kaplan_meier_quantile
from odoo.tests import BaseCase

#: The visits of the example in docs/definitions.md, Typical dwell.
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

    def test_curve(self):
        curve = kaplan_meier(counts_of(LEFT, STILL_THERE))
        self.assertEqual(
            [(days, round(lasting, 4)) for days, lasting in curve],
            [(4, 0.875), (6, 0.75), (9, 0.625), (12, 0.5), (20, 0.3333)],
        )
        self.assertEqual(kaplan_meier([(8, 0, 30)]), [])
        self.assertEqual(kaplan_meier([(5, 2, 1), (7, 1, 0)]), [(5, 0.5), (7, 0.0)])

    def test_ways_of_ending(self):
        counts = [(4, (1, 0), 0), (6, (0, 0), 1), (9, (0, 1), 1)]
        self.assertEqual(aalen_johansen(counts), [(4, (0.25, 0.0), 0.75), (9, (0.25, 0.375), 0.375)])
        self.assertEqual(aalen_johansen([(3, (0, 0), 2)]), [])
        self.assertEqual(aalen_johansen([]), [])

    def test_what_lasts_does_not_depend_on_the_ways_of_ending(self):
        counts = [(1, (2, 1, 0), 1), (2, (0, 0, 1), 0), (5, (0, 3, 1), 4), (9, (1, 1, 1), 0)]
        expected = kaplan_meier((length, sum(ended), lasting) for length, ended, lasting in counts)
        self.assertEqual([(length, lasting) for length, _shares, lasting in aalen_johansen(counts)], expected)

    def test_rows_with_another_number_of_ways(self):
        with self.assertRaises(ValueError):
            aalen_johansen([(1, (1, 0), 0), (2, (1,), 0)])
