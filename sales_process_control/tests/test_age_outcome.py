from datetime import timedelta

from odoo.tests import tagged

from .common import PipelineCase


@tagged("post_install", "-at_install")
class TestAgeOutcome(PipelineCase):
    """What became of other deals that stayed as long in a stage, on the form of a deal."""

    def stay(self, days, count=1, end=None, **values):
        """Make deals that stayed in Bidding for some days up to now."""
        self.set_time(self.start - timedelta(days=days))
        deals = self.make_many(count, **{"stage_id": self.bidding.id, **values})
        self.set_time(self.start)
        if end:
            end(deals)
        self.env.cr.flush()
        return deals

    def sentence(self, deal, user=None):
        self.env.invalidate_all()
        return deal.with_user(user or self.manager).age_outcome

    def test_golden(self):
        """Of 25 deals that stayed longer than 30 days, 2 were signed, 17 were lost, 6 are open."""
        deal = self.stay(30.5)
        self.stay(31, 2, lambda deals: deals.action_set_won())
        self.stay(40, 17, lambda deals: deals.action_set_lost())
        self.stay(30, 3)
        self.stay(90, 3, lambda deals: deals.write({"stage_id": self.talks.id}))
        self.stay(29, 7)
        self.assertEqual(
            self.sentence(deal),
            "Of 25 deals that stayed in Bidding longer than 30 days, 2 were signed, 17 were lost, 6 are open.",
        )
        self.assertEqual(deal.with_user(self.seller).get_process()["stage"]["age_outcome"], self.sentence(deal))

    def test_one_of_each(self):
        deal = self.stay(1.2)
        self.stay(5, 1, lambda deals: deals.action_set_lost())
        self.assertEqual(
            self.sentence(deal), "Of 1 deal that stayed in Bidding longer than 1 day, none was signed, 1 was lost."
        )
        self.stay(5, 1, lambda deals: deals.unlink())
        self.stay(5, 1, lambda deals: deals.action_set_won())
        self.assertEqual(
            self.sentence(deal),
            "Of 3 deals that stayed in Bidding longer than 1 day, 1 was signed, 1 was lost, 1 was removed.",
        )

    def test_no_other_deal(self):
        deal = self.stay(40)
        self.stay(39)
        self.assertEqual(self.sentence(deal), "No other deal has stayed in Bidding so long.")

    def test_hours_before_a_whole_day(self):
        """A deal of 39.96 days is shown with 40, and is none of those that stayed 40 days."""
        deal = self.stay(39.96)
        self.assertEqual(self.sentence(deal), "No other deal has stayed in Bidding so long.")
        self.stay(41)
        self.assertEqual(
            self.sentence(deal), "Of 1 deal that stayed in Bidding longer than 40 days, none was signed, 1 is open."
        )

    def test_a_deal_that_came_back(self):
        """The first visit of the deal itself does not count, whether it was longer or shorter."""
        deal, other = self.stay(60, 2)
        self.set_time(self.start - timedelta(days=20))
        (deal | other).write({"stage_id": self.needs.id})
        self.pass_time(days=5)
        deal.stage_id = self.bidding
        self.set_time(self.start)
        self.assertEqual(
            self.sentence(deal), "Of 1 deal that stayed in Bidding longer than 15 days, none was signed, 1 is open."
        )
        self.pass_time(days=40)
        self.assertEqual(self.sentence(deal), "No other deal has stayed in Bidding so long.")

    def test_no_sentence(self):
        """Closed deals, leads, deals without a stage and deals of the first day have none."""
        self.stay(50)
        lost = self.stay(40, 1, lambda deals: deals.action_set_lost())
        won = self.stay(40, 1, lambda deals: deals.action_set_won())
        lead, nowhere, new = self.stay(40, type="lead"), self.stay(40), self.stay(0.5)
        nowhere.stage_id = False
        for deal in (lost, won, lead, nowhere, new):
            self.assertFalse(self.sentence(deal))

    def test_of_the_last_12_months(self):
        deal = self.stay(30)
        self.stay(400)
        self.assertEqual(self.sentence(deal), "No other deal has stayed in Bidding so long.")

    def test_own_documents(self):
        deal = self.stay(30)
        self.stay(40, 3, user_id=self.colleague.id)
        self.stay(40)
        self.assertIn("Of 1 deal", self.sentence(deal, self.seller))
        self.assertIn("Of 4 deals", self.sentence(deal))

    def test_statements_do_not_grow(self):
        deals = self.stay(30, 3) | self.stay(40, 3, stage_id=self.needs.id)

        def count(deals):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            deals.with_user(self.manager).mapped("age_outcome")
            return self.env.cr.sql_log_count - before

        count(deals)
        self.assertEqual(count(deals), count(deals[:2]))
        self.assertTrue(all(deals.mapped("age_outcome")))
