from datetime import timedelta
from xmlrpc.client import dumps

from odoo import Command
from odoo.fields import Domain
from odoo.tests import tagged

from .review_stages_common import ReviewStagesCase

#: Counts of a card of the review, with the fields of the report and the keys for other programs that say the same.
COUNTS = {
    "entered": ("stayed", "stayed"),
    "went_on": ("stayed_converted", "stayed_converted"),
    "lost": ("lost", "stayed_lost"),
    "open": ("is_open", "stayed_open"),
    "skipped": ("is_skipped", "skipped"),
    "removed": ("is_removed", "removed"),
}
#: The same with the keys of the workbench.
OF_WORKBENCH = {
    "entered": "stayed",
    "went_on": "converted",
    "decided": "settled",
    "skipped": "skipped",
    "removed": "removed",
}
RATES = ("rate", "interval", "at_least", "at_most")
STEPS = ("taken", "required")
PERIOD = "12_months"


@tagged("post_install", "-at_install")
class TestReviewEquals(ReviewStagesCase):
    """Workbench, reports, the statistics for other programs, and the review show the same numbers of the same deals."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.company_ids = [Command.set(cls.company.ids)]

    def setUp(self):
        super().setUp()
        self.make_year()

    def make_year(self):
        """Make deals of two people: decided, skipped, removed, reopened, returned, young, late and too old ones."""
        theirs = {"user_id": self.colleague.id, "team_id": self.other_team.id}
        self.step = self.make_step()
        deals = self.settle(14, 6, reasons=[self.price] * 2, expected_revenue=1000)
        self.take(self.step, deals[:9], at=self.lately + timedelta(days=1))
        colleague_deals = self.settle(9, 7, days=11, expected_revenue=700, **theirs)
        self.settle(3, 2, at=self.now - timedelta(days=500))
        self.set_time(self.lately)
        skipping, removed, reopened = (self.make_deal(stage_id=self.needs.id) for _deal in range(3))
        young = self.make_many(12, stage_id=self.talks.id)
        self.pass_time(days=6)
        skipping.stage_id = self.talks
        reopened.action_set_lost()
        (deals[:7] | colleague_deals[:5]).action_set_won()
        deals[7:9].write({"stage_id": self.bidding.id})
        self.pass_time(days=2)
        removed.unlink()
        reopened.write({"active": True, "probability": 20})
        deals[7].stage_id = self.needs
        young[:3].action_set_lost()
        young[4].activity_schedule("mail.mail_activity_data_call")
        flag = self.env["crm.hot.flag"].create(
            {"lead_id": young[5].id, "note": "Calls", "kind": "other", "due_date": self.env.cr.now().date()}
        )
        flag.action_settle("kept")
        self.set_time(self.now)

    def cases(self):
        """Yield (reader, scope of the workbench or None, filters of the review) of the same deals."""
        yield self.manager, "all", {}
        yield self.manager, None, {"user_id": self.seller.id}
        yield self.manager, None, {"team_id": self.other_team.id}
        yield self.manager, None, {"company_id": self.company.id}
        yield self.seller, "mine", {"user_id": self.seller.id}
        yield self.seller, None, {}

    def period(self, user, field, filters):
        """Return a period and the filters of the review as a domain, as somebody types it into a filter."""
        review = self.env["crm.process.review"].with_user(user).get_review(PERIOD, blocks=[])
        days = Domain(field, ">=", review["start"]) & Domain(field, "<=", review["end"])
        return list(days & Domain.AND([Domain(name, "=", value) for name, value in filters.items()]))

    def cards(self, user, filters):
        cards = self.review_of(user, period=PERIOD, **filters)["stages"]
        self.assertTrue(cards)
        return {card["stage_id"]: card for card in cards}

    def other_blocks(self, user, filters):
        review = self.env["crm.process.review"].with_user(user).with_context(self.context_of(user))  # pylint: disable=context-overridden
        answer = review.get_review(PERIOD, blocks=["results", "sellers", "trust"], **filters)
        self.assert_numbers_open_their_records(answer, user)
        return answer["blocks"]

    def test_other_programs(self):
        """The answer has no None, which XML-RPC does not know."""
        for user in (self.seller, self.manager):
            review = self.env["crm.process.review"].with_user(user).with_context(self.context_of(user))  # pylint: disable=context-overridden
            answer = review.get_review(PERIOD, blocks=list(self.env["crm.review.block"]._blocks_of_screen()))
            self.assertFalse([key for key, block in answer["blocks"].items() if "error" in block])
            self.assertTrue(dumps((answer,), allow_none=False))

    # ------------------------------------------------------------
    # STAGES
    # ------------------------------------------------------------

    def test_the_example_has_everything(self):
        """No comparison of this file is one of zeros."""
        cards = self.cards(self.manager, {})
        for name in (*COUNTS, "moved_back", "came_back", "still_here"):
            self.assertTrue(any(card[name]["value"] for card in cards.values()), name)
        blocks = self.other_blocks(self.manager, {})
        [row] = [row for row in blocks["sellers"]["sellers"] if row["user_id"] == self.seller.id]
        numbers = [row["open"], row["with_next"], row["promises"]["kept"], *(row["steps"][key] for key in STEPS)]
        self.assertTrue(all(number["value"] for number in numbers))
        self.assertTrue(blocks["results"]["bands"])
        self.assertTrue(any(card["rate"] for card in cards.values()))
        self.assertTrue(any(card["at_most"] for card in cards.values()))

    def test_stages(self):
        """Stage Conversion, Stage Dwell Time, the workbench and other programs say what the cards say."""
        for user, scope, filters in self.cases():
            with self.subTest(user=user.login, filters=filters):
                cards = self.cards(user, filters)
                self.check_stage_conversion(cards, user, filters)
                self.check_statistics(cards, user, filters)
                self.check_dwell_time(cards, user, filters)
                if scope:
                    self.check_workbench(cards, user, scope)

    def check_stage_conversion(self, cards, user, filters):
        report = self.env["crm.stage.conversion.report"].with_user(user)
        sums = [f"{field}:sum" for field, _key in COUNTS.values()]
        rates = ["stayed_rate:avg", "stayed_floor_rate:avg", "stayed_ceiling_rate:avg"]
        groups = report.formatted_read_group(self.period(user, "entered_at", filters), ["stage_id"], [*sums, *rates])
        found = {group["stage_id"][0]: group for group in groups if group["stage_id"]}
        self.assertEqual(found.keys(), cards.keys())
        for stage_id, card in cards.items():
            group = found[stage_id]
            for name, (field, _key) in COUNTS.items():
                self.assertEqual(card[name]["value"], group[f"{field}:sum"], name)
            rate, at_least, at_most = (group[name] for name in rates)
            self.assertEqual(card["rate"] is False, rate is False)
            self.assertAlmostEqual(card["rate"], rate)
            if card["at_most"] is not False:
                self.assertAlmostEqual(card["at_least"], at_least)
                self.assertAlmostEqual(card["at_most"], at_most)

    def check_workbench(self, cards, user, scope):
        rows = {row["stage_id"]: row for row in self.block_of(user, "conversion", scope)["stages"]}
        self.assertEqual(rows.keys(), cards.keys())
        for stage_id, card in cards.items():
            for name, key in OF_WORKBENCH.items():
                self.assertEqual(card[name]["value"], rows[stage_id][key]["value"], name)
            self.assertEqual([card[name] for name in RATES], [rows[stage_id][name] for name in RATES])

    def check_statistics(self, cards, user, filters):
        domain = self.period(user, "entered_day", filters)
        found = {row["stage_id"]: row for row in self.Visit.with_user(user).stage_statistics(domain)}
        self.assertEqual(found.keys(), cards.keys())
        for stage_id, card in cards.items():
            row, dwell = found[stage_id], card["dwell"]
            for name, (_field, key) in COUNTS.items():
                self.assertEqual(card[name]["value"], row[key], name)
            self.assertEqual(
                (card["visits"]["value"], card["still_here"]["value"]), (row["visits"], row["open_visits"])
            )
            if card["rate"] is not False:
                self.assertEqual((card["rate"], tuple(card["interval"])), (row["stayed_rate"], row["stayed_interval"]))
            if dwell["median"] is not False:
                self.assertEqual((dwell["median"], dwell["p90"] or None), (row["median_days"], row["p90_days"]))

    def check_dwell_time(self, cards, user, filters):
        report = self.env["crm.stage.dwell.report"].with_user(user)
        found = {row["stage_id"]: row for row in report.read_stage_dwell(self.period(user, "entered_at", filters))}
        self.assertEqual(found.keys(), cards.keys())
        for stage_id, card in cards.items():
            row = found[stage_id]
            self.assertEqual((card["visits"]["value"], card["dwell"]["visits"]), (row["visits"], row["visits"]))
            self.assertEqual((card["dwell"]["median"], card["dwell"]["limit"]), (row["median_days"], row["limit_days"]))

    # ------------------------------------------------------------
    # RESULTS AND SELLERS
    # ------------------------------------------------------------

    def test_results_and_sellers(self):
        """The win rate, the workbench and Stage Conversion say what the other blocks say."""
        for user, scope, filters in self.cases():
            with self.subTest(user=user.login, filters=filters):
                cards, blocks = self.cards(user, filters), self.other_blocks(user, filters)
                self.check_win_rate(blocks["results"], user, filters)
                self.check_open_deals(cards, blocks)
                self.check_required_actions(blocks["sellers"]["sellers"], user, filters)
                self.check_visits(cards, blocks["trust"])
                if scope == "all":
                    self.check_sellers(blocks["sellers"]["sellers"], user)

    def check_win_rate(self, block, user, filters):
        report = self.env["crm.win.report"].with_user(user)
        domain = [*self.period(user, "date", filters), ("is_overdue", "=", 0)]
        [group] = report.formatted_read_group(domain, [], ["won:sum", "lost:sum", "win_rate:avg"])
        won, lost = group["won:sum"], group["lost:sum"]
        self.assertTrue(won and lost)
        self.assertEqual((block["win"]["won"]["value"], block["win"]["decided"]["value"]), (won, won + lost))
        self.assertAlmostEqual(block["win"]["rate"], group["win_rate:avg"])
        [group] = report.formatted_read_group([*domain, ("won", "=", 1)], [], ["amount:sum"])
        self.assertAlmostEqual(block["size"]["won"]["amount"], group["amount:sum"])
        self.assertAlmostEqual(block["size"]["average"], group["amount:sum"] / won)
        if bands := block["bands"]:
            self.assertEqual(sum(band["won"]["value"] for band in bands), won)
            self.assertEqual(sum(band["decided"]["value"] for band in bands), won + lost)

    def check_open_deals(self, cards, blocks):
        count = sum(card["here"]["value"] for card in cards.values())
        self.assertEqual(blocks["results"]["velocity"]["open"]["value"], count)
        self.assertEqual(sum(row["open"]["value"] for row in blocks["sellers"]["sellers"]), count)

    def check_required_actions(self, sellers, user, filters):
        report = self.env["crm.stage.conversion.report"].with_user(user)
        groups = report.formatted_read_group(
            [*self.period(user, "entered_at", filters), ("required_taken", "!=", False)],
            ["user_id", "required_taken"],
            ["__count"],
        )
        for row in sellers:
            own = [group for group in groups if (group["user_id"] or [False])[0] == row["user_id"]]
            taken = sum(group["__count"] for group in own if group["required_taken"] == "all")
            required = sum(group["__count"] for group in own)
            self.assertEqual((row["steps"]["taken"]["value"], row["steps"]["required"]["value"]), (taken, required))

    def check_visits(self, cards, trust):
        """The visits whose trustworthiness is told are those of the cards."""
        visits = trust["visits"]["value"]
        self.assertEqual(visits, sum(card["visits"]["value"] for card in cards.values()))
        self.assertEqual(visits, sum(row["number"]["value"] for row in trust["origins"]))

    def check_sellers(self, sellers, user):
        of_workbench = {row["user_id"]: row for row in self.block_of(user, "sellers", "all")["sellers"]}
        self.assertEqual(of_workbench.keys(), {row["user_id"] for row in sellers})
        for row in sellers:
            other = of_workbench[row["user_id"]]
            self.assertEqual(row["open"]["value"], other["open"]["value"])
            self.assertEqual(row["open"]["value"] - row["with_next"]["value"], other["idle"]["value"])
            for key in ("kept", "settled"):
                self.assertEqual(row["promises"][key]["value"], other["promises"][key]["value"])
