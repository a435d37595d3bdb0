from odoo import Command
from odoo.tests import tagged

from .hot_common import HotCase
from .progress_common import ProgressCase
from .review_rest_common import ReviewMixin


@tagged("post_install", "-at_install")
class TestReviewDoubtful(ReviewMixin, HotCase, ProgressCase):
    """Deals that are probably not real: stalled ones, and hot ones without contact from the customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.company_ids = [Command.set(cls.company.ids)]
        cls.bidding.rotting_threshold_days = 12

    def values(self, block):
        return {key: (block[key]["value"], block[key]["amount"]) for key in ("stalled", "silent_hot", "all")}

    def test_stalled_and_silent(self):
        stalled = self.make_deal(stage_id=self.bidding.id, expected_revenue=300)
        hot_and_stalled, _flag = self.make_hot_deal({"stage_id": self.bidding.id, "expected_revenue": 500})
        self.pass_time(days=18)
        silent, _flag = self.make_hot_deal({"expected_revenue": 40})
        heard, _flag = self.make_hot_deal({"expected_revenue": 70})
        self.hear(heard)
        self.make_deal(expected_revenue=9000)
        self.pass_time(hours=1)
        block = self.read_block("doubtful")
        self.assertEqual(self.values(block), {"stalled": (2, 800), "silent_hot": (2, 540), "all": (3, 840)})
        self.assertEqual([row["id"] for row in block["deals"]], [hot_and_stalled.id, stalled.id, silent.id])
        sentences = [row["sentence"] for row in block["deals"]]
        self.assertIn("18 days in Bidding (limit 12), no contact from the customer yet.", sentences[0])
        self.assertIn("Hot, but no contact from the customer yet.", sentences[2])

    def test_a_word_from_the_customer(self):
        """One word, at any time, makes a hot deal credible."""
        deal = self.make_deal()
        self.hear(deal)
        self.assertTrue(deal.last_contact_at)
        self.pass_time(days=3)
        self.raise_flag(deal)
        self.assertEqual(self.read_block("doubtful")["silent_hot"]["value"], 0)

    def test_search_for_last_contact(self):
        silent, heard = self.make_deal(), self.make_deal()
        self.hear(heard)
        self.env.cr.flush()
        ours = [("id", "in", (silent | heard).ids)]
        now = self.env.cr.now()
        self.assertEqual(self.Lead.search([*ours, ("last_contact_at", "=", False)]), silent)
        self.assertEqual(self.Lead.search([*ours, ("last_contact_at", "!=", False)]), heard)
        self.assertEqual(self.Lead.search([*ours, ("last_contact_at", "<=", now)]), heard)
        self.assertFalse(self.Lead.search([*ours, ("last_contact_at", ">", now)]))

    def test_ten_rows_and_the_scope(self):
        for number in range(12):
            self.make_deal(stage_id=self.bidding.id, expected_revenue=number)
        other = self.make_deal(
            stage_id=self.bidding.id, user_id=self.colleague.id, team_id=self.other_team.id, expected_revenue=99
        )
        self.pass_time(days=18)
        block = self.read_block("doubtful")
        self.assertEqual((len(block["deals"]), block["all"]["value"]), (10, 13))
        self.assertEqual(block["deals"][0]["id"], other.id)
        self.assertEqual(self.read_block("doubtful", user_id=self.colleague.id)["all"]["value"], 1)
        self.assertEqual(self.read_block("doubtful", team_id=self.team.id)["all"]["value"], 12)
        self.assertEqual(self.read_block("doubtful", self.seller)["all"]["value"], 12)

    def test_none(self):
        block = self.read_block("doubtful")
        self.assertEqual((block["deals"], block["all"]["value"], block["all"]["amount"]), ([], 0, 0))
