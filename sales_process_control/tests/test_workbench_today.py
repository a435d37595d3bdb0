from datetime import datetime, timedelta

from odoo.tests import tagged

from .progress_common import ProgressCase
from .workbench_common import WorkbenchMixin


class TodayCase(WorkbenchMixin, ProgressCase):
    """Activities and meetings of a day; it is Monday, 2 March 2026, 9 o'clock UTC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["calendar.event"].search([]).unlink()
        cls.deal = cls.Lead.create(
            {
                "name": "Warehouse lights",
                "type": "opportunity",
                "stage_id": cls.contact.id,
                "team_id": cls.team.id,
                "user_id": cls.seller.id,
                "company_id": cls.company.id,
                "partner_id": cls.customer.id,
            }
        )
        cls.theirs = cls.deal.copy({"name": "Theirs", "user_id": cls.colleague.id, "team_id": cls.other_team.id})
        cls.env.cr.flush()

    def read(self, user=None, scope="mine", **context):
        return self.block_of(user or self.seller, "today", scope, **context)

    def counts(self, block):
        return tuple(block[name]["value"] for name in ("overdue", "due", "meetings"))

    def titles(self, block):
        return [entry["title"] for entry in block["entries"]]

    def assertToday(self, titles, counts, user=None, scope="mine", **context):
        """The block shows these, says how many there are, and opens as many."""
        user = user or self.seller
        block = self.read(user, scope, **context)
        self.assertEqual(self.titles(block), titles)
        self.assertEqual(self.counts(block), counts)
        self.assert_numbers_open_their_records(block, user, **context)

    def do(self, summary, due="2026-03-02", on=None, by=None, **values):
        """An activity that somebody has to do."""
        on = self.deal if on is None else on
        return self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id(on._name),
                "res_id": on.id,
                "summary": summary,
                "date_deadline": due,
                "user_id": (by or self.seller).id,
                "activity_type_id": self.call.id,
                **values,
            }
        )


@tagged("post_install", "-at_install")
class TestWorkbenchActivities(TodayCase):
    """What one has to do: overdue, and due on the day of the reader."""

    def test_an_activity_as_its_row_shows_it(self):
        activity = self.do("Send offer", "2026-02-28")
        [entry] = self.read()["entries"]
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

    def test_customers_and_open_deals_only(self):
        self.do("Customer", on=self.customer)
        won, lost, archived = (self.make_deal(name=name) for name in ("won", "lost", "archived"))
        lead = self.make_deal(name="lead", type="lead")
        for on in (won, lost, archived, lead):
            self.do(on.name, on=on)
        won.action_set_won()
        lost.action_set_lost()
        archived.action_archive()
        self.do("No record", on=self.deal).write({"res_model_id": False, "res_id": False})
        self.do("A team", on=self.team)
        self.assertToday(["Customer"], (0, 1, 0))
        [entry] = self.read()["entries"]
        self.assertEqual((entry["lead_id"], entry["lead_name"], entry["partner_name"]), (False, False, "Buyer"))

    def test_whose(self):
        """Mine is what one has to do; of teams, and of all, what anybody has to do on their deals."""
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
        [entry] = self.read()["entries"]
        names = (entry["lead_id"], entry["lead_name"], entry["partner_name"])
        self.assertEqual((entry["title"], *names), ("Demo", False, False, False))
        self.assertNotIn("Theirs", str(self.read()))

    def test_rules_of_writing(self):
        """Odoo's list shows activities of others only on records on which one may post."""
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
        """A house may keep people from reading some of them."""
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
        """All are counted. What is overdue leaves room for the day."""
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
        """What the domains of these numbers are made of tells no more than one may read."""
        own, theirs = self.do("Own"), self.do("Theirs", on=self.theirs)
        of_customer = self.do("Customer", on=self.customer)
        activities = self.env["mail.activity"].with_user(self.seller)
        mine = activities.browse((own | theirs | of_customer)._ids)
        self.env.invalidate_all()
        self.assertEqual(
            mine.mapped(lambda activity: (activity.lead_id.id, activity.is_on_open_deal)),
            [(self.deal.id, True), (False, True), (False, False)],
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
        ):
            with self.subTest(domain=domain):
                self.assertEqual(activities.search([("id", "in", mine.ids), *domain])._ids, found._ids)


@tagged("post_install", "-at_install")
class TestWorkbenchMeetings(TodayCase):
    """Meetings of the day that are about deals."""

    def at(self, hour, minute=0, day=2, deal=None, **values):
        """A meeting of an hour on a day of March."""
        return self.meet(self.deal if deal is None else deal, datetime(2026, 3, day, hour, minute), **values)

    def all_day(self, name, first, last=None, **values):
        return self.env["calendar.event"].create(
            {
                "name": name,
                "allday": True,
                "start_date": first,
                "stop_date": last or first,
                "start": f"{first} 08:00:00",
                "stop": f"{last or first} 18:00:00",
                "opportunity_id": self.deal.id,
                "user_id": self.seller.id,
                "partner_ids": [],
                **values,
            }
        )

    def test_a_meeting_as_its_row_shows_it(self):
        event = self.at(14, name="Reorder of desks")
        [entry] = self.read()["entries"]
        self.assertEqual(
            entry,
            {
                "kind": "meeting",
                "id": event.id,
                "icon": "fa-users",
                "title": "Reorder of desks",
                "lead_id": self.deal.id,
                "lead_name": "Warehouse lights",
                "partner_name": "Buyer",
                "date_deadline": "2026-03-02",
                "start": "2026-03-02 14:00:00",
                "is_all_day": False,
                "user_id": self.seller.id,
                "user_name": self.seller.name,
            },
        )

    def test_between_what_is_overdue_and_what_is_due(self):
        self.do("Due")
        self.do("Overdue", "2026-03-01")
        self.at(16, name="Afternoon")
        self.at(8, name="Morning")
        self.all_day("Fair", "2026-03-02")
        self.assertToday(["Overdue", "Fair", "Morning", "Afternoon", "Due"], (1, 1, 3))
        entries = {entry["title"]: entry for entry in self.read()["entries"]}
        self.assertEqual((entries["Fair"]["start"], entries["Fair"]["is_all_day"]), (False, True))

    def test_days_of_the_reader(self):
        """Midnight in Tokyo is 15:00 UTC, in Lima 5:00 UTC."""
        self.at(13, 59, name="Before midnight in Tokyo")
        self.at(15, 0, name="Midnight in Tokyo")
        self.at(4, 0, day=3, name="Before midnight in Lima")
        self.at(5, 0, day=3, name="Midnight in Lima")
        self.set_time(datetime(2026, 3, 2, 14, 30))
        self.assertToday(["Before midnight in Tokyo"], (0, 0, 1), tz="Asia/Tokyo")
        self.set_time(datetime(2026, 3, 2, 15, 30))
        in_tokyo = ["Midnight in Tokyo", "Before midnight in Lima", "Midnight in Lima"]
        self.assertToday(in_tokyo, (0, 0, 3), tz="Asia/Tokyo")
        in_lima = ["Before midnight in Tokyo", "Midnight in Tokyo", "Before midnight in Lima"]
        self.assertToday(in_lima, (0, 0, 3), tz="America/Lima")
        self.set_time(datetime(2026, 3, 3, 5, 30))
        self.assertToday(["Midnight in Lima"], (0, 0, 1), tz="America/Lima")

    def test_over_midnight_and_over_days(self):
        self.at(22, day=1, hours=4, name="Since yesterday")
        self.at(23, hours=4, name="Until tomorrow")
        self.at(9, day=1, hours=48, name="Three days")
        self.at(23, day=1, hours=1, name="Ended at midnight")
        self.at(0, hours=0, name="Of no length")
        self.at(0, day=3, name="Tomorrow")
        titles = ["Three days", "Since yesterday", "Of no length", "Until tomorrow"]
        self.assertToday(titles, (0, 0, 4), tz="UTC")

    def test_days_of_summer_time(self):
        """On 29 March 2026 the day of Brussels has 23 hours: from 23:00 to 22:00 UTC."""
        for day, hour, name in (
            (28, 22, "Saturday"),
            (28, 23, "Sunday, first"),
            (29, 21, "Sunday, last"),
            (29, 22, "Monday"),
        ):
            self.at(hour, day=day, name=name)
        self.set_time(datetime(2026, 3, 29, 12, 0))
        self.assertToday(["Sunday, first", "Sunday, last"], (0, 0, 2), tz="Europe/Brussels")

    def test_all_day_is_that_date_everywhere(self):
        self.all_day("Fair", "2026-03-02", "2026-03-04")
        self.all_day("Another day", "2026-03-05")
        for day, titles in ((1, []), (2, ["Fair"]), (4, ["Fair"]), (5, ["Another day"])):
            for zone in ("Asia/Tokyo", "UTC", "America/Lima"):
                with self.subTest(day=day, zone=zone):
                    self.set_time(datetime(2026, 3, day, 12, 0))
                    self.assertToday(titles, (0, 0, len(titles)), tz=zone)

    def test_whose(self):
        """Mine are those in which one takes part, and did not decline; else those on deals of the scope."""
        guest = [(6, 0, self.seller.partner_id.ids)]
        self.at(8, name="Organised")
        self.at(9, name="Invited", user_id=self.colleague.id, deal=self.theirs, partner_ids=guest)
        declined = self.at(10, name="Declined", user_id=self.colleague.id, partner_ids=guest)
        declined.attendee_ids.do_decline()
        self.at(11, name="Of others on my deal", user_id=self.colleague.id)
        self.at(12, name="Without a deal", deal=self.Lead)
        self.at(13, name="Cancelled").active = False
        self.team.user_id = self.manager
        self.assertToday(["Organised", "Invited"], (0, 0, 2))
        self.assertToday(["Organised", "Declined", "Of others on my deal"], (0, 0, 3), self.manager, "team")
        of_all = ["Organised", "Invited", "Declined", "Of others on my deal"]
        self.assertToday(of_all, (0, 0, 4), self.manager, "all")
        # Of a deal that one may not read one is told nothing.
        [entry] = [entry for entry in self.read()["entries"] if entry["title"] == "Invited"]
        self.assertEqual((entry["lead_id"], entry["lead_name"], entry["partner_name"]), (False,) * 3)

    def test_closed_deals_and_leads_never(self):
        won, lost = self.make_deal(), self.make_deal()
        lead = self.make_deal(type="lead")
        for deal in (won, lost, lead):
            self.at(10, deal=deal)
        won.action_set_won()
        lost.action_set_lost()
        self.assertToday([], (0, 0, 0))
        self.assertToday([], (0, 0, 0), self.manager, "all")

    def test_a_private_meeting_of_another(self):
        """It is shown as Odoo shows it: when, and that somebody is busy."""
        self.at(10, name="Secret talks", privacy="private")
        self.assertToday(["Secret talks"], (0, 0, 1))
        self.assertToday(["Busy"], (0, 0, 1), self.manager, "all")
        [entry] = self.read(self.manager, "all")["entries"]
        told = (entry["lead_id"], entry["lead_name"], entry["partner_name"], entry["start"])
        self.assertEqual(told, (False, False, False, "2026-03-02 10:00:00"))
        self.assertNotIn("Secret", str(entry))

    def test_a_meeting_and_its_activity_are_one(self):
        event = self.at(10, name="Talks")
        self.do("Talks", calendar_event_id=event.id)
        self.assertToday(["Talks"], (0, 0, 1))
        self.assertEqual(self.read()["entries"][0]["kind"], "meeting")
        self.assertToday(["Talks"], (0, 0, 1), self.manager, "all")

    def test_an_activity_of_a_meeting_that_is_not_shown(self):
        """It stays: of another day, or a meeting in which one does not take part."""
        tomorrow = self.at(10, day=3, name="Tomorrow")
        self.do("Prepare", calendar_event_id=tomorrow.id)
        of_others = self.at(11, name="Of others", user_id=self.colleague.id)
        self.do("Follow up", calendar_event_id=of_others.id)
        self.assertToday(["Prepare", "Follow up"], (0, 2, 0))
        self.assertToday(["Of others", "Prepare"], (0, 1, 1), self.manager, "all")

    def test_many(self):
        for number in range(15):
            self.meet(self.deal, self.start + timedelta(minutes=number), name=f"Talk {number:02}")
        self.do("Overdue", "2026-03-01")
        shown = ["Overdue", *(f"Talk {number:02}" for number in range(11))]
        self.assertToday(shown, (1, 0, 15))
