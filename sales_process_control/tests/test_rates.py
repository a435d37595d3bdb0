from datetime import timedelta

from odoo.tests import tagged

from .common import AccessCase, PipelineCase
from .workbench_common import WorkbenchMixin

COUNTS = ["stayed:sum", "stayed_converted:sum", "lost:sum", "is_removed:sum", "is_open:sum", "is_skipped:sum"]
STAYED_RATES = ["stayed_rate:avg", "stayed_floor_rate:avg", "stayed_ceiling_rate:avg"]
WITH_SKIPS = ["settled_rate:avg", "floor_rate:avg", "ceiling_rate:avg"]


class RateCase(PipelineCase):
    """Deals that stayed in Needs Analysis, skipped it, were lost or removed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Conversion = cls.env["crm.stage.conversion.report"]

    def enter(self, count, stage=None, **values):
        # With a probability of 0, an archived deal is lost.
        values = {"stage_id": (stage or self.needs).id, "probability": 30, **values}
        deals = [self.make_deal(**values).id for _number in range(count)]
        self.pass_time(days=1)
        return self.Lead.browse(deals)

    def make_cohort(self, converted, lost, still_open, removed=0, **values):
        """Make deals that stay in Needs Analysis and have these outcomes."""
        deals = self.enter(converted + lost + still_open + removed, **values)
        deals[:converted].write({"stage_id": self.bidding.id})
        deals[converted : converted + lost].action_set_lost()
        deals[converted + lost : converted + lost + removed].action_archive()
        self.pass_time(days=1)
        return deals

    def skip_needs(self, count):
        """Make deals that go from First Contact to Bidding."""
        self.enter(count, self.contact).write({"stage_id": self.bidding.id})
        self.pass_time(days=1)

    def row_of(self, groups, stage=None):
        """Return the values of a stage in the answer of `_read_group`, without those of programs."""
        return next(values for found, *values in groups if found == (stage or self.needs))


@tagged("post_install", "-at_install")
class TestSmallNumbers(RateCase):
    """Under ten decided cases a rate is empty, in every report; the counts stand beside it."""

    def test_one_deal_that_was_won_is_no_rate(self):
        deal = self.make_deal(stage_id=self.talks.id)
        self.pass_time(days=1)
        due = self.env.cr.now().date() + timedelta(days=8)
        self.env["crm.hot.flag"].create({"lead_id": deal.id, "note": "Signs", "kind": "sign", "due_date": due})
        self.pass_time(days=1)
        deal.action_set_won()
        self.pass_time(days=100)
        of_seller = [("user_id", "=", self.seller.id)]
        for model, counts, rates in (
            ("crm.win.report", ["won:sum", "lost:sum"], ["win_rate:avg", "win_rate_broad:avg", "removed_rate:avg"]),
            ("crm.stage.conversion.report", ["stayed_converted:sum", "lost:sum"], [*STAYED_RATES, *WITH_SKIPS]),
            ("crm.hot.report", ["promises_kept:sum", "promise_count:sum"], ["promise_rate:avg", "signing_rate:avg"]),
        ):
            with self.subTest(model=model):
                [group] = self.env[model].formatted_read_group(of_seller, ["user_id"], counts + rates)
                self.assertEqual(group[counts[0]], 1)
                self.assertExactly([group[rate] for rate in rates], [False] * len(rates))
        statistics = self.env["crm.hot.report"].hot_statistics(of_seller)
        self.assertEqual((statistics["promises_kept"], statistics["promise_rate"]), (1, 1.0))
        self.assertEqual((statistics["signed"], statistics["signing_rate"]), (1, 1.0))

    def test_nine_ends_are_no_win_rate_and_ten_are(self):
        deals = self.enter(10)
        deals[:6].action_set_won()
        deals[6:9].action_set_lost()
        self.env.cr.flush()
        measures = ["won:sum", "lost:sum", "win_rate:avg"]
        self.assertExactly(self.env["crm.win.report"]._read_group([], [], measures), [(6, 3, False)])
        deals[9].action_set_lost()
        self.env.cr.flush()
        self.assertEqual(self.env["crm.win.report"]._read_group([], [], measures), [(6, 4, 0.6)])

    def test_no_export_of_a_rate_of_one_row(self):
        """The value of a single row is 0 or 1, and Odoo's export would average it over groups of any size."""
        models = self.env.registry.descendants(["crm.rate.mixin"], "_inherit")
        self.assertLess({"crm.stage.conversion.report", "crm.win.report", "crm.hot.report"}, set(models))
        for model in models:
            fields = self.env[model].fields_get()
            for name in self.env[model]._rates:
                if fields[name].get("store"):
                    with self.subTest(model=model, rate=name):
                        self.assertFalse(fields[name]["exportable"])


@tagged("post_install", "-at_install")
class TestYoungCohorts(RateCase):
    """A rate of decided deals is shown where at least 80% of the deals are decided."""

    def rates(self):
        self.env.cr.flush()
        groups = self.Conversion._read_group([], ["stage_id"], [*STAYED_RATES, *WITH_SKIPS])
        return [rate and round(rate, 3) for rate in self.row_of(groups)]

    def test_fifty_five_of_seventy_seven_are_decided(self):
        self.make_cohort(converted=40, lost=15, still_open=22)
        self.assertExactly(self.rates(), [False, 0.519, 0.805] * 2)
        statistics = self.row_of([(row["stage_id"], row) for row in self.Visit.stage_statistics()], self.needs.id)[0]
        self.assertExactly((statistics["is_mature"], statistics["stayed_is_mature"]), (False, False))
        self.assertEqual((statistics["settled_rate"], statistics["stayed_rate"]), (40 / 55, 40 / 55))

    def test_eight_of_ten_are_enough(self):
        deals = self.make_cohort(converted=12, lost=3, still_open=4)
        self.assertIs(self.rates()[0], False)
        deals[-1].action_set_lost()
        self.pass_time(days=1)
        # 16 of 19 are decided.
        self.assertEqual(self.rates()[0], 0.75)

    def test_removed_deals_do_not_keep_a_cohort_young(self):
        self.make_cohort(converted=12, lost=4, still_open=4, removed=30)
        self.assertEqual(self.rates()[0], 0.75)


@tagged("post_install", "-at_install")
class TestSkipsAndRemovals(RateCase):
    """Conversion over those that stayed, beside that over all that passed; removed deals beside the lost ones."""

    def counts(self, domain=(), stage=None):
        self.env.cr.flush()
        groups = self.Conversion._read_group(domain, ["stage_id"], COUNTS)
        return tuple(self.row_of(groups, stage))

    def test_both_rates(self):
        self.make_cohort(converted=12, lost=8, still_open=0)
        self.skip_needs(20)
        self.assertEqual(self.counts(), (20, 12, 8, 0, 0, 20))
        groups = self.Conversion._read_group([], ["stage_id"], ["stayed_rate:avg", "settled_rate:avg"])
        self.assertEqual(self.row_of(groups), [0.6, 0.8])
        [row] = [row for row in self.Visit.stage_statistics() if row["stage_id"] == self.needs.id]
        self.assertEqual((row["cohort"], row["converted"], row["settled_rate"]), (40, 32, 0.8))
        self.assertEqual((row["stayed"], row["stayed_converted"], row["stayed_rate"]), (20, 12, 0.6))
        self.assertEqual([round(100 * bound, 1) for bound in row["stayed_interval"]], [38.7, 78.1])

    def test_a_stage_with_skips_only_is_left_out_of_the_screens(self):
        self.skip_needs(12)
        self.env.cr.flush()
        report = self.Conversion
        skips = [("is_skipped", "=", 1)]
        for domain, expected in (([], {self.contact, self.bidding}), (skips, {self.needs})):
            with self.subTest(domain=domain):
                graph = report.formatted_read_group(domain, ["stage_id"], ["stayed_rate:avg"])
                pivot = report.formatted_read_grouping_sets(domain, [[], ["stage_id"]], ["stayed_rate:avg", "__count"])
                listed = report.web_read_group(domain, ["stage_id"], ["stayed_rate:avg"])["groups"]
                for groups in (graph, pivot[1], listed):
                    self.assertEqual({group["stage_id"][0] for group in groups}, {stage.id for stage in expected})
                self.assertEqual(pivot[0][0]["__count"], report.search_count(domain))
                self.assertNotIn("stayed:sum", pivot[1][0])
        # Programs still find it.
        [row] = [row for row in self.Visit.stage_statistics() if row["stage_id"] == self.needs.id]
        self.assertExactly((row["cohort"], row["skipped"], row["stayed"], row["stayed_rate"]), (12, 12, 0, False))

    def test_a_column_without_a_visit_is_empty(self):
        """A salesperson whose deals only skipped the stage has no cell in it; the stage is there for the other."""
        self.skip_needs(3)
        self.make_cohort(1, 1, 0, user_id=self.colleague.id)
        self.env.cr.flush()
        [cells] = self.Conversion.formatted_read_grouping_sets([], [["stage_id", "user_id"]], ["stayed:sum"])
        found = {group["user_id"][0] for group in cells if group["stage_id"][0] == self.needs.id}
        self.assertEqual(found, {self.colleague.id})

    def test_removed_stands_beside_lost_with_its_share(self):
        self.make_cohort(converted=6, lost=2, still_open=2, removed=5)
        self.assertEqual(self.counts(), (10, 6, 2, 5, 2, 0))
        groups = self.Conversion._read_group([], ["stage_id"], ["cohort:sum", "removed_rate:avg", "required_rate:avg"])
        self.assertExactly(self.row_of(groups), [10, 5 / 15, False])
        [row] = [row for row in self.Visit.stage_statistics() if row["stage_id"] == self.needs.id]
        self.assertEqual((row["cohort"], row["removed"], row["removed_rate"]), (10, 5, 5 / 15))
        self.assertFalse(self.env["crm.stage.step.report"].search([("lead_id.active", "=", False)]))

    def test_a_removed_deal_that_comes_back_is_open_and_one_that_went_on_stays_converted(self):
        deals = self.make_cohort(converted=1, lost=0, still_open=0, removed=1)
        deals[0].action_archive()
        self.pass_time(days=1)
        self.assertEqual(self.counts(), (1, 1, 0, 1, 0, 0))
        self.assertEqual(self.counts(stage=self.bidding), (0, 0, 0, 1, 0, 0))
        deals[1].action_unarchive()
        self.pass_time(days=1)
        self.assertEqual(self.counts(), (2, 1, 0, 0, 1, 0))

    def test_a_stage_that_all_deals_were_removed_from(self):
        self.enter(3).action_archive()
        self.env.cr.flush()
        [row] = self.Visit.stage_statistics()
        self.assertEqual((row["cohort"], row["removed"], row["removed_rate"]), (0, 3, 1.0))
        rates = (
            "settled_rate",
            "floor_rate",
            "ceiling_rate",
            "stayed_rate",
            "stayed_floor_rate",
            "stayed_ceiling_rate",
        )
        self.assertExactly([row[rate] for rate in rates], [False] * 6)
        [group] = self.Conversion.formatted_read_group([], ["stage_id"], ["is_removed:sum"])
        self.assertEqual(group["is_removed:sum"], 3)

    def test_removed_in_the_win_rate(self):
        """Twelve won and eight lost are 60%; five archived ones beside them are 20%."""
        deals = self.enter(26)
        deals[:12].action_set_won()
        deals[12:20].action_set_lost()
        deals[20:25].action_archive()
        self.pass_time(days=1)
        measures = ["won:sum", "lost:sum", "is_removed:sum", "win_rate:avg", "win_rate_broad:avg", "removed_rate:avg"]
        win = self.env["crm.win.report"]
        self.assertEqual(win._read_group([], [], measures), [(12, 8, 5, 0.6, 0.6, 0.2)])
        self.assertEqual(win.search([("is_removed", "=", 1)]).lead_id, deals[20:25])
        deals[20:25].action_unarchive()
        self.pass_time(days=1)
        self.assertFalse(win.search([("is_removed", "=", 1)]))

    def test_ends_that_are_corrections_are_no_ends(self):
        kept, undone = self.enter(2)
        (kept + undone).action_set_lost()
        self.env.cr.flush()
        self.env.cr.execute(
            "UPDATE crm_pipeline_movement SET is_correction = TRUE WHERE lead_ref = %s AND kind = 'lost'", [undone.id]
        )
        self.env.invalidate_all()
        self.assertEqual(self.env["crm.win.report"].search([]).lead_id, kept)


@tagged("post_install", "-at_install")
class TestNoTotalOverStages(RateCase):
    """A deal counts once in each stage, so that a group that mixes stages has no sums and no rates."""

    def total(self, domain=(), groupby=()):
        self.env.cr.flush()
        measures = [*COUNTS, *STAYED_RATES, *WITH_SKIPS, "cohort:sum", "converted:sum", "removed_rate:avg"]
        groups = self.Conversion.formatted_read_group(domain, groupby, [*measures, "lead_ref:count_distinct"])
        return [[group[measure] for measure in measures] for group in groups], groups

    def test_total_of_two_stages(self):
        self.make_cohort(converted=12, lost=8, still_open=0)
        for groupby in ([], ["team_id"], ["entered_at:month"], ["origin"]):
            with self.subTest(groupby=groupby):
                [values], [group] = self.total(groupby=groupby)
                self.assertExactly(values, [False] * len(values))
                self.assertEqual(group["lead_ref:count_distinct"], 20)
        # Other programs get sums over stages.
        [(entered,)] = self.Conversion._read_group([], [], ["cohort:sum"])
        self.assertEqual(entered, 32)
        [values], _groups = self.total([("stage_id", "=", self.needs.id)])
        self.assertEqual(values[:7], [20, 12, 8, 0, 0, 0, 0.6])

    def test_deleted_stages_are_one_stage(self):
        deals = self.make_cohort(converted=0, lost=12, still_open=0)
        self.Lead.with_context(active_test=False).search([]).write({"stage_id": self.contact.id})
        self.needs.unlink()
        self.pass_time(days=1)
        [values], _groups = self.total()
        self.assertEqual(values[:3], [12, 0, 12])
        self.enter(1, self.bidding)
        values, groups = self.total(groupby=["stage_id"])
        self.assertEqual([(group["stage_id"], row[0]) for row, group in zip(values, groups, strict=True)][-1][1], 12)
        [values], _groups = self.total()
        self.assertExactly(values, [False] * len(values))
        self.assertEqual(len(deals), 12)

    def test_sales_actions_have_no_total_either(self):
        for name in ("Call", "Visit"):
            self.env["crm.stage.step"].create({"stage_id": self.needs.id, "name": name})
        self.make_cohort(converted=12, lost=8, still_open=0)
        self.env.cr.flush()
        report, measures = self.env["crm.stage.step.report"], ["cohort:sum", "settled_rate:avg"]
        [group] = report.formatted_read_group([], ["stage_id"], measures)
        self.assertExactly([group[measure] for measure in measures], [False, False])
        self.assertEqual([values for _step, *values in report._read_group([], ["step_id"], measures)], [[20, 0.6]] * 2)


@tagged("post_install", "-at_install")
class TestWorkbenchRates(WorkbenchMixin, RateCase, AccessCase):
    """The conversion block says in words what stands behind a missing rate."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Lead.browse([deal.id for deal in cls.deals.values()]).unlink()
        cls.env.cr.flush()
        cls.env.cr.execute("DELETE FROM crm_stage_visit")

    def stages(self):
        self.env.cr.flush()
        found = self.block_of(self.seller, "conversion", "mine")
        self.assert_numbers_open_their_records(found, self.seller)
        return {row["stage_id"]: row for row in found["stages"]}

    def test_a_young_stage_has_bounds(self):
        self.make_cohort(converted=40, lost=15, still_open=22, removed=3)
        self.skip_needs(12)
        row = self.stages()[self.needs.id]
        self.assertExactly((row["rate"], row["interval"]), (False, False))
        self.assertEqual((round(row["at_least"], 3), round(row["at_most"], 3)), (0.519, 0.805))
        numbers = ("converted", "settled", "stayed", "skipped", "removed")
        self.assertEqual([row[name]["value"] for name in numbers], [40, 55, 77, 12, 3])

    def test_a_mature_stage_has_the_rate_of_those_that_stayed(self):
        self.make_cohort(converted=12, lost=8, still_open=0)
        self.skip_needs(20)
        row = self.stages()[self.needs.id]
        self.assertExactly((row["rate"], row["at_least"], row["at_most"]), (0.6, False, False))

    def test_few_deals_have_counts_only(self):
        self.make_cohort(converted=6, lost=2, still_open=1)
        row = self.stages()[self.needs.id]
        self.assertExactly([row[name] for name in ("rate", "at_least", "at_most")], [False] * 3)

    def test_a_stage_with_skips_only_is_left_out(self):
        self.skip_needs(12)
        self.assertEqual(set(self.stages()), {self.contact.id, self.bidding.id})
