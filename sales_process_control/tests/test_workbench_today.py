from datetime import datetime

from odoo.tests import tagged

from .workbench_today_common import TodayCase


@tagged("post_install", "-at_install")
class TestWorkbenchActivities(TodayCase):
    """Activities that are overdue, or due on the reader's day."""

    def test_an_activity_as_its_row_shows_it(self):
        activity = self.do("Send offer", "2026-02-28")
        [entry] = self.block()["entries"]
        self.assertEqual(
            entry,
            {
                "kind": "activity",
                "id": activity.id,
                "icon": self.call.icon,
                "title": "Send offer",
                "lead_id": self.deal.id,
                "lead_name": "Warehouse lights",
                "partner_name": "Buyer",
                "date_deadline": "2026-02-28",
                "start": False,
                "stop": False,
                "is_all_day": False,
                "user_id": self.seller.id,
                "user_name": self.seller.name,
            },
        )

    def test_without_a_summary_it_is_called_as_its_type(self):
        self.do("")
        self.assertToday([self.call.name], (0, 1, 0))

    def test_overdue_first_then_due_then_nothing(self):
        self.do("Today")
        self.do("Yesterday", "2026-03-01")
        self.do("Last week", "2026-02-23")
        self.do("Tomorrow", "2026-03-03")
        self.do("Done", "2026-03-01").action_done()
        self.assertToday(["Last week", "Yesterday", "Today"], (2, 1, 0))

    def test_days_of_the_reader(self):
        self.do("Second of March")
        self.do("Third of March", "2026-03-03")
        self.set_time(datetime(2026, 3, 2, 23, 30))
        self.assertToday(["Second of March", "Third of March"], (1, 1, 0), tz="Asia/Tokyo")
        self.assertToday(["Second of March"], (0, 1, 0), tz="America/Lima")
        self.set_time(datetime(2026, 3, 3, 4, 30))
        self.assertToday(["Second of March"], (0, 1, 0), tz="America/Lima")
        self.set_time(datetime(2026, 3, 3, 5, 0))
        self.assertToday(["Second of March", "Third of March"], (1, 1, 0), tz="America/Lima")

    def test_customers_and_deals_only(self):
        self.do("Customer", on=self.customer)
        self.do("Lead", on=self.make_deal(name="lead", type="lead"))
        self.do("No record", on=self.deal).write({"res_model_id": False, "res_id": False})
        self.do("A team", on=self.team)
        self.assertToday(["Customer"], (0, 1, 0))
        [entry] = self.block()["entries"]
        self.assertEqual((entry["lead_id"], entry["lead_name"], entry["partner_name"]), (False, False, "Buyer"))

    def test_closed_deals(self):
        """What has to be done on a deal has to be done after it was won or lost, too."""
        ends = {"won": "action_set_won", "lost": "action_set_lost", "archived": "action_archive"}
        for name, end in ends.items():
            deal, theirs = self.make_deal(name=name), self.theirs.copy({"name": name})
            self.do(f"Overdue, {name}", "2026-02-02", on=deal)
            self.do(f"Due, {name}", on=theirs)
            self.do(f"Of a colleague, {name}", on=theirs, by=self.colleague)
            self.do(f"Later, {name}", "2026-04-02", on=deal)
            getattr(deal | theirs, end)()
        self.team.user_id = self.manager
        overdue, due = ([f"{kind}, {name}" for name in ends] for kind in ("Overdue", "Due"))
        self.assertToday([*overdue, *due], (3, 3, 0))
        self.assertToday([f"Of a colleague, {name}" for name in ends], (0, 3, 0), self.colleague)
        self.assertToday(overdue, (3, 0, 0), self.manager, "team")
        of_all = [f"{kind}, {name}" for name in ends for kind in ("Due", "Of a colleague")]
        self.assertToday([*overdue, *of_all], (3, 6, 0), self.manager, "all")
        # The name of a closed deal is shown to those who may read it only.
        names = {entry["title"]: entry["lead_name"] for entry in self.block()["entries"]}
        self.assertEqual((names["Overdue, lost"], names["Due, lost"]), ("lost", False))

    def test_whose(self):
        """The own scope has the reader's activities; other scopes have those of all users on deals of the scope."""
        self.do("Mine")
        self.do("A colleague's on my deal", by=self.colleague)
        self.do("Mine on a deal of a colleague", on=self.theirs)
        self.do("Theirs", on=self.theirs, by=self.colleague)
        self.do("Mine on a customer", on=self.customer)
        self.team.user_id = self.manager
        mine = ["Mine", "Mine on a deal of a colleague", "Mine on a customer"]
        self.assertToday(mine, (0, 3, 0))
        self.assertToday(["Mine", "A colleague's on my deal"], (0, 2, 0), self.manager, "team")
        of_all = ["Mine", "A colleague's on my deal", "Mine on a deal of a colleague", "Theirs"]
        self.assertToday(of_all, (0, 4, 0), self.manager, "all")
        self.assertToday([], (0, 0, 0), self.manager)

    def test_a_deal_that_one_may_not_read_is_not_named(self):
        self.do("Demo", on=self.theirs)
        [entry] = self.block()["entries"]
        names = (entry["lead_id"], entry["lead_name"], entry["partner_name"])
        self.assertEqual((entry["title"], *names), ("Demo", False, False, False))
        self.assertNotIn("Theirs", str(self.block()))

    def test_rules_of_writing(self):
        """Odoo's list shows activities of others only on records on which the reader may post."""
        self.do("On a deal that the manager only reads", on=self.theirs, by=self.colleague)
        self.do("His own on it", on=self.theirs, by=self.manager)
        self.do("On another", by=self.seller)
        self.env["ir.rule"].create(
            {
                "name": "Reads all, writes some",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "domain_force": f"[('id', '!=', {self.theirs.id})]",
                "perm_read": False,
            }
        )
        self.assertToday(["His own on it", "On another"], (0, 2, 0), self.manager, "all")

    def test_rules_of_activities(self):
        """Record rules may hide some activities."""
        self.do("Secret")
        self.do("Open")
        self.env["ir.rule"].create(
            {
                "name": "No secrets",
                "model_id": self.env["ir.model"]._get_id("mail.activity"),
                "domain_force": "[('summary', '!=', 'Secret')]",
            }
        )
        self.assertToday(["Open"], (0, 1, 0))
        self.assertToday(["Open"], (0, 1, 0), self.manager, "all")

    def test_many(self):
        """All activities are counted. Overdue ones leave room for those of the day."""
        for number in range(20):
            self.do(f"Overdue {number:02}", "2026-02-01")
        overdue = [f"Overdue {number:02}" for number in range(12)]
        self.assertToday(overdue, (20, 0, 0))
        self.do("Today 1")
        self.do("Today 2")
        self.assertToday([*overdue[:10], "Today 1", "Today 2"], (20, 2, 0))
        for number in range(3, 20):
            self.do(f"Today {number}")
        shown = [*overdue[:6], *(f"Today {number}" for number in range(1, 7))]
        self.assertToday(shown, (20, 19, 0))

    def test_deal_of_an_activity(self):
        """The fields of these domains reveal no more than the reader may read."""
        own, theirs = self.do("Own"), self.do("Theirs", on=self.theirs)
        of_customer = self.do("Customer", on=self.customer)
        # An activity of others on a deal of others does not reveal that the deal is open.
        hidden = self.do("Hidden", on=self.theirs, by=self.colleague)
        activities = self.env["mail.activity"].with_user(self.seller)
        mine = activities.browse((own | theirs | of_customer)._ids)
        self.env.invalidate_all()
        self.assertIs(activities.browse(hidden.id).sudo().is_on_open_deal, True)
        self.env.invalidate_all()
        for name in ("is_on_open_deal", "is_on_opportunity"):
            self.assertNotIn(hidden.id, list(activities._search([(name, "=", True)], bypass_access=True)))
        self.assertEqual(
            mine.mapped(lambda activity: (activity.lead_id.id, activity.is_on_open_deal, activity.is_on_opportunity)),
            [(self.deal.id, True, True), (False, True, True), (False, False, False)],
        )
        for domain, found in (
            ([("lead_id", "=", self.deal.id)], own),
            ([("lead_id", "=", self.theirs.id)], activities),
            ([("lead_id", "=", False)], of_customer),
            ([("lead_id", "any", [("name", "=", "Theirs")])], activities),
            ([("lead_id.name", "=", "Warehouse lights")], own),
            ([("is_on_open_deal", "=", True)], own | theirs),
            ([("is_on_open_deal", "=", False)], of_customer),
            ([("is_on_open_deal", "in", [True, False])], own | theirs | of_customer),
            ([("is_on_opportunity", "=", True)], own | theirs),
            ([("is_on_opportunity", "=", False)], of_customer),
        ):
            with self.subTest(domain=domain):
                self.assertEqual(activities.search([("id", "in", mine.ids), *domain])._ids, found._ids)

    def test_deal_of_an_activity_that_is_closed(self):
        self.do("Own")
        self.do("Theirs", on=self.theirs)
        (self.deal | self.theirs).action_set_lost()
        self.env.flush_all()
        self.env.invalidate_all()
        mine = self.env["mail.activity"].with_user(self.seller).search([("user_id", "=", self.seller.id)])
        self.assertEqual(
            mine.mapped(lambda one: (one.lead_id.id, one.is_on_open_deal, one.is_on_opportunity)),
            [(self.deal.id, False, True), (False, False, True)],
        )
        self.assertEqual(mine.search([("is_on_opportunity", "=", True), ("id", "in", mine.ids)]), mine)
        self.assertFalse(mine.search([("is_on_open_deal", "=", True), ("id", "in", mine.ids)]))
