"""Two people and one hot flag at the same moment, each with a cursor of one's own that really commits."""

import random
from functools import partial

import pytest

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError, ValidationError
from odoo.service.model import retrying
from odoo.tools import mute_logger


class TwoPeople:
    """A deal, and two transactions about it that have begun together."""

    def __init__(self, registry):
        self.registry = registry
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            deal = env["crm.lead"].create({"name": "Raced for", "type": "opportunity", "partner_name": "Racing Works"})
            customer = env["res.partner"].create({"name": "Racing Works"})
            self.deal_id, self.customer_id = deal.id, customer.id

    def env_of(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def act(self, function):
        """One of them acts alone."""
        with self.registry.cursor() as cr:
            return retrying(partial(function, self.env_of(cr)), self.env_of(cr))

    def race(self, first, second):
        """Both have begun; the first is quicker. What PostgreSQL refuses is tried again, as in any request."""
        with self.registry.cursor() as one, self.registry.cursor() as two:
            env_one, env_two = self.env_of(one), self.env_of(two)
            for env in (env_one, env_two):
                env["crm.lead"].browse(self.deal_id).mapped("hot_flag_ids.outcome")
            retrying(partial(first, env_one), env_one)
            return retrying(partial(second, env_two), env_two)

    def raise_on_deal(self, note, env):
        return env["crm.hot.flag"].create({"note": note, "lead_id": self.deal_id}).id

    def raise_on_customer(self, note, env):
        return env["crm.hot.flag"].create({"note": note, "partner_id": self.customer_id, "kind": "payment"}).id

    def flags(self, read):
        """What is said of all flags of the deal and the customer in the end."""
        with self.registry.cursor() as cr:
            domain = ["|", ("lead_ref", "=", self.deal_id), ("partner_id", "=", self.customer_id)]
            return [read(flag) for flag in self.env_of(cr)["crm.hot.flag"].search(domain)]


@pytest.fixture
def two_people(module_db, registry_of, monkeypatch):
    """A deal and two people; nobody waits before he tries again."""
    monkeypatch.setattr(random, "uniform", lambda _low, _high: 0)
    with mute_logger("odoo.sql_db"):
        yield TwoPeople(registry_of(module_db))


def test_two_raise_on_one_deal(two_people):
    with pytest.raises(ValidationError, match="has an open hot flag already"):
        two_people.race(partial(two_people.raise_on_deal, "Mine"), partial(two_people.raise_on_deal, "Mine too"))
    assert two_people.flags(lambda flag: (flag.note, flag.lead_id.hot_flag_id == flag)) == [("Mine", True)]


def test_two_raise_on_one_customer(two_people):
    raise_flag = two_people.raise_on_customer
    with pytest.raises(ValidationError, match="has an open hot flag of this kind already"):
        two_people.race(partial(raise_flag, "Mine"), partial(raise_flag, "Mine too"))
    assert two_people.flags(lambda flag: flag.note) == ["Mine"]


def test_two_settle_one_flag(two_people):
    flag_id = two_people.act(partial(two_people.raise_on_customer, "Pays on Friday"))
    settle = [
        lambda env, outcome=outcome: env["crm.hot.flag"].browse(flag_id).action_settle(outcome)
        for outcome in ("kept", "broken")
    ]
    with pytest.raises(UserError, match="already settled as Kept"):
        two_people.race(*settle)
    assert two_people.flags(lambda flag: flag.outcome) == ["kept"]


def test_one_edits_what_the_other_settles(two_people):
    flag_id = two_people.act(partial(two_people.raise_on_customer, "Pays on Friday"))
    with pytest.raises(UserError, match="already settled as Broken"):
        two_people.race(
            lambda env: env["crm.hot.flag"].browse(flag_id).action_settle("broken"),
            lambda env: env["crm.hot.flag"].with_user(env.ref("base.user_admin")).browse(flag_id).write({"note": "X"}),
        )
    assert two_people.flags(lambda flag: (flag.outcome, flag.note)) == [("broken", "Pays on Friday")]


def test_one_withdraws_while_the_other_wins(two_people):
    flag_id = two_people.act(partial(two_people.raise_on_deal, "Signs on Friday"))
    two_people.race(
        lambda env: env["crm.hot.flag"].browse(flag_id).action_settle("withdrawn"),
        lambda env: env["crm.lead"].browse(two_people.deal_id).action_set_won(),
    )
    assert two_people.flags(lambda flag: (flag.outcome, flag.lead_id.won_status)) == [("withdrawn", "won")]


def test_one_raises_while_the_other_wins(two_people):
    with pytest.raises(ValidationError, match="nothing left to be signed"):
        two_people.race(
            lambda env: env["crm.lead"].browse(two_people.deal_id).action_set_won(),
            partial(two_people.raise_on_deal, "Signs on Friday"),
        )
    assert two_people.flags(lambda flag: flag.note) == []


def test_one_raises_while_the_other_deletes(two_people):
    with pytest.raises(UserError, match="deleted meanwhile"):
        two_people.race(
            lambda env: env["crm.lead"].browse(two_people.deal_id).unlink(),
            partial(two_people.raise_on_deal, "Signs on Friday"),
        )
    assert two_people.flags(lambda flag: flag.note) == []


def test_one_deletes_while_the_other_raises(two_people):
    two_people.race(
        partial(two_people.raise_on_deal, "Signs on Friday"),
        lambda env: env["crm.lead"].browse(two_people.deal_id).unlink(),
    )
    assert two_people.flags(lambda flag: (flag.note, flag.outcome, flag.lead_id.ids)) == [
        ("Signs on Friday", "broken", [])
    ]
