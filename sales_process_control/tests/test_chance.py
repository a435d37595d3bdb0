from itertools import product
from random import Random

from odoo.addons.sales_process_control.statistics import (
    LONGEST_DAYS,
    NO_LIMITS,
    OVERALL,
    ChanceLimits,
    Chances,
    VisitCount,
    half_life,
)
from odoo.tests import BaseCase

#: The visits of the example in docs/definitions.md, Chance to sign.
STAGE_B = [
    VisitCount("B", 1, "won"),
    VisitCount("B", 2, "lost"),
    VisitCount("B", 3, "won"),
    VisitCount("B", 5, "open"),
]
STAGE_A = [VisitCount("A", 1, "advanced", "B", 2), VisitCount("A", 2, "lost"), VisitCount("A", 2, "open")]


def enumerated(counts, stage, age, days):
    """Return the chance to be won by following every course of a deal, day by day; days as those of ``within``."""
    visits = [count for count in counts if count.stage == stage]
    if not days:
        return 0.0
    day = age + 1
    at_risk = sum(count.number for count in visits if count.days >= day)
    if not at_risk:
        return 0.0
    chance, stays = 0.0, 1.0
    for count in visits:
        share = count.number / at_risk
        if count.days != day or count.outcome in ("open", "removed"):
            continue
        stays -= share
        if count.outcome == "won":
            chance += share
        elif count.outcome != "lost":
            # The deal arrives on this day, which is the first day of its next visit.
            chance += share * enumerated(counts, count.to_stage, -1, days)
    return chance + (stays * enumerated(counts, stage, day, days - 1) if stays > 1e-12 else 0.0)


def random_process(random, stages, longest):
    """Return visits in which no deal goes back on the day on which it came, so that each course has an end."""
    counts = []
    for stage, _case in product(range(stages), range(8)):
        days = random.randrange(longest)
        outcome = random.choice(["won", "lost", "open", "removed", "advanced", "moved_back"])
        later, earlier = range(stage + 1, stages), range(stage)
        if outcome == "advanced" and later:
            counts.append(VisitCount(stage, days, outcome, random.choice(later), random.randint(1, 3)))
        elif outcome == "moved_back" and earlier:
            counts.append(VisitCount(stage, days + 1, outcome, random.choice(earlier), random.randint(1, 3)))
        elif outcome in ("won", "lost", "open", "removed"):
            counts.append(VisitCount(stage, days, outcome, None, random.randint(1, 3)))
    return counts


class TestChance(BaseCase):
    """Chance of a deal to be won, from the visits of all deals."""

    def test_golden_example(self):
        chances = Chances(STAGE_A + STAGE_B, NO_LIMITS)
        self.assertAlmostEqual(chances.within("B", 0, 3), 0.5)
        self.assertAlmostEqual(chances.within("B", 1, 2), 1 / 3)
        self.assertAlmostEqual(chances.within("A", 0, 4), 0.25)
        self.assertEqual((chances.median_days("B", 0), chances.median_days("A", 0)), (1, 2))

    def test_too_few_deals_for_the_golden_example(self):
        chances = Chances(STAGE_A + STAGE_B)
        self.assertFalse(chances.is_known)
        self.assertIsNone(chances.within("B", 0, 3))
        self.assertIsNone(chances.in_the_end("B", 0))
        self.assertIsNone(chances.median_days("B", 0))
        self.assertIsNone(chances.to_come({"A": 1}, 30))
        self.assertEqual(list(chances.table([30])), [])

    def test_every_course_of_a_deal(self):
        random = Random(3)
        for case in range(60):
            counts = random_process(random, stages=random.randint(1, 4), longest=4)
            chances = Chances(counts, NO_LIMITS)
            if not chances.is_known:
                continue
            for stage, age, days in product({count.stage for count in counts}, (-1, 0, 2), (0, 1, 3, 6)):
                with self.subTest(case=case, stage=stage, age=age, days=days):
                    expected = enumerated(counts, stage, age, days)
                    self.assertAlmostEqual(chances.within(stage, age, days), expected)

    def test_in_the_end_is_what_long_horizons_come_to(self):
        random = Random(5)
        for case in range(40):
            counts = random_process(random, stages=4, longest=5)
            chances = Chances(counts, ChanceLimits(deals=1, visits=2, aged=4, at_risk=2))
            for row in chances.table([LONGEST_DAYS]):
                with self.subTest(case=case, stage=row.stage, age=row.age):
                    self.assertLessEqual(row.within[0], row.in_the_end + 1e-9)
                    if row.median_days is not None:
                        half = row.in_the_end / 2
                        self.assertGreaterEqual(chances.within(row.stage, row.age, row.median_days), half - 1e-9)
                        self.assertLess(chances.within(row.stage, row.age, row.median_days - 1), half)
        # Half of the deals leave every day, so that a year is as good as the end.
        quick = Chances(
            [VisitCount("A", day, outcome, None, 2 ** (9 - day)) for day in range(9) for outcome in ("won", "lost")]
        )
        self.assertAlmostEqual(quick.within("A", 0, LONGEST_DAYS), quick.in_the_end("A", 0))

    def test_deals_that_go_back_and_forth_on_one_day(self):
        counts = [
            VisitCount("A", 0, "advanced", "B", 10),
            VisitCount("B", 0, "moved_back", "A", 10),
            VisitCount("B", 0, "won", None, 5),
            VisitCount("B", 0, "lost", None, 5),
        ]
        self.assertAlmostEqual(Chances(counts, NO_LIMITS).within("A", -1, 1), 0.5)
        for_ever = [counts[0], VisitCount("B", 0, "moved_back", "A", 10), VisitCount("C", 0, "won", None, 10)]
        chances = Chances(for_ever, NO_LIMITS)
        self.assertEqual((chances.within("A", -1, 90), chances.in_the_end("A", -1)), (0.0, 0.0))

    def test_few_visits_of_a_stage_have_no_age(self):
        counts = [VisitCount("A", 1, "won", None, 9), VisitCount("A", 9, "lost", None, 10)]
        chances = Chances(counts)
        # 9 visits of 2 days and 10 of 10, the first and the last day included.
        self.assertAlmostEqual(chances.within("A", 0, 1), 9 / 118)
        self.assertAlmostEqual(chances.within("A", 300, 1), 9 / 118)
        self.assertAlmostEqual(chances.in_the_end("A", 5), 9 / 19)
        aged = Chances([*counts, VisitCount("A", 9, "lost")])
        self.assertAlmostEqual(aged.within("A", 0, 1), 9 / 20)
        self.assertEqual(aged.within("A", 1, 30), 0)

    def test_new_and_unknown_stages_have_the_chance_over_all_stages(self):
        known = [VisitCount("A", 4, "won", None, 15), VisitCount("A", 4, "lost", None, 5)]
        new = [VisitCount("N", 0, "won"), VisitCount("N", 1, "lost"), VisitCount("N", 30, "open", None, 9)]
        chances = Chances(known + new)
        days = 20 * 5 + 1 + 2 + 9 * 31
        for stage in ("N", "never seen", OVERALL):
            with self.subTest(stage=stage):
                self.assertAlmostEqual(chances.within(stage, 12, 1), 16 / days)
                self.assertAlmostEqual(chances.in_the_end(stage, 12), 16 / 22)
        self.assertAlmostEqual(chances.in_the_end("A", 0), 0.75)

    def test_three_visits_of_a_late_stage_say_more_than_all_of_early_ones(self):
        early = [VisitCount("A", 20, "lost", None, 36), VisitCount("A", 10, "advanced", "L", 4)]
        late = [VisitCount("L", 1, "won", None, 2), VisitCount("L", 3, "lost"), VisitCount("L", 0, "open")]
        chances = Chances([*early, *late, VisitCount("M", 40, "won", None, 2)])
        # 2, 2, 4 and 1 days at risk.
        self.assertAlmostEqual(chances.within("L", 0, 1), 2 / 9)
        self.assertAlmostEqual(chances.in_the_end("L", 0), 2 / 3)
        self.assertAlmostEqual(chances.in_the_end("A", -1), 0.1 * 2 / 3)
        self.assertAlmostEqual(chances.in_the_end("M", 0), 4 / 41)

    def test_deals_that_went_to_a_stage_that_is_deleted_now(self):
        counts = [
            VisitCount("A", 1, "advanced", OVERALL, 20),
            VisitCount(OVERALL, 1, "won", None, 10),
            VisitCount(OVERALL, 1, "lost", None, 30),
        ]
        self.assertAlmostEqual(Chances(counts).in_the_end("A", 0), 0.25)

    def test_long_tail_is_pooled(self):
        crowd = [VisitCount("A", 2, "lost", None, 30)]
        tail = [VisitCount("A", 10, "won", None, 2), VisitCount("A", 20, "lost", None, 2), VisitCount("A", 40, "open")]
        chances = Chances(crowd + tail)
        # From the third day on five visits are at risk, for 8, 8, 18, 18 and 38 days.
        for age in (2, 15, 500):
            with self.subTest(age=age):
                self.assertAlmostEqual(chances.within("A", age, 1), 2 / 90)
                self.assertAlmostEqual(chances.in_the_end("A", age), 0.5)
        self.assertEqual([row.age for row in chances.table([]) if row.stage == "A"], [0, 1, 2])

    def test_nothing_is_known_beyond_the_longest_visit(self):
        chances = Chances([VisitCount("A", 7, "won", None, 10), VisitCount("A", 7, "lost", None, 30)])
        self.assertAlmostEqual(chances.in_the_end("A", 200), 0.25)
        self.assertEqual(chances.median_days("A", 200), 1)
        self.assertEqual(chances.median_days("A", 0), 7)

    def test_weights(self):
        old = [VisitCount("A", 3, "won", None, 30, 3.0), VisitCount("A", 3, "lost", None, 10, 1.0)]
        recent = [VisitCount("A", 3, "won", None, 4), VisitCount("A", 3, "lost", None, 12)]
        self.assertAlmostEqual(Chances(old + recent).in_the_end("A", 0), 7 / 20)
        self.assertEqual(Chances(old + recent).won_weight, 7)
        self.assertEqual(Chances(old + recent).decided, 56)

    def test_order_and_grouping_do_not_matter(self):
        counts = [count for count in (STAGE_A + STAGE_B) * 3 for _once in range(count.number)]
        apart = Chances([count._replace(number=1) for count in reversed(counts)], NO_LIMITS)
        together = Chances([count._replace(number=3 * count.number) for count in STAGE_A + STAGE_B], NO_LIMITS)
        for stage, days in product("AB", range(8)):
            self.assertAlmostEqual(apart.within(stage, 0, days), together.within(stage, 0, days))

    def test_table_holds_the_same_chances(self):
        chances = Chances((STAGE_A + STAGE_B) * 12)
        rows = list(chances.table([1, 30, 1000]))
        self.assertEqual({row.stage for row in rows}, {"A", "B", OVERALL})
        for row in rows:
            with self.subTest(row=row):
                within = tuple(chances.within(row.stage, row.age, days) for days in (1, 30, 1000))
                self.assertEqual(row.within, within)
                self.assertEqual(row.in_the_end, chances.in_the_end(row.stage, row.age))
                self.assertEqual(row.median_days, chances.median_days(row.stage, row.age))
        last = [row for row in rows if row.stage == "B"][-1]
        self.assertEqual(last.within[1], chances.within("B", 10_000, 30))

    def test_deals_still_to_come(self):
        chances = Chances([VisitCount("A", 1, "won", None, 10), VisitCount("A", 1, "lost", None, 10)])
        # Deals of the last of four days are not won in time, those of the other days are in half of the cases.
        self.assertAlmostEqual(chances.to_come({"A": 2}, 4), 2 * 3 * 0.5)
        self.assertEqual(chances.to_come({"A": 2}, 0), 0)

    def test_no_chance_before_a_deal_comes_in(self):
        chances = Chances(STAGE_A + STAGE_B, NO_LIMITS)
        for age, days in ((-2, 5), (0, -1)):
            with self.subTest(age=age), self.assertRaises(ValueError):
                chances.within("A", age, days)

    def test_no_visits(self):
        for limits in (ChanceLimits(), NO_LIMITS):
            self.assertIsNone(Chances([], limits).within("A", 0, 30))
            self.assertIsNone(Chances([VisitCount("A", 3, "open", None, 50)], limits).within("A", 0, 30))

    def test_half_life(self):
        for days, expected in ((None, None), (3, 30), (80, 80), (900, 365)):
            self.assertEqual(half_life(days), expected)
