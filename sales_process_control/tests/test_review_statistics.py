from random import Random

from odoo.addons.sales_process_control.statistics import band_limits, velocity
from odoo.tests import BaseCase


class TestVelocity(BaseCase):
    """What is sold in a day."""

    def test_published_example(self):
        self.assertEqual(round(velocity(40, 0.25, 50_000, 60)), 8333)

    def test_nothing_is_known_without_a_factor(self):
        self.assertIsNone(velocity(40, None, 50_000, 60))
        self.assertIsNone(velocity(40, 0.25, None, 60))
        self.assertIsNone(velocity(40, 0.25, 50_000, None))
        self.assertIsNone(velocity(40, 0.25, 50_000, 0))

    def test_zero_is_known(self):
        self.assertEqual(velocity(0, 0.25, 50_000, 60), 0)
        self.assertEqual(velocity(40, 0.0, 50_000, 60), 0)


class TestBands(BaseCase):
    """Round limits of amounts."""

    def test_limits(self):
        for smallest, quartiles, limits in (
            (500, (18_400, 52_000, 131_000), (20_000, 50_000, 100_000)),
            # Close quartiles have less round limits.
            (500, (38_000, 44_000, 52_000), (40_000, 45_000, 50_000)),
            (500, (41_000, 42_000, 43_000), (41_000, 42_000, 43_000)),
            (0, (0.04, 0.2, 0.7), (0.05, 0.2, 0.5)),
            (1, (7, 9.6, 70), (5, 10, 50)),
            # Deals without an amount are in the first band.
            (0, (0, 0, 480), (500,)),
            (0, (0, 30, 30), (20,)),
            # No limit leaves the first band empty.
            (1000, (1000, 18_000, 50_000), (20_000, 50_000)),
            (100, (100, 100, 100), ()),
            (0, (0, 0, 0), ()),
            (-9, (-5, -2, 0), ()),
        ):
            with self.subTest(quartiles=quartiles):
                self.assertEqual(band_limits(smallest, quartiles), limits)

    def test_limits_ascend(self):
        random = Random(19)
        for _round in range(500):
            quartiles = sorted(random.choice((10, 1e4, 3e9)) * random.random() for _quartile in range(3))
            smallest = quartiles[0] * random.random()
            limits = band_limits(smallest, quartiles)
            self.assertEqual(list(limits), sorted(set(limits)))
            self.assertTrue(all(limit > smallest for limit in limits))
