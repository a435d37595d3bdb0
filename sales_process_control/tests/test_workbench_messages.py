from contextlib import ExitStack
from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.tests import new_test_user, tagged

from ..models.workbench import workbench_messages
from ..models.workbench.calendar_attendee import CalendarAttendee
from ..models.workbench.calendar_event import CalendarEvent
from ..models.workbench.res_partner import ResPartner
from .common import AccessCase

#: Methods of the workbench that watch records of other apps.
WATCHING = {CalendarAttendee: ("write",), CalendarEvent: ("create", "write", "unlink"), ResPartner: ("write", "unlink")}
#: Statements of looking for colleagues who are online.
LOOKING = 1
#: Statements of Odoo's bus for the messages of a transaction.
SENDING = 1


def unwatched():
    """Have the methods of the workbench that watch records of other apps do nothing."""
    stack = ExitStack()
    for model, names in WATCHING.items():
        for name in names:

            def call_super(records, *args, model=model, name=name):
                return getattr(super(model, records), name)(*args)

            stack.enter_context(patch.object(model, name, call_super))
    return stack


@tagged("post_install", "-at_install")
class TestWorkbenchMessages(AccessCase):
    """The statements that messages to workbenches cost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["mail.presence"].search([]).unlink()
        cls.bookkeeper = new_test_user(cls.env, "bookkeeper", groups="base.group_user,base.group_partner_manager")

    def go_online(self, *users):
        self.env["mail.presence"].create([{"user_id": user.id, "status": "online"} for user in users])

    def count(self, act):
        """Return the number of statements of an action, in a time of its own."""
        self.pass_time(hours=1)
        self.env.cr.flush()
        before = self.env.cr.sql_log_count
        act()
        self.env.cr.flush()
        return self.env.cr.sql_log_count - before

    def assertCostsNothing(self, act):
        """Assert that an action takes no more statements with the methods of the workbench than without."""
        with unwatched():
            self.count(act)
            without = self.count(act)
        self.count(act)
        self.assertLessEqual(self.count(act), without)

    def statements_of_messages(self, act):
        """Return how many statements the messages add to an action, which changes something each time."""

        def forget(env):
            env.cr.precommit.data.pop(workbench_messages.COLLECTED)

        self.env.cr.cache.pop(workbench_messages.NOTIFIED, None)
        with patch.object(workbench_messages, "_send_messages", forget):
            self.count(act)
            without = self.count(act)
        self.count(act)
        self.env.cr.cache.pop(workbench_messages.NOTIFIED, None)
        return self.count(act) - without

    # ------------------------------------------------------------
    # RECORDS OF OTHER APPS
    # ------------------------------------------------------------

    def test_meetings_without_an_opportunity(self):
        self.go_online(self.seller, self.manager)
        for user in (self.manager, self.internal, self.env.user):
            events = self.env["calendar.event"].with_user(user).with_context(no_mail_to_attendees=True)
            values = {"name": "Talk", "partner_ids": [Command.set((self.seller | self.manager | user).partner_id.ids)]}

            def create(events=events, values=values):  # pylint: disable=dangerous-default-value
                start = self.env.cr.now()
                return events.create({**values, "start": start, "stop": start + timedelta(hours=1)})

            def write(event, **values):
                event.env.invalidate_all()
                event.write(values)

            event = create()
            times = iter(range(100))
            with self.subTest(user=user.login):
                self.assertCostsNothing(create)
                self.assertCostsNothing(lambda: write(event, name=f"Talk {next(times)}"))  # noqa: B023
                self.assertCostsNothing(lambda: write(event, privacy="public"))  # noqa: B023
                self.assertCostsNothing(
                    lambda: write(event, start=self.env.cr.now(), stop=self.env.cr.now() + timedelta(hours=1))  # noqa: B023
                )
                self.assertCostsNothing(lambda: create().unlink())

    def test_contacts_of_other_apps(self):
        """Contacts that are no customers, written by somebody who does not sell or by a job."""
        self.go_online(self.seller, self.manager)
        for user in (self.bookkeeper, self.env.user):
            contacts = self.env["res.partner"].with_user(user)
            contact = contacts.create({"name": "Landlord"})
            times = iter(range(100))

            def write(contact, **values):
                contact.env.invalidate_all()
                contact.write(values)

            with self.subTest(user=user.login):
                self.assertCostsNothing(lambda: write(contact, name=f"Landlord {next(times)}"))  # noqa: B023
                self.assertCostsNothing(lambda: write(contact, is_company=next(times) % 2 == 0))  # noqa: B023
                self.assertCostsNothing(lambda: contacts.create({"name": "Gone"}).unlink())  # noqa: B023

    def test_contacts_of_people_who_sell(self):
        """Whether a contact is a customer of a colleague is looked up once a transaction."""
        contact = self.env["res.partner"].with_user(self.manager).create({"name": "Landlord"})
        times = iter(range(100))

        def rename():
            contact.name = f"Landlord {next(times)}"

        self.assertEqual(self.statements_of_messages(rename), LOOKING)
        self.assertCostsNothing(lambda: contact.write({"street": f"Street {next(times)}"}))

    # ------------------------------------------------------------
    # DEALS
    # ------------------------------------------------------------

    def make_deals(self, number, user):
        values = {"type": "opportunity", "stage_id": self.contact.id, "user_id": user.id, "company_id": self.company.id}
        deals = self.Lead.create([{"name": f"Deal {index}", **values} for index in range(number)])
        self.env.cr.flush()
        return deals.with_user(self.manager)

    def moving(self, deals):
        """Return a function that moves deals to and fro between two stages."""
        times = iter(range(100))

        def move():
            deals.stage_id = (self.bidding, self.contact)[next(times) % 2]

        return move

    def test_own_deals(self):
        self.go_online(self.seller, self.manager)
        self.assertEqual(self.statements_of_messages(self.moving(self.make_deals(3, self.manager))), 0)

    def test_deals_of_a_colleague(self):
        for number in (1, 100):
            move = self.moving(self.make_deals(number, self.seller))
            self.assertEqual(self.statements_of_messages(move), 0, f"{number} deals, nobody is online")
        self.go_online(self.seller)
        for number in (1, 100):
            move = self.moving(self.make_deals(number, self.seller))
            self.assertEqual(self.statements_of_messages(move), LOOKING + SENDING, f"{number} deals")

    def test_a_second_message_is_not_looked_up(self):
        """A user who has a message of the transaction needs no other one."""
        self.go_online(self.seller)
        move = self.moving(self.make_deals(1, self.seller))
        self.statements_of_messages(move)
        with patch.object(workbench_messages, "_find_recipients") as find:
            self.count(move)
        find.assert_not_called()

    def test_ledgers_and_messages_together(self):
        """Moving deals of a colleague takes seven statements more, the message included."""
        recorder = type(self.env["crm.pipeline.recorder"])
        self.go_online(self.seller)
        for number in (1, 100):
            bare, whole = (self.moving(self.make_deals(number, self.seller)) for _side in range(2))
            with patch.object(recorder, "record", return_value=[]):
                self.count(bare)
                without = self.count(bare)
            self.count(whole)
            self.env.cr.cache.pop(workbench_messages.NOTIFIED, None)
            added = self.count(whole) - without
            self.assertEqual(added, 7, f"{number} deals")
