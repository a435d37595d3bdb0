"""Two users change one hot flag at the same time, each in a transaction that commits."""

import random
from functools import partial

import pytest

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError, ValidationError
from odoo.service.model import retrying
from odoo.tools import mute_logger


class ConcurrentUsers:
    """A deal and a customer, and pairs of concurrent transactions that change their flags."""

    def __init__(self, registry):
        self.registry = registry
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            deal = env["crm.lead"].create({"name": "Raced for", "type": "opportunity", "partner_name": "Racing Works"})
            customer = env["res.partner"].create({"name": "Racing Works"})
            self.deal_id, self.customer_id = deal.id, customer.id

    def env_of(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def run(self, function):
        """Run a function in a transaction of its own, and return its result."""
        with self.registry.cursor() as cr:
            return retrying(partial(function, self.env_of(cr)), self.env_of(cr))

    def race(self, first, second):
        """Run two functions whose transactions begin at the same time, and commit the first before the second.

        As in a request, Odoo retries a transaction after a serialization error.

        :return: the result of the second function
        """
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
        """Return the results of a function for all flags of the deal and the customer."""
        with self.registry.cursor() as cr:
            domain = ["|", ("lead_ref", "=", self.deal_id), ("partner_id", "=", self.customer_id)]
            return [read(flag) for flag in self.env_of(cr)["crm.hot.flag"].search(domain)]


@pytest.fixture
def users(shared_registry, monkeypatch):
    """A deal and a customer. Retries do not wait."""
    monkeypatch.setattr(random, "uniform", lambda _low, _high: 0)
    with mute_logger("odoo.sql_db"):
        yield ConcurrentUsers(shared_registry)


def test_of_two_flags_on_one_deal_one_is_refused(users):
    with pytest.raises(ValidationError, match="already has an open hot flag"):
        users.race(partial(users.raise_on_deal, "Mine"), partial(users.raise_on_deal, "Mine too"))
    assert users.flags(lambda flag: (flag.note, flag.lead_id.hot_flag_id == flag)) == [("Mine", True)]


def test_of_two_flags_on_one_customer_one_is_refused(users):
    raise_flag = users.raise_on_customer
    with pytest.raises(ValidationError, match="already has an open hot flag of this kind"):
        users.race(partial(raise_flag, "Mine"), partial(raise_flag, "Mine too"))
    assert users.flags(lambda flag: flag.note) == ["Mine"]


def test_a_flag_is_settled_only_once(users):
    flag_id = users.run(partial(users.raise_on_customer, "Pays on Friday"))
    settle = [
        lambda env, outcome=outcome: env["crm.hot.flag"].browse(flag_id).action_settle(outcome)
        for outcome in ("kept", "broken")
    ]
    with pytest.raises(UserError, match="already closed as Kept"):
        users.race(*settle)
    assert users.flags(lambda flag: flag.outcome) == ["kept"]


def test_a_flag_that_was_settled_meanwhile_cannot_be_edited(users):
    flag_id = users.run(partial(users.raise_on_customer, "Pays on Friday"))
    with pytest.raises(UserError, match="already closed as Broken"):
        users.race(
            lambda env: env["crm.hot.flag"].browse(flag_id).action_settle("broken"),
            lambda env: env["crm.hot.flag"].with_user(env.ref("base.user_admin")).browse(flag_id).write({"note": "X"}),
        )
    assert users.flags(lambda flag: (flag.outcome, flag.note)) == [("broken", "Pays on Friday")]


def test_a_flag_that_was_withdrawn_meanwhile_is_not_settled_by_winning(users):
    flag_id = users.run(partial(users.raise_on_deal, "Signs on Friday"))
    users.race(
        lambda env: env["crm.hot.flag"].browse(flag_id).action_settle("withdrawn"),
        lambda env: env["crm.lead"].browse(users.deal_id).action_set_won(),
    )
    assert users.flags(lambda flag: (flag.outcome, flag.lead_id.won_status)) == [("withdrawn", "won")]


def test_a_deal_that_was_won_meanwhile_cannot_be_flagged(users):
    with pytest.raises(ValidationError, match="cannot be signed any more"):
        users.race(
            lambda env: env["crm.lead"].browse(users.deal_id).action_set_won(),
            partial(users.raise_on_deal, "Signs on Friday"),
        )
    assert users.flags(lambda flag: flag.note) == []


def test_a_deal_that_was_deleted_meanwhile_cannot_be_flagged(users):
    with pytest.raises(UserError, match="deleted in the meantime"):
        users.race(
            lambda env: env["crm.lead"].browse(users.deal_id).unlink(),
            partial(users.raise_on_deal, "Signs on Friday"),
        )
    assert users.flags(lambda flag: flag.note) == []


def test_deleting_a_deal_that_was_flagged_meanwhile_settles_the_flag(users):
    users.race(
        partial(users.raise_on_deal, "Signs on Friday"),
        lambda env: env["crm.lead"].browse(users.deal_id).unlink(),
    )
    assert users.flags(lambda flag: (flag.note, flag.outcome, flag.lead_id.ids)) == [("Signs on Friday", "broken", [])]
