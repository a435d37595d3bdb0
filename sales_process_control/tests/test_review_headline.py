from datetime import timedelta

from odoo.tests import tagged

from .review_stages_common import ReviewStagesCase


@tagged("post_install", "-at_install")
class TestReviewHeadline(ReviewStagesCase):
    """The sentences on top of the review."""

    def sentences(self, key="headline", **arguments):
        return self.review_of(**arguments)[key]["sentences"]

    def test_the_stage_that_costs_most(self):
        """42 of 101 decided deals were lost, 31% before; the references were missing in 28 of the 42."""
        step = self.make_step()
        self.settle(69, 31, at=self.early, days=12)
        deals = self.settle(59, 42, days=19, reasons=[self.price] * 17 + [self.rival] * 4, expected_revenue=1000)
        self.take(step, deals[:45] | deals[-14:], at=self.lately + timedelta(days=1))
        block = self.review_of()
        found = block["headline"]
        self.assertEqual((found["title"], found["stage_id"]), ("Bidding costs most.", self.bidding.id))
        self.assertEqual(
            [text.replace("\N{NO-BREAK SPACE}", " ") for text in found["sentences"]],
            [
                (
                    "Of the 101 deals that moved on or were lost there, 42 were lost; 31% was usual in the 6 months "
                    "before."
                ),
                "This may be chance.",
                "About 11 more lost than usual, worth $ 10,690.",
                "Half leave within 19 days, 7 days longer than before.",
                "Most common reason: Price (17).",
                "The required sales action “References sent” was missing in 28 of 42 lost deals.",
            ],
        )
        self.assertEqual(
            [(row["label"], row["number"]["value"]) for row in found["numbers"]],
            [("Lost", 42), ("Moved on or lost", 101), ("Price", 17), ("Missing: References sent", 28)],
        )
        self.assertEqual((block["improved"], block["nothing"]), (False, ""))
        self.assertTrue(self.card()["is_worst"])
        self.assertFalse(self.card(self.talks)["is_worst"])
        self.assert_numbers_open_their_records(block, self.manager)

    def test_no_chance(self):
        self.settle(80, 20, at=self.early)
        self.settle(40, 60)
        self.assertNotIn("This may be chance.", self.sentences())

    def test_no_step_without_a_difference(self):
        step = self.make_step()
        self.settle(20, 5, at=self.early)
        deals = self.settle(20, 20)
        self.take(step, deals[:10] | deals[-10:], at=self.lately)
        self.assertFalse([text for text in self.sentences() if "References" in text])

    def test_no_step_with_few_deals(self):
        step = self.make_step()
        self.settle(20, 5, at=self.early)
        deals = self.settle(20, 9)
        self.take(step, deals[:20], at=self.lately)
        self.assertFalse([text for text in self.sentences() if "References" in text])

    def test_the_most_money(self):
        """Negotiation lost fewer deals above what was usual than Bidding, but larger ones."""
        for stage, lost, amount in ((self.bidding, 15, 100), (self.needs, 10, 9000)):
            values = {"stage_id": stage.id, "expected_revenue": amount}
            self.settle(16, 4, at=self.early, **values)
            self.settle(5, lost, **values)
        self.assertEqual(self.review_of()["headline"]["stage_id"], self.needs.id)

    def test_the_stage_that_improved_most(self):
        self.settle(20, 20, at=self.early, expected_revenue=100)
        self.settle(18, 2, expected_revenue=100)
        block = self.review_of()
        self.assertEqual((block["headline"], block["nothing"]), (False, ""))
        self.assertEqual(block["improved"]["title"], "Bidding improved most.")
        self.assertEqual(
            [text.replace("\N{NO-BREAK SPACE}", " ") for text in block["improved"]["sentences"]],
            [
                "Of the 20 deals that moved on or were lost there, 2 were lost; 50% was usual in the 6 months before.",
                "About 8 fewer lost than usual, worth $ 800.",
                "Half leave within 5 days, as before.",
            ],
        )
        self.assertTrue(self.card()["is_best"])
        self.assert_numbers_open_their_records(block, self.manager)

    def test_both(self):
        self.settle(10, 10, at=self.early)
        self.settle(20, 0)
        self.settle(20, 0, at=self.early, stage_id=self.needs.id)
        self.settle(10, 10, stage_id=self.needs.id)
        block = self.review_of()
        self.assertEqual(block["headline"]["stage_id"], self.needs.id)
        self.assertEqual(block["improved"]["stage_id"], self.bidding.id)

    def test_quick_losses_of_a_young_group(self):
        """Of 60 deals 15 were lost within five days and 5 went on; the others are open after 40 days.

        The share lost within 30 days is 25%, as it was before: the 75% of the decided deals mislead.
        """
        self.settle(75, 25, at=self.early)
        since = self.now - timedelta(days=40)
        self.settle(5, 15, at=since)
        self.set_time(since)
        self.make_many(40, stage_id=self.bidding.id)
        self.set_time(self.now)
        block = self.review_of()
        self.assertEqual((block["headline"], block["improved"]), (False, False))
        self.assertEqual(block["nothing"], "No stage lost more or fewer deals than in the 6 months before.")

    def test_more_early_losses_of_a_young_group(self):
        self.settle(75, 25, at=self.early)
        since = self.now - timedelta(days=40)
        self.settle(5, 35, at=since)
        self.set_time(since)
        self.make_many(40, stage_id=self.bidding.id)
        self.set_time(self.now)
        self.assertEqual(
            self.sentences()[0], "44% are lost there within 30 days; 25% was usual in the 6 months before."
        )

    def test_periods_have_their_names(self):
        """On 2 March, a month is compared with 1 and 2 February."""
        self.settle(10, 2, at=self.now - timedelta(days=29), days=1)
        self.settle(5, 10, at=self.now - timedelta(days=1), days=1)
        self.assertIn("17% was usual in the month before", self.sentences(period="month")[0])

    # ------------------------------------------------------------
    # NOTHING TO SAY
    # ------------------------------------------------------------

    def assertNothing(self, text):
        block = self.review_of()
        self.assertEqual((block["headline"], block["improved"]), (False, False))
        self.assertEqual(block["nothing"], text)
        self.assertFalse([card for card in block["stages"] if card["is_worst"] or card["is_best"]])

    def test_no_deal(self):
        self.assertNothing("No deal came into a stage in this period.")
        self.assertEqual(self.review_of()["stages"], [])

    def test_a_period_before_the_first_deal(self):
        self.settle(5, 15)
        self.assertNothing("There is nothing to compare with: no deal came into a stage in the 6 months before.")

    def test_too_few_decided_deals(self):
        self.settle(5, 4, at=self.early)
        self.settle(5, 15)
        self.assertNothing(
            "Too few deals moved on or were lost to compare the stages with the 6 months before. A comparison needs "
            "10 in a stage in both periods."
        )

    def test_nothing_got_worse(self):
        self.settle(10, 10, at=self.early)
        self.settle(10, 10)
        self.assertNothing("No stage lost more or fewer deals than in the 6 months before.")
