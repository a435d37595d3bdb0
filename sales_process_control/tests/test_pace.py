import random
from datetime import date, datetime, timedelta

from lxml import etree

from odoo.tests import new_test_user, tagged

from .progress_common import ProgressCase

LIMIT = 12


class PaceCase(ProgressCase):
    """Deals in a stage with a limit of twelve days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bidding.rotting_threshold_days = LIMIT

    def bid(self, **values):
        """A deal that enters Bidding now."""
        return self.make_deal(stage_id=self.bidding.id, **values)

    def assertPace(self, deal, pace, reason=None):
        """The pace is the same where it is shown, searched and grouped."""
        self.env.cr.flush()
        deal.invalidate_recordset()
        self.assertEqual(deal.pace or None, pace)
        self.assertEqual(self.Lead.search([("pace", "=", pace or False), ("id", "=", deal.id)]), deal)
        self.assertFalse(self.Lead.search([("pace", "!=", pace or False), ("id", "=", deal.id)]))
        [[group, count]] = self.Lead._read_group([("id", "=", deal.id)], ["pace"], ["__count"])
        self.assertEqual((group or None, count), (pace, 1))
        if reason is not None or not pace or pace == "on_pace":
            self.assertEqual(deal.pace_reason or None, reason)


@tagged("post_install", "-at_install")
class TestPace(PaceCase):
    """On pace, slow, stalled (docs/definitions.md, Pace)."""

    def test_limit(self):
        for elapsed, pace in (
            (timedelta(0), "on_pace"),
            (timedelta(days=12), "on_pace"),
            (timedelta(days=12, seconds=1), "stalled"),
            (timedelta(days=40), "stalled"),
        ):
            with self.subTest(elapsed=elapsed):
                self.set_time(self.start)
                deal = self.bid()
                self.set_time(self.start + elapsed)
                self.assertPace(deal, pace)

    def test_progress_within_the_limit_makes_it_slow(self):
        for since, pace in (
            (timedelta(0), "slow"),
            (timedelta(days=12), "slow"),
            (timedelta(days=12, seconds=1), "stalled"),
        ):
            with self.subTest(since=since):
                self.set_time(self.start)
                deal = self.bid()
                self.set_time(self.start + timedelta(days=20) - since)
                self.hear(deal)
                self.set_time(self.start + timedelta(days=20))
                self.assertPace(deal, pace)

    def test_next_activity_excuses_twice(self):
        deal = self.bid()
        self.pass_time(days=13)
        for pace in ("slow", "slow", "stalled"):
            activity = self.plan(deal)
            self.assertPace(deal, pace)
            # Cancelled, it leaves nothing in Odoo.
            activity.unlink()
            self.assertPace(deal, "stalled")
            self.pass_time(hours=1)

    def test_what_is_planned_at_once_is_planned_once(self):
        """A plan of Odoo's makes several activities."""
        deal = self.bid()
        self.pass_time(days=13)
        for pace in ("slow", "slow", "stalled"):
            activities = self.plan(deal) | self.plan(deal) | self.plan(deal)
            self.assertPace(deal, pace)
            activities.unlink()
            self.pass_time(hours=1)

    def test_what_was_planned_before_the_limit_passed_does_not_count(self):
        deal = self.bid()
        for _time in range(4):
            self.pass_time(days=1)
            self.plan(deal).unlink()
        self.plan(deal, date_deadline=date(2026, 4, 20))
        self.pass_time(days=10)
        self.assertPace(deal, "slow")

    def test_putting_off_is_planning_again(self):
        deal = self.bid()
        self.pass_time(days=13)
        activity = self.plan(deal)
        for days, pace in ((3, "slow"), (2, "slow"), (5, "stalled")):
            self.pass_time(hours=1)
            activity.date_deadline = (self.env.cr.now() + timedelta(days=days)).date()
            self.assertPace(deal, pace)

    def test_overdue_activity_excuses_nothing(self):
        deal = self.bid()
        self.pass_time(days=13)
        self.plan(deal)
        self.pass_time(days=1)
        self.assertPace(deal, "slow")
        self.pass_time(days=1)
        self.assertPace(deal, "stalled")

    def test_today_is_that_of_the_reader(self):
        deal = self.bid()
        self.set_time(datetime(2026, 3, 20, 23, 0))
        self.plan(deal, date_deadline=date(2026, 3, 20))
        self.assertEqual(deal.with_context(tz="UTC").pace, "slow")
        self.assertEqual(deal.with_context(tz="Asia/Tokyo").pace, "stalled")
        self.assertEqual(self.Lead.with_context(tz="Asia/Tokyo").search([("pace", "=", "stalled")]), deal)

    def test_without_pace(self):
        self.contact.is_unlimited = True
        lead, won, lost, on_hold = self.bid(type="lead"), self.bid(), self.bid(), self.make_deal()
        won.stage_id = self.signed
        lost.action_set_lost()
        self.pass_time(days=40)
        for deal in (lead, won, on_hold, self.make_deal(stage_id=False)):
            self.assertPace(deal, None)
        self.assertFalse(lost.pace)
        self.assertFalse(self.Lead.with_context(active_test=False).search([("pace", "!=", False)]))
        self.assertFalse(self.Lead.new({"stage_id": self.bidding.id}).pace)

    def test_limit_that_changes(self):
        deal = self.bid()
        self.pass_time(days=10)
        self.assertEqual(deal.pace, "on_pace")
        self.bidding.rotting_threshold_days = 5
        self.assertEqual(deal.pace, "stalled")
        self.bidding.rotting_threshold_days = 0
        self.assertEqual(deal.pace, "on_pace")
        self.bidding.nightly_limit_days = 9
        self.assertEqual(deal.pace, "stalled")
        self.bidding.is_unlimited = True
        self.assertFalse(deal.pace)

    def test_limit_of_ages(self):
        """Somebody may type it for never. Times before the calendar began are none."""
        slow, stalled = self.make_deal(), self.bid()
        self.contact.rotting_threshold_days = 9_999_999
        self.assertEqual(self.contact.pace_limit_days, 36500)
        self.pass_time(days=40)
        self.assertEqual(self.Lead.search([("pace", "=", "stalled")]), stalled)
        self.assertPace(slow, "on_pace")

    def test_stage_without_a_limit(self):
        """The default limit, and which it is."""
        deal = self.make_deal(stage_id=self.needs.id)
        self.pass_time(days=30)
        self.assertPace(deal, "on_pace")
        self.pass_time(seconds=1)
        reason = "Just over 30 days in Needs Analysis (default limit 30), no contact from the customer yet."
        self.assertPace(deal, "stalled", reason)
        self.pass_time(days=162)
        reason = "192 days in Needs Analysis (default limit 30), no contact from the customer yet."
        self.assertPace(deal, "stalled", reason)
        self.needs.nightly_limit_days = 100
        reason = "192 days in Needs Analysis (suggested limit 100), no contact from the customer yet."
        self.assertPace(deal, "stalled", reason)

    def test_changes_are_seen_at_once(self):
        deal = self.bid()
        self.pass_time(days=20)
        self.assertEqual(deal.pace, "stalled")
        activity = self.plan(deal).sudo()
        self.assertEqual(deal.pace, "slow")
        activity.date_deadline = date(2026, 3, 1)
        self.assertEqual(deal.pace, "stalled")
        activity.action_feedback(feedback="Done")
        self.assertEqual(deal.pace, "slow")
        deal.stage_id = self.talks
        self.assertEqual(deal.pace, "on_pace")

    def test_odoos_badge_keeps_working(self):
        deal = self.bid()
        self.pass_time(days=13)
        self.assertTrue(deal.is_rotting)
        self.assertEqual(deal.rotting_days, 13)
        self.assertEqual(self.Lead.search([("is_rotting", "=", True)]), deal)

    def test_pace_can_be_grouped(self):
        description = self.Lead.fields_get(["pace"], ["groupable", "searchable"])["pace"]
        self.assertTrue(description["groupable"])
        self.assertTrue(description["searchable"])


@tagged("post_install", "-at_install")
class TestPaceEverywhere(PaceCase):
    """Searched, grouped and shown: the same, and in a constant number of statements."""

    def random_deals(self, number=120):
        chance = random.Random(10)
        self.needs.rotting_threshold_days = 5
        self.contact.is_unlimited = True
        deals = self.Lead
        for _index in range(number):
            self.set_time(self.start + timedelta(days=chance.randrange(30), seconds=chance.randrange(86400)))
            stage = chance.choice((self.contact, self.needs, self.bidding))
            deals |= self.make_deal(stage_id=stage.id, type=chance.choice(("opportunity",) * 5 + ("lead",)))
        for _index in range(number):
            self.set_time(self.start + timedelta(days=30 + chance.randrange(10), seconds=chance.randrange(86400)))
            deal = chance.choice(deals)
            match chance.randrange(6):
                case 0:
                    self.hear(deal)
                case 1 | 2:
                    self.plan(deal, date_deadline=(self.start + timedelta(days=chance.randrange(30, 60))).date())
                case 3:
                    deal.stage_id = chance.choice((self.needs, self.bidding, self.signed))
                case 4:
                    deal.action_set_lost()
                case 5:
                    self.plan(deal).unlink()
        self.set_time(self.start + timedelta(days=41))
        self.env.invalidate_all()
        return deals.with_context(active_test=False)

    def test_random_deals(self):
        deals = self.random_deals()
        leads = self.Lead.with_context(active_test=False)
        shown = {
            pace: deals.filtered(lambda deal, pace=pace: (deal.pace or None) == pace)
            for pace in (None, "on_pace", "slow", "stalled")
        }
        self.assertTrue(all(shown.values()), "the story has deals of each kind")
        inside = [("id", "in", deals.ids)]
        for pace, expected in shown.items():
            self.assertEqual(leads.search([*inside, ("pace", "=", pace or False)]), expected & leads.search(inside))
            others = leads.search([*inside, ("pace", "!=", pace or False)])
            self.assertEqual(set(others), set(deals - expected))
        late = leads.search([*inside, ("pace", "in", ["slow", "stalled"])])
        self.assertEqual(set(late), set(shown["slow"] | shown["stalled"]))
        mixed = leads.search([*inside, ("pace", "in", ["stalled", False])])
        self.assertEqual(set(mixed), set(shown["stalled"] | shown[None]))
        self.assertEqual(set(leads.search([*inside, ("pace", "not in", ["stalled", False])])), set(deals - mixed))
        self.assertEqual(deals.filtered_domain([("pace", "=", "slow")]), shown["slow"])
        groups = dict(leads._read_group(inside, ["pace"], ["__count"]))
        self.assertEqual(
            {group or None: count for group, count in groups.items()}, {k: len(v) for k, v in shown.items()}
        )
        stages = leads.formatted_read_grouping_sets(inside, [["pace", "stage_id"], ["pace"], []], ["__count"])
        self.assertEqual(stages[2][0]["__count"], len(deals))
        for deal in deals:
            self.assertEqual(bool(deal.pace_reason), deal.pace in ("slow", "stalled"))

    def test_statements(self):
        deals = self.random_deals(40)
        deals.mapped("stage_id.name")
        for some in (deals[:2], deals):
            some.invalidate_recordset(["pace", "pace_reason"])
            with self.assertQueryCount(2):
                some.mapped("pace")
                some.mapped("pace_reason")

    def test_reader_without_sales_rights(self):
        """Another module may let users without rights in Sales read deals, but not the limits of stages."""
        for model in ("crm.lead", "crm.stage"):
            access = {"name": model, "model_id": self.env["ir.model"]._get_id(model), "perm_read": True}
            self.env["ir.model.access"].create({**access, "group_id": self.env.ref("base.group_user").id})
        reader = new_test_user(self.env, "process_pace_reader", groups="base.group_user")
        deal = self.bid()
        self.pass_time(days=LIMIT + 1)
        self.env.cr.flush()
        self.assertEqual(deal.with_user(reader).read(["pace"]), [{"id": deal.id, "pace": "stalled"}])
        self.assertTrue(deal.with_user(reader).pace_reason)

    def test_readers_see_their_own(self):
        self.pass_time(days=-20)
        mine, theirs = self.bid(), self.bid(user_id=self.colleague.id)
        self.pass_time(days=20)
        self.env.cr.flush()
        stalled = self.Lead.with_user(self.seller).search([("pace", "=", "stalled")])
        self.assertEqual(stalled, mine)
        self.assertEqual(stalled.pace, "stalled")
        self.assertTrue(stalled.pace_reason)
        self.assertTrue(theirs.pace)
        portal = new_test_user(self.env, "process_pace_portal", groups="base.group_portal")
        self.assertFalse(self.Lead.with_user(portal).has_access("read"))


@tagged("post_install", "-at_install")
class TestOneCountOfDays(PaceCase):
    """Odoo's own counts of days are hidden where the days of this module stand."""

    def nodes(self, view, kind, name):
        arch = etree.fromstring(self.Lead.get_view(self.env.ref(view).id, kind)["arch"])
        return arch.xpath(f"//*[@name='{name}']")

    def test_views(self):
        [card] = self.nodes("crm.crm_case_kanban_view_leads", "kanban", "rotting_days")
        self.assertEqual(card.get("invisible"), "1")
        for view, kind in (("crm.crm_case_tree_view_oppor", "list"), ("crm.crm_lead_view_form", "form")):
            for node in self.nodes(view, kind, "stage_id"):
                self.assertNotIn("rotting", node.get("widget") or "")
        [search] = self.nodes("crm.view_crm_case_opportunities_filter", "search", "filter_rotting")
        self.assertEqual(search.get("invisible"), "1")

    def test_whole_days_that_have_passed(self):
        """A deal has 18 days until the nineteenth has passed, on the card as in the reason."""
        deal = self.bid()
        self.pass_time(days=18, hours=23, minutes=59)
        self.assertPace(deal, "stalled", "18 days in Bidding (limit 12), no contact from the customer yet.")
        block = self.env["crm.screen.deals"].with_user(self.seller)
        [row] = block._describe_deals(deal.ids)
        self.assertEqual(row["stage_days"], 18)
