from odoo.fields import Domain
from odoo.tests import tagged

from ..statistics import wilson_interval
from .common import EMPTY_LEDGERS, AccessCase
from .workbench_common import WorkbenchMixin, numbers_of


@tagged("post_install", "-at_install")
class TestWorkbenchConversion(WorkbenchMixin, AccessCase):
    """Conversion of the own deals by stage, beside the rates of the team or the company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Lead.browse([deal.id for deal in cls.deals.values()]).unlink()
        cls.env.cr.flush()
        cls.env.cr.execute(EMPTY_LEDGERS)

    def settle(self, converted, lost, **values):
        """Make deals that were in Needs Analysis and went on or were lost."""
        deals = self.make_many(converted + lost, stage_id=self.needs.id, **values)
        self.pass_time(days=1)
        deals[:converted].stage_id = self.bidding
        deals[converted:].action_set_lost()
        self.pass_time(days=1)

    def block(self, user=None, scope="mine"):
        self.env.cr.flush()
        return self.block_of(user or self.seller, "conversion", scope)

    def stage(self, user=None, scope="mine"):
        return next(row for row in self.block(user, scope)["stages"] if row["stage_id"] == self.needs.id)

    def test_six_of_eight_then_a_rate(self):
        self.settle(6, 2)
        row = self.stage()
        self.assertEqual((row["converted"]["value"], row["settled"]["value"]), (6, 8))
        self.assertExactly((row["rate"], row["interval"]), (False, False))
        self.settle(1, 1)
        row = self.stage()
        self.assertEqual((row["rate"], row["interval"]), (0.7, list(wilson_interval(7, 10))))
        found = self.block()
        self.assertEqual((found["since"], found["of"]), ("2025-03-06", "mine"))
        self.assert_numbers_open_their_records(found, self.seller)

    def test_the_last_twelve_months(self):
        self.settle(2, 0)
        self.pass_time(days=300)
        self.settle(0, 1)
        self.assertEqual(self.stage()["settled"]["value"], 3)
        self.pass_time(days=100)
        self.assertEqual(self.stage()["settled"]["value"], 1)
        self.assert_numbers_open_their_records(self.block(), self.seller)

    def test_a_seller_beside_his_company(self):
        theirs = {"user_id": self.colleague.id, "team_id": self.other_team.id}
        self.settle(2, 0)
        self.settle(3, 6, **theirs)
        # Others have settled nine deals: their rate is left out, however many the reader has settled.
        self.settle(8, 0)
        row = self.stage()
        self.assertIs(row["beside"], False)
        self.settle(0, 1, **theirs)
        found = self.block()
        self.assertEqual(found["beside"], "company")
        row = self.stage()
        self.assertExactly(row["beside"], {"rate": 0.65, "interval": False, "settled": False})
        self.assertEqual(row["settled"]["value"], 10)
        self.assertFalse(
            [way for way, _number in numbers_of(found) if "beside" in way], "no way to the deals of others"
        )
        self.assertNotIn(self.colleague.name, str(found))

    def test_deals_that_the_seller_has_taken_over_are_no_others(self):
        """Ten decided deals of others are shown, until one of them is the seller's, or nobody's."""
        self.settle(5, 5, user_id=self.colleague.id)
        self.assertEqual(self.stage_beside(), 0.5)
        deal = self.Lead.search([("user_id", "=", self.colleague.id)], limit=1)
        for user in (self.seller, self.env["res.users"]):
            with self.subTest(user=user.login):
                deal.user_id = user
                self.assertIs(self.stage_beside(), False)
                deal.user_id = self.colleague
                self.assertEqual(self.stage_beside(), 0.5)

    def stage_beside(self):
        """Return the rate of the company for the seller, who has one decided deal."""
        self.env.cr.flush()
        found = self.env["crm.stage.conversion.report"].with_user(self.seller)._read_company_rates(Domain.TRUE)
        return self.needs.id in found and found[self.needs.id]["rate"]

    def test_a_seller_learns_nothing_of_other_companies(self):
        self.settle(5, 0)
        self.settle(9, 9, user_id=self.abroad.id, company_id=self.second.id, team_id=False)
        self.settle(4, 0, user_id=self.colleague.id, company_id=False)
        self.assertIs(self.stage()["beside"], False)
        self.settle(5, 5, user_id=self.colleague.id)
        self.assertExactly(self.stage()["beside"], {"rate": 0.67, "interval": False, "settled": False})
        found = self.block(self.abroad, "mine")
        self.assertEqual(found["beside"], "company")
        self.assertEqual(self.stage(self.abroad)["beside"]["settled"], 18, "he may read all documents")

    def test_a_manager_beside_his_team_and_his_team_beside_the_company(self):
        self.team.user_id = self.manager
        self.settle(1, 0, user_id=self.manager.id)
        self.settle(7, 4)
        self.settle(0, 8, user_id=self.colleague.id, team_id=self.other_team.id)
        mine, team, everything = (self.block(self.manager, scope) for scope in ("mine", "team", "all"))
        self.assertEqual([mine["beside"], team["beside"], everything["beside"]], ["team", "company", False])
        of_mine, of_team, of_all = (self.stage(self.manager, scope) for scope in ("mine", "team", "all"))
        self.assertEqual([row["settled"]["value"] for row in (of_mine, of_team, of_all)], [1, 12, 20])
        self.assertAlmostEqual(of_mine["beside"]["rate"], of_team["rate"])
        self.assertAlmostEqual(of_team["beside"]["rate"], of_all["rate"])
        self.assertEqual((of_mine["beside"]["settled"], of_team["beside"]["settled"]), (12, 20))
        self.assertIs(of_all["beside"], False)
        for found in (mine, team, everything):
            self.assert_numbers_open_their_records(found, self.manager)

    def test_without_a_team_beside_the_company(self):
        self.settle(1, 0, user_id=self.all_documents.id)
        self.assertEqual(self.block(self.all_documents)["beside"], "company")
        self.assertExactly(self.stage(self.all_documents)["beside"], {"rate": False, "interval": False, "settled": 1})

    def test_only_stages_that_exist_in_their_order(self):
        self.settle(2, 0)
        won = self.make_deal(stage_id=self.talks.id)
        self.pass_time(days=1)
        won.action_set_won()
        self.assertEqual([row["name"] for row in self.block()["stages"]], ["Needs Analysis", "Bidding", "Negotiation"])
        self.needs.sequence = 45
        self.assertEqual([row["name"] for row in self.block()["stages"]], ["Bidding", "Negotiation", "Needs Analysis"])
        self.needs.unlink()
        self.assertEqual([row["name"] for row in self.block()["stages"]], ["Bidding", "Negotiation"])

    def test_stays_of_a_deal_that_changed_hands(self):
        """Visits of a deal that was handed over still count for the earlier salesperson, and open."""
        deal = self.make_deal(stage_id=self.needs.id)
        self.pass_time(days=1)
        deal.stage_id = self.bidding
        self.pass_time(days=1)
        deal.write({"user_id": self.colleague.id})
        self.pass_time(days=1)
        self.assertEqual(self.stage()["converted"]["value"], 1)
        self.assert_numbers_open_their_records(self.block(), self.seller)

    def test_nothing_yet(self):
        self.assertEqual(self.block()["stages"], [])
