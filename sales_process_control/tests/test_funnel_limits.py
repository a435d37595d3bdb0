from datetime import date, datetime
from random import Random
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.funnel.funnel_flow import FunnelFlow
from .common import PipelineCase
from .funnel_common import FunnelMixin


@tagged("post_install", "-at_install")
class TestFunnelLimits(FunnelMixin, PipelineCase):
    """The funnel of all weeks, limits of its input, and an empty pipeline."""

    def test_weeks(self):
        """Points are the ends of weeks and today. Each equals the funnel of that day, also with a filter."""
        self.change_at_random(Random(8))
        self.pass_time(days=9)
        self.make_deal(stage_id=self.talks.id)
        self.env.cr.flush()
        for user, domain in (
            (self.manager, []),
            (self.seller, []),
            (self.manager, [("date_deadline", ">=", "2026-06-01")]),
        ):
            found = self.reader(user).get_funnel_weeks(domain)
            days = [point["day"] for point in found["points"]]
            self.assertEqual(days[-1], str(self.env.cr.now().date()))
            self.assertEqual({date.fromisoformat(day).weekday() for day in days[:-1]}, {6})
            self.assertEqual(days[0], "2026-03-08")
            self.assertEqual(len(days), (date.fromisoformat(days[-1]) - date(2026, 3, 2)).days // 7 + 1)
            for point in found["points"]:
                with self.subTest(day=point["day"], user=user.login, domain=domain):
                    shown = {
                        (stage["stage_id"], self.company.currency_id.id): (count, round(amount, 2))
                        for stage, (count, amount, *_weighted) in zip(found["stages"], point["stages"], strict=True)
                        if count
                    }
                    self.assertEqual(shown, self.forward(user, date.fromisoformat(point["day"]), domain))

    def test_defaults(self):
        self.make_deal()
        self.pass_time(days=40)
        found = self.funnel(self.manager)
        self.assertEqual(
            (found["day"], found["before"], found["today"], found["first_day"]),
            ("2026-04-11", "2026-03-12", "2026-04-11", "2026-03-02"),
        )
        self.assertEqual((found["estimated"], found["is_converted"], found["has_recurring"]), ([], False, False))
        self.assertEqual([bar["kind"] for bar in found["waterfall"]], ["opening", "closing"])

    def test_today_is_the_latest_day_of_the_companies_of_the_reader(self):
        """In one company it is Tuesday already, in the other one still Monday."""
        east = self.env["res.company"].create({"name": "East"})
        east.resource_calendar_id.tz = "Pacific/Kiritimati"
        self.company.resource_calendar_id.tz = self.manager.tz = "UTC"
        self.manager.company_ids = [Command.link(east.id)]
        self.set_time(datetime(2026, 3, 2, 12))
        self.make_deal()
        self.env.cr.flush()
        for companies, today in (
            (self.company, "2026-03-02"),
            (east, "2026-03-03"),
            (self.company + east, "2026-03-03"),
        ):
            with self.subTest(companies=companies.mapped("name")):
                reader = self.Movement.with_user(self.manager).with_context(allowed_company_ids=companies.ids)
                found = reader.get_funnel()
                self.assertEqual((found["today"], found["day"]), (today, today))

    def test_evening_in_the_west(self):
        """What happens there on Tuesday evening is of Tuesday, although it is Wednesday by UTC."""
        self.company.resource_calendar_id.tz = "America/Los_Angeles"
        deal = self.make_deal()
        self.set_time(datetime(2026, 3, 4, 4))
        deal.stage_id = self.bidding
        self.pass_time(days=10)
        found = self.funnel(self.manager, before="2026-03-02", day="2026-03-03")
        moved = (f"stage:{self.contact.id}", f"stage:{self.bidding.id}")
        self.assertEqual(self.flow_cells(found), {moved: (1, 100)})
        self.assert_adds_up(found)

    def test_estimated(self):
        """Estimated are days before the last rebuilt line, and before the first line."""
        self.make_deal()
        self.pass_time(days=10)
        self.make_deal()
        self.env.cr.flush()
        self.env.cr.execute("UPDATE crm_pipeline_movement SET origin = 'backfill'")
        self.pass_time(days=10)
        for day, before, estimated in (
            ("2026-03-22", "2026-03-12", []),
            ("2026-03-12", "2026-03-11", ["before"]),
            ("2026-03-03", "2026-02-01", ["day", "before"]),
        ):
            self.assertEqual(self.funnel(self.manager, day=day, before=before)["estimated"], estimated)
        self.assertEqual(
            [point["is_estimated"] for point in self.reader(self.manager).get_funnel_weeks()["points"]],
            [True, False, False],
        )

    def test_estimated_is_what_is_shown(self):
        """Rebuilt lines of another team make no estimate of the user's team."""
        self.make_deal()
        self.pass_time(days=5)
        self.make_deal(user_id=self.colleague.id, team_id=self.other_team.id)
        self.env.cr.flush()
        self.env.cr.execute(
            "UPDATE crm_pipeline_movement SET origin = 'backfill' WHERE team_id = %s", [self.other_team.id]
        )
        for team, estimated in ((self.other_team, ["before"]), (self.team, [])):
            domain = [("team_id", "=", team.id)]
            found = self.funnel(self.manager, day="2026-03-07", before="2026-03-03", domain=domain)
            self.assertEqual(found["estimated"], estimated)

    def test_empty_pipeline(self):
        found = self.funnel(self.manager)
        self.assertEqual((found["stages"], found["first_day"], found["flow"]["rows"]), ([], False, []))
        self.assertEqual(found["totals"]["day"]["value"], 0)
        self.assertEqual(found["estimated"], ["day", "before"])
        self.assert_adds_up(found)
        self.assert_opens(self.manager, found)
        weeks = self.reader(self.manager).get_funnel_weeks()
        self.assertEqual((weeks["stages"], weeks["points"], weeks["left_out"]), ([], [], []))
        self.assertEqual(weeks["currency_id"], found["currency_id"])

    def test_bad_input(self):
        self.make_deal()
        for arguments in (
            {"day": "2026-03-03"},
            {"day": "2026-03-01", "before": "2026-03-01"},
            {"day": "2026-02-01", "before": "2026-03-01"},
            {"day": "yesterday"},
            {"day": "0001-01-01"},
            {"before": "0001-01-01"},
            {"day": "9999-12-31"},
            {"before": "2026-13-01"},
            {"domain": [("amount", ">", 1)]},
            {"domain": [("team_id.nosuch", "=", 1)]},
            {"domain": "nonsense"},
            {"currency_id": self.env["res.currency"].create({"name": "XWF", "symbol": "F"}).id},
            {"currency_id": "EUR"},
        ):
            with self.subTest(arguments=arguments), self.assertRaises(UserError):
                self.funnel(self.manager, **arguments)
        for text in ("nonsense", "[]", '["2026-03-01", "2026-03-02", "won", "lost", []]', "7", "null"):
            with self.subTest(text=text), self.assertRaises(UserError):
                self.reader(self.manager).search([("flow_cell", "=", text)])
        for text in (
            '["2026-03-02", "2026-03-01", "entered", "lost", []]',
            '["2026-03-01", "x", "entered", "lost", 7]',
        ):
            with self.subTest(text=text), self.assertRaises(UserError):
                self.reader(self.manager).search([("flow_cell", "=", text)])

    def test_before_the_first_deal(self):
        self.make_deal()
        found = self.funnel(self.manager, before="1999-01-01")
        self.assertEqual(found["totals"]["before"]["value"], 0)
        self.assertEqual(self.cells(found), {("Came in", "First Contact", "in"): 1})

    def test_first_days_of_the_calendar(self):
        """The funnel of these days is empty, or they are refused; no date is out of range."""
        self.make_deal()
        self.env.cr.flush()
        reader = self.reader(self.manager)
        for text in ("0001-03-01", "0002-01-01"):
            self.assertEqual(reader.funnel_at(text), [])
            self.assertEqual(self.deals_on(self.manager, date.fromisoformat(text)).search([]).ids, [])
        self.assertEqual(self.funnel(self.manager, day="0002-01-01")["stages"], [])
        self.assertEqual(self.funnel(self.manager, before="0001-03-01")["totals"]["before"]["value"], 0)
        for text in ("0001-01-01", "0001-02-28"):
            cell = f'["{text}", "2026-03-01", "entered", "won", []]'
            for act in (
                lambda text=text: reader.funnel_at(text),
                lambda text=text: self.deals_on(self.manager, date.fromisoformat(text)).search([]),
                lambda cell=cell: reader.search([("flow_cell", "=", cell)]),
            ):
                with self.subTest(day=text), self.assertRaises(UserError):
                    act()
        for text, count in (("0001-01-01", 0), ("9999-12-31", 1)):
            self.assertEqual(reader.search_count([("standing_on", "=", text)]), count)
            weeks = reader.get_funnel_weeks([("date_deadline", "<", text)])
            self.assertEqual(len(weeks["points"]), 1)

    def test_extreme_amounts(self):
        """Amounts are exact to the cent beside thirty deals of a trillion."""
        deals = [self.make_deal(expected_revenue=amount) for amount in [10.0**12] * 30 + [0.01, 0.02]]
        self.pass_time(days=1)
        deals[0].action_set_lost()
        deals[-1].expected_revenue = 0.05
        self.pass_time(days=1)
        found = self.funnel(self.manager, day="2026-03-03", before="2026-03-02")
        self.assertEqual(
            self.bars(found),
            {"opening": 3 * 10**13 + 0.03, "amount_up": 0.03, "lost": -(10.0**12), "closing": 2.9 * 10**13 + 0.06},
        )
        self.assert_adds_up(found)

    def test_large_period(self):
        """More memory for a large period changes no number, and is not asked for a small one."""
        self.change_at_random(Random(9), 40)
        self.env.cr.execute("SHOW work_mem")
        usual = self.env.cr.fetchone()[0]
        found = self.funnel(self.manager, before="2026-03-02")
        self.env.cr.execute("SHOW work_mem")
        self.assertEqual(self.env.cr.fetchone()[0], usual)
        with patch(f"{FunnelFlow.__module__}.LARGE_PERIOD", 0):
            self.assertEqual(self.funnel(self.manager, before="2026-03-02"), found)

    def test_forty_stages(self):
        stages = self.env["crm.stage"].create([{"name": f"Step {number}", "sequence": 45} for number in range(40)])
        deals = self.Lead.create([self.deal_values(stage_id=stage.id) for stage in stages])
        self.pass_time(days=1)
        for deal, stage in zip(deals, reversed(stages), strict=True):
            deal.stage_id = stage
        self.pass_time(days=1)
        found = self.funnel(self.manager, day="2026-03-03", before="2026-03-02")
        self.assertEqual([stage["stage_id"] for stage in found["stages"]], stages.ids)
        directions = [direction for _origin, _target, direction in self.cells(found)]
        self.assertEqual({way: directions.count(way) for way in set(directions)}, {"forward": 20, "back": 20})
        self.assert_adds_up(found)
        self.assert_opens(self.manager, found, every=10)

    def test_statements(self):
        """The number of queries does not depend on the number of deals."""
        counts = []
        for deals in (3, 60):
            for stage in (self.contact, self.needs, self.talks):
                self.make_many(deals // 3, stage_id=stage.id)
            self.pass_time(days=1)
            # Fills the caches of the process, but not that of records.
            self.funnel(self.manager)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.reader(self.manager).get_funnel()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
        self.assertLessEqual(counts[0], 14)
