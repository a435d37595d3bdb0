import json
from datetime import date, timedelta
from random import Random

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..models.deal_review.pipeline_change import ChangesReader, PipelineChange
from .common import AccessCase, PipelineCase
from .deal_review_common import DealReviewMixin


@tagged("post_install", "-at_install")
class TestDealReview(DealReviewMixin, PipelineCase):
    """Tiles, lists and waterfall show the same deals and amounts."""

    def test_random_operations(self):
        random = Random(8)
        deals = [self.make_deal(expected_revenue=random.randrange(500)) for _deal in range(8)]
        for step in range(60):
            self.pass_time(seconds=random.choice((60, 7200, 70000)))
            self.change_one(random, deals)
            if step % 10 == 9:
                for user in (self.seller, self.manager):
                    self.assert_tiles(user, random.choice(("-1d", "-7d", "-30d")))
                self.assert_tiles(self.manager, team_id=self.other_team.id)
                self.assert_tiles(self.manager, user_id=self.seller.id)

    def test_moved_twice(self):
        """A deal counts once, with its amount at the last move; `lines` says how often it moved."""
        deal = self.make_deal(expected_revenue=100)
        self.pass_time(days=10)
        deal.stage_id = self.needs
        self.pass_time(days=1)
        deal.write({"expected_revenue": 250, "stage_id": self.bidding.id})
        tile = self.assert_tiles(self.seller)["forward"]
        self.assertEqual((tile["value"], tile["lines"], tile["amount"], tile["net"]), (1, 2, 250, 0))

    def test_handed_over(self):
        """The movement of a deal that another team has now is in the rest of the salesperson."""
        deal = self.make_deal(expected_revenue=100)
        self.pass_time(days=10)
        deal.stage_id = self.needs
        self.pass_time(days=1)
        deal.write({"user_id": self.colleague.id, "team_id": self.other_team.id})
        tile = self.assert_tiles(self.seller)["forward"]
        self.assertEqual((tile["value"], tile["rest"]["value"], tile["rest"]["amount"]), (0, 1, 100))
        self.assertEqual(self.assert_tiles(self.manager, team_id=self.team.id)["forward"]["value"], 1)

    def test_deleted_and_reopened(self):
        deals = [self.make_deal(expected_revenue=100) for _deal in range(3)]
        self.pass_time(days=10)
        deals[0].action_set_lost()
        deals[1].action_set_lost()
        self.pass_time(days=1)
        deals[0].unlink()
        deals[1].write({"active": True, "probability": 20})
        deals[2].action_set_won()
        tiles = self.assert_tiles(self.seller)
        lost = tiles["lost"]
        self.assertEqual((lost["value"], lost["amount"], lost["rest"]["value"]), (1, -100, 1))
        self.assertEqual(tiles["won"]["value"], 1)

    def test_changes(self):
        """Examples of docs/definitions.md, Deal Review."""
        moved = self.make_deal(expected_revenue=240, date_deadline="2026-11-30", stage_id=self.needs.id)
        back = self.make_deal(stage_id=self.bidding.id)
        lost = self.make_deal()
        same = self.make_deal()
        self.pass_time(days=10)
        new = self.make_deal()
        moved.write({"stage_id": self.bidding.id, "expected_revenue": 210, "date_deadline": "2026-12-20"})
        back.stage_id = self.needs
        lost.action_set_lost()
        self.env["crm.hot.flag"].create({"lead_id": same.id, "note": "Signs soon"})
        self.env.cr.flush()
        self.env.invalidate_all()
        moved, back, lost, same, new = (moved | back | lost | same | new).with_user(self.seller)
        self.assertEqual((moved.stage_before_id, moved.stage_change), (self.needs, "forward"))
        self.assertEqual((moved.amount_before, moved.closing_before), (240, date(2026, 11, 30)))
        self.assertRegex(moved.changes_since, r"^Moved on from .*, amount was .*240.*, closing was .*30")
        self.assertEqual((back.stage_change, back.stage_before_id), ("back", self.bidding))
        self.assertEqual(lost.changes_since, "Lost")
        self.assertEqual((same.changes_since, same.amount_before, same.stage_before_id.id), (False, None, False))
        self.assertTrue(new.is_new_since)
        self.assertEqual(new.changes_since, "New")
        self.assertFalse(moved.is_new_since)
        # Rows get the same values as one field.
        names = ("stage_change", "amount_before", "closing_change", "is_new_since", "pace", "stage_days", "push_count")
        names += ("is_hot", "hot_note")
        for deal in moved | back | lost | same | new:
            facts = {
                name: json.loads(deal.deal_facts).get(name) or False
                for name in (*names, "stage_before", "closing_before")
            }
            expected = {name: deal[name] or False for name in names}
            expected["stage_before"] = deal.stage_before_id.display_name
            expected["closing_before"] = fields.Date.to_string(deal.closing_before)
            self.assertEqual(facts, expected)

    def test_columns(self):
        deal = self.make_deal().with_user(self.seller)
        self.assertEqual((deal.last_word, deal.likelihood, deal.next_action), (False, None, False))
        activity = deal.activity_schedule("mail.mail_activity_data_call", summary="Ask for the plan")
        self.env.invalidate_all()
        self.assertEqual(deal.next_action, "Ask for the plan")
        activity.action_feedback("Need two more weeks")
        self.env.cr.flush()
        self.env.invalidate_all()
        self.assertEqual(deal.last_word, "“Need two more weeks”")

    def test_order_by_risk(self):
        """The order is that of the workbench; deals without a reason come last."""
        calm = self.make_deal()
        calm.activity_schedule("mail.mail_activity_data_call", date_deadline="2030-01-01")
        idle = self.make_deal()
        due = self.make_deal(date_deadline="2026-01-01")
        self.env.cr.flush()
        self.env.invalidate_all()
        leads = self.env["crm.lead"].with_user(self.seller)
        found = leads.search([("id", "in", (calm | idle | due).ids)], order="attention_rank, id")
        self.assertEqual(found, (due + idle + calm).with_user(self.seller))
        self.assertEqual(found.mapped("attention_rank"), [3, 5, 0])

    def test_statements(self):
        """The number of statements does not grow with deals."""
        names = (
            "changes_since",
            "deal_facts",
            "last_word",
            "likelihood",
            "next_action",
            "step_progress",
            "attention_rank",
        )
        counts = []
        for number in (3, 30):
            deals = self.make_many(number).with_user(self.seller)
            self.env.flush_all()
            for _warm in range(2):
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                deals.read(names)
                count = self.env.cr.sql_log_count - before
            counts.append(count)
        self.assertEqual(counts[0], counts[1])
        # The second call: Odoo keeps the record rules.
        review = self.env["crm.deal.review"].with_user(self.manager)
        for _warm in range(2):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            review.get_tiles()
            review.get_forecast_tiles()
            count = self.env.cr.sql_log_count - before
        self.assertLessEqual(count, 30)

    def test_last_day(self):
        """The last day that the calendar offers is accepted, also where the next day has begun."""
        self.company.resource_calendar_id.tz = "America/Los_Angeles"
        self.manager.tz = "Pacific/Kiritimati"
        answer, _tiles = self.tiles(self.manager)
        self.assertEqual(self.tiles(self.manager, answer["last_day"])[0]["since_day"], answer["last_day"])
        next_day = (date.fromisoformat(answer["last_day"]) + timedelta(days=1)).isoformat()
        with self.assertRaises(UserError):
            self.tiles(self.manager, next_day)

    def test_plan_of_the_sums(self):
        """Lines are joined with the deals that the reader may read, not compared with all of them one by one."""
        reader = ChangesReader(self.env(user=self.manager))
        for query in (
            reader.sums_sql(PipelineChange("created", "-7d")),
            reader.won_sql(PipelineChange("won_in_period", "-7d")),
        ):
            plan = "\n".join(line for (line,) in self.env.execute_query(SQL("EXPLAIN %s", query)))
            self.assertNotIn("SubPlan", plan)

    def test_odd_arguments(self):
        review = self.env["crm.deal.review"].with_user(self.seller)
        for since in ("x", "-0d", "2999-01-01", "-99999999d", [1], {"a": 1}, 5, True, "2026-13-40"):
            with self.subTest(since=since), self.assertRaises(UserError):
                review.get_tiles(since)
        with self.assertRaises(UserError):
            review.get_tiles(team_id="x")
        leads = self.env["crm.lead"].with_user(self.seller)
        good = {"kind": "lost", "since": "-7d"}
        odd = [
            {"kind": [1]},
            {"team_id": "a"},
            {"team_id": 0},
            {"user_id": -1},
            {"company_id": 2**31},
            {"team_id": True},
        ]
        for text in ("{", "[]", "1", "x", *(json.dumps({**good, **values}) for values in odd)):
            with self.subTest(text=text), self.assertRaises(UserError):
                leads.search([("pipeline_change", "=", text)])
        with self.assertRaisesRegex(UserError, "more than 20"):
            leads.search([("pipeline_change", "in", [f"{number}" for number in range(30)])])


@tagged("post_install", "-at_install")
class TestDealReviewAccess(DealReviewMixin, AccessCase):
    """No tile counts deals that the reader may not read, or deals of other companies."""

    def test_readers(self):
        self.pass_time(days=8)
        self.deals["own"].stage_id = self.needs
        self.deals["colleague's"].stage_id = self.bidding
        self.deals["nobody's"].user_id = self.colleague
        self.deals["abroad"].action_set_lost()
        self.pass_time(days=1)
        for user, names in self.readers():
            with self.subTest(user=user.login):
                tiles = self.assert_tiles(user)
                self.assertLessEqual(tiles["open"]["value"], len(names))

    def test_two_currencies(self):
        self.manager.company_ids = [Command.link(self.second.id)]
        self.pass_time(days=8)
        self.deals["abroad"].action_set_lost()
        self.deals["own"].action_set_lost()
        self.assert_tiles(self.manager)
        with self.assertRaises(AccessError):
            self.tiles(self.seller, company_id=self.second.id)

    def test_amounts_without_a_rate(self):
        """They are in no tile and in no list, and each kind of them is named."""
        self.manager.company_ids = [Command.link(self.second.id)]
        self.second.currency_id = self.env["res.currency"].create({"name": "XYZ", "symbol": "x"})
        values = {"company_id": self.second.id, "team_id": False, "user_id": False}
        moved, lost, won = (self.make_deal(expected_revenue=amount, **values) for amount in (10, 20, 40))
        self.pass_time(days=8)
        moved.stage_id = self.needs
        lost.action_set_lost()
        won.action_set_won()
        self.make_deal(expected_revenue=80, **values)
        self.assert_tiles(self.manager)
        answer, _tiles = self.tiles(self.manager)
        amounts = {row["what"]: row["amount"] for row in answer["changes_left_out"]}
        self.assertEqual(amounts, {"new deals": 80, "deals that moved on": 10, "lost deals": 20})
        amounts = {row["what"]: row["amount"] for row in answer["left_out"]}
        self.assertEqual(amounts["won deals"], 40)
        self.assertEqual({row["name"] for row in answer["left_out"] + answer["changes_left_out"]}, {"XYZ"})

    def test_an_amount_of_a_currency_is_not_shown_as_one_of_another(self):
        """The lines of a deal stay in the currency of the company that it left."""
        self.second.currency_id = self.env["res.currency"].create({"name": "XYZ", "symbol": "x"})
        self.manager.company_ids = [Command.link(self.second.id)]
        gone, kept = (
            self.make_deal(expected_revenue=160, user_id=False, team_id=False, company_id=company.id)
            for company in (self.company, self.second)
        )
        self.pass_time(days=1)
        gone.company_id = self.second
        _answer, tiles = self.tiles(self.manager)
        deals = self.deals_of(self.manager, tiles["new"])
        self.assertEqual({deal.id: deal.amount_changed for deal in deals & (gone + kept)}, {gone.id: 0, kept.id: 160})

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_nobody_else(self):
        text = json.dumps({"kind": "lost", "since": "-7d"})
        for user in (self.internal, self.portal):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self.env["crm.deal.review"].with_user(user).get_tiles()
                with self.assertRaises(AccessError):
                    self.env["crm.lead"].with_user(user).search([("pipeline_change", "=", text)])
