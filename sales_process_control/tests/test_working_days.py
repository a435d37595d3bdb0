from datetime import datetime

from pytz import timezone

from odoo.tests import new_test_user, tagged

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
        self.close_on_wednesday()
        first, second = self.make_deal(), self.make_deal()
        self.set_time(datetime(2026, 3, 9, 8, 0))
        first.stage_id = self.needs
        self.assertEqual(self.working_days_of(first)[0], 4)
        self.calendar.attendance_ids.filtered(lambda attendance: attendance.dayofweek == "4").unlink()
        second.stage_id = self.needs
        self.env.cr.flush()
        hours = 3 * 8
        self.assertAlmostEqual(self.working_days_of(second)[0], hours / self.calendar.hours_per_day)

    def close_on_wednesday(self):
        """Close the company for the third day of the first week."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "calendar_id": self.calendar.id,
                "company_id": self.company.id,
                "date_from": datetime(2026, 3, 4, 0, 0),
                "date_to": datetime(2026, 3, 4, 23, 59, 59),
            }
        )

    def test_move_by_a_user_who_reads_no_calendar(self):
        self.close_on_wednesday()
        reseller = new_test_user(self.env, "reseller", "base.group_portal")
        deal = self.make_deal()
        self.set_time(datetime(2026, 3, 9, 8, 0))
        self.env.cr.flush()
        self.env.invalidate_all()
        # As the portal of resellers does: written as superuser, flushed at the end of the request as the user.
        deal.with_user(reseller).sudo().stage_id = self.needs
        self.env(user=reseller).flush_all()
        self.assertEqual(self.working_days_of(deal)[0], 4)
        self.assertEqual(self.visits_of(deal)[0], (self.contact, "advanced", 7))

    def test_a_user_of_another_company_does_not_miss_time_off(self):
        self.close_on_wednesday()
        other = self.env["res.company"].create({"name": "Branch elsewhere"})
        foreigner = new_test_user(
            self.env, "foreigner", "sales_team.group_sale_manager", company_id=other.id, company_ids=[other.id]
        )
        calendar = self.calendar.with_user(foreigner).with_company(other)
        week = self.start, datetime(2026, 3, 9, 8, 0)
        self.assertEqual(calendar.work_seconds_between(*week), 4 * 8 * 3600)
        self.assertEqual(self.calendar.work_seconds_between(*week), 4 * 8 * 3600, "from the cache")

    def test_a_time_zone_in_the_context_does_not_count(self):
        morning = self.start, datetime(2026, 3, 2, 12, 0)
        calendar = self.calendar.with_context(employee_timezone=timezone("Asia/Tokyo"))
        self.assertEqual(calendar.work_seconds_between(*morning), 4 * 3600)
        self.assertEqual(self.calendar.work_seconds_between(*morning), 4 * 3600, "from the cache")

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
