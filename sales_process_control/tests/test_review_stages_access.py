from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.review.review_scope import ReviewScope
from ..models.review.stages_reader import StagesReader
from .review_stages_common import ReviewStagesCase


@tagged("post_install", "-at_install")
class TestReviewStagesAccess(ReviewStagesCase):
    """What readers with different rights see, filters, companies and currencies."""

    def entered(self, user=None, **arguments):
        """Return how many deals stayed in Bidding, for a reader."""
        cards = self.review_of(user, **arguments)["stages"]
        return next((card["entered"]["value"] for card in cards if card["stage_id"] == self.bidding.id), 0)

    def settle_for_all(self):
        """Twelve deals of a seller, 20 of a colleague in another team, in one company."""
        self.settle(6, 6)
        self.settle(15, 5, days=9, user_id=self.colleague.id, team_id=self.other_team.id)

    def test_portal(self):
        with self.assertRaises(AccessError):
            self.review_of(self.portal)

    def test_filters(self):
        self.settle_for_all()
        self.assertEqual(self.entered(), 32)
        self.assertEqual(self.entered(team_id=self.team.id), 12)
        self.assertEqual(self.entered(user_id=self.colleague.id), 20)
        self.assertEqual(self.entered(user_id=self.colleague.id, team_id=self.team.id), 0)
        for arguments in ({"team_id": self.team.id}, {"user_id": self.colleague.id}):
            self.assert_numbers_open_their_records(self.review_of(**arguments), self.manager)

    def test_beside_the_company(self):
        self.settle_for_all()
        self.assertIs(self.card()["company"], False)
        for arguments in ({"team_id": self.team.id}, {"user_id": self.seller.id}):
            card = self.card(**arguments)
            self.assertEqual((card["rate"], card["company"]), (0.5, {"rate": 21 / 32, "median": 9, "decided": 32}))

    def test_own_documents(self):
        """A seller sees the own deals, and rate and length of the company without its counts."""
        self.settle_for_all()
        card = self.card(user=self.seller)
        self.assertEqual(card["entered"]["value"], 12)
        self.assertExactly(card["company"], {"rate": 0.66, "median": 9, "decided": False})
        self.assertEqual(self.entered(self.seller, user_id=self.colleague.id), 0)
        self.assert_numbers_open_their_records(self.review_of(self.seller), self.seller)

    def test_own_documents_beside_few_others(self):
        """Nine decided deals of others would be revealed by the rate of the company."""
        self.settle(6, 6)
        self.settle(5, 4, user_id=self.colleague.id)
        self.assertIs(self.card(user=self.seller)["company"], False)
        self.settle(1, 0, user_id=self.colleague.id)
        self.assertEqual(self.card(user=self.seller)["company"]["rate"], 0.55)

    def test_own_documents_beside_deals_that_were_taken_over(self):
        """Of ten deals of others that were decided, and of their visits, the seller knows one."""
        deals = self.settle(5, 5, user_id=self.colleague.id)
        self.settle(6, 6)
        self.assertExactly(self.card(user=self.seller)["company"], {"rate": 0.5, "median": 5, "decided": False})
        deals[-1].user_id = self.seller
        self.assertIs(self.card(user=self.seller)["company"], False)

    def test_lengths_are_kept_by_themselves_where_few_visits_are_others(self):
        """A screen shows no length where it shows no rate; the lengths do not depend on that."""

        def medians():
            reader = StagesReader(self.env(user=self.seller, su=False), scope)
            return reader._read_company_medians(scope.in_period("entered_day"))

        scope = ReviewScope.of("6_months", self.now.date())
        self.settle(6, 6)
        self.settle(5, 4, user_id=self.colleague.id)
        self.assertNotIn(self.bidding.id, medians())
        self.settle(1, 0, user_id=self.colleague.id)
        self.assertEqual(medians()[self.bidding.id], 5)

    def test_a_team_leader_reads_the_own_documents(self):
        self.settle_for_all()
        self.other_team.user_id = self.seller
        self.assertEqual(self.entered(self.seller, team_id=self.other_team.id), 0)

    def test_a_reader_of_another_company(self):
        self.settle_for_all()
        abroad = {"user_id": self.abroad.id, "team_id": False, "company_id": self.second.id}
        self.settle(3, 2, **abroad)
        self.assertEqual(self.entered(self.abroad), 5)
        self.assertEqual(self.entered(), 32)
        self.assert_numbers_open_their_records(self.review_of(self.abroad), self.abroad)

    # ------------------------------------------------------------
    # TWO COMPANIES AND CURRENCIES
    # ------------------------------------------------------------

    def make_two_companies(self, rate=2.0):
        rates = [Command.create({"name": "2020-01-01", "rate": rate, "company_id": False})] if rate else []
        currency = self.env["res.currency"].create({"name": "RVW", "symbol": "R", "rate_ids": rates})
        self.second.currency_id = currency
        both = self.company | self.second
        self.manager.company_ids = [Command.set(both.ids)]
        abroad = {"user_id": self.abroad.id, "team_id": False, "company_id": self.second.id}
        self.settle(5, 5, expected_revenue=1000)
        self.settle(5, 5, expected_revenue=1000, **abroad)
        return currency

    def test_two_currencies(self):
        self.make_two_companies()
        block = self.review_of()
        [card] = [card for card in block["stages"] if card["stage_id"] == self.bidding.id]
        self.assertEqual((card["lost"]["value"], card["lost"]["amount"]), (10, 7500))
        self.assertEqual((card["lost"]["currency_id"], block["left_out"]), (self.company.currency_id.id, []))
        self.assert_numbers_open_their_records(block, self.manager)
        self.assertEqual(self.card(company_id=self.second.id)["lost"]["amount"], 2500)

    def test_a_currency_without_a_rate(self):
        currency = self.make_two_companies(rate=None)
        block = self.review_of()
        [card] = [card for card in block["stages"] if card["stage_id"] == self.bidding.id]
        self.assertEqual((card["lost"]["value"], card["lost"]["amount"]), (10, 5000))
        self.assertEqual(block["left_out"], [{"currency_id": currency.id, "name": "RVW", "amount": 5000}])

    def test_the_comparison_is_with_the_chosen_company(self):
        self.make_two_companies()
        self.settle(10, 0, user_id=self.abroad.id, team_id=self.other_team.id, company_id=self.second.id)
        chosen = {"user_id": self.abroad.id, "company_id": self.second.id}
        self.assertEqual(self.card(**chosen)["company"]["decided"], 20)
        self.assertEqual(self.card(user_id=self.abroad.id)["company"]["decided"], 10)

    # ------------------------------------------------------------
    # FEW DEALS
    # ------------------------------------------------------------

    def test_one_deal(self):
        self.make_deal(stage_id=self.bidding.id)
        card = self.card()
        self.assertEqual(self.values_of(card, "here", "entered", "open", "decided"), (1, 1, 1, 0))
        self.assertExactly((card["rate"], card["interval"], card["change"]), (False, False, False))
        self.assert_numbers_open_their_records(self.review_of(), self.manager)

    def test_all_open(self):
        for _deal in range(12):
            self.make_deal(stage_id=self.bidding.id)
        self.pass_time(days=40)
        card = self.card()
        self.assertExactly((card["rate"], card["at_least"], card["at_most"]), (False, 0.0, 1.0))
        self.assertExactly((card["dwell"]["median"], card["incidence"][0]["here"]), (False, 1.0))

    def test_all_lost(self):
        self.settle(0, 12)
        card = self.card()
        self.assertExactly((card["rate"], card["lost"]["value"], card["dwell"]["median"]), (0.0, 12, 5))

    def test_the_reason_of_a_deal_that_the_reader_may_not_read(self):
        """The seller lost the deal; it is the colleague's now, and so is its reason."""
        [deal] = self.settle(0, 1, reasons=[self.price])
        self.settle(0, 1, reasons=[self.rival])
        deal.user_id = self.colleague
        self.assertEqual(
            [(row["name"], row["number"]["value"]) for row in self.card(user=self.seller)["reasons"]],
            [("Rival", 1), ("No reason given", 1)],
        )
        self.assert_numbers_open_their_records(self.review_of(self.seller), self.seller)
