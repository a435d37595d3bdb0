from datetime import datetime

from odoo.tests import tagged

from .common import PipelineCase


@tagged("post_install", "-at_install")
class TestWorkingDays(PipelineCase):
    """Working days of visits by the company's calendar: 40 hours, Monday to Friday, 8 to 12 and 13 to 17."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.env["resource.calendar"].create(
            {"name": "Office", "tz": "UTC", "company_id": cls.company.id}
        )
        cls.company.resource_calendar_id = cls.calendar
        # 2 March 2026 is a Monday.
        cls.start = datetime(2026, 3, 2, 8, 0)

    def working_days_of(self, deal):
        self.env.cr.flush()
        return self.Visit.search([("lead_ref", "=", deal.id)], order="id").mapped("working_days")

    def test_weekend_is_no_working_time(self):
        deal = self.make_deal()
        self.set_time(datetime(2026, 3, 9, 8, 0))
        deal.stage_id = self.bidding
        self.assertEqual(self.working_days_of(deal), [5, 0, 0])
        self.assertEqual(self.visits_of(deal)[0], (self.contact, "advanced", 7))

    def test_part_of_a_day(self):
        deal = self.make_deal()
        self.set_time(datetime(2026, 3, 2, 14, 0))
        deal.stage_id = self.needs
        self.assertEqual(self.working_days_of(deal)[0], 5 / 8)

    def test_over_several_months(self):
        deal = self.make_deal()
        self.set_time(datetime(2026, 5, 4, 8, 0))
        deal.action_set_lost()
        self.assertEqual(self.working_days_of(deal), [9 * 5])

    def test_company_holiday_and_changed_hours_count_at_once(self):
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "date_from": datetime(2026, 3, 4, 0, 0),
                "date_to": datetime(2026, 3, 4, 23, 59, 59),
            }
        )
        first, second = self.make_deal(), self.make_deal()
        self.set_time(datetime(2026, 3, 9, 8, 0))
        first.stage_id = self.needs
        self.assertEqual(self.working_days_of(first)[0], 4)
        self.calendar.attendance_ids.filtered(lambda attendance: attendance.dayofweek == "4").unlink()
        second.stage_id = self.needs
        self.env.cr.flush()
        hours = 3 * 8
        self.assertAlmostEqual(self.working_days_of(second)[0], hours / self.calendar.hours_per_day)

    def test_nightly_job_updates_open_visits(self):
        deal = self.make_deal()
        self.set_time(datetime(2026, 3, 4, 8, 0))
        self.env["crm.pipeline.audit"]._cron_update_working_days()
        self.env.invalidate_all()
        self.assertEqual(self.working_days_of(deal), [2])
        deal.expected_revenue = 1
        self.assertEqual(self.working_days_of(deal), [2], "a change of amount does not forget them")

    def test_changes_of_one_transaction_count_up_to_their_instant(self):
        """Each change writes the rows again. What the nightly job has written of the visit is older."""
        moved, returned = self.make_deal(), self.make_deal()
        self.set_time(datetime(2026, 3, 4, 8, 0))
        self.env["crm.pipeline.audit"]._cron_update_working_days()
        self.set_time(datetime(2026, 3, 9, 8, 0))
        for deal in (moved, returned):
            deal.stage_id = self.needs
            self.env.cr.flush()
            deal.expected_revenue = 7
            self.env.cr.flush()
        self.assertEqual(self.working_days_of(moved), [5, 0])
        returned.stage_id = self.contact
        self.env.cr.flush()
        self.assertEqual(self.outcomes_of(returned), ["First Contact: open"])
        self.set_time(datetime(2026, 3, 10, 8, 0))
        returned.action_set_lost()
        self.assertEqual(self.working_days_of(returned), [6])

    def test_company_without_calendar_has_no_working_time(self):
        self.company.resource_calendar_id = False
        deal = self.make_deal()
        self.set_time(datetime(2026, 3, 4, 8, 0))
        deal.stage_id = self.needs
        self.env["crm.pipeline.audit"]._cron_update_working_days()
        self.env.invalidate_all()
        self.assertEqual(self.working_days_of(deal), [0, 0])
