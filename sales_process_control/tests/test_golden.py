from datetime import date, datetime, timedelta

from odoo.tests import tagged

from .common import PipelineCase


@tagged("post_install", "-at_install")
class TestGolden(PipelineCase):
    """The examples of docs/definitions.md."""

    def test_forty_into_bidding(self):
        """Stage visits: 40 = 22 advanced + 6 moved back + 0 won + 3 lost + 0 removed + 0 skipped + 9 still here."""
        deals = self.Lead.create(
            [{"name": f"Deal {number}", "type": "opportunity", "stage_id": self.bidding.id} for number in range(40)]
        )
        self.pass_time(days=1)
        deals[:22].write({"stage_id": self.talks.id})
        deals[22:28].write({"stage_id": self.needs.id})
        deals[28:31].action_set_lost()
        self.env.cr.flush()
        groups = self.Visit._read_group([("stage_id", "=", self.bidding.id)], ["outcome"], ["__count"])
        self.assertEqual(dict(groups), {"advanced": 22, "moved_back": 6, "lost": 3, "open": 9})
        self.assertBalanced()

    def test_dwell_of_this_visit_and_in_all(self):
        """Dwell time: Needs 3 to 9 March, Bidding 9 to 20, Needs 20 to 24, Bidding since the 24th; seen on the 31st."""
        self.set_time(datetime(2026, 3, 3, 9))
        deal = self.make_deal(stage_id=self.needs.id)
        for day, stage in ((9, self.bidding), (20, self.needs), (24, self.bidding)):
            self.set_time(datetime(2026, 3, day, 9))
            deal.stage_id = stage
        self.set_time(datetime(2026, 3, 31, 9))
        self.assertEqual(deal.stage_days, 7)
        self.assertEqual(self.visits_of(deal.id)[-1], (self.bidding, "open", 7))
        in_all = dict(self.Visit._read_group([("lead_ref", "=", deal.id)], ["stage_id"], ["days:sum"]))
        self.assertEqual(in_all, {self.bidding: 18, self.needs: 10})

    def test_raised_and_won_in_one_save(self):
        """Pipeline movements: 100k raised to 120k and won in one save."""
        deal = self.make_deal(expected_revenue=100000, stage_id=self.talks.id)
        self.pass_time(days=1)
        deal.write({"expected_revenue": 120000, "stage_id": self.signed.id})
        self.assertEqual(
            self.lines_of(deal.id, self.env.cr.now()),
            [("amount_up", self.talks, 0, 20000), ("won", self.talks, -1, -120000)],
        )
        self.assertEqual(self.outcomes_of(deal.id), ["Negotiation: won"])
        self.assertBalanced()

    def test_one_push_of_three_days(self):
        """Pushes: 28 February to 5 March, then to 3 March the same day."""
        deal = self.make_deal()
        self.pass_time(days=1)
        deal.date_deadline = date(2026, 2, 28)
        self.pass_time(days=1)
        self.assertEqual((deal.push_count, deal.push_days), (0, 0))
        deal.date_deadline = date(2026, 3, 5)
        self.pass_time(hours=3)
        self.assertEqual((deal.push_count, deal.push_days), (1, 5))
        deal.date_deadline = date(2026, 3, 3)
        self.pass_time(days=1)
        self.assertEqual((deal.push_count, deal.push_days), (1, 3))
        deal.date_deadline = False
        self.pass_time(days=1)
        self.assertEqual((deal.push_count, deal.push_days), (1, 3))

    def test_day_is_that_of_the_company(self):
        """The day is that in the company's time zone, for every reader."""
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        self.set_time(datetime(2026, 3, 4, 17, 30))
        deal = self.make_deal()
        self.env.cr.flush()
        movement = self.Movement.with_context(tz="Europe/London").search([("lead_ref", "=", deal.id)])
        self.assertEqual(movement.day, date(2026, 3, 5))

    def test_funnel_of_any_past_day(self):
        """The sum of the lines up to a day is the pipeline by stage at the end of that day."""
        deals = self.make_deal(), self.make_deal(expected_revenue=50), self.make_deal(stage_id=self.bidding.id)
        seen = {}
        for step in (
            lambda: deals[0].write({"stage_id": self.needs.id}),
            deals[1].action_set_lost,
            lambda: deals[2].write({"expected_revenue": 70.5, "user_id": self.colleague.id}),
            deals[0].action_set_won,
        ):
            self.env.cr.flush()
            seen[self.env.cr.now().date()] = {
                stage: (count, amount)
                for stage, count, amount in self.Lead._read_group(
                    [("won_status", "=", "pending")], ["stage_id"], ["__count", "expected_revenue:sum"]
                )
            }
            self.pass_time(days=1)
            step()
        for day, funnel in seen.items():
            with self.subTest(day=day):
                groups = self.Movement._read_group([("day", "<=", day)], ["stage_id"], ["deal_count:sum", "amount:sum"])
                self.assertEqual({stage: (count, amount) for stage, count, amount in groups if count or amount}, funnel)
        self.assertEqual(len(seen), 4)
        self.assertIn(self.start.date() + timedelta(days=3), seen)
