from datetime import date, datetime

from odoo.tests import BaseCase, tagged

from ..models.hot.quick_dates import MONTH, TOMORROW, WEEK, quick_dates
from .hot_common import HotCase


@tagged("post_install", "-at_install")
class TestQuickDates(BaseCase):
    """Which due dates the dialog of a hot flag offers."""

    def dates(self, today, *closed, days=range(5)):
        closed = {date.fromisoformat(day) for day in closed}
        found = quick_dates(date.fromisoformat(today), lambda day: day.weekday() in days and day not in closed)
        return {kind: day.isoformat() for kind, day in found}

    def test_examples(self):
        examples = {
            # Monday, 2 March 2026
            "2026-03-02": {TOMORROW: "2026-03-03", WEEK: "2026-03-06", MONTH: "2026-03-31"},
            # Thursday: Friday is tomorrow, and is offered once.
            "2026-03-05": {TOMORROW: "2026-03-06", MONTH: "2026-03-31"},
            "2026-03-06": {TOMORROW: "2026-03-09", WEEK: "2026-03-13", MONTH: "2026-03-31"},
            # The last working day of the month, and the last day of a month.
            "2026-01-30": {TOMORROW: "2026-02-02", WEEK: "2026-02-06", MONTH: "2026-02-27"},
            "2026-03-31": {TOMORROW: "2026-04-01", WEEK: "2026-04-03", MONTH: "2026-04-30"},
        }
        for today, expected in examples.items():
            with self.subTest(today=today):
                self.assertEqual(self.dates(today), expected)

    def test_time_off(self):
        self.assertEqual(
            self.dates("2026-03-02", "2026-03-03", "2026-03-06", "2026-03-31"),
            {TOMORROW: "2026-03-04", WEEK: "2026-03-05", MONTH: "2026-03-30"},
        )

    def test_a_week_from_sunday_to_thursday(self):
        self.assertEqual(
            self.dates("2026-03-02", days=(6, 0, 1, 2, 3)),
            {TOMORROW: "2026-03-03", WEEK: "2026-03-05", MONTH: "2026-03-31"},
        )

    def test_a_company_that_never_works(self):
        self.assertEqual(
            self.dates("2026-03-02", days=()), {TOMORROW: "2026-03-03", WEEK: "2026-03-06", MONTH: "2026-04-30"}
        )


@tagged("post_install", "-at_install")
class TestQuickDatesOfDialog(HotCase):
    def choices(self, user=None, **context):
        dialog = self.env["crm.hot.flag.dialog"].with_user(user or self.seller).with_context(**context)
        return [(choice["label"], choice["date"]) for choice in dialog.new({}).date_choices]

    def test_labels(self):
        self.assertEqual(
            self.choices(),
            [("Tomorrow", "2026-03-03"), ("Friday", "2026-03-06"), ("End of month", "2026-03-31")],
        )
        self.set_time(datetime(2026, 3, 6, 9))
        self.assertEqual(self.choices()[0], ("Monday", "2026-03-09"))
        self.set_time(datetime(2026, 3, 31, 9))
        self.assertEqual(self.choices()[-1], ("End of next month", "2026-04-30"))

    def test_today_is_the_user_s(self):
        self.set_time(datetime(2026, 3, 2, 20))
        self.assertEqual(self.choices(tz="UTC")[0], ("Tomorrow", "2026-03-03"))
        self.assertEqual(self.choices(tz="Asia/Shanghai")[0], ("Tomorrow", "2026-03-04"))

    def test_time_off_of_the_company(self):
        calendar = self.company.resource_calendar_id
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": calendar.id,
                "company_id": self.company.id,
                "date_from": datetime(2026, 3, 2, 23),
                "date_to": datetime(2026, 3, 4, 0),
            }
        )
        self.assertEqual(self.choices()[0], ("Wednesday", "2026-03-04"))

    def test_a_company_without_a_calendar(self):
        self.company.resource_calendar_id = False
        self.assertEqual([label for label, _day in self.choices()], ["Tomorrow", "Friday", "End of month"])
