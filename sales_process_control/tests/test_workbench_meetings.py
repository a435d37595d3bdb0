from datetime import datetime, timedelta

from odoo import Command
from odoo.fields import Domain
from odoo.tests import tagged

from .workbench_today_common import TodayCase


@tagged("post_install", "-at_install")
class TestWorkbenchMeetings(TodayCase):
    """Meetings of the day: the reader's own, and those about deals."""

    def at(self, hour, minute=0, day=2, deal=None, **values):
        """Return a meeting of one hour on a day of March."""
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
        [entry] = self.block()["entries"]
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
                "stop": "2026-03-02 15:00:00",
                "is_all_day": False,
                "user_id": self.seller.id,
                "user_name": self.seller.name,
            },
        )

    def test_between_overdue_and_due_activities(self):
        self.do("Due")
        self.do("Overdue", "2026-03-01")
        self.at(16, name="Afternoon")
        self.at(8, name="Morning")
        self.all_day("Fair", "2026-03-02")
        self.assertToday(["Overdue", "Fair", "Morning", "Afternoon", "Due"], (1, 1, 3))
        entries = {entry["title"]: entry for entry in self.block()["entries"]}
        fair = entries["Fair"]
        self.assertEqual((fair["start"], fair["stop"], fair["is_all_day"]), (False, False, True))

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
        """The own scope has meetings that the reader has not declined; others have those about their deals."""
        guest = [(6, 0, self.seller.partner_id.ids)]
        self.at(8, name="Organised")
        self.at(9, name="Invited", user_id=self.colleague.id, deal=self.theirs, partner_ids=guest)
        declined = self.at(10, name="Declined", user_id=self.colleague.id, partner_ids=guest)
        declined.attendee_ids.do_decline()
        self.at(10, name="Organised and declined", deal=self.Lead, partner_ids=guest).attendee_ids.do_decline()
        self.at(11, name="Of others on my deal", user_id=self.colleague.id)
        self.at(12, name="Without a deal", deal=self.Lead)
        self.at(12, name="Of others, without a deal", deal=self.Lead, user_id=self.colleague.id)
        self.at(13, name="Cancelled").active = False
        self.team.user_id = self.manager
        self.assertToday(["Organised", "Invited", "Without a deal"], (0, 0, 3))
        self.assertToday(["Organised", "Declined", "Of others on my deal"], (0, 0, 3), self.manager, "team")
        of_all = ["Organised", "Invited", "Declined", "Of others on my deal"]
        self.assertToday(of_all, (0, 0, 4), self.manager, "all")
        # A deal that the reader may not read is left out.
        for entry in self.block()["entries"][1:]:
            self.assertEqual((entry["lead_id"], entry["lead_name"], entry["partner_name"]), (False,) * 3)

    def test_closed_deals_and_leads_only_where_one_takes_part(self):
        won, lost = self.make_deal(), self.make_deal()
        lead = self.make_deal(type="lead")
        for deal in (won, lost, lead):
            self.at(10, deal=deal)
        won.action_set_won()
        lost.action_set_lost()
        self.assertEqual(self.counts(self.block()), (0, 0, 3))
        self.assertToday([], (0, 0, 0), self.manager, "all")

    def test_a_private_meeting_of_another(self):
        """A private meeting shows its time and `Busy`, as in Odoo."""
        self.at(10, name="Secret talks", privacy="private")
        self.assertToday(["Secret talks"], (0, 0, 1))
        self.assertToday(["Busy"], (0, 0, 1), self.manager, "all")
        [entry] = self.block(self.manager, "all")["entries"]
        shown = (entry["lead_id"], entry["lead_name"], entry["partner_name"], entry["start"])
        self.assertEqual(shown, (False, False, False, "2026-03-02 10:00:00"))
        self.assertNotIn("Secret", str(entry))

    def test_what_is_private_is_what_odoo_hides(self):
        """Content is shown where `read` gives it, whatever the organizer has set, and whoever takes part."""
        meetings = self.env["crm.workbench.meetings"].with_user(self.manager)
        for setting in ("private", "public", None):
            settings = self.env["res.users.settings"]._find_or_create_for_user(self.colleague)
            if setting:
                settings.calendar_default_privacy = setting
            else:
                settings.unlink()
            events = self.env["calendar.event"].create(
                [
                    {
                        "name": "Secret talks",
                        "user_id": organizer,
                        "privacy": privacy,
                        "partner_ids": [Command.set(partner.ids)],
                        "opportunity_id": self.deal.id,
                        "start": self.start,
                        "stop": self.start + timedelta(hours=1),
                    }
                    for organizer in (self.colleague.id, False)
                    for privacy in (False, "private", "public", "confidential")
                    for partner in (self.colleague.partner_id, self.manager.partner_id)
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            # MOST are shown.
            for some in (events[:8], events[8:]):
                with self.subTest(setting=setting, ids=some.ids):
                    count, entries = meetings._read_meetings(Domain("id", "in", some.ids))
                    self.env.invalidate_all()
                    shown = {entry["id"]: (entry["summary"], entry["res_id"] or False) for entry in entries}
                    told = some.with_user(self.manager).read(["name", "opportunity_id"], load="")
                    self.assertEqual(shown, {row["id"]: (row["name"], row["opportunity_id"]) for row in told})
                    self.assertEqual(count, 8)

    def test_a_meeting_and_its_activity_are_one(self):
        event = self.at(10, name="Talks")
        self.do("Talks", calendar_event_id=event.id)
        self.assertToday(["Talks"], (0, 0, 1))
        self.assertEqual(self.block()["entries"][0]["kind"], "meeting")
        self.assertToday(["Talks"], (0, 0, 1), self.manager, "all")

    def test_an_activity_of_a_meeting_that_is_not_shown(self):
        """The activity is shown if its meeting is not: on another day, or without the reader."""
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
