"""Messages to the workbenches of colleagues, on cursors that really commit."""

import contextlib
import json
from datetime import timedelta

import pytest

from odoo import SUPERUSER_ID, Command, api, fields

MESSAGE = "sales_process_control.workbench"
#: Deals of each of the two salespeople.
DEALS_OF_ANNA, DEALS_OF_BEN = slice(0, 2), slice(2, 3)


class Office:
    """Two salespeople and a manager, who are all online, with two new deals of the first salesperson.

    The people and the stages of the deals are those of earlier tests, if there are any.
    """

    def __init__(self, registry):
        self.registry = registry
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"no_reset_password": True})
            rights = {"anna": "salesman_all_leads", "ben": "salesman_all_leads", "chief": "manager"}
            self.people = {
                name: self.hire(env, name, f"sales_team.group_sale_{right}").id for name, right in rights.items()
            }
            self.set_presence(env, "online", *self.people)
            stages = env["crm.stage"].search([("name", "=like", "Told %")], order="sequence")
            stages = stages or env["crm.stage"].create([{"name": f"Told {n}", "sequence": n} for n in (1, 2)])
            self.stages = stages.ids
            self.deals = (
                env["crm.lead"]
                .create(
                    [
                        {
                            "name": f"Told of {number}",
                            "type": "opportunity",
                            "user_id": self.people["anna"],
                            "stage_id": self.stages[0],
                        }
                        for number in (1, 2)
                    ]
                )
                .ids
            )

    @staticmethod
    def hire(env, name, group):
        groups = [Command.link(env.ref(group).id)]
        values = {"name": name, "login": f"told_{name}", "email": f"{name}@example.com", "group_ids": groups}
        return env["res.users"].search([("login", "=", values["login"])]) or env["res.users"].create(values)

    def set_presence(self, env, status, *names):
        """Set whether people are online; without a status they have never been."""
        ids = [self.people[name] for name in names]
        env["mail.presence"].search([("user_id", "in", ids)]).unlink()
        if status:
            env["mail.presence"].create([{"user_id": user_id, "status": status} for user_id in ids])

    def messages(self):
        """Return all messages to workbenches so far, as (id, name of the recipient, content)."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partners = {env["res.users"].browse(user).partner_id.id: name for name, user in self.people.items()}
            cr.execute("SELECT id, channel, message FROM bus_bus WHERE message LIKE %s ORDER BY id", [f"%{MESSAGE}%"])
            rows = [(row_id, json.loads(channel), json.loads(message)) for row_id, channel, message in cr.fetchall()]
        return [(row_id, partners.get(channel[2], channel), message["payload"]) for row_id, channel, message in rows]

    def recipients(self, name, act, commits=True):
        """Return the names of the people who get a message when a person does something in one transaction.

        :param str name: of the person
        :param function act: called with the environment of the person and the deals
        :param bool commits: whether the transaction is committed
        """
        before = len(self.messages())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.people[name], {})
            act(env, env["crm.lead"].browse(self.deals))
            if not commits:
                cr.rollback()
        fresh = self.messages()[before:]
        assert all(content == {} for _id, _name, content in fresh), fresh
        return sorted(person for _id, person, _content in fresh)


@pytest.fixture
def office(shared_registry):
    return Office(shared_registry)


def test_messages_about_deals(office):
    first, second = office.stages

    def move(_env, deals):
        deals.stage_id = second

    def move_in_pieces(env, deals):
        for deal in deals:
            with env.cr.savepoint():
                deal.stage_id = first
                env.cr.flush()
        deals.expected_revenue = 500

    def hand_over(_env, deals):
        deals[0].user_id = office.people["ben"]

    assert office.recipients("chief", move, commits=False) == []
    assert office.recipients("chief", move) == ["anna"]
    assert office.recipients("chief", move_in_pieces) == ["anna"], "one message a transaction, however many flushes"
    assert office.recipients("anna", move) == []
    assert office.recipients("chief", lambda _env, deals: deals.write({"description": "No matter"})) == []
    assert office.recipients("chief", hand_over) == ["anna", "ben"], "the seller before and the seller after"
    assert office.recipients("chief", lambda _env, deals: deals.unlink()) == ["anna", "ben"]


def test_messages_about_flags_and_activities(office):
    def raise_flag(env, deals):
        env["crm.hot.flag"].create({"note": "Signs soon", "lead_id": deals[0].id})

    def settle(_env, deals):
        deals[0].hot_flag_ids.action_settle("withdrawn")

    def plan(env, deals):
        deals[0].activity_schedule(
            "mail.mail_activity_data_call", date_deadline=fields.Date.today(), user_id=office.people["anna"]
        )

    assert office.recipients("chief", raise_flag) == ["anna"]
    assert office.recipients("anna", settle) == []
    assert office.recipients("anna", raise_flag) == []
    assert office.recipients("chief", plan) == ["anna"]
    assert office.recipients("anna", lambda _env, deals: deals.activity_ids.action_feedback("Called")) == []
    assert office.recipients("chief", plan) == ["anna"]
    assert office.recipients("chief", lambda _env, deals: deals.activity_ids.unlink()) == ["anna"]


def test_messages_about_columns_of_rows(office):
    """Names, customers and priorities of deals. Writing the same value again is no change."""
    with office.registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        customer = env["res.partner"].create({"name": "Told Works", "is_company": True}).id

    def write(**values):
        return lambda _env, deals: deals[0].write(values)

    for values in ({"name": "Renamed"}, {"priority": "2"}, {"contact_name": "Somebody"}, {"partner_id": customer}):
        assert office.recipients("anna", write(**values)) == []
        assert office.recipients("chief", write(**values)) == [], values
    for values in ({"name": "Again"}, {"priority": "1"}, {"contact_name": "Nobody"}, {"partner_id": False}):
        assert office.recipients("chief", write(**values)) == ["anna"], values


def test_messages_about_customers(office):
    def sell_to(customer):
        return lambda _env, deals: deals[0].write({"partner_id": customer})

    def write(customer, **values):
        return lambda env, _deals: env["res.partner"].browse(customer).write(values)

    with office.registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        company = env["res.partner"].create({"name": "Told Works", "is_company": True})
        contact = env["res.partner"].create({"name": "Told Buyer", "parent_id": company.id}).id
        company = company.id
    assert office.recipients("chief", write(company, is_key_customer=True)) == []
    assert office.recipients("anna", sell_to(contact)) == []
    assert office.recipients("chief", write(company, is_key_customer=False)) == ["anna"]
    assert office.recipients("anna", write(company, is_key_customer=True)) == []
    assert office.recipients("chief", write(contact, name="Told Chief Buyer")) == ["anna"]
    assert office.recipients("chief", write(company, user_id=office.people["ben"])) == ["anna", "ben"]
    assert office.recipients("anna", lambda _env, deals: deals[0].write({"partner_id": False})) == []
    assert office.recipients("chief", write(company, user_id=False)) == ["ben"], "the salesperson before"


def test_messages_about_meetings(office):
    """The people who take part, and the salesperson of the deal; nobody for a meeting of another month."""

    def meet(days=0, **values):
        def act(env, deals):
            partners = env["res.users"].browse([office.people[name] for name in ("anna", "chief")]).partner_id
            start = fields.Datetime.now() + timedelta(days=days)
            env["calendar.event"].create(
                {
                    "name": "Talk of the office",
                    "start": start,
                    "stop": start + timedelta(hours=1),
                    "partner_ids": [Command.set(partners.ids)],
                    "opportunity_id": deals[0].id,
                    **values,
                }
            )

        return act

    def change(**values):
        return lambda env, _deals: env["calendar.event"].search([("name", "=", "Talk of the office")]).write(values)

    def decline(env, _deals):
        meeting = env["calendar.event"].search([("name", "=", "Talk of the office")])
        anna = env["res.users"].browse(office.people["anna"]).partner_id
        meeting.attendee_ids.filtered(lambda attendee: attendee.partner_id == anna).state = "declined"

    everybody = [Command.clear()]
    assert office.recipients("chief", meet(days=60, name="Far away")) == []
    assert office.recipients("chief", meet()) == ["anna"]
    assert office.recipients("anna", change(location="Upstairs")) == []
    assert office.recipients("chief", change(location="Downstairs")) == []
    assert office.recipients("anna", change(start=fields.Datetime.now(), duration=0.5)) == ["chief"]
    assert office.recipients("chief", decline) == ["anna"]
    assert office.recipients("chief", change(opportunity_id=False)) == ["anna"]
    assert office.recipients("chief", change(partner_ids=everybody)) == ["anna"], "who took part before"
    assert office.recipients("ben", change(opportunity_id=office.deals[1])) == ["anna", "chief"]
    gone = lambda env, _deals: env["calendar.event"].search([("name", "=", "Talk of the office")]).unlink()  # noqa: E731
    assert office.recipients("chief", gone) == ["anna"]


def test_messages_about_mails_of_customers(office):
    def mail(env, deals):
        deals[0].with_user(SUPERUSER_ID).message_post(
            body="We will sign.", message_type="email", email_from="buyer@example.com", author_id=False
        )

    assert office.recipients("chief", lambda _env, deals: deals[0].message_post(body="A note of our own")) == []
    assert office.recipients("chief", mail) == ["anna"]


def test_a_message_that_cannot_be_sent_spoils_nothing(office, monkeypatch):
    def fail(*_args):
        raise RuntimeError

    # The module of the messages is loaded by Odoo, which the tests start.
    from odoo.addons.sales_process_control.models.workbench import workbench_messages

    monkeypatch.setattr(workbench_messages, "_find_recipients", fail)
    second = office.stages[1]
    assert office.recipients("chief", lambda _env, deals: deals.write({"stage_id": second})) == []
    with office.registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        assert env["crm.lead"].browse(office.deals).stage_id.ids == [second]


def test_only_people_who_are_online(office):
    def rename(env, deals):
        deals.name = f"Renamed {env.cr.now()}"

    for status, expected in (("online", ["anna"]), ("away", []), ("offline", []), (None, []), ("online", ["anna"])):
        with office.registry.cursor() as cr:
            office.set_presence(api.Environment(cr, SUPERUSER_ID, {}), status, "anna")
        assert office.recipients("chief", rename) == expected, status


def test_only_people_who_sell(office):
    """Somebody without sales rights has no workbench, though he takes part in a meeting about a deal."""

    def meet(env, deals):
        users = env["res.users"].browse([office.people[name] for name in ("anna", "clerk")])
        start = fields.Datetime.now()
        env["calendar.event"].create(
            {
                "name": "Talk with the clerk",
                "start": start,
                "stop": start + timedelta(hours=1),
                "partner_ids": [Command.set(users.partner_id.ids)],
                "opportunity_id": deals[0].id,
            }
        )

    with office.registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"no_reset_password": True})
        office.people["clerk"] = office.hire(env, "clerk", "base.group_user").id
        office.set_presence(env, "online", "clerk")
    assert office.recipients("chief", meet) == ["anna"]


def test_each_author_in_a_transaction(office):
    """Two people change each other's deals in one transaction, and their own ones: both get one message."""

    def change(env, values_of):
        deals = env["crm.lead"].browse([*office.deals, bens_deal])
        for part, name, values in values_of:
            deals[part].with_user(office.people[name]).write(values)

    with office.registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        deal = {"name": "Told of Ben", "type": "opportunity", "user_id": office.people["ben"]}
        bens_deal = env["crm.lead"].create({**deal, "stage_id": office.stages[0]}).id
    for first, second in (
        ({"stage_id": office.stages[1]}, {"stage_id": office.stages[0]}),
        ({"name": "Each other's"}, {"name": "Their own"}),
    ):
        crossed = [(DEALS_OF_BEN, "anna", first), (DEALS_OF_ANNA, "ben", first)]
        own = [(DEALS_OF_BEN, "ben", second), (DEALS_OF_ANNA, "anna", second)]
        assert office.recipients("chief", lambda env, _deals: change(env, crossed)) == ["anna", "ben"]  # noqa: B023
        assert office.recipients("chief", lambda env, _deals: change(env, own)) == []  # noqa: B023


def test_messages_follow_savepoints(office):
    """A message goes with the savepoint in which it was sent, and is sent again for a later change."""
    first, second = office.stages

    def move(env, deals, stage_id):
        deals.stage_id = stage_id
        env.cr.flush()

    def give_up(env, deals):
        with contextlib.closing(env.cr.savepoint()):  # rolled back at its end
            move(env, deals, second)

    def give_up_and_move(env, deals):
        give_up(env, deals)
        move(env, deals, second)
        move(env, deals, first)

    def move_and_give_up(env, deals):
        move(env, deals[0], second)
        give_up(env, deals[1])

    assert office.recipients("chief", give_up) == []
    assert office.recipients("chief", give_up_and_move) == ["anna"]
    assert office.recipients("chief", move_and_give_up) == ["anna"]
