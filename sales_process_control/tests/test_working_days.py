from datetime import date, datetime, timedelta

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

    def close_on_wednesday(self, **values):
        """Close the company for the third day of the first week."""
        return self.env["resource.calendar.leaves"].create(
            {
                "name": "Closed",
                "calendar_id": self.calendar.id,
                "date_from": datetime(2026, 3, 4, 0, 0),
                "date_to": datetime(2026, 3, 4, 23, 59, 59),
                **values,
            }
        )

    def test_holidays_of_another_company_do_not_count(self):
        """A holiday may be without working hours: it is one of all calendars of its company."""
        other = self.env["res.company"].create({"name": "Branch elsewhere"})
        self.close_on_wednesday(calendar_id=False).company_id = other
        deal, foreign = self.make_deal(), self.make_deal(company_id=other.id, user_id=False, team_id=False)
        other.resource_calendar_id = self.calendar
        self.set_time(datetime(2026, 3, 9, 8, 0))
        (deal | foreign).stage_id = self.needs
        self.assertEqual(self.working_days_of(deal)[0], 5)
        self.assertEqual(self.working_days_of(foreign)[0], 4)
        company_of = self.env["crm.pipeline.reader"]._read_context().company
        self.assertTrue(company_of(self.company.id).works_on(self.env, date(2026, 3, 4)))
        self.assertFalse(company_of(other.id).works_on(self.env, date(2026, 3, 4)))

    def test_flexible_hours_are_worked_from_monday_on(self):
        """April 2026 begins on a Wednesday. Odoo gives 40 flexible hours to the first days that it is asked for."""
        self.calendar.write({"schedule_type": "flexible", "hours_per_day": 8, "hours_per_week": 40})
        self.calendar.full_time_required_hours = 40
        company = self.env["crm.pipeline.reader"]._read_context().company(self.company.id)
        days = [date(2026, 3, 30) + timedelta(days=number) for number in range(35)]
        worked = [company.works_on(self.env, day) for day in days]
        self.assertEqual(worked, [day.isoweekday() <= 5 for day in days])

    def test_time_zone_that_the_system_does_not_know(self):
        """Odoo knows the present name of some zones that systems have dropped. Another one is UTC."""
        self.env.flush_all()
        for name, day, known in (("Türkiye", date(2026, 3, 11), True), ("Mars/Base", date(2026, 3, 10), False)):
            self.env.cr.execute("UPDATE resource_calendar SET tz = %s WHERE id = %s", [name, self.calendar.id])
            self.env["crm.pipeline.reader"]._forget_context()
            logger = "odoo.addons.sales_process_control.models.recording.time_zones"
            self.set_time(datetime(2026, 3, 10, 22, 0))
            with self.assertNoLogs(logger) if known else self.assertLogs(logger, "WARNING"):
                deal = self.make_deal()
                self.env.cr.flush()
            self.assertEqual(self.Movement.search([("lead_ref", "=", deal.id)]).mapped("day"), [day])

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
        self.assertEqual(calendar.work_seconds_between(*week, self.company.id), 4 * 8 * 3600)
        self.assertEqual(self.calendar.work_seconds_between(*week, self.company.id), 4 * 8 * 3600, "from the cache")

    def test_a_time_zone_in_the_context_does_not_count(self):
        morning = self.start, datetime(2026, 3, 2, 12, 0)
        calendar = self.calendar.with_context(employee_timezone=timezone("Asia/Tokyo"))
        self.assertEqual(calendar.work_seconds_between(*morning, self.company.id), 4 * 3600)
        self.assertEqual(self.calendar.work_seconds_between(*morning, self.company.id), 4 * 3600, "from the cache")

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

    def test_visits_that_ended_keep_their_days(self):
        """The hours of later years are not those of then."""
        deal = self.make_deal()
        self.set_time(datetime(2026, 3, 9, 8, 0))
        deal.stage_id = self.needs
        self.env.cr.flush()
        self.calendar.attendance_ids.filtered(lambda attendance: attendance.dayofweek == "4").unlink()
        self.set_time(datetime(2026, 3, 16, 8, 0))
        for amount in (7, 8):
            deal.expected_revenue = amount
            self.env.cr.flush()
        self.assertEqual(self.working_days_of(deal)[0], 5)

    def test_company_without_calendar_has_no_working_time(self):
        self.company.resource_calendar_id = False
        deal = self.make_deal()
        self.set_time(datetime(2026, 3, 4, 8, 0))
        deal.stage_id = self.needs
        self.env["crm.pipeline.audit"]._cron_update_working_days()
        self.env.invalidate_all()
        self.assertEqual(self.working_days_of(deal), [0, 0])
