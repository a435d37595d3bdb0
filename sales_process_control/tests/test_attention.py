from datetime import date, timedelta

from odoo.tests import tagged

from ..models.hot.attention import CLOSING, IDLE, PROMISE, REASONS, Attention
from .progress_common import ProgressCase
from .workbench_common import WorkbenchMixin

LIMIT = 12


class AttentionCase(ProgressCase):
    """Deals in Bidding, with a limit of twelve days, that need attention for each reason."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bidding.rotting_threshold_days = LIMIT

    def bid(self, name, planned=True, **values):
        """A deal that enters Bidding now, with a next action in sixty days."""
        deal = self.make_deal(name=name, stage_id=self.bidding.id, **values)
        if planned:
            self.plan(deal, date_deadline=(self.env.cr.now() + timedelta(days=60)).date())
        return deal

    def flag(self, deal, due_date):
        self.env.cr.flush()
        values = {"note": "Signs soon", "lead_id": deal.id, "due_date": due_date}
        return self.env["crm.hot.flag"].with_user(self.seller).create(values)

    def make_one_of_each(self):
        """Return deals by their only reason, False for one that needs no attention; on 20 March, day 18."""
        deals = {"slow": self.bid("Slow"), "stalled": self.bid("Stalled", planned=False)}
        self.pass_time(days=14)
        # Stalled for want of a next action that counts; the overdue one is a plan all the same.
        self.plan(deals["stalled"], date_deadline=date(2026, 3, 1))
        deals[CLOSING] = self.bid("Past closing", date_deadline=date(2026, 3, 15))
        deals[PROMISE] = self.bid("Promised")
        deals[IDLE] = self.bid("Idle", planned=False)
        deals[False] = self.bid("Fine", date_deadline=date(2026, 3, 20))
        self.flag(deals[PROMISE], date(2026, 3, 17))
        self.flag(deals[False], date(2026, 3, 20))
        self.pass_time(days=4)
        return deals


@tagged("post_install", "-at_install")
class TestAttention(AttentionCase):
    """Which deals need attention, and why (docs/definitions.md, Attention)."""

    def assertAttention(self, deal, reason):
        """The need is the same where it is shown, searched and grouped."""
        self.env.cr.flush()
        deal.invalidate_recordset()
        deal = deal.with_user(self.seller)
        self.assertEqual(deal.attention_reason or None, reason)
        self.assertEqual(deal.needs_attention, bool(reason))
        own = [("id", "=", deal.id)]
        leads = self.Lead.with_user(self.seller).with_context(active_test=False)
        self.assertEqual(leads.search([("needs_attention", "=", bool(reason)), *own]), deal)
        self.assertFalse(leads.search([("needs_attention", "!=", bool(reason)), *own]))
        self.assertEqual(leads._read_group(own, ["needs_attention"], ["__count"]), [(bool(reason), 1)])

    def test_each_reason(self):
        deals = self.make_one_of_each()
        for reason, sentence in (
            (PROMISE, "Promise 3 days overdue."),
            ("stalled", "18 days in Bidding (limit 12), no contact from the customer yet."),
            (CLOSING, "Expected closing passed 5 days ago."),
            (
                "slow",
                "18 days in Bidding (limit 12), no contact from the customer yet, next activity in 42 days.",
            ),
            (IDLE, "No next action."),
            (False, None),
        ):
            with self.subTest(reason=reason):
                self.assertAttention(deals[reason], sentence)

    def test_all_reasons_in_one_sentence(self):
        """The golden example."""
        deal = self.bid("All", planned=False, date_deadline=date(2026, 3, 19))
        self.flag(deal, date(2026, 3, 19))
        self.pass_time(days=18)
        self.assertAttention(
            deal,
            "Promise 1 day overdue, 18 days in Bidding (limit 12), no contact from the customer yet, expected closing "
            "passed 1 day ago, no next action.",
        )

    def test_closed_deals_and_leads_never(self):
        won, lost, archived = (self.bid(name, planned=False, date_deadline=date(2026, 3, 3)) for name in "abc")
        lead = self.bid("Lead", planned=False, type="lead")
        self.pass_time(days=40)
        won.action_set_won()
        lost.action_set_lost()
        archived.action_archive()
        for deal in (won, lost, archived, lead):
            self.assertAttention(deal, None)

    def test_a_stage_without_limit(self):
        self.bidding.is_unlimited = True
        deal = self.bid("On hold")
        self.pass_time(days=50)
        self.assertAttention(deal, None)

    def test_days_of_the_reader(self):
        deal = self.bid("Due", date_deadline=date(2026, 3, 2))
        self.set_time(self.start.replace(hour=23))
        for zone, needed in (("UTC", False), ("Asia/Tokyo", True)):
            lead = deal.with_user(self.seller).with_context(tz=zone)
            lead.invalidate_recordset()
            self.assertEqual(lead.needs_attention, needed)
            self.assertEqual(bool(lead.search([("needs_attention", "=", True), ("id", "=", lead.id)])), needed)

    def test_changes_are_seen_at_once(self):
        deal = self.bid("Changing", planned=False).with_user(self.seller)
        self.assertEqual(deal.attention_reason, "No next action.")
        activity = self.plan(deal)
        self.assertFalse(deal.needs_attention)
        deal.date_deadline = date(2026, 3, 1)
        self.assertEqual(deal.attention_reason, "Expected closing passed 1 day ago.")
        deal.date_deadline = False
        activity.unlink()
        self.assertTrue(deal.needs_attention)

    def test_statements(self):
        deals = self.Lead.concat(*self.make_one_of_each().values())
        deals.mapped("stage_id.name")
        for some in (deals[:2], deals):
            some.invalidate_recordset(["needs_attention", "attention_reason"])
            with self.assertQueryCount(1):
                some.mapped("attention_reason")

    def test_pages_in_the_order_of_risk(self):
        """The first pages, of which only some deals are sorted, are those of the whole order."""
        self.talks.rotting_threshold_days = 3
        for number in range(8):
            # Stalled for different times, in stages with different limits.
            for stage in (self.bidding, self.talks):
                self.make_deal(name=f"Stalled {number}", stage_id=stage.id)
            self.bid(f"Slow {number}")
            today = self.env.cr.now().date()
            self.bid(f"Past closing {number}", date_deadline=today + timedelta(days=3))
            self.flag(self.bid(f"Promised {number}"), today + timedelta(days=number * 4 + 1))
            self.pass_time(days=4)
        self.pass_time(days=10)
        self.Lead.search([], order="id desc", limit=3).stage_entered_at = False
        self.env.cr.flush()
        for user in (self.seller, self.manager):
            leads = self.Lead.with_user(user)
            everything = leads.search([], order="attention_rank, id")
            self.assertGreater(len(everything.filtered(lambda lead: lead.pace == "stalled")), 12)
            for limit, offset in ((1, 0), (3, 0), (5, 5), (12, 0), (6, 12), (40, 0), (40, 20)):
                page = leads.search([], order="attention_rank, id", limit=limit, offset=offset)
                self.assertEqual(page, everything[offset : offset + limit])
            bidding = [("stage_id", "=", self.bidding.id)]
            page = leads.search(bidding, order="attention_rank, id", limit=4)
            self.assertEqual(page, everything.filtered_domain(bidding)[:4])

    def test_a_page_sorts_few_deals(self):
        """A page by risk finds the risk of deals that may be on it only."""
        for _deal in range(3):
            self.make_deal(stage_id=self.bidding.id)
        self.pass_time(days=20)
        for _deal in range(10):
            self.bid("Fine")
        self.env.cr.flush()
        leads = self.Lead.with_user(self.manager)
        for limit, expected in ((3, 3), (4, len(leads.search([])))):
            query = leads._search([], order="attention_rank, id", limit=limit)
            query.limit = None
            self.assertEqual(len(self.env.execute_query(query.select())), expected)

    def test_who_sees_it(self):
        self.bid("Own", planned=False)
        self.bid("Theirs", planned=False, user_id=self.colleague.id)
        self.env.cr.flush()
        found = self.Lead.with_user(self.seller).search([("needs_attention", "=", True)])
        self.assertEqual(found.mapped("name"), ["Own"])
        internal = self.make_user("process_attention_internal", groups="base.group_user")
        self.assertNotIn("needs_attention", self.Lead.with_user(internal).fields_get())

    def test_order_of_reasons(self):
        attention = Attention("stalled", promise_days=2, closing_days=3, is_idle=True)
        self.assertEqual(attention.reasons, [PROMISE, "stalled", CLOSING, IDLE])
        self.assertEqual(Attention("on_pace").reasons, [])
        self.assertEqual(Attention("slow", closing_days=0, is_idle=True).reasons, [CLOSING, "slow", IDLE])


@tagged("post_install", "-at_install")
class TestAttentionOnTheWorkbench(WorkbenchMixin, AttentionCase):
    """The block Needs Attention counts and lists the same deals."""

    def test_one_of_each(self):
        self.make_one_of_each()
        block = self.block_of(self.seller, "attention")
        names = ["Promised", "Stalled", "Past closing", "Slow", "Idle"]
        self.assertEqual([deal["name"] for deal in block["deals"]], names)
        self.assertEqual([deal["attention"] for deal in block["deals"]], [[reason] for reason in REASONS])
        self.assertEqual({key: block[key]["value"] for key in REASONS}, dict.fromkeys(REASONS, 1))
        self.assertEqual(block["all"]["value"], 5)
        self.assert_in_order_of_risk(block)
        self.assert_numbers_open_their_records(block, self.seller)
        for deal in block["deals"]:
            self.assertEqual(
                deal["attention_reason"], self.Lead.with_user(self.seller).browse(deal["id"]).attention_reason
            )

    def assert_in_order_of_risk(self, block):
        """The block has the order of lists by risk, whose other deals come behind."""
        by_risk = self.Lead.with_user(self.seller).search([], order="attention_rank, id").ids
        self.assertEqual([deal["id"] for deal in block["deals"]], by_risk[: len(block["deals"])])

    def test_longest_first(self):
        """Deals with the same most urgent reason are ordered by how long they have it."""
        for name, days in (("Later", 9), ("First", 2), ("Second", 5)):
            self.bid(name, date_deadline=date(2026, 3, 2) + timedelta(days=days))
        for name in ("Idle first", "Idle second"):
            self.pass_time(hours=1)
            self.bid(name, planned=False)
        self.pass_time(days=11)
        block = self.block_of(self.seller, "attention")
        self.assert_in_order_of_risk(block)
        names = ["First", "Second", "Later", "Idle first", "Idle second"]
        self.assertEqual([deal["name"] for deal in block["deals"]], names)

    def test_numbers_of_every_scope(self):
        self.make_one_of_each()
        self.bid("Theirs", planned=False, user_id=self.colleague.id, team_id=self.other_team.id)
        self.team.user_id = self.manager
        for user, scope, count in (
            (self.colleague, "mine", 1),
            (self.manager, "mine", 0),
            (self.manager, "team", 5),
            (self.manager, "all", 6),
        ):
            with self.subTest(scope=scope):
                block = self.block_of(user, "attention", scope)
                self.assertEqual((block["all"]["value"], len(block["deals"])), (count, count))
                self.assert_numbers_open_their_records(block, user)

    def test_nothing(self):
        self.bid("Fine")
        block = self.block_of(self.seller, "attention")
        self.assertEqual((block["deals"], block["all"]["value"]), ([], 0))
