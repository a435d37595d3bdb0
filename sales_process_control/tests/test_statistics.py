from odoo.addons.sales_process_control.statistics import is_mature, whole_percents, wilson_interval
from odoo.tests import BaseCase


class TestStatistics(BaseCase):
    """Statistics, by tables of known results."""

    def test_wilson_interval(self):
        for successes, trials, low, high in (
            (6, 8, 40.9, 92.9),
            (12, 40, 18.1, 45.4),
            (0, 10, 0.0, 27.8),
            (10, 10, 72.2, 100.0),
            (1, 1, 20.7, 100.0),
        ):
            with self.subTest(successes=successes, trials=trials):
                interval = wilson_interval(successes, trials)
                self.assertEqual([round(100 * bound, 1) for bound in interval], [low, high])

    def test_whole_percents_do_not_tell_the_counts(self):
        self.assertEqual(whole_percents(95 / 103), 0.92)
        counts = [
            (converted, decided)
            for decided in range(1, 201)
            for converted in range(decided + 1)
            if whole_percents(converted / decided) == 0.92
        ]
        self.assertGreater(len(counts), 100)

    def test_no_interval_where_nothing_was_tried(self):
        self.assertIsNone(wilson_interval(0, 0))

    def test_more_successes_than_trials_are_no_share(self):
        for successes, trials in ((3, 2), (-1, 2)):
            with self.subTest(successes=successes), self.assertRaises(ValueError):
                wilson_interval(successes, trials)

    def test_mature_from_80_percent_on(self):
        for decided, whole, expected in ((8, 10, True), (79, 100, False), (80, 100, True)):
            with self.subTest(decided=decided, whole=whole):
                self.assertEqual(is_mature(decided, whole), expected)
