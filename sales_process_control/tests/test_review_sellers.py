from odoo import Command
from odoo.tests import new_test_user, tagged

from .hot_common import HotCase
from .progress_common import ProgressCase
from .review_rest_common import ReviewMixin


@tagged("post_install", "-at_install")
class TestReviewSellers(ReviewMixin, HotCase, ProgressCase):
    """A row for each salesperson: next actions, progress, promises, required sales actions, moves in bulk."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.company_ids = [Command.set(cls.company.ids)]

    def rows(self, user=None, **arguments):
        return {row["name"]: row for row in self.read_block("sellers", user, **arguments)["sellers"]}

    def test_deals(self):
        planned, moving, _idle = (self.make_deal() for _number in range(3))
        self.make_deal(user_id=False)
        self.make_deal(user_id=self.colleague.id, team_id=self.other_team.id)
        self.plan(planned)
        self.pass_time(days=10)
        self.hear(moving)
        self.pass_time(days=6)
        rows = self.rows()
        self.assertEqual(set(rows), {self.seller.name, self.colleague.name, "Unassigned"})
        row = rows[self.seller.name]
        self.assertEqual([row[name]["value"] for name in ("open", "with_next", "progress")], [3, 1, 1])
        self.assertEqual(self.opened(row["progress"]), moving)
        self.assertEqual(row["progress"]["context"], {"show_last_progress": True})
        self.pass_time(days=2)
        self.assertEqual(self.rows()[self.seller.name]["progress"]["value"], 0)
        self.assertEqual(set(self.rows(team_id=self.other_team.id)), {self.colleague.name})
        self.assertEqual(set(self.rows(self.seller)), {self.seller.name, "Unassigned"})

    def test_promises_of_the_period(self):
        for number in range(10):
            _deal, flag = self.make_hot_deal(kind="other", due_date=self.day(3))
            flag.action_settle("kept" if number < 7 else "broken")
        promises = self.rows()[self.seller.name]["promises"]
        self.assertEqual((promises["kept"]["value"], promises["settled"]["value"]), (7, 10))
        self.assertEqual(promises["rate"], 0.7)
        self.pass_time(days=60)
        promises = self.rows(period="month")[self.seller.name]["promises"]
        self.assertExactly((promises["settled"]["value"], promises["rate"]), (0, False))

    def test_no_promise_was_kept(self):
        """A rate of 0 is known."""
        for _number in range(10):
            _deal, flag = self.make_hot_deal(kind="other", due_date=self.day(3))
            flag.action_settle("broken")
        self.assertExactly(self.rows()[self.seller.name]["promises"]["rate"], 0.0)

    def test_required_actions(self):
        self.contact.step_ids = [
            Command.create({"name": name, "is_required": True, "activity_type_id": self.call.id})
            for name in ("Budget asked", "References sent")
        ]
        self.pass_time(days=1)
        for number in range(10):
            if number == 9:
                self.assertIs(self.rows()[self.seller.name]["steps"]["rate"], False)
            deal = self.make_deal()
            self.env.cr.flush()
            for activity in self.plan(deal) | (self.plan(deal) if number < 6 else self.plan(deal.browse())):
                activity.action_feedback()
        self.make_deal(stage_id=self.needs.id)
        steps = self.rows()[self.seller.name]["steps"]
        self.assertEqual((steps["taken"]["value"], steps["required"]["value"], steps["rate"]), (6, 10, 0.6))

    def test_moved_in_bulk(self):
        deals = self.make_deal()
        for _number in range(19):
            deals |= self.make_deal()
        self.pass_time(days=1)
        deals.with_user(self.seller).write({"stage_id": self.needs.id})
        self.pass_time(days=1)
        # Nineteen are not in bulk, and those of two people do not add up.
        deals[1:].with_user(self.manager).write({"stage_id": self.bidding.id})
        deals[0].with_user(self.seller).write({"stage_id": self.bidding.id})
        row = self.rows()[self.seller.name]
        self.assertEqual(row["bulk"]["value"], 20)
        self.assertEqual(self.opened(row["bulk"]).stage_id, self.needs)
        self.assertEqual(self.rows(user_id=self.seller.id)[self.seller.name]["bulk"]["value"], 20)

    def test_no_deals(self):
        self.assertEqual(self.review_of(self.manager, "sellers")["blocks"]["sellers"], {"sellers": [], "more": 0})

    def test_thirty_of_many(self):
        for number in range(32):
            self.make_deal(user_id=new_test_user(self.env, f"review_seller_{number}").id)
        block = self.review_of(self.manager, "sellers")["blocks"]["sellers"]
        self.assertEqual((len(block["sellers"]), block["more"]), (30, 2))

    def test_constant_statements(self):
        review = self.env["crm.process.review"].with_user(self.manager)

        def statements():
            self.env.cr.flush()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            review.get_review(blocks=["sellers"])
            return self.env.cr.sql_log_count - before

        self.make_deal()
        statements()
        one = statements()
        for number in range(8):
            self.make_deal(user_id=new_test_user(self.env, f"review_seller_{number}").id)
        statements()
        self.assertEqual(statements(), one)
