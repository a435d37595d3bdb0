from datetime import datetime

from odoo import Command
from odoo.tests import tagged

from .common import PipelineCase
from .review_rest_common import ReviewMixin


@tagged("post_install", "-at_install")
class TestReviewTrust(ReviewMixin, PipelineCase):
    """How visits of the period came to be known, and which say little about the process."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.company_ids = [Command.set(cls.company.ids)]

    def trust(self, user=None, **arguments):
        return self.read_block("trust", user, **arguments)

    def make_deals(self, number, **values):
        deals = self.Lead
        for _number in range(number):
            deals |= self.make_deal(**values)
        self.env.cr.flush()
        return deals

    def test_origins_add_up(self):
        deals = self.make_deals(5)
        for deal, origin in zip(deals, ("backfill", "import", "repair"), strict=False):
            self.env.cr.execute("UPDATE crm_stage_visit SET origin = %s WHERE lead_ref = %s", [origin, deal.id])
        block = self.trust()
        found = {row["key"]: row["number"]["value"] for row in block["origins"]}
        self.assertEqual(found, {"live": 2, "backfill": 1, "import": 1, "repair": 1})
        self.assertEqual(block["visits"]["value"], 5)
        self.pass_time(days=40)
        self.assertEqual(self.trust(period="month")["visits"]["value"], 0)

    def test_corrections_are_no_visits(self):
        deal = self.make_deal().with_user(self.seller)
        self.pass_time(days=1)
        deal.stage_id = self.needs
        self.pass_time(minutes=2)
        deal.stage_id = self.contact
        block = self.trust()
        self.assertEqual((block["visits"]["value"], block["corrections"]["value"]), (1, 1))

    def test_moved_in_bulk(self):
        deals = self.make_deals(26)
        # Twenty-six new deals are no move.
        self.assertEqual(self.trust()["bulk"]["value"], 0)
        self.pass_time(days=1)
        deals.with_user(self.manager).write({"stage_id": self.bidding.id})
        self.pass_time(days=1)
        deals[:20].with_user(self.seller).write({"stage_id": self.talks.id})
        block = self.trust()
        self.assertEqual(block["bulk"]["value"], 46)
        self.assertEqual(
            [(row["day"], row["user_name"], row["number"]["value"]) for row in block["bulk_days"]],
            [("2026-03-03", self.manager.name, 26), ("2026-03-04", self.seller.name, 20)],
        )
        self.assertEqual(set(self.opened(block["bulk"]).mapped("is_bulk")), {True})
        # Visits of a salesperson say that they began in bulk, however many of these the reader may read.
        self.pass_time(days=1)
        deals[0].user_id = self.colleague
        self.assertEqual(self.trust(self.colleague)["bulk"]["value"], 2)

    def test_three_days_are_named(self):
        deals = self.make_deals(20)
        for number, stage in enumerate((self.needs, self.bidding, self.talks, self.bidding)):
            self.pass_time(days=1)
            deals.with_user(self.manager).write({"stage_id": stage.id})
            self.assertEqual(len(self.trust()["bulk_days"]), min(number + 1, 3))
        self.assertEqual(self.trust()["bulk"]["value"], 80)

    def test_jumped_the_same_day(self):
        """A visit that went on on the day of the company on which it began."""
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        self.set_time(datetime(2026, 3, 2, 15, 30))
        jumped, next_day, back = self.make_deals(3)
        self.pass_time(minutes=20)
        jumped.stage_id = self.talks  # skips two stages
        back.stage_id = self.needs
        self.pass_time(minutes=6)
        # In Shanghai it is 2 March until 16:00 UTC.
        self.set_time(datetime(2026, 3, 2, 16, 5))
        next_day.stage_id = self.needs
        back.stage_id = self.contact
        self.env.cr.flush()
        block = self.trust()
        self.assertEqual(block["same_day"]["value"], 2)
        visits = self.opened(block["same_day"])
        self.assertEqual(visits.lead_id, jumped | back)
        self.assertEqual(set(visits.mapped("is_same_day")), {True})
        self.assertFalse(any((self.Visit.search([]) - visits).mapped("is_same_day")))

    def test_deals_without_amount_and_closing(self):
        self.make_deals(2, expected_revenue=0, date_deadline="2026-05-01")
        self.make_deals(3, expected_revenue=10)
        self.make_deals(1, expected_revenue=False)
        self.make_deal(expected_revenue=0).action_set_lost()
        block = self.trust()
        self.assertEqual((block["no_amount"]["value"], block["no_closing"]["value"]), (3, 4))

    def test_filters(self):
        self.make_deals(2)
        self.make_deals(3, user_id=self.colleague.id, team_id=self.other_team.id)
        self.assertEqual(self.trust(user_id=self.colleague.id)["visits"]["value"], 3)
        self.assertEqual(self.trust(team_id=self.team.id)["visits"]["value"], 2)
        self.assertEqual(self.trust(self.seller)["visits"]["value"], 2)
