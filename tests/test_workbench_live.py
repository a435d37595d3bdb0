"""Who is told that somebody else has changed something on his workbench, on cursors that really commit."""

import json
from datetime import timedelta

import pytest

from odoo import SUPERUSER_ID, Command, api, fields

MESSAGE = "sales_process_control.workbench"


class Office:
    """Two sellers and a manager, with two deals of the first seller."""

    def __init__(self, registry):
        self.registry = registry
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"no_reset_password": True})
            rights = {"anna": "salesman_all_leads", "ben": "salesman_all_leads", "chief": "manager"}
            self.people = {
                name: self.hire(env, name, f"sales_team.group_sale_{right}").id for name, right in rights.items()
            }
            self.stages = (
                env["crm.stage"].create([{"name": f"Told {number}", "sequence": number} for number in (1, 2)]).ids
            )
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

    def messages(self):
        """All messages to workbenches so far, as (number, name of who is told, content)."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partners = {env["res.users"].browse(user).partner_id.id: name for name, user in self.people.items()}
            cr.execute("SELECT id, channel, message FROM bus_bus WHERE message LIKE %s ORDER BY id", [f"%{MESSAGE}%"])
            rows = [(number, json.loads(channel), json.loads(message)) for number, channel, message in cr.fetchall()]
        return [(number, partners.get(channel[2], channel), message["payload"]) for number, channel, message in rows]

    def told(self, name, act, commits=True):
        """Who is told when somebody does something in one transaction.

        :param function act: (environment, the deals) to whatever
        """
        before = len(self.messages())
        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.people[name], {})
            act(env, env["crm.lead"].browse(self.deals))
            if not commits:
                cr.rollback()
        fresh = self.messages()[before:]
        assert all(content == {} for _number, _name, content in fresh), fresh
        return sorted(person for _number, person, _content in fresh)


@pytest.fixture
def office(module_db, registry_of):
    return Office(registry_of(module_db))


def test_who_is_told_of_deals(office):
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

    assert office.told("chief", move, commits=False) == []
    assert office.told("chief", move) == ["anna"]
    assert office.told("chief", move_in_pieces) == ["anna"], "one message a transaction, however many flushes"
    assert office.told("anna", move) == []
    assert office.told("chief", lambda _env, deals: deals.write({"description": "No matter"})) == []
    assert office.told("chief", hand_over) == ["anna", "ben"], "the seller before and the seller after"
    assert office.told("chief", lambda _env, deals: deals.unlink()) == ["anna", "ben"]


def test_who_is_told_of_flags_and_activities(office):
    def raise_flag(env, deals):
        env["crm.hot.flag"].create({"note": "Signs soon", "lead_id": deals[0].id})

    def settle(_env, deals):
        deals[0].hot_flag_ids.action_settle("withdrawn")

    def plan(env, deals):
        deals[0].activity_schedule(
            "mail.mail_activity_data_call", date_deadline=fields.Date.today(), user_id=office.people["anna"]
        )

    assert office.told("chief", raise_flag) == ["anna"]
    assert office.told("anna", settle) == []
    assert office.told("anna", raise_flag) == []
    assert office.told("chief", plan) == ["anna"]
    assert office.told("anna", lambda _env, deals: deals.activity_ids.action_feedback("Called")) == []
    assert office.told("chief", plan) == ["anna"]
    assert office.told("chief", lambda _env, deals: deals.activity_ids.unlink()) == ["anna"]


def test_who_is_told_of_what_rows_show(office):
    """Names, customers and priorities of deals; what is written as it was before is no change."""
    with office.registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        customer = env["res.partner"].create({"name": "Told Works", "is_company": True}).id

    def write(**values):
        return lambda _env, deals: deals[0].write(values)

    for values in ({"name": "Renamed"}, {"priority": "2"}, {"contact_name": "Somebody"}, {"partner_id": customer}):
        assert office.told("anna", write(**values)) == []
        assert office.told("chief", write(**values)) == [], values
    for values in ({"name": "Again"}, {"priority": "1"}, {"contact_name": "Nobody"}, {"partner_id": False}):
        assert office.told("chief", write(**values)) == ["anna"], values


def test_who_is_told_of_customers(office):
    def sell_to(customer):
        return lambda _env, deals: deals[0].write({"partner_id": customer})

    def write(customer, **values):
        return lambda env, _deals: env["res.partner"].browse(customer).write(values)

    with office.registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        company = env["res.partner"].create({"name": "Told Works", "is_company": True})
        contact = env["res.partner"].create({"name": "Told Buyer", "parent_id": company.id}).id
        company = company.id
    assert office.told("chief", write(company, is_key_customer=True)) == []
    assert office.told("anna", sell_to(contact)) == []
    assert office.told("chief", write(company, is_key_customer=False)) == ["anna"]
    assert office.told("anna", write(company, is_key_customer=True)) == []
    assert office.told("chief", write(contact, name="Told Chief Buyer")) == ["anna"]
    assert office.told("chief", write(company, user_id=office.people["ben"])) == ["anna", "ben"]
    assert office.told("anna", lambda _env, deals: deals[0].write({"partner_id": False})) == []
    assert office.told("chief", write(company, user_id=False)) == ["ben"], "the salesperson before"


def test_who_is_told_of_meetings(office):
    """Those who take part, and the seller of the deal; of a meeting of another month nobody."""

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
    assert office.told("chief", meet(days=60, name="Far away")) == []
    assert office.told("chief", meet()) == ["anna"]
    assert office.told("anna", change(location="Upstairs")) == []
    assert office.told("chief", change(location="Downstairs")) == []
    assert office.told("anna", change(start=fields.Datetime.now(), duration=0.5)) == ["chief"]
    assert office.told("chief", decline) == ["anna"]
    assert office.told("chief", change(opportunity_id=False)) == ["anna"]
    assert office.told("chief", change(partner_ids=everybody)) == ["anna"], "who took part before"
    assert office.told("ben", change(opportunity_id=office.deals[1])) == ["anna", "chief"]
    gone = lambda env, _deals: env["calendar.event"].search([("name", "=", "Talk of the office")]).unlink()  # noqa: E731
    assert office.told("chief", gone) == ["anna"]


def test_who_is_told_of_what_customers_write(office):
    def mail(env, deals):
        deals[0].with_user(SUPERUSER_ID).message_post(
            body="We will sign.", message_type="email", email_from="buyer@example.com", author_id=False
        )

    assert office.told("chief", lambda _env, deals: deals[0].message_post(body="A note of our own")) == []
    assert office.told("chief", mail) == ["anna"]


def test_a_message_that_cannot_be_sent_spoils_nothing(office, monkeypatch):
    def fail(*_args):
        raise RuntimeError

    monkeypatch.setattr(office.registry["crm.workbench.live"], "_send", fail)
    second = office.stages[1]
    assert office.told("chief", lambda _env, deals: deals.write({"stage_id": second})) == []
    with office.registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        assert env["crm.lead"].browse(office.deals).stage_id.ids == [second]
