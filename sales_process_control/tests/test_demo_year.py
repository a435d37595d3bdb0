from datetime import datetime

from odoo.addons.sales_process_control.models.demo.changes import NAME
from odoo.addons.sales_process_control.models.demo.summary import DemoSummary
from odoo.addons.sales_process_control.models.demo.year import DEALS, EARLIER_DEALS, STAGES, DemoYear, arrivals_of
from odoo.tests import BaseCase

#: A Monday, a weekend, the ends and beginnings of years, a leap day, and days in strong and weak months.
DAYS = (
    (2025, 12, 31),
    (2026, 1, 1),
    (2026, 3, 30),
    (2026, 8, 16),
    (2027, 2, 1),
    (2028, 2, 29),
)


class TestDemoYear(BaseCase):
    """The drawn year of selling tells its story on any day, and is the same whenever it is drawn."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A year takes seconds to draw.
        cls.years = {day: cls.year(day) for day in DAYS}

    @classmethod
    def year(cls, day):
        return DemoYear(datetime(*day), lambda ware, customer: (f"{ware} for {customer}", f"Customer {customer}"))

    def test_every_day_has_its_story(self):
        for day, year in self.years.items():
            with self.subTest(day=day):
                self.assertEqual(year.faults, [])
                self.assertEqual(len(year.stories), DEALS + EARLIER_DEALS)
                self.assertEqual(len({story[0][NAME] for story in year.stories}), DEALS + EARLIER_DEALS)
                funnel = DemoSummary(year.stories, set(), datetime(*day)).funnel
                self.assertEqual([stage for stage, _deals in funnel.most_common()], list(STAGES))

    def test_the_same_day_gives_the_same_year(self):
        self.assertEqual(self.year(DAYS[0]).stories, self.years[DAYS[0]].stories)

    def test_seasons(self):
        """Deals come in on working days, in autumn twice as many as in summer."""
        arrivals = arrivals_of(datetime(2026, 12, 31))
        self.assertTrue(all(day.weekday() < 5 for day in arrivals))
        months = [sum(day.year == 2026 and day.month == month for day in arrivals) for month in (8, 10)]
        self.assertGreater(months[1], 1.5 * months[0])
