from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..statistics import wilson_interval
from .review_stages_common import ReviewStagesCase


@tagged("post_install", "-at_install")
class TestReviewStages(ReviewStagesCase):
    """The cards of the stages: counts, rates, comparison, lengths, and what each number opens."""

    def test_counts_of_a_card(self):
        """Ten went on, five were lost, one was deleted, one skipped, one is open; two came back and moved back."""
        deals = self.settle(10, 5, reasons=(self.price, self.price, self.price, self.rival), expected_revenue=1000)
        self.set_time(self.lately)
        removed, skipped = self.make_deal(stage_id=self.bidding.id), self.make_deal(stage_id=self.needs.id)
        self.make_deal(stage_id=self.bidding.id)
        self.pass_time(days=1)
        removed.unlink()
        skipped.stage_id = self.talks
        self.pass_time(days=10)
        deals[:2].write({"stage_id": self.bidding.id})
        self.pass_time(days=1)
        deals[:2].write({"stage_id": self.needs.id})
        self.set_time(self.now)
        card = self.card()
        self.assertEqual(
            self.values_of(card, "entered", "went_on", "decided", "lost", "open", "removed", "skipped"),
            (16, 10, 15, 5, 1, 1, 1),
        )
        self.assertEqual(self.values_of(card, "visits", "came_back", "moved_back", "still_here"), (19, 2, 2, 1))
        self.assertEqual(card["lost"]["amount"], 5000)
        self.assertEqual(
            [(row["name"], row["number"]["value"], row["number"]["amount"]) for row in card["reasons"]],
            [("Price", 3, 3000), ("Rival", 1, 1000), ("No reason given", 1, 1000)],
        )
        self.assertEqual((card["rate"], card["interval"]), (10 / 15, list(wilson_interval(10, 15))))
        self.assertExactly((card["at_least"], card["at_most"]), (False, False))
        self.assertEqual(self.values_of(card, "here"), (1,))
        self.assert_numbers_open_their_records(self.review_of(), self.manager)

    def test_three_reasons_at_most(self):
        others = self.env["crm.lost.reason"].create([{"name": name} for name in ("Budget", "Delay")])
        self.settle(0, 10, reasons=[*[self.rival] * 4, *[self.price] * 3, *[others[0]] * 2, others[1]])
        self.assertEqual([row["name"] for row in self.card()["reasons"]], ["Rival", "Price", "Budget"])

    def test_the_amount_is_that_of_the_end(self):
        """A lost deal counts with its amount when it was lost, not when it left the stage."""
        self.set_time(self.lately)
        deal = self.make_deal(stage_id=self.bidding.id, expected_revenue=100)
        self.pass_time(days=1)
        deal.stage_id = self.needs
        self.pass_time(days=1)
        deal.expected_revenue = 250
        deal.action_set_lost()
        self.set_time(self.now)
        self.assertEqual((self.card()["lost"]["value"], self.card()["lost"]["amount"]), (1, 250))
        self.assert_numbers_open_their_records(self.review_of(), self.manager)

    def test_against_the_period_before(self):
        self.settle(15, 5, at=self.early, days=4)
        self.settle(10, 10, days=8)
        card = self.card()
        self.assertEqual(card["before"], {"rate": 0.75, "decided": 20, "median": 4, "lost": 5})
        self.assertEqual((card["rate"], card["change"], card["dwell"]["median"]), (0.5, -25.0, 8))

    def test_no_change_without_two_rates(self):
        self.settle(5, 4, at=self.early)
        self.settle(10, 10)
        card = self.card()
        self.assertExactly((card["before"]["rate"], card["before"]["decided"], card["change"]), (False, 9, False))

    def test_the_numbers_of_the_workbench(self):
        """Workbench and review show the same rates of the same deals."""
        self.settle(30, 10)
        card = self.card(period="12_months")
        [row] = [
            row
            for row in self.block_of(self.manager, "conversion", "all")["stages"]
            if row["stage_id"] == self.bidding.id
        ]
        self.assertEqual(
            (card["rate"], card["interval"], card["entered"]["value"]),
            (row["rate"], row["interval"], row["stayed"]["value"]),
        )

    def test_a_young_stage(self):
        self.settle(5, 5)
        for _deal in range(10):
            self.make_deal(stage_id=self.bidding.id)
        card = self.card()
        self.assertExactly((card["rate"], card["at_least"], card["at_most"]), (False, 0.25, 0.75))

    # ------------------------------------------------------------
    # LENGTHS AND LIMITS
    # ------------------------------------------------------------

    def test_lengths(self):
        """Half leave within 20 days; seven still last, so that the ninth decile is not known yet."""
        self.settle(7, 6, days=20)
        for _deal in range(7):
            self.set_time(self.now - timedelta(days=35))
            self.make_deal(stage_id=self.bidding.id)
        self.set_time(self.now)
        card = self.card()
        dwell = card["dwell"]
        self.assertExactly((dwell["median"], dwell["p90"], dwell["visits"], dwell["ended"]), (20, False, 20, 13))
        self.assertExactly((dwell["limit"], dwell["limit_source"], dwell["suggested"]), (30, "default", False))
        self.assertEqual(dwell["scale"], 40)
        self.assertEqual(
            card["incidence"], [{"days": 30, "went_on": 0.35, "lost": 0.3, "moved_back": 0.0, "here": 0.35}]
        )

    def test_no_length_under_ten_visits(self):
        self.settle(5, 4, days=20)
        card = self.card()
        self.assertExactly((card["dwell"]["median"], card["dwell"]["visits"], card["incidence"]), (False, 9, []))

    def test_apply_and_undo_a_limit(self):
        self.bidding.rotting_threshold_days = 12
        self.settle(10, 10, days=24)
        dwell = self.card()["dwell"]
        self.assertEqual((dwell["suggested"], dwell["suggested_from"], dwell["set_days"]), (24, 20, 12))
        self.assertTrue(dwell["can_apply"])
        self.assertFalse(self.card(user=self.all_documents)["dwell"]["can_apply"])
        stage = self.bidding.with_user(self.manager)
        stage.action_apply_suggested_limit()
        dwell = self.card()["dwell"]
        self.assertExactly((dwell["limit"], dwell["limit_source"], dwell["can_apply"]), (24, "set", False))
        stage.action_undo_suggested_limit(12)
        self.assertEqual(self.card()["dwell"]["limit"], 12)
        with self.assertRaises(AccessError):
            self.bidding.with_user(self.all_documents).action_undo_suggested_limit(0)

    def test_a_limit_is_a_number_of_days(self):
        for days in (-1, "12", True, None, 1.5):
            with self.subTest(days=days), self.assertRaisesRegex(Exception, "A limit must be a number of days"):
                self.bidding.with_user(self.manager).action_undo_suggested_limit(days)

    # ------------------------------------------------------------
    # AGES
    # ------------------------------------------------------------

    def test_from_an_age_on(self):
        """Nine deals stayed 40 days and one stays there; two of them were won in the end."""
        deals = self.settle(4, 5, days=40)
        deals[:2].action_set_won()
        self.set_time(self.now - timedelta(days=50))
        self.make_deal(stage_id=self.bidding.id)
        self.set_time(self.now)
        self.settle(3, 3)
        names = ("deals", "won", "lost", "open", "removed")
        ages = self.card()["ages"]
        self.assertEqual([row["days"] for row in ages], [30])
        self.assertEqual(self.values_of(ages[0], *names), (10, 2, 5, 3, 0))
        self.assert_numbers_open_their_records(self.review_of(), self.manager)

    # ------------------------------------------------------------
    # MISSING STEPS
    # ------------------------------------------------------------

    def test_missing_steps(self):
        references = self.make_step()
        self.make_step(name="Of the South", team_id=self.other_team.id)
        self.make_step(name="Nice to have", is_required=False)
        deals = [self.make_deal(stage_id=self.bidding.id) for _deal in range(3)]
        self.make_deal(stage_id=self.contact.id)
        lost = self.make_deal(stage_id=self.bidding.id)
        lost.action_set_lost()
        self.take(references, deals[:1])
        card = self.card()
        self.assertEqual(
            [(step["name"], step["missing"]["value"], step["of"]) for step in card["steps"]],
            [("References sent", 2, 3)],
        )
        self.assert_numbers_open_their_records(self.review_of(), self.manager)

    # ------------------------------------------------------------
    # STAGES
    # ------------------------------------------------------------

    def test_stages_in_their_order(self):
        """Won stages, deleted stages and stages with skips only have no card."""
        self.settle(3, 0)
        won = self.make_deal(stage_id=self.talks.id)
        jumped = self.make_deal(stage_id=self.contact.id)
        self.pass_time(days=1)
        won.action_set_won()
        jumped.stage_id = self.bidding
        self.pass_time(days=1)
        names = [card["name"] for card in self.review_of()["stages"]]
        self.assertEqual(names, ["First Contact", "Bidding", "Negotiation"])
        self.assertTrue(self.card(self.talks)["goes_to_win"])
        self.assertFalse(self.card()["goes_to_win"])
        (self.Lead.search([]) - self.Lead.search([("stage_id", "!=", self.talks.id)])).unlink()
        self.talks.unlink()
        self.assertEqual([card["name"] for card in self.review_of()["stages"]], ["First Contact", "Bidding"])
        self.assert_numbers_open_their_records(self.review_of(), self.manager)

    def test_statements_do_not_grow_with_stages(self):
        self.settle(12, 12)
        few = self.count_statements()
        stages = self.env["crm.stage"].create(
            [{"name": f"Stage {number}", "sequence": 100 + number} for number in range(10)]
        )
        for stage in stages:
            self.settle(1, 1, stage_id=stage.id)
        self.assertEqual(len(self.review_of()["stages"]), 12)
        self.assertLessEqual(self.count_statements(), few)

    def count_statements(self):
        self.review_of()
        before = self.env.cr.sql_log_count
        self.review_of()
        return self.env.cr.sql_log_count - before
