from datetime import date, datetime, timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.funnel.funnel_periods import DEFAULT_PERIOD, period_names, period_of
from .common import PipelineCase
from .funnel_common import FunnelMixin

MONDAY, SATURDAY, SUNDAY = 1, 6, 7


@tagged("post_install", "-at_install")
class TestFunnelPeriods(FunnelMixin, PipelineCase):
    """Periods by their names: which days they compare, and that these are the days of the funnel."""

    def days(self, name, today, week_start=MONDAY):
        first, last = period_of(name, date.fromisoformat(today), week_start)
        return str(first), str(last)

    def test_days(self):
        """Sunday, 29 November 2026."""
        for name, first, last in (
            ("week", "2026-11-23", "2026-11-29"),
            ("last_week", "2026-11-16", "2026-11-22"),
            ("month", "2026-11-01", "2026-11-29"),
            ("last_month", "2026-10-01", "2026-10-31"),
            ("quarter", "2026-10-01", "2026-11-29"),
            ("last_quarter", "2026-07-01", "2026-09-30"),
            ("year", "2026-01-01", "2026-11-29"),
            ("30_days", "2026-10-31", "2026-11-29"),
            ("90_days", "2026-09-01", "2026-11-29"),
        ):
            with self.subTest(name):
                self.assertEqual(self.days(name, "2026-11-29"), (first, last))

    def test_days_at_edges(self):
        for name, today, first, last in (
            ("week", "2026-11-23", "2026-11-23", "2026-11-23"),
            ("last_month", "2024-03-31", "2024-02-01", "2024-02-29"),
            ("last_month", "2027-01-01", "2026-12-01", "2026-12-31"),
            ("last_quarter", "2027-01-01", "2026-10-01", "2026-12-31"),
            ("quarter", "2026-12-31", "2026-10-01", "2026-12-31"),
            ("year", "2027-01-01", "2027-01-01", "2027-01-01"),
        ):
            with self.subTest(name, today=today):
                self.assertEqual(self.days(name, today), (first, last))

    def test_weeks_begin_as_in_the_language(self):
        for week_start, this, last in (
            (MONDAY, "2026-11-23", ("2026-11-16", "2026-11-22")),
            (SATURDAY, "2026-11-28", ("2026-11-21", "2026-11-27")),
            (SUNDAY, "2026-11-29", ("2026-11-22", "2026-11-28")),
        ):
            with self.subTest(week_start=week_start):
                self.assertEqual(self.days("week", "2026-11-29", week_start), (this, "2026-11-29"))
                self.assertEqual(self.days("last_week", "2026-11-29", week_start), last)

    def test_weeks_of_the_reader(self):
        """Two readers, whose languages begin the week on different days, see different weeks."""
        self.env["res.lang"]._activate_lang("fr_FR")
        languages = self.env["res.lang"].search([("code", "in", ("en_US", "fr_FR"))])
        for language in languages:
            language.week_start = {"en_US": "7", "fr_FR": "1"}[language.code]
        self.set_time(datetime(2026, 3, 11, 9))
        self.make_deal()
        for lang, before, day in (("en_US", "2026-02-28", "2026-03-07"), ("fr_FR", "2026-03-01", "2026-03-08")):
            with self.subTest(lang):
                found = self.reader(self.manager).with_context(lang=lang).get_funnel(period="last_week")
                self.assertEqual((found["before"], found["day"]), (before, day))

    def test_each_period_is_its_two_days(self):
        """The funnel of a period is that of the day before it and of its last day: all its movements count."""
        self.set_time(datetime(2026, 1, 5, 9))
        self.make_deal()
        self.set_time(datetime(2026, 3, 11, 9))
        self.make_deal()
        names = period_names(self.env)
        for name in names:
            with self.subTest(name):
                found = self.funnel(self.manager, period=name)
                self.assertEqual(found.pop("period"), name)
                period = period_of(name, date(2026, 3, 11), int(self.env["res.lang"].search([]).week_start))
                self.assertEqual(found["before"], str(period.first - timedelta(days=1)))
                self.assertEqual(found["day"], str(period.last))
                same = self.funnel(self.manager, day=found["day"], before=found["before"])
                self.assertFalse(same.pop("period"))
                self.assertEqual(same, found)
                self.assertEqual([one["key"] for one in found["periods"]], list(names))

    def test_default(self):
        self.make_deal()
        self.assertEqual(self.funnel(self.manager)["period"], DEFAULT_PERIOD)
        self.assertFalse(self.funnel(self.manager, before="2026-02-01")["period"])
        self.assertFalse(self.funnel(self.manager, day="2026-03-02")["period"])

    def test_a_period_takes_the_place_of_its_days(self):
        self.make_deal()
        found = self.funnel(self.manager, day="2026-01-31", before="2026-01-01", period="30_days")
        self.assertEqual((found["day"], found["period"]), ("2026-03-02", "30_days"))

    def test_unknown_periods(self):
        for name in ("fortnight", "next_week", 7, ["week"], {"week": 1}):
            for act in (self.reader(self.manager).get_funnel, self.reader(self.manager).get_funnel_conversion):
                with self.subTest(name=name), self.assertRaisesRegex(UserError, "no such period"):
                    act(period=name)
