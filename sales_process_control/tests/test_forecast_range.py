from itertools import product
from math import prod
from random import Random

from odoo.addons.sales_process_control.statistics import (
    Chances,
    Forecast,
    PastForecast,
    VisitCount,
    forecast_amount,
    forecast_number,
    is_comparable,
    spread,
    variance,
)
from odoo.tests import BaseCase

#: What happens to a deal on a day, by stage: (share, outcome, next stage).
DAILY = {
    "A": ((0.06, "advanced", "B"), (0.05, "lost", None)),
    "B": ((0.1, "won", None), (0.05, "lost", None), (0.02, "moved_back", "A")),
}


def followed(random, stage, days):
    """Return the visits of a deal from now on, within so many days."""
    visits, spent = [], 0
    for _day in range(days):
        spent += 1
        number = random.random()
        for share, outcome, to_stage in DAILY[stage]:
            number -= share
            if number < 0:
                visits.append(VisitCount(stage, spent, outcome, to_stage))
                if to_stage is None:
                    return visits
                stage, spent = to_stage, 0
                break
    return [*visits, VisitCount(stage, spent, "open")]


class TestForecastRange(BaseCase):
    """What is expected of open deals, with a range that holds in eight of ten cases."""

    def test_golden_example(self):
        self.assertEqual(forecast_number([0.5] * 20), Forecast(10.0, 7, 13))

    def test_number_of_few_deals_by_all_courses(self):
        random = Random(2)
        for _case in range(20):
            chances = [random.random() for _deal in range(8)]
            shares = [0.0] * 9
            for course in product((0, 1), repeat=8):
                shares[sum(course)] += prod(p if won else 1 - p for p, won in zip(chances, course, strict=True))
            forecast = forecast_number(chances)
            self.assertAlmostEqual(forecast.expected, sum(chances))
            for percentile, level in ((forecast.low, 0.1), (forecast.high, 0.9)):
                # The percentile of the exact distribution, or one whose probability is as near as 2%.
                self.assertGreater(sum(shares[: percentile + 1]), level - 0.02)
                self.assertLess(sum(shares[:percentile]), level + 0.02)

    def test_what_is_certain(self):
        self.assertEqual(forecast_number([]), Forecast(0.0, 0, 0))
        self.assertEqual(forecast_number([1.0, 1.0, 0.0]), Forecast(2.0, 2, 2))
        self.assertEqual(forecast_amount([]), Forecast(0.0, 0.0, 0.0))
        self.assertEqual(forecast_amount([(1.0, 300.0), (0.0, 5000.0)]), Forecast(300.0, 300.0, 300.0))

    def test_no_more_is_won_than_there_is(self):
        self.assertLessEqual(forecast_number([0.95] * 4, spread=0.5).high, 4)
        self.assertLessEqual(forecast_amount([(0.9, 100.0)] * 3, spread=0.5).high, 300)
        self.assertEqual(forecast_amount([(0.01, 100.0)] * 3).low, 0)
        self.assertGreater(forecast_number([0.95] * 4, to_come=6).high, 4)
        self.assertGreater(forecast_amount([(0.9, 100.0)], 6, (50.0, 3000.0)).high, 100)

    def test_nothing_is_in_the_range_if_it_happens_in_one_of_ten_cases(self):
        for chances in ([0.001], [0.001] * 50, [0.01] * 200, [0.05, 0.6]):
            with self.subTest(chances=chances):
                deals = [(chance, 1000.0) for chance in chances] + [(1.0, 0.0)]
                self.assertEqual(forecast_amount(deals).low, 0)
                self.assertGreaterEqual(forecast_amount(deals).high, forecast_amount(deals).expected)
        self.assertEqual(forecast_amount([], 2.2, (100.0, 900_000.0)).low, 0)
        self.assertGreater(forecast_amount([(0.9, 100.0)] * 9).low, 0)

    def test_very_many_deals(self):
        forecast = forecast_number([0.3] * 50_000)
        self.assertAlmostEqual(forecast.low, 15_000 - 1.2816 * 102.5, delta=2)
        self.assertAlmostEqual(forecast.high, 15_000 + 1.2816 * 102.5, delta=2)

    def test_ranges_hold_in_eight_of_ten_cases(self):
        random = Random(4)
        inside = inside_amount = 0
        cases = 1500
        for _case in range(cases):
            deals = [(random.random() ** 2, random.lognormvariate(9, 1)) for _deal in range(40)]
            factor = max(random.gauss(1, 0.2), 0)
            won = [random.random() < min(chance * factor, 1) for chance, _amount in deals]
            number = forecast_number([chance for chance, _amount in deals], spread=0.2)
            money = forecast_amount(deals, spread=0.2)
            inside += number.low <= sum(won) <= number.high
            inside_amount += (
                money.low <= sum(deal[1] for deal, is_won in zip(deals, won, strict=True) if is_won) <= money.high
            )
        # A range of whole numbers holds a little more often.
        self.assertAlmostEqual(inside / cases, 0.83, delta=0.05)
        self.assertAlmostEqual(inside_amount / cases, 0.8, delta=0.04)

    def test_ranges_hold_for_chances_that_are_estimated(self):
        random = Random(8)
        inside = inside_amount = 0
        expected = won = 0.0
        cases = 400
        for _case in range(cases):
            # Deals that came in during the last 90 days.
            deals = [followed(random, "A", random.randrange(90)) for _deal in range(150)]
            chances = Chances([visit for visits in deals for visit in visits])
            deviation = spread([], chances.won_weight)
            pipeline = []
            for visit in (visits[-1] for visits in deals if visits[-1].outcome == "open"):
                amount = random.lognormvariate(9, 1)
                is_won = followed(random, visit.stage, 20)[-1].outcome == "won"
                pipeline.append((chances.within(visit.stage, visit.days, 20), amount, is_won))
            number = forecast_number([deal[0] for deal in pipeline], spread=deviation)
            money = forecast_amount([deal[:2] for deal in pipeline], spread=deviation)
            expected += number.expected
            won += sum(deal[2] for deal in pipeline)
            inside += number.low <= sum(deal[2] for deal in pipeline) <= number.high
            inside_amount += money.low <= sum(amount for _chance, amount, is_won in pipeline if is_won) <= money.high
        self.assertAlmostEqual(expected / won, 1, delta=0.05)
        # A range of whole numbers holds a little more often.
        self.assertAlmostEqual(inside / cases, 0.85, delta=0.07)
        self.assertAlmostEqual(inside_amount / cases, 0.8, delta=0.1)

    def test_spread_of_past_forecasts(self):
        random = Random(6)
        for true in (0.0, 0.1, 0.3):
            past = []
            for _period in range(400):
                expected = random.uniform(80, 120)
                won = random.gauss(expected, (0.7 * expected + (true * expected) ** 2) ** 0.5)
                past.append(PastForecast(expected, 0.7 * expected, won))
            with self.subTest(true=true):
                self.assertAlmostEqual(spread(past), true, delta=0.03)

    def test_spread_without_past(self):
        self.assertAlmostEqual(spread([]), 0.08)
        self.assertAlmostEqual(spread([], won=100), (0.08**2 + 0.01) ** 0.5)
        self.assertAlmostEqual(spread([PastForecast(0.0, 0.0, 3)]), 0.08)
        one = [PastForecast(100.0, 60.0, 150)]
        self.assertLess(spread([]), spread(one))
        self.assertLess(spread(one), spread(one * 12))
        self.assertEqual(spread([PastForecast(100.0, 60.0, 100)] * 12), 0)

    def test_comparable(self):
        self.assertFalse(is_comparable(59, 30))
        self.assertTrue(is_comparable(60, 30))

    def test_variance(self):
        self.assertAlmostEqual(variance([0.5, 0.1, 1.0]), 0.34)
