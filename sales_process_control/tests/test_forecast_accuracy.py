from datetime import date, datetime, timedelta

from odoo import Command
from odoo.addons.sales_process_control.models.forecast.past_forecasts import past_periods
from odoo.addons.sales_process_control.statistics import off_by
from odoo.tests import tagged

from .forecast_common import ForecastCase

#: Forecast, at least and at most of the months from January on, and what is won in each.
MONTHS = ((1000, 600, 1500, 1000), (800, 500, 1100, 1200), (900, 500, 1400, 600))


@tagged("post_install", "-at_install")
class TestForecastAccuracy(ForecastCase):
    """How good forecasts were: stored ones, beside what was won (docs/definitions.md, Past periods)."""

    def setUp(self):
        super().setUp()
        self.set_time(datetime(2026, 1, 1, 4))
        self.all_documents = self.make_user("accuracy_all", groups="sales_team.group_sale_salesman_all_leads")

    def make_months(self, months=MONTHS, odoo=(), **owner):
        """Store forecasts as of the day before each month, and win a deal in the middle of each."""
        for month, (total, low, high, won) in enumerate(months, 1):
            start = date(2026, month, 1)
            self.store(
                start,
                total_amount=total,
                amount_low=low,
                amount_high=high,
                stage_weighted_amount=2 * total,
                odoo_amount=odoo[month - 1] if len(odoo) >= month else None,
                **owner,
            )
            self.set_time(datetime(2026, month, 15, 4))
            deal = self.make_deal(expected_revenue=won)
            self.pass_time(hours=1)
            deal.action_set_won()
        self.set_time(datetime(2026, len(months) + 1, 1, 4))

    def store(self, start, days_before=1, period="month", **values):
        """Store a forecast of a period, by default of the company."""
        [end] = [found.end for found in (past_periods(period, date(2027, 1, 1))) if found.start == start]
        return self.Forecast.sudo().create(
            {
                "company_id": self.company.id,
                "scope": "company",
                "period": period,
                "date_start": start,
                "date_end": end,
                "day": start - timedelta(days=days_before),
                **values,
            }
        )

    def accuracy(self, user=None, companies=None, **filters):
        self.env.cr.flush()
        self.env.invalidate_all()
        user = user or self.manager
        screen = self.env["crm.forecast.screen"].with_user(user)
        screen = screen.with_context(allowed_company_ids=(companies or user.company_id).ids)
        block = screen.get_screen(**{"period": "month", **filters}, blocks=["accuracy"])["blocks"]["accuracy"]
        self.assertNotIn("error", block)
        return block

    def assertOpens(self, number, user=None):
        """Assert that a number opens as many records as it counts, and that their amounts add up."""
        records = self.env[number["model"]].with_user(user or self.manager).search(number["domain"])
        self.assertEqual(len(records), number["value"])
        if "amount" in number:
            self.assertAlmostEqual(sum(records.mapped("amount")), number["amount"])

    def test_what_was_won_in_a_currency_without_a_rate_is_named(self):
        """The company has another currency now: the amounts of its ends stay in the former one."""
        self.make_months()
        former = self.company.currency_id
        former.rate_ids.unlink()
        self.env.cr.flush()
        self.company.currency_id = self.env["res.currency"].create({"name": "XAC", "symbol": "X"})
        block = self.accuracy()
        self.assertEqual([period["won"]["amount"] for period in block["periods"]], [0, 0, 0])
        self.assertEqual([period["won"]["value"] for period in block["periods"]], [1, 1, 1])
        [left_out] = block["left_out"]
        self.assertEqual((left_out["currency_id"], left_out["amount"]), (former.id, 2800))
        self.assertEqual(left_out["what"], "won deals")

    def test_golden_example(self):
        """Forecasts of 1,000, 800 and 900; won 1,000, 1,200 and 600: off by 700 of 2,800 = 25%, two of three inside."""
        self.make_months()
        found = self.accuracy()
        self.assertEqual(found["measure"], "amount")
        self.assertEqual([row["key"] for row in found["periods"]], ["2026-03-01", "2026-02-01", "2026-01-01"])
        self.assertEqual(found["periods"][0]["name"], "March 2026")
        self.assertEqual([row["expected"] for row in found["periods"]], [900, 800, 1000])
        self.assertEqual([row["won"]["amount"] for row in found["periods"]], [600, 1200, 1000])
        self.assertEqual([row["is_inside"] for row in found["periods"]], [True, False, True])
        self.assertEqual(found["inside"], 2)
        self.assertIs(found["inside_share"], False)
        self.assertAlmostEqual(found["off_by"], 0.25)
        for row in found["periods"]:
            for name in ("first", "nights", "won"):
                with self.subTest(row["key"], name=name):
                    self.assertOpens(row[name])

    def test_other_methods_of_the_same_periods(self):
        """Twice the forecast by stage: 1,000 + 400 + 1,200 of 2,800. Odoo's are known of three of four months."""
        self.make_months((*MONTHS, (500, 100, 900, 500)), odoo=(None, 1300, 600, 400))
        stage, odoo = self.accuracy()["others"]
        self.assertEqual((stage["key"], stage["count"]), ("stage_weighted", 4))
        self.assertAlmostEqual(stage["off_by"], (1000 + 400 + 1200 + 500) / 3300)
        self.assertEqual((odoo["key"], odoo["count"]), ("odoo", 3))
        self.assertAlmostEqual(odoo["off_by"], (100 + 0 + 100) / 2300)
        self.assertAlmostEqual(odoo["own_off_by"], (400 + 300 + 0) / 2300)

    def test_what_was_won_so_far_is_part_of_every_method(self):
        for month, (total, low, high, _won) in enumerate(MONTHS, 1):
            self.store(
                date(2026, month, 1),
                total_amount=total,
                amount_low=low,
                amount_high=high,
                won_amount=30,
                stage_weighted_amount=50,
            )
        self.set_time(datetime(2026, 3, 20, 4))
        deal = self.make_deal(expected_revenue=100)
        self.pass_time(hours=1)
        deal.action_set_won()
        self.set_time(datetime(2026, 4, 2, 4))
        self.assertAlmostEqual(self.accuracy()["others"][0]["off_by"], (80 + 80 + 20) / 100)

    def test_fewer_than_three_periods(self):
        self.make_months(MONTHS[:2], odoo=(1, 1))
        found = self.accuracy()
        self.assertEqual((len(found["periods"]), found["fewest"]), (2, 3))
        self.assertIs(found["off_by"], False)
        self.assertExactly([(other["count"], other["off_by"]) for other in found["others"]], [(2, False), (2, False)])

    def test_nothing_was_won(self):
        for month in (1, 2, 3):
            self.store(date(2026, month, 1), total_amount=5, amount_low=0, amount_high=9)
        self.set_time(datetime(2026, 4, 2, 4))
        found = self.accuracy()
        self.assertExactly((found["inside"], found["off_by"]), (3, False))

    def test_without_amounts_numbers_are_compared(self):
        for month in (1, 2, 3):
            self.store(date(2026, month, 1), total_count=2, count_low=1, count_high=3, stage_weighted_count=4)
        self.set_time(datetime(2026, 2, 9, 4))
        deals = self.make_many(4, expected_revenue=0)
        self.pass_time(hours=1)
        deals.action_set_won()
        self.set_time(datetime(2026, 4, 2, 4))
        found = self.accuracy()
        self.assertEqual((found["measure"], found["inside"]), ("count", 0))
        self.assertAlmostEqual(found["off_by"], (2 + 2 + 2) / 4)
        self.assertAlmostEqual(found["others"][0]["off_by"], (4 + 0 + 4) / 4)

    def test_the_forecast_of_the_first_day(self):
        """Not the one of an earlier or later night, and none of a period that is not over."""
        self.store(date(2026, 2, 1), days_before=2, total_amount=1)
        self.store(date(2026, 2, 1), days_before=-3, total_amount=2)
        self.store(date(2026, 2, 1), total_amount=700, is_rebuilt=True)
        self.store(date(2026, 3, 1), total_amount=800)
        self.store(date(2026, 1, 1), period="quarter", total_amount=2500)
        self.set_time(datetime(2026, 3, 31, 4))
        [found] = self.accuracy()["periods"]
        self.assertEqual((found["expected"], found["nights"]["value"], found["is_rebuilt"]), (700, 3, True))
        self.assertOpens(found["nights"])
        self.assertEqual(self.accuracy(period="next_quarter")["periods"], [])
        self.set_time(datetime(2026, 4, 1, 4))
        self.assertEqual([row["expected"] for row in self.accuracy()["periods"]], [800, 700])
        [found] = self.accuracy(period="next_quarter")["periods"]
        self.assertEqual((found["name"], found["expected"]), ("Q1 2026", 2500))

    def test_stored_forecasts_stay_when_deals_change(self):
        self.make_months()
        before = self.accuracy()
        deals = self.Lead.search([("won_status", "=", "won")])
        deals.expected_revenue = 5
        self.make_deal(expected_revenue=9999)
        self.pass_time(days=1)
        self.assertEqual(self.accuracy(), before)
        # A deal that is reopened was not won.
        deals[0].write({"stage_id": self.bidding.id})
        self.pass_time(days=1)
        after = self.accuracy()
        self.assertEqual([row["expected"] for row in after["periods"]], [row["expected"] for row in before["periods"]])
        self.assertEqual(sum(row["won"]["value"] for row in after["periods"]), 2)

    def test_who_reads_what(self):
        self.make_months()
        for month, (total, low, high, _won) in enumerate(MONTHS, 1):
            values = {"total_amount": total / 2, "amount_low": low, "amount_high": high}
            self.store(date(2026, month, 1), scope="seller", user_id=self.seller.id, **values)
            self.store(date(2026, month, 1), scope="team", team_id=self.team.id, **values)
        second = self.env["res.company"].create({"name": "Second Company"})
        abroad = self.make_user(
            "accuracy_abroad",
            groups="sales_team.group_sale_manager",
            company_id=second.id,
            company_ids=[Command.set(second.ids)],
        )
        seller, team = {"user_id": self.seller.id}, {"team_id": self.team.id}
        for user, filters, expected in (
            (self.manager, {}, 900),
            (self.manager, seller, 450),
            (self.manager, team, 450),
            (self.all_documents, {}, 900),
            (self.all_documents, seller, 450),
            # Who reads own documents sees the own forecasts, whether or not this is chosen.
            (self.seller, {}, 450),
            (self.seller, seller, 450),
            (self.seller, team, None),
            (self.colleague, {}, None),
            (self.colleague, seller, None),
            (abroad, {}, None),
            (abroad, seller, None),
        ):
            with self.subTest(user.login, filters=filters):
                periods = self.accuracy(user, **filters)["periods"]
                self.assertEqual(periods[0]["expected"] if periods else None, expected)
                for row in periods:
                    for name in ("first", "nights", "won"):
                        self.assertOpens(row[name], user)
                if periods:
                    self.assertEqual([row["won"]["amount"] for row in periods], [600, 1200, 1000])

    def test_what_is_not_stored(self):
        second = self.env["res.company"].create({"name": "Second Company"})
        self.manager.company_ids |= second
        both = self.company + second
        self.make_months()
        self.assertIn("Choose a company", self.accuracy(companies=both)["reason"])
        self.assertEqual(len(self.accuracy(companies=both, company_id=self.company.id)["periods"]), 3)
        self.assertEqual(self.accuracy(companies=both, company_id=second.id)["periods"], [])
        found = self.accuracy(team_id=self.team.id, user_id=self.seller.id)
        self.assertIn("Choose one of the two", found["reason"])

    def test_queries(self):
        """Their number does not depend on the number of periods and deals."""
        counts = []
        for months in (MONTHS[:1], MONTHS):
            self.make_months(months)
            screen = self.env["crm.forecast.screen"].with_user(self.manager)
            for _time in range(2):
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                screen.get_screen("month", blocks=["accuracy"])
                count = self.env.cr.sql_log_count - before
            counts.append(count)
            self.Forecast.search([]).sudo().unlink()
            self.set_time(datetime(2026, 1, 1, 4))
        self.assertEqual(counts[0], counts[1])

    def test_off_by(self):
        self.assertAlmostEqual(off_by([(9, 10), (12, 10)]), 0.15)
        self.assertIsNone(off_by([(9, 0)]))
        self.assertIsNone(off_by([]))
