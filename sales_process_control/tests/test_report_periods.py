from datetime import date, datetime

from odoo.tests import tagged

from .common import PipelineCase

SHANGHAI, NEW_YORK = "Asia/Shanghai", "America/New_York"
#: Date fields of the reports that hold a day of the company, and the model of each.
PERIODS = (
    ("crm.stage.conversion.report", "entered_at"),
    ("crm.stage.dwell.report", "entered_at"),
    ("crm.stage.step.report", "entered_at"),
    ("crm.stage.visit", "entered_day"),
    ("crm.lead.progress", "day"),
    ("crm.hot.report", "raised_at"),
)


@tagged("post_install", "-at_install")
class TestReportPeriods(PipelineCase):
    """Months and quarters of reports are those of the company's time zone, the same for every reader."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id.tz = SHANGHAI
        cls.second = cls.env["res.company"].create({"name": "New York"})
        calendar = cls.env["resource.calendar"].create({"name": "NY", "company_id": cls.second.id, "tz": NEW_YORK})
        cls.second.resource_calendar_id = calendar
        cls.env["crm.stage.step"].create({"stage_id": cls.contact.id, "name": "Call"})

    def make_both(self, instant):
        """Make a deal with progress and a hot flag in each company at one instant."""
        self.set_time(instant)
        deals = self.Lead
        for company in (self.company, self.second):
            deal = self.make_deal(company_id=company.id, user_id=False, team_id=False)
            deal.activity_schedule("mail.mail_activity_data_call").action_feedback()
            self.env["crm.hot.flag"].create({"lead_id": deal.id, "note": "Signs", "kind": "sign"})
            deals |= deal
        self.env.cr.flush()
        return deals

    def test_the_same_months_for_all_readers(self):
        """In the evening of 31 July in London it is August in Shanghai, and July in New York."""
        here, there = self.make_both(datetime(2026, 7, 31, 23, 30))
        of_deals = [("lead_id", "in", (here + there).ids)]
        lines = self.Movement.search([("lead_ref", "in", (here + there).ids)], order="lead_ref")
        self.assertEqual(lines.mapped("day"), [date(2026, 8, 1), date(2026, 7, 31)])
        for model, name in PERIODS:
            for zone in (SHANGHAI, NEW_YORK, "UTC"):
                with self.subTest(model=model, reader=zone):
                    report = self.env[model].with_context(tz=zone)
                    groups = report._read_group(of_deals, [f"{name}:month", "company_id"], ["__count"])
                    found = {company: month for month, company, _count in groups}
                    self.assertEqual(found, {self.company: date(2026, 8, 1), self.second: date(2026, 7, 1)})
                    for group in report.formatted_read_group(of_deals, [f"{name}:quarter", "company_id"], ["__count"]):
                        rows = report.search([*of_deals, *group["__extra_domain"]])
                        self.assertEqual(len(rows), group["__count"])

    def test_days_of_rows_and_searches(self):
        here, there = self.make_both(datetime(2026, 7, 31, 23, 30))
        later = self.make_both(datetime(2026, 8, 10, 12, 0))
        for model, name in PERIODS:
            report, of_deals = self.env[model], [("lead_id", "in", (here + there + later).ids)]
            rows = {row.lead_id: row[name] for row in report.search(of_deals)}
            expected = {here: date(2026, 8, 1), there: date(2026, 7, 31)}
            self.assertEqual(rows, {**expected, **dict.fromkeys(later, date(2026, 8, 10))})
            for operator, value, deals in (
                ("=", date(2026, 8, 1), here),
                ("!=", date(2026, 8, 1), there + later),
                ("in", [date(2026, 8, 1), date(2026, 8, 10)], here + later),
                ("<", date(2026, 8, 1), there),
                ("<=", date(2026, 8, 1), here + there),
                (">", date(2026, 7, 31), here + later),
                (">=", "2026-08-01", here + later),
                (">=", "2026-08-01 00:00:00", here + later),
                ("=", False, self.Lead),
            ):
                with self.subTest(model=model, operator=operator, value=value):
                    self.assertEqual(report.search([*of_deals, (name, operator, value)]).lead_id, deals)

    def test_first_and_last_day_of_the_calendar(self):
        """A day that begins before the calendar in one of the zones, or ends after it."""
        deals = self.make_both(datetime(2026, 7, 31, 23, 30))
        for model, name in PERIODS:
            report, of_deals = self.env[model], [("lead_id", "in", deals.ids)]
            for operator, day, found in (
                (">=", "0001-01-01", deals),
                ("<", "0001-01-01", self.Lead),
                ("=", "0001-01-01", self.Lead),
                ("<=", "9999-12-31", deals),
                (">", "9999-12-31", self.Lead),
                ("=", "9999-12-31", self.Lead),
            ):
                with self.subTest(model=model, operator=operator, day=day):
                    self.assertEqual(report.search([*of_deals, (name, operator, day)]).lead_id, found)

    def test_a_day_that_is_not_known_yet(self):
        deals = self.make_both(datetime(2026, 7, 31, 23, 30))
        for model, name in (
            ("crm.stage.dwell.report", "left_at"),
            ("crm.stage.visit", "left_day"),
            ("crm.stage.conversion.report", "converted_at"),
        ):
            self.assertEqual(self.env[model].search([(name, "=", False)]).lead_id, deals)
            self.assertFalse(self.env[model].search([(name, "!=", False)]))
            self.assertEqual(self.env[model].search([]).mapped(name), [False, False])

    def test_a_row_without_a_company_has_days_of_the_main_company(self):
        self.set_time(datetime(2026, 7, 31, 23, 30))
        self.make_deal(company_id=False, user_id=False, team_id=False)
        self.env.cr.flush()
        self.assertEqual(self.Visit.search([]).entered_day, date(2026, 8, 1))
        [(month, _count)] = self.Visit._read_group([], ["entered_day:month"], ["__count"])
        self.assertEqual(month, date(2026, 8, 1))

    def test_exact_instants_stay_and_users_do_not_group_by_them(self):
        deal = self.make_both(datetime(2026, 7, 31, 23, 30))[0]
        for model in ("crm.stage.conversion.report", "crm.stage.dwell.report", "crm.stage.step.report"):
            rows = self.env[model].search([("lead_id", "=", deal.id)])
            self.assertEqual(rows.mapped("entered_time"), [datetime(2026, 7, 31, 23, 30)])
            described = self.env[model].fields_get(["entered_at", "entered_time"])
            self.assertTrue(described["entered_at"]["groupable"])
            self.assertFalse(described["entered_time"]["groupable"])
