import json
from datetime import date, datetime, timedelta
from unittest.mock import patch

import psycopg2

from odoo.addons.sales_process_control.models.forecast.forecast_store import ForecastStore
from odoo.addons.sales_process_control.models.funnel.funnel_workbook import FunnelWorkbook
from odoo.addons.sales_process_control.models.review.review_workbook import ReviewWorkbook
from odoo.tests import tagged
from odoo.tools import mute_logger

from .forecast_common import ForecastCase

#: Odoo rounds amounts in cents: a hundred times as much is about the largest floating point number.
LARGEST = 1e306
#: Its third power is no floating point number.
LARGE = 1e103


@tagged("post_install", "-at_install")
class TestLargeAmounts(ForecastCase):
    """One absurd expected revenue, which Odoo lets everybody enter, stops no screen and no job."""

    def make_large_deals(self):
        """Make open, won and lost deals of such amounts, and return an open one."""
        deal = self.make_golden_history()
        deal.expected_revenue = LARGE
        self.make_deal(expected_revenue=LARGEST, date_deadline="2026-03-20")
        self.make_deal(expected_revenue=-LARGEST, stage_id=self.needs.id)
        won, lost = (self.make_deal(expected_revenue=LARGE) | self.make_deal(expected_revenue=LARGEST) for _end in "ab")
        self.pass_time(minutes=10)
        won.action_set_won()
        lost.action_set_lost()
        deal.stage_id = self.needs
        self.pass_time(days=1)
        return deal

    def assert_is_read(self, read, *arguments):
        """Assert that all blocks of a screen are read, and that the browser can read them."""
        screen = read(*arguments)
        later = read(*arguments, blocks=screen["later"]) if screen["later"] else {"blocks": {}}
        blocks = screen["blocks"] | later["blocks"]
        self.assertTrue(blocks)
        self.assertFalse([key for key, block in blocks.items() if block.get("error")])
        self.assert_is_json(blocks)

    def assert_is_json(self, answer):
        """Assert that an answer has no infinite number, which JSON does not know."""
        json.dumps(answer, allow_nan=False, default=str)

    def test_forecast(self):
        self.make_large_deals()
        for user in (self.manager, self.seller):
            found = self.forecast(user, "2026-03-31")
            self.assertLessEqual(found["amount_low"], found["total_amount"])
            self.assertLessEqual(found["total_amount"], found["amount_high"])
            # The numbers of deals do not depend on amounts.
            self.assertLess(found["count_high"], 30)

    def test_usual_amounts_stay_as_they_are(self):
        deal = self.make_golden_history()
        before = self.forecast(self.manager, "2026-03-23")["expected_amount"]
        deal.expected_revenue = 2 * 10.0**15
        self.assertEqual(before, 500)
        found = self.forecast(self.manager, "2026-03-23")["expected_amount"]
        self.assertAlmostEqual(found / 10.0**15, 1, 12)

    def test_screens(self):
        deal = self.make_large_deals()
        self.env.cr.flush()
        self.env.invalidate_all()
        env = self.env(user=self.manager.id, context={"allowed_company_ids": self.company.ids})
        movements, review = env["crm.pipeline.movement"], env["crm.deal.review"]
        with self.no_module_errors():
            self.assert_is_read(env["crm.lead"].get_workbench, "all")
            for period in ("month", "next_quarter"):
                self.assert_is_read(env["crm.forecast.screen"].get_screen, period)
            self.assert_is_read(env["crm.process.review"].get_review, "6_months")
            leads = env["crm.lead"].search([])
            for answer in (
                movements.get_funnel("2026-03-16", "2026-03-01"),
                movements.get_funnel_weeks(),
                movements.get_funnel_conversion("2026-03-16", "2026-03-01"),
                review.get_tiles("2026-03-10"),
                review.get_forecast_tiles(),
                env["crm.lead"].browse(deal.id).get_process(),
                leads.read(["deal_facts", "card_facts", "chance", "expected_amount"]),
                env["crm.win.report"].formatted_read_group([], ["user_id"], ["amount:sum"]),
            ):
                self.assert_is_json(answer)

    def test_spreadsheets(self):
        self.make_large_deals()
        self.env.cr.flush()
        self.env.invalidate_all()
        env = self.env(user=self.manager.id, context={"allowed_company_ids": self.company.ids})
        with self.no_module_errors():
            self.assertTrue(FunnelWorkbook(env).content("2026-03-16", "2026-03-01", [], False, "amount"))
            self.assertTrue(ReviewWorkbook(env).content("6_months", False, False, False))

    def test_weekly_report(self):
        self.make_large_deals()
        self.set_time(datetime(2026, 3, 23, 9))
        self.seller.email = "seller@example.com"
        reports = self.env["crm.weekly.report"].with_user(self.seller)
        with self.no_module_errors():
            report = reports._make_sample("own")
            report._send_sample()
        mail = report.sudo().mail_id
        self.assertTrue(mail.body_html)
        self.assertNotIn("could not be read", mail.body_html)

    def test_jobs(self):
        self.make_large_deals()
        self.pass_time(days=3)
        # Differences of more than 28 digits lose their last ones, so that the audit has something to post.
        with mute_logger("odoo.addons.sales_process_control.models.recording.crm_pipeline_audit"):
            self.env["crm.pipeline.audit"]._cron_audit()
        with self.no_module_errors():
            self.env["crm.pipeline.audit"]._cron_audit()
            self.env["crm.pipeline.audit"]._cron_update_working_days()
            self.env["crm.hot.settler"]._cron_settle()
            self.env["crm.stage.chance"]._cron_rebuild()
            self.env["crm.lead"]._cron_refresh_chances()
            self.env["crm.forecast"]._cron_store()
            self.env["crm.deal.alerter"]._cron_alert()
        stored = self.env["crm.forecast"].search([("scope", "=", "company"), ("period", "=", "month")])
        self.assertIn(self.env.cr.now().date() - timedelta(days=1), stored.mapped("day"))
        # The installation computes the same.
        stored.sudo().unlink()
        with self.no_module_errors():
            self.env["crm.forecast"]._rebuild()
        self.assertTrue(self.env["crm.forecast"].search_count([]))

    def test_a_failure_stops_no_other_company(self):
        self.make_golden_history()
        self.set_time(datetime(2026, 3, 20, 4))
        store, failing = ForecastStore._store, date(2026, 3, 15)

        def fails_once(self, company, day, **options):
            if day == failing:
                raise OverflowError
            return store(self, company, day, **options)

        job = self.env["crm.forecast"]._cron_store
        logger = "odoo.addons.sales_process_control.models.forecast.forecast_store"
        with patch.object(ForecastStore, "_store", fails_once), mute_logger(logger):
            job()
        stored = set(self.env["crm.forecast"].search([]).mapped("day"))
        others = {date(2026, 3, 14), date(2026, 3, 16)}
        self.assertEqual(stored & (others | {failing}), others)
        # The next run tries again.
        job()
        self.assertIn(failing, self.env["crm.forecast"].search([]).mapped("day"))

    def test_a_lost_connection_stops_the_job(self):
        """The first company that cannot be stored ends the run, instead of one fault in the log for each."""
        self.make_golden_history()
        self.set_time(datetime(2026, 3, 20, 4))
        lost = psycopg2.InterfaceError("connection already closed")
        with (
            patch.object(ForecastStore, "_store", side_effect=lost) as store,
            self.assertRaises(psycopg2.InterfaceError),
        ):
            self.env["crm.forecast"]._cron_store()
        self.assertEqual(store.call_count, 1)
