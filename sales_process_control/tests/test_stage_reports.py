from datetime import datetime, timedelta

from odoo.tests import tagged

from ..statistics import ENOUGH
from .common import PipelineCase

COUNTS = ["cohort:sum", "converted:sum", "lost:sum", "is_open:sum", "is_skipped:sum"]
WIN_MEASURES = ["won:sum", "lost:sum", "is_overdue:sum", "win_rate:avg", "win_rate_broad:avg"]
RATES = ["settled_rate:avg", "floor_rate:avg", "ceiling_rate:avg"]


@tagged("post_install", "-at_install")
class TestStageReports(PipelineCase):
    """Conversion and dwell time, with numbers that can be checked by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Conversion = cls.env["crm.stage.conversion.report"]
        cls.Dwell = cls.env["crm.stage.dwell.report"]

    def enter_needs(self, count):
        """Create deals in Needs Analysis, a day before now."""
        values = {"stage_id": self.needs.id, "user_id": False, "probability": 30}
        deals = self.Lead.browse([self.make_deal(name=f"Deal {number}", **values).id for number in range(count)])
        self.pass_time(days=1)
        return deals

    def make_golden_cohort(self):
        """Of ten, 5 go to Bidding, 1 jumps to Negotiation, 2 are lost, 2 are still there."""
        deals = self.enter_needs(10)
        deals[:5].write({"stage_id": self.bidding.id})
        deals[5].stage_id = self.talks
        deals[6:8].action_set_lost()
        self.pass_time(days=1)
        return deals

    def conversion_by_stage(self, domain=()):
        """Return {stage: (counts, rates)}."""
        self.env.cr.flush()
        groups = self.Conversion._read_group(domain, ["stage_id"], COUNTS + RATES)
        return {stage: (tuple(values[:5]), tuple(values[5:])) for stage, *values in groups}

    def test_ten_deals_in_needs_analysis(self):
        self.make_golden_cohort()
        found = self.conversion_by_stage()
        counts, rates = found[self.needs]
        self.assertEqual(counts, (10, 6, 2, 2, 0))
        # Eight are settled, too few for a rate.
        self.assertIs(rates[0], False)
        for rate, expected in zip(rates[1:], (0.6, 0.8), strict=True):
            self.assertAlmostEqual(rate, expected)
        self.assertEqual(found[self.bidding][0], (6, 1, 0, 5, 1))

    def test_rates_are_right_at_any_grouping(self):
        """A rate of a total is computed from its rows, not from the rates of its groups. All deals are in one stage."""
        self.make_golden_cohort()
        deals = self.make_golden_cohort()
        deals[8:].write({"team_id": self.other_team.id})
        self.env.cr.flush()
        shown, in_needs = set(), [("stage_id", "=", self.needs.id)]
        for groupby in ([], ["stage_id"], ["team_id"], ["stage_id", "team_id"], ["entered_at:month"], ["origin"]):
            for group in self.Conversion.formatted_read_group(in_needs, groupby, COUNTS + RATES):
                converted, lost, cohort = group["converted:sum"], group["lost:sum"], group["cohort:sum"]
                with self.subTest(groupby=groupby, group=group):
                    for name, number, base in (
                        ("settled_rate:avg", converted, converted + lost),
                        ("floor_rate:avg", converted, cohort),
                        ("ceiling_rate:avg", cohort - lost, cohort),
                    ):
                        if base >= ENOUGH:
                            self.assertAlmostEqual(group[name], number / base)
                            shown.add(name)
                        else:
                            self.assertIs(group[name], False)
        self.assertEqual(shown, set(RATES))

    def test_nothing_settled_is_nothing_and_not_zero(self):
        self.enter_needs(2)
        counts, rates = self.conversion_by_stage()[self.needs]
        self.assertExactly((counts, rates), ((2, 0, 0, 2, 0), (False, False, False)))
        self.enter_needs(8)
        counts, rates = self.conversion_by_stage()[self.needs]
        self.assertExactly((counts, rates), ((10, 0, 0, 10, 0), (False, 0.0, 1.0)))

    def test_no_row_no_group(self):
        self.assertEqual(self.conversion_by_stage(), {})
        self.assertExactly(
            self.Conversion._read_group([], [], ["cohort:sum", "settled_rate:avg", "__count"]), [(False, False, 0)]
        )

    def test_a_reopened_deal_is_open_again_then_whatever_it_becomes(self):
        deal = self.enter_needs(1)
        for become, expected in (
            (deal.action_set_lost, (1, 0, 1, 0, 0)),
            (deal.action_unarchive, (1, 0, 0, 1, 0)),
            (deal.action_set_lost, (1, 0, 1, 0, 0)),
            (deal.action_set_won, (1, 1, 0, 0, 0)),
        ):
            become()
            self.pass_time(days=1)
            self.assertEqual(self.conversion_by_stage()[self.needs][0], expected)

    def test_lost_elsewhere_is_lost_for_each_stage_that_it_did_not_convert_from(self):
        deal = self.enter_needs(1)
        deal.stage_id = self.bidding
        self.pass_time(days=1)
        deal.stage_id = self.needs
        self.pass_time(days=1)
        deal.action_set_lost()
        found = self.conversion_by_stage()
        self.assertEqual(found[self.needs][0], (1, 1, 0, 0, 0))
        self.assertEqual(found[self.bidding][0], (1, 0, 1, 0, 0))

    def test_a_removed_deal_leaves_the_cohorts_that_it_did_not_convert_from(self):
        archived, deleted = self.enter_needs(2)
        (archived + deleted).write({"stage_id": self.bidding.id})
        self.pass_time(days=1)
        archived.action_archive()
        deleted.unlink()
        self.pass_time(days=1)
        self.assertEqual(
            {stage: counts for stage, (counts, _rates) in self.conversion_by_stage().items()},
            {
                self.needs: (2, 2, 0, 0, 0),
                # They stand beside it, see test_rates.py.
                self.bidding: (0, 0, 0, 0, 0),
            },
        )
        archived.action_unarchive()
        self.pass_time(days=1)
        self.assertEqual(self.conversion_by_stage()[self.bidding][0], (1, 0, 0, 1, 0))

    def test_a_lost_deal_that_is_deleted_stays_lost(self):
        deal = self.enter_needs(1)
        deal.action_set_lost()
        self.pass_time(days=1)
        deal.unlink()
        self.pass_time(days=1)
        self.assertEqual(self.conversion_by_stage()[self.needs][0], (1, 0, 1, 0, 0))

    def test_stages_of_today_do_not_rewrite_what_was(self):
        self.make_golden_cohort()
        self.needs.sequence = 45
        self.pass_time(days=1)
        self.assertEqual(self.conversion_by_stage()[self.needs][0], (10, 6, 2, 2, 0))

    def test_a_slip_is_part_of_no_number(self):
        deal = self.enter_needs(1)
        deal.stage_id = self.talks
        self.pass_time(minutes=2)
        deal.stage_id = self.needs
        self.pass_time(days=1)
        self.assertEqual(self.outcomes_of(deal.id).count("Negotiation: correction"), 1)
        self.assertEqual(set(self.conversion_by_stage()), {self.needs})
        self.assertEqual(self.Dwell.search([]).stage_id, self.needs)

    def test_groups_by_stage_stand_in_the_order_of_stages(self):
        self.make_golden_cohort()
        self.talks.sequence = 1
        self.env.cr.flush()
        for report in (self.Conversion, self.Dwell):
            for order in (None, "stage_id", "stage_id DESC"):
                groups = report.formatted_read_group([], ["stage_id"], ["__count"], order=order)
                names = [group["stage_id"][1] for group in groups]
                expected = ["Negotiation", "Needs Analysis", "Bidding"]
                self.assertEqual(names, expected[::-1] if order == "stage_id DESC" else expected)
            total, by_stage, by_both = report.formatted_read_grouping_sets(
                [], [[], ["stage_id"], ["stage_id", "team_id"]], ["__count"]
            )
            self.assertEqual([group["stage_id"][1] for group in by_stage], expected)
            self.assertEqual(total[0]["__count"], sum(group["__count"] for group in by_both))

    def test_each_group_opens_exactly_the_rows_that_it_counts(self):
        self.make_golden_cohort()
        self.env.cr.flush()
        for report, measures in ((self.Conversion, COUNTS), (self.Dwell, ["is_open:sum", "lead_ref:count_distinct"])):
            groups = report.formatted_read_group([], ["stage_id", "team_id"], [*measures, "__count"])
            self.assertEqual(sum(group["__count"] for group in groups), report.search_count([]))
            self.assertTrue(groups)
            for group in groups:
                rows = report.search(group["__extra_domain"])
                self.assertEqual(len(rows), group["__count"])
                for measure in measures[:-1]:
                    self.assertEqual(sum(rows.mapped(measure.split(":")[0])), group[measure])

    def test_rows_open_their_deals_lost_ones_included(self):
        deals = self.make_golden_cohort()
        rows = self.Conversion.search([("stage_id", "=", self.needs.id)])
        action = rows.action_open_leads()
        found = self.env[action["res_model"]].with_context(**action["context"]).search(action["domain"])
        self.assertEqual(found, found & deals)
        self.assertEqual(len(found), 10)
        self.assertEqual(rows[0].action_open_lead()["res_id"], rows[0].lead_id.id)

    def test_a_deleted_deal_says_so(self):
        gone, there = self.enter_needs(2)
        (gone + there).write({"stage_id": self.bidding.id})
        self.pass_time(days=1)
        gone_ref = gone.id
        gone.unlink()
        self.env.cr.flush()
        rows = self.Conversion.search([("stage_id", "=", self.needs.id)])
        row = rows.filtered(lambda row: row.lead_ref == gone_ref)
        self.assertEqual(row.display_name, f"Needs Analysis: Opportunity {gone_ref} (deleted)")
        for action in (row.action_open_lead(), row.action_open_leads()):
            self.assertIn("deleted", action["params"]["message"])
        action = rows.action_open_leads()
        self.assertIn("1", action["params"]["message"])
        self.assertEqual(action["params"]["next"]["domain"], [("id", "in", there.ids)])

    def test_dwell_of_this_visit_and_in_all(self):
        """Needs 3 to 9 March, Bidding 9 to 20, Needs 20 to 24, Bidding since the 24th; seen on the 31st."""
        self.set_time(datetime(2026, 3, 3, 9))
        deal = self.make_deal(stage_id=self.needs.id)
        for day, stage in ((9, self.bidding), (20, self.needs), (24, self.bidding)):
            self.set_time(datetime(2026, 3, day, 9))
            deal.stage_id = stage
        self.set_time(datetime(2026, 3, 31, 9))
        self.env.invalidate_all()
        visits = self.Dwell.search([], order="entered_at")
        self.assertEqual(visits.mapped("days"), [6, 11, 4, 7])
        self.assertEqual(visits.mapped("days_in_all"), [10, 18, 10, 18])
        self.assertEqual(visits.mapped("is_open"), [0, 0, 0, 1])
        measures = ["days:avg", "days_in_all:avg", "days_total:sum", "__count"]
        by_stage = {stage: values for stage, *values in self.Dwell._read_group([], ["stage_id"], measures)}
        self.assertEqual(by_stage, {self.needs: [5, 10, 10, 2], self.bidding: [9, 18, 18, 2]})
        # Not grouped by stage, the mean is over both stages of the deal.
        self.assertEqual(self.Dwell._read_group([], [], measures), [(7, 14, 28, 4)])
        self.assertEqual(self.Dwell.search([("days", ">", 6.5)]), visits[1] + visits[3])

    def test_dwell_is_that_of_the_ledger(self):
        deals = self.make_golden_cohort()
        deals[0].action_set_won()
        self.pass_time(hours=5)
        stays = [("outcome", "not in", ("skipped", "correction"))]
        for groupby in ([], ["stage_id"], ["stage_id", "outcome"]):
            ledger = self.Visit._read_group(stays, groupby, ["days:sum", "days_average:avg", "__count"])
            report = self.Dwell._read_group([], groupby, ["days_total:sum", "days:avg", "__count"])
            self.assertEqual(sorted(map(str, report)), sorted(map(str, ledger)))
        self.assertFalse(self.Dwell.search([("outcome", "in", ("skipped", "correction"))]))

    def test_working_days_are_a_second_measure_of_dwell(self):
        calendar = self.env["resource.calendar"].create({"name": "Office", "tz": "UTC", "company_id": self.company.id})
        self.company.resource_calendar_id = calendar
        self.set_time(datetime(2026, 3, 2, 8))
        deal = self.make_deal()
        self.set_time(datetime(2026, 3, 9, 8))
        deal.stage_id = self.needs
        self.env.cr.flush()
        groups = self.Dwell._read_group(
            [("stage_id", "=", self.contact.id)], ["stage_id"], ["days:avg", "working_days:avg"]
        )
        self.assertEqual(groups, [(self.contact, 7, 5)])

    def test_statistics_for_other_programs(self):
        self.make_golden_cohort()
        self.env.cr.flush()
        needs, bidding, talks = self.Visit.stage_statistics([])
        self.assertExactly(
            needs,
            {
                "stage_id": self.needs.id,
                "stage_name": "Needs Analysis",
                "cohort": 10,
                "converted": 6,
                "lost": 2,
                "open": 2,
                "skipped": 0,
                "settled_rate": 0.75,
                "settled_interval": False,
                "floor_rate": 0.6,
                "ceiling_rate": 0.8,
                "is_mature": True,
                "removed": 0,
                "removed_rate": 0.0,
                "stayed": 10,
                "stayed_converted": 6,
                "stayed_lost": 2,
                "stayed_open": 2,
                "stayed_rate": 0.75,
                "stayed_interval": False,
                "stayed_floor_rate": 0.6,
                "stayed_ceiling_rate": 0.8,
                "stayed_is_mature": True,
                "visits": 10,
                "open_visits": 2,
                "median_days": 1,
                "p90_days": None,
                "incidence": [{"day": 1, "went_on": 0.6, "lost": 0.2, "moved_back": 0.0, "here": 0.2}],
            },
        )
        self.assertEqual((bidding["cohort"], bidding["skipped"], bidding["settled_rate"]), (6, 1, 1.0))
        self.assertExactly((bidding["stayed"], bidding["stayed_converted"], bidding["stayed_rate"]), (5, 0, False))
        self.assertExactly((talks["stage_id"], talks["settled_rate"]), (self.talks.id, False))
        self.assertEqual(len(self.Visit.stage_statistics([("stage_id", "=", self.needs.id)])), 1)
        self.assertEqual(self.Visit.stage_statistics([("entered_at", "<", "2026-01-01")]), [])

    def test_interval_from_ten_settled_on(self):
        deals = self.enter_needs(40)
        deals[:12].write({"stage_id": self.bidding.id})
        deals[12:].action_set_lost()
        self.env.cr.flush()
        needs = self.Visit.stage_statistics([("stage_id", "=", self.needs.id)])[0]
        self.assertEqual([round(100 * bound, 1) for bound in needs["settled_interval"]], [18.1, 45.4])


@tagged("post_install", "-at_install")
class TestWinReport(PipelineCase):
    """Win rate of opportunities that ended, or are open past their expected closing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Win = cls.env["crm.win.report"]

    def end_thirty(self):
        """Create 12 won, 8 lost and 10 overdue deals, and 3 whose closing lies ahead."""
        today = self.start.date()
        deals = self.Lead.create(
            [
                {
                    "name": f"Deal {number}",
                    "type": "opportunity",
                    "stage_id": self.contact.id,
                    "team_id": self.team.id,
                    "date_deadline": today + timedelta(days=5 if number < 30 else 50),
                }
                for number in range(33)
            ]
        )
        self.pass_time(days=1)
        deals[:12].action_set_won()
        deals[12:20].action_set_lost()
        self.pass_time(days=10)
        return deals

    def totals(self, domain=()):
        self.env.cr.flush()
        return self.Win._read_group(domain, [], WIN_MEASURES)[0]

    def test_narrow_and_broad(self):
        self.end_thirty()
        won, lost, overdue, narrow, broad = self.totals()
        self.assertEqual((won, lost, overdue), (12, 8, 10))
        self.assertAlmostEqual(narrow, 0.6)
        self.assertAlmostEqual(broad, 0.4)

    def test_rates_are_right_at_any_grouping(self):
        deals = self.end_thirty()
        deals[28:].write({"team_id": self.other_team.id})
        self.env.cr.flush()
        shown = set()
        for groupby in (["team_id"], ["stage_id"], ["date:month"], ["team_id", "date:day"]):
            for group in self.Win.formatted_read_group([], groupby, WIN_MEASURES):
                won, lost, overdue = (group[measure] for measure in WIN_MEASURES[:3])
                with self.subTest(groupby=groupby, group=group):
                    for name, base in (("win_rate:avg", won + lost), ("win_rate_broad:avg", won + lost + overdue)):
                        if base >= ENOUGH:
                            self.assertAlmostEqual(group[name], won / base)
                            shown.add(name)
                        else:
                            self.assertIs(group[name], False)
        self.assertEqual(len(shown), 2)

    def test_window_is_that_of_the_end_or_of_the_expected_closing(self):
        self.end_thirty()
        ended, due = self.start.date() + timedelta(days=1), self.start.date() + timedelta(days=5)
        self.assertExactly(self.totals([("date", "=", ended)])[:3], (12, 8, 0))
        self.assertEqual(self.totals([("date", "=", due)])[2], 10)

    def test_a_deal_counts_once_by_its_last_end(self):
        deal = self.make_deal()
        for become, expected in (
            (deal.action_set_lost, (0, 1, 0)),
            (deal.action_unarchive, (False, False, False)),
            (deal.action_set_won, (1, 0, 0)),
        ):
            self.pass_time(days=1)
            become()
            self.assertExactly(self.totals()[:3], expected)

    def test_a_deal_made_as_won_counts_though_it_stayed_nowhere(self):
        self.make_deal(stage_id=self.signed.id)
        self.assertExactly(self.totals(), (1, 0, 0, False, False))

    def test_a_removed_deal_is_neither_won_nor_lost(self):
        deal = self.make_deal(probability=30)
        self.pass_time(days=1)
        deal.action_archive()
        self.assertEqual(self.totals(), (0, 0, 0, False, False))

    def test_due_today_is_not_overdue(self):
        """The day is that of the company's calendar: in the evening in London it is the next day in Shanghai."""
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        self.make_deal(date_deadline=self.start.date())
        self.assertFalse(self.totals()[2])
        self.set_time(self.start.replace(hour=17, minute=30))
        self.assertEqual(self.totals()[2], 1)

    def test_each_group_opens_exactly_the_rows_that_it_counts(self):
        self.end_thirty()
        groups = self.Win.formatted_read_group([], ["stage_id", "date:month"], [*WIN_MEASURES, "__count"])
        self.assertEqual(sum(group["__count"] for group in groups), 30)
        for group in groups:
            rows = self.Win.search(group["__extra_domain"])
            self.assertEqual(len(rows), group["__count"])
            self.assertEqual(sum(rows.mapped("won")), group["won:sum"])
        rows = self.Win.search([])
        action = rows.action_open_leads()
        found = self.Lead.with_context(**action["context"]).search_count(action["domain"])
        self.assertEqual((len(rows), found), (30, 30))
