from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .forecast_common import ForecastCase

SUMS = ("won_count", "won_amount", "open_count", "expected_count", "expected_amount", "to_come_count", "total_amount")


@tagged("post_install", "-at_install")
class TestForecastAccess(ForecastCase):
    """Sums are those of deals that the reader may read; the chance is that of the company."""

    def setUp(self):
        super().setUp()
        self.deal = self.make_golden_history()
        self.colleagues = self.make_deal(user_id=self.colleague.id, team_id=self.other_team.id, expected_revenue=7000)
        self.nobodys = self.make_deal(user_id=False, team_id=False, expected_revenue=30)
        self.env.cr.flush()
        self.make_readers()

    def test_sums_of_what_one_may_read(self):
        for user, count, amount in (
            (self.seller, 2, 1030),
            (self.colleague, 2, 7030),
            (self.all_documents, 3, 8030),
            (self.manager, 3, 8030),
            (self.abroad, 0, 0),
        ):
            with self.subTest(user.login):
                found = self.forecast(user, "2026-04-30")
                self.assertEqual(found["open_count"], count)
                if user == self.abroad:
                    self.assertFalse(found["is_known"])
                    self.assertIsNone(found["expected_amount"])
                else:
                    # The chance of each of them is 50%, also for a colleague who has neither won nor lost a deal.
                    self.assertAlmostEqual(found["expected_amount"], amount / 2)
        self.assertEqual(self.forecast(self.seller, "2026-04-30")["won_amount"], 1000)
        self.assertEqual(self.forecast(self.colleague, "2026-04-30")["won_amount"], 0)

    def test_the_deals_of_a_colleague_do_not_change_the_sums(self):
        before = self.forecast(self.seller, "2026-04-30")
        self.colleagues.expected_revenue = 1_000_000
        self.make_deal(user_id=self.colleague.id, team_id=self.other_team.id, expected_revenue=9000)
        after = self.forecast(self.seller, "2026-04-30")
        self.assertEqual([after[name] for name in SUMS], [before[name] for name in SUMS])

    def test_a_domain_finds_no_more_than_one_may_read(self):
        domain = [["user_id", "=", self.colleague.id]]
        found = self.forecast(self.seller, "2026-04-30", domain)
        self.assertEqual((found["open_count"], found["expected_amount"], found["to_come_amount"]), (0, 0, 0))

    def test_a_backtest_knows_the_companies_of_the_reader(self):
        days = [self.env.cr.now().date() - timedelta(days=1)]
        [found] = self.Forecast.with_user(self.abroad).backtest(days, 7)
        self.assertEqual((found["deals"], found["expected"]), (0, None))
        [found] = self.Forecast.with_user(self.manager).backtest(days, 7)
        self.assertEqual(found["deals"], 1)

    def test_stored_forecasts(self):
        self.pass_time(days=1)
        self.Forecast._cron_store()
        rows = self.Forecast.search([])
        for user, expected in (
            (self.seller, rows.filtered(lambda row: row.user_id == self.seller)),
            (self.colleague, rows.filtered(lambda row: row.user_id == self.colleague)),
            (self.all_documents, rows),
            (self.manager, rows),
            (self.abroad, rows.browse()),
        ):
            with self.subTest(user.login):
                readable = self.Forecast.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
                self.assertEqual(readable.search([]), expected)
        hidden = rows.filtered(lambda row: row.scope == "company")[:1]
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            hidden.with_user(self.seller).read(["total_amount"])

    def test_no_sales_rights(self):
        for groups in ("base.group_user", "base.group_portal", "base.group_public"):
            user = self.make_user(groups.replace(".", "_"), groups=groups)
            forecasts = self.Forecast.with_user(user)
            for call in (
                lambda: forecasts.forecast("2026-04-30"),  # noqa: B023
                lambda: forecasts.backtest(["2026-03-10"], 7),  # noqa: B023
                lambda: forecasts.search([]),  # noqa: B023
            ):
                with self.subTest(groups), self.assertRaises(AccessError):
                    call()
