from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import AccessCase
from .review_rest_common import ReviewMixin

BLOCKS = ("results", "doubtful", "sellers", "trust")


@tagged("post_install", "-at_install")
class TestReviewAccess(ReviewMixin, AccessCase):
    """Each reader gets what the reader may read: own deals, all deals, another company, nothing."""

    def setUp(self):
        super().setUp()
        # The deals of the class were made by the clock of the server.
        self.set_time(max(self.Visit.search([]).mapped("entered_at")) + timedelta(hours=1))

    def test_readers(self):
        self.deals["own"].date_deadline = self.deals["colleague's"].date_deadline = self.start.date()
        self.pass_time(days=3)
        for user, names in self.readers():
            with self.subTest(user=user.login):
                self.env.cr.flush()
                blocks = {block: self.read_block(block, user) for block in BLOCKS}
                found = self.opened(blocks["results"]["velocity"]["open"], user)
                self.assertEqual(set(found.mapped("name")), names)
                self.assertEqual(sum(row["open"]["value"] for row in blocks["sellers"]["sellers"]), len(names))
                self.assertEqual(blocks["trust"]["no_closing"]["value"], len(names) - self.dated(names))

    def dated(self, names):
        return len(names & {"own", "colleague's"})

    def test_results_of_readers(self):
        self.pass_time(days=5)
        for deal in self.deals.values():
            deal.action_set_won()
        self.env.cr.flush()
        for user, names in self.readers():
            with self.subTest(user=user.login):
                won = self.read_block("results", user)["cycle"]["won"]
                self.assertEqual(set(self.opened(won, user).lead_id.mapped("name")), names)

    def test_a_company_of_several(self):
        self.manager.company_ids = [(4, self.second.id)]
        both = (self.company | self.second).ids
        for block in BLOCKS:
            self.read_block(block, company_ids=both)
        open_deals = self.read_block("results", company_ids=both)["velocity"]["open"]["value"]
        in_second = self.read_block("results", company_ids=both, company_id=self.second.id)["velocity"]["open"]["value"]
        self.assertEqual((open_deals, in_second), (5, 1))

    def test_portal(self):
        for user in (self.portal, self.internal):
            with self.assertRaises(AccessError):
                self.review_of(user, *BLOCKS)
