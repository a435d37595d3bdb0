from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.addons.sales_process_control.models.forecast.forecast_baselines import StageSharesThen
from odoo.addons.sales_process_control.models.forecast.forecast_snapshot import SnapshotReader
from odoo.addons.sales_process_control.models.forecast.forecast_store import ForecastStore
from odoo.addons.sales_process_control.models.funnel.funnel_money import StageShares
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .forecast_common import ForecastCase, day_of

#: Parts that do not depend on the periods that were stored before.
PARTS = (
    "won_count",
    "won_amount",
    "open_count",
    "open_without_amount",
    "expected_count",
    "expected_amount",
    "to_come_count",
    "to_come_amount",
    "total_count",
    "total_amount",
)


@tagged("post_install", "-at_install")
class TestForecast(ForecastCase):
    """How much will be won in a period (docs/definitions.md, Forecast)."""

    def assert_adds_up(self, found):
        for measure in ("count", "amount"):
            parts = sum(found[f"{part}_{measure}"] for part in ("won", "expected", "to_come"))
            self.assertAlmostEqual(found[f"total_{measure}"], parts)
            self.assertLessEqual(found[f"{measure}_low"], found[f"total_{measure}"] + 1)
            self.assertGreaterEqual(found[f"{measure}_high"], found[f"total_{measure}"] - 1)

    def test_golden_example(self):
        self.make_golden_history()
        # The deal is three days old. It is won on the tenth day, with 50%: within seven days.
        found = self.forecast(self.manager, "2026-03-23")
        self.assertEqual((found["date_start"], found["day"]), ("2026-03-01", "2026-03-16"))
        self.assertEqual((found["won_count"], found["won_amount"]), (10, 1000))
        self.assertEqual((found["open_count"], found["expected_count"], found["expected_amount"]), (1, 0.5, 500))
        self.assertEqual((found["to_come_count"], found["to_come_amount"]), (0, 0))
        self.assert_adds_up(found)
        found = self.forecast(self.manager, "2026-03-22")
        self.assertEqual((found["expected_count"], found["expected_amount"]), (0, 0))

    def test_deals_still_to_come(self):
        self.make_golden_history()
        # 21 deals of 3,000 came in within 16 days. Within twelve days those of the first two days can be won, with 50%.
        found = self.forecast(self.manager, "2026-03-28")
        self.assertAlmostEqual(found["to_come_count"], 21 / 16 * 2 * 0.5)
        self.assertAlmostEqual(found["to_come_amount"], 21 / 16 * 3000 / 21)
        self.assertEqual(found["expected_amount"], 500)
        self.assert_adds_up(found)

    def test_a_period_to_come(self):
        """What is won before the period does not count."""
        self.make_golden_history()
        found = self.forecast(self.manager, "2026-04-30", [], "2026-04-01")
        self.assertEqual((found["won_count"], found["expected_count"]), (0, 0))
        # Deals that come in from 22 March to 20 April are won in April: those that come in on the eleventh day before.
        self.assertAlmostEqual(found["to_come_count"], 21 / 16 * 30 * 0.5)
        found = self.forecast(self.manager, "2026-04-30", [], "2026-03-23")
        self.assertEqual(found["expected_count"], 0.5)

    def test_deals_created_as_won(self):
        self.make_golden_history()
        before = self.forecast(self.manager, "2026-03-28")
        self.make_deal(stage_id=self.signed.id, expected_revenue=500)
        after = self.forecast(self.manager, "2026-03-28")
        self.assertEqual((after["won_count"], after["won_amount"]), (11, 1500))
        self.assertAlmostEqual(after["to_come_count"] - before["to_come_count"], 12 / 16)

    def test_without_history(self):
        self.make_deal()
        found = self.forecast(self.manager, "2026-03-31")
        self.assertFalse(found["is_known"])
        self.assertEqual((found["open_count"], found["open_not_known"], found["won_count"]), (1, 1, 0))
        for name in ("expected_count", "expected_amount", "to_come_count", "total_amount", "amount_low", "count_high"):
            self.assertIsNone(found[name])
        self.pass_time(days=2)
        ForecastStore(self.env).store_missing()
        self.assertFalse(self.Forecast.search([]))

    def test_deals_without_an_amount_are_said(self):
        self.make_golden_history().expected_revenue = 0
        found = self.forecast(self.manager, "2026-03-23")
        self.assertEqual((found["open_without_amount"], found["expected_count"], found["expected_amount"]), (1, 0.5, 0))

    def test_a_domain_says_which_deals(self):
        deal = self.make_golden_history()
        deal.user_id = self.colleague
        found = self.forecast(self.manager, "2026-03-23", [["user_id", "=", self.colleague.id]])
        self.assertEqual((found["won_count"], found["open_count"], found["expected_amount"]), (0, 1, 500))
        found = self.forecast(self.manager, "2026-03-23", [["user_id", "=", self.seller.id]])
        self.assertEqual((found["won_count"], found["open_count"], found["expected_amount"]), (10, 0, 0))

    def test_odd_arguments(self):
        for arguments in (
            ("soon",),
            (False,),
            (5,),
            ([],),
            ("2026-03-01",),
            ("9999-12-31",),
            ("2026-04-30", "x"),
            ("2026-04-30", [["no_field", "=", 1]]),
            ("2026-04-30", [], "2026-05-01"),
            ("2026-04-30", [], "1900-01-01"),
        ):
            with self.subTest(arguments), self.assertRaises(UserError):
                self.forecast(self.manager, *arguments)
        backtest = self.Forecast.with_user(self.manager).backtest
        for arguments in (
            ("2026-01-01", 7),
            ([], 7),
            (["2026-01-01"] * 61, 7),
            (["soon"], 7),
            (["2027-01-01"], 7),
            (["2026-01-01"], 0),
            (["2026-01-01"], 367),
            (["2026-01-01"], True),
            (["2026-01-01"], "7"),
            ([["2026-01-01"]], 7),
        ):
            with self.subTest(arguments), self.assertRaises(UserError):
                backtest(*arguments)

    def test_two_currencies(self):
        other = self.env.ref("base.USD") if self.company.currency_id.name != "USD" else self.env.ref("base.EUR")
        other.active = True
        second = self.env["res.company"].create({"name": "Abroad", "currency_id": other.id})
        self.manager.company_ids |= second
        self.make_golden_history()
        self.make_deal(company_id=second.id, team_id=False, user_id=False, expected_revenue=80)
        rates = self.env["res.currency.rate"]
        rates.search([("currency_id", "in", (other + self.company.currency_id).ids)]).unlink()
        rates.create({"currency_id": other.id, "name": "2026-01-01", "rate": 4, "company_id": self.company.id})
        # Nothing is known of the second company: its deal is in no sum, and said.
        found = self.forecast(self.manager, "2026-03-23")
        self.assertEqual((found["open_count"], found["open_not_known"], found["expected_amount"]), (2, 1, 500))
        self.assertEqual(found["currency_id"], self.company.currency_id.id)
        won = self.make_deal(
            company_id=second.id, team_id=False, user_id=False, expected_revenue=80, stage_id=self.signed.id
        )
        self.assertEqual(self.forecast(self.manager, "2026-03-23")["won_amount"], 1020)
        won.expected_revenue = 80


@tagged("post_install", "-at_install")
class TestForecastStored(ForecastCase):
    """Stored forecasts, against what was said on the day."""

    def test_a_story(self):
        """What is stored afterwards equals what was said on the day, and stays as it is."""
        self.write_story()
        said = {}
        ends = {"month": "2026-06-30", "quarter": "2026-06-30"}

        def say(day):
            if day.day in (1, 17, 30) and day.month in (5, 6):
                said[day] = {
                    kind: self.forecast(self.manager, end, [], "2026-06-01" if kind == "month" else "2026-04-01")
                    for kind, end in ends.items()
                }

        leads = self.play_story(at_midnight=say)
        self.assert_equal_to_what_was_said(said)
        self.pass_time(days=1)
        self.Forecast._cron_store()
        self.assert_what_the_job_stores()
        self.assert_rows_stay(leads)

    def assert_equal_to_what_was_said(self, said):
        self.assertEqual(len(said), 6)
        store = ForecastStore(self.env)
        for day, of_day in said.items():
            store._store(self.company, day, is_rebuilt=True)
            for kind, expected in of_day.items():
                with self.subTest(day=day, kind=kind):
                    row = self.Forecast.search(
                        [("scope", "=", "company"), ("day", "=", day), ("period", "=", kind)], order="date_start"
                    ).filtered(lambda row: row.date_end == date(2026, 6, 30))
                    self.assertEqual(len(row), 1)
                    self.assertTrue(expected["is_known"])
                    for name in PARTS:
                        self.assertAlmostEqual(row[name], expected[name], 2, name)

    def assert_what_the_job_stores(self):
        yesterday = day_of(self.env.cr.now()) - timedelta(days=1)
        rows = self.Forecast.search([("day", "=", yesterday), ("scope", "=", "company")])
        self.assertEqual(sorted(rows.mapped("period")), ["month", "month", "quarter", "quarter"])
        self.assertEqual(set(rows.mapped("is_rebuilt")), {False})
        of_team, of_seller = (
            self.Forecast.search([("day", "=", yesterday), (name, "=", record.id)])
            for name, record in (("team_id", self.team), ("user_id", self.seller))
        )
        # All deals are those of one salesperson.
        for name in PARTS:
            self.assertEqual(of_team.mapped(name), rows.mapped(name))
            self.assertEqual(of_seller.mapped(name), rows.mapped(name))
        rebuilt = self.Forecast.search([("day", "<", yesterday)])
        self.assertEqual(set(rebuilt.mapped("is_rebuilt")), {True})
        self.assertIn(date(2026, 5, 31), rebuilt.mapped("day"))
        last = self.Forecast.search(
            [("day", "=", "2026-05-31"), ("date_end", "=", "2026-05-31"), ("scope", "=", "company")]
        )
        self.assertEqual((last.expected_count, last.to_come_count, last.total_amount), (0, 0, last.won_amount))
        # The second time there is nothing to do.
        count = self.Forecast.search_count([])
        self.Forecast._cron_store()
        self.assertEqual(self.Forecast.search_count([]), count)

    def assert_rows_stay(self, leads):
        rows = self.Forecast.search([])
        self.assertGreater(len(rows), 40)
        names = [name for name, field in rows._fields.items() if field.store]
        before = rows.read(names)
        for lead in leads.values():
            if lead.won_status == "pending":
                lead.write({"expected_revenue": 5, "user_id": self.colleague.id, "stage_id": self.signed.id})
        list(leads.values())[0].unlink()
        self.env.cr.flush()
        self.pass_time(days=1)
        self.Forecast._cron_store()
        self.env.invalidate_all()
        self.assertGreater(self.Forecast.search_count([]), len(rows))
        self.assertEqual(rows.read(names), before)

    def test_a_deal_goes_to_a_company_of_another_time_zone(self):
        """At the end of every day it stands in one place, though its visits have the days of their own companies."""
        second = self.env["res.company"].create({"name": "Company Abroad"})
        second.resource_calendar_id.tz = "America/New_York"
        self.assertNotEqual(second.resource_calendar_id, self.company.resource_calendar_id)
        there = {"company_id": second.id, "team_id": False, "user_id": False, "stage_id": self.needs.id}
        back = {**there, "company_id": self.company.id, "stage_id": self.bidding.id}
        self.set_time(datetime(2026, 7, 8, 4))
        deal = self.make_deal(team_id=False, user_id=False, expected_revenue=100)
        self.set_time(datetime(2026, 7, 10, 20))
        deal.write(there)
        self.set_time(datetime(2026, 7, 14, 20))
        deal.write(back)
        self.set_time(datetime(2026, 7, 18, 4))
        deal.action_set_lost()
        self.env.cr.flush()
        reader, since = SnapshotReader(self.env), date(2026, 7, 1)
        for day in range(8, 21):
            found = [
                (open_deal.stage_id, open_deal.amount)
                for company in (self.company, second)
                for open_deal in reader.read_then(company, date(2026, 7, day), since).deals
            ]
            stage = self.contact if day < 11 else self.needs if day < 14 else self.bidding
            with self.subTest(day=day):
                self.assertEqual(found, [(stage.id, 100)] if day < 18 else [])

    def test_days_at_whose_end_no_chance_was_known_are_not_tried(self):
        self.make_golden_history()
        self.set_time(datetime(2026, 3, 20, 4))
        left = []

        def progress(_done, remaining):
            left.append(remaining)
            return 60

        with patch.object(ForecastStore, "_store", autospec=True, side_effect=ForecastStore._store) as store:
            ForecastStore(self.env).store_missing(progress=progress)
        days = [date(2026, 3, day) for day in range(13, 20)]
        self.assertEqual([call.args[2] for call in store.call_args_list], days)
        self.assertEqual(left, list(range(6, -1, -1)))
        self.assertEqual(sorted(set(self.Forecast.search([]).mapped("day"))), days)

    def test_nobody_writes(self):
        self.make_golden_history()
        self.Forecast._rebuild()
        row = self.Forecast.search([], limit=1)
        self.assertTrue(row)
        for user in (self.seller, self.manager, self.env.ref("base.user_admin")):
            for use in (
                lambda: row.with_user(user).write({"total_amount": 1}),  # noqa: B023
                lambda: row.with_user(user).unlink(),  # noqa: B023
                lambda: self.Forecast.with_user(user).create({"period": "month"}),  # noqa: B023
            ):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    use()


@tagged("post_install", "-at_install")
class TestBacktest(ForecastCase):
    """Forecasts of past days, against a plain script that knows the story only."""

    def test_equal_to_an_oracle(self):
        self.write_story(deals=110, days=200)
        said = {}

        def say(day):
            if day in (date(2026, 5, 10), date(2026, 6, 30), date(2026, 8, 31)):
                self.env.cr.flush()
                self.env.invalidate_all()
                shares = StageShares(self.env(user=self.manager)).compute()
                said[day] = {stage_id: share["value"] for stage_id, share in shares.items()}

        leads = self.Lead.concat(*self.play_story(at_midnight=say).values())
        self.pass_time(days=60)
        days = [date(2026, 5, 20), date(2026, 6, 30), date(2026, 7, 14), date(2026, 8, 31)]
        for horizon in (7, 30):
            found = self.Forecast.with_user(self.manager).backtest([day.isoformat() for day in days], horizon)
            self.assertEqual([row["day"] for row in found], [day.isoformat() for day in days])
            for row, day in zip(found, days, strict=True):
                told = self.backtest_told(day, horizon)
                self.assertGreater(told["deals"], 3)
                for name, value in told.items():
                    with self.subTest(day=day, horizon=horizon, name=name):
                        self.assertAlmostEqual(row[name], value, 5)
                self.assertLessEqual(row["low"], row["expected"] + 0.5)
                self.assertGreaterEqual(row["high"], row["expected"] - 0.5)
                self.assertEqual((row["horizon"], row["deals"]), (horizon, told["deals"]))
        leads.filtered(lambda lead: lead.won_status == "lost").action_unarchive()
        leads.filtered(lambda lead: lead.won_status == "pending").action_set_won()
        self.env.cr.flush()
        self.assert_shares_of_the_funnel(said)

    def assert_shares_of_the_funnel(self, said):
        """Shares of a past day are what the funnel weighted amounts by at its end, with nothing known of what came."""
        self.assertEqual(len(said), 3)
        for day, shares in said.items():
            then = StageSharesThen(self.env, self.company, day)
            self.assertGreater(len(shares), 3)
            for stage_id, share in shares.items():
                with self.subTest(day=day, stage_id=stage_id):
                    self.assertAlmostEqual(then.share(stage_id), share)

    def test_nothing_of_the_future_is_known(self):
        """A backtest of a day says the same, whatever happens afterwards, but for what was won."""
        self.write_story(deals=60, days=100)
        middle = self.start + timedelta(days=60)
        day = day_of(middle) - timedelta(days=1)
        forecasts = self.Forecast.with_user(self.manager)
        self.play_story(until=middle)
        [early] = forecasts.backtest([day], 14)
        self.assertIsNone(early["won"])
        self.assertTrue(early["expected"])
        for lead in self.Lead.search([("won_status", "=", "pending")]):
            self.pass_time(minutes=10)
            lead.action_set_won()
        self.pass_time(days=40)
        [late] = forecasts.backtest([day], 14)
        for name in ("deals", "expected", "low", "high"):
            self.assertEqual(late[name], early[name])
        self.assertEqual(late["won"], late["deals"])

    def test_too_little_is_known(self):
        self.make_deal()
        self.pass_time(days=30)
        [found] = self.Forecast.with_user(self.manager).backtest([self.start.date()], 7)
        self.assertEqual((found["deals"], found["won"]), (1, 0))
        for name in ("expected", "low", "high", "brier", "brier_stage_share"):
            self.assertIsNone(found[name])

    def test_queries(self):
        """The number of queries depends on the number of days, not on that of deals or companies."""
        self.write_story(deals=40, days=120)
        self.play_story()
        self.pass_time(days=30)
        forecasts = self.Forecast.with_user(self.manager)
        days = [date(2026, 6, 1) + timedelta(days=index) for index in range(3)]
        counts = []
        for more in range(2):
            for number in (1, 3):
                self.env.invalidate_all()
                forecasts.backtest(days[:number], 7)
                before = self.env.cr.sql_log_count
                forecasts.backtest(days[:number], 7)
                counts.append(self.env.cr.sql_log_count - before)
            if not more:
                self.make_many(30)
            self.env.cr.flush()
        self.assertEqual(counts[:2], counts[2:])
        # For each day four queries, and three for each of at most twelve past days.
        self.assertLessEqual(counts[1] - counts[0], 2 * (4 + 12 * 3))

    def test_a_horizon_is_over_in_all_companies(self):
        """At noon in Shanghai, yesterday has not ended for a company in Honolulu."""
        second = self.env["res.company"].create({"name": "Company Abroad"})
        second.resource_calendar_id.tz = "Pacific/Honolulu"
        self.make_golden_history()
        self.manager.company_ids |= second
        forecasts = self.Forecast.with_user(self.manager)
        both = forecasts.with_context(allowed_company_ids=(self.company + second).ids)
        yesterday = self.env.cr.now().date() - timedelta(days=1)
        for back, is_over in ((7, False), (8, True)):
            [found] = both.backtest([yesterday - timedelta(days=back)], 7)
            self.assertEqual(found["won"] is not None, is_over)
        [found] = forecasts.with_context(allowed_company_ids=self.company.ids).backtest(
            [yesterday - timedelta(days=7)], 7
        )
        self.assertIsNotNone(found["won"])

    def test_for_sales_managers(self):
        for user in (self.seller, self.colleague):
            with self.assertRaises(AccessError):
                self.Forecast.with_user(user).backtest(["2026-01-01"], 7)
