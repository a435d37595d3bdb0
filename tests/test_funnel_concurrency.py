"""Weekly balances stay right while several transactions import history and close weeks."""

import itertools

import psycopg2
import pytest

from odoo import SUPERUSER_ID, api
from odoo.tools import mute_logger

CSV = """deal,at,stage,amount
{name},2026-02-03T10:00:00Z,Bought,500
{name},2026-02-20T10:00:00Z,Delivered,700
"""
#: If the mark exists, both transactions update its row; otherwise both insert into the same unique index.
REFUSED = (psycopg2.errors.SerializationFailure, psycopg2.errors.UniqueViolation)
#: Numbers of the tests. Their deals have different names, because each deal is imported once.
NUMBERS = itertools.count(1)


class History:
    """A database into which history is imported and whose weeks are closed."""

    def __init__(self, registry):
        self.registry = registry
        self.number = next(NUMBERS)

    def begin_transaction(self, cr):
        """Return an environment whose snapshot is taken: later commits of others are not visible to it."""
        env = api.Environment(cr, SUPERUSER_ID, {})
        env["crm.pipeline.balance"].search_count([])
        return env

    def import_deal(self, env, name):
        """Import a deal with events in February 2026."""
        content = CSV.format(name=f"{name} {self.number}")
        return env["crm.history.importer"].import_history(content.encode(), name)

    def correct_balances(self):
        """Return the number of balances that differ from the movements, and correct them."""
        with self.registry.cursor() as cr:
            return api.Environment(cr, SUPERUSER_ID, {})["crm.pipeline.balance"].close()

    def sums(self, table):
        """Return (deals, amount) of a table's rows before March 2026."""
        day = "day" if table == "crm_pipeline_movement" else "week"
        with self.registry.cursor() as cr:
            cr.execute(f"SELECT sum(deal_count), sum(amount) FROM {table} WHERE {day} < '2026-03-02'")
            return cr.fetchone()


@pytest.fixture
def history(shared_registry):
    history = History(shared_registry)
    with history.registry.cursor() as cr:
        history.import_deal(api.Environment(cr, SUPERUSER_ID, {}), "First")
    return history


@pytest.mark.parametrize("marked", [True, False])
def test_of_two_concurrent_closings_one_fails(history, marked):
    """Otherwise the second closing would post the movements once more."""
    with history.registry.cursor() as cr:
        cr.execute("DELETE FROM crm_pipeline_balance" + (" WHERE is_mark IS NOT TRUE" if marked else ""))
    with history.registry.cursor() as one, history.registry.cursor() as two:
        env_one, env_two = history.begin_transaction(one), history.begin_transaction(two)
        env_one["crm.pipeline.balance"].close()
        one.commit()
        with mute_logger("odoo.sql_db"), pytest.raises(REFUSED):
            env_two["crm.pipeline.balance"].close()
        two.rollback()
    assert history.sums("crm_pipeline_balance") == history.sums("crm_pipeline_movement")
    assert history.correct_balances() == 0


@pytest.mark.parametrize("closes_first", [True, False])
def test_weeks_are_right_after_an_import_during_their_closing(history, closes_first):
    """The import posts its own movements, and the closing the ones it sees, whichever commits first."""
    with history.registry.cursor() as cr:
        cr.execute("DELETE FROM crm_pipeline_balance")
    with history.registry.cursor() as one, history.registry.cursor() as two:
        env_one, env_two = history.begin_transaction(one), history.begin_transaction(two)
        actions = [(one, env_one["crm.pipeline.balance"].close), (two, lambda: history.import_deal(env_two, "Second"))]
        for cr, action in actions if closes_first else reversed(actions):
            action()
            cr.commit()
    assert history.sums("crm_pipeline_balance") == history.sums("crm_pipeline_movement")
    assert history.correct_balances() == 0


def test_weeks_are_right_after_an_import_is_undone_during_their_check(history):
    before = history.sums("crm_pipeline_movement")
    with history.registry.cursor() as one, history.registry.cursor() as two:
        env_one, env_two = history.begin_transaction(one), history.begin_transaction(two)
        env_two["crm.imported.history"].search([], limit=1).action_take_back()
        assert env_one["crm.pipeline.balance"].close() == 0
        one.commit()
        two.commit()
    assert history.sums("crm_pipeline_movement") != before
    assert history.sums("crm_pipeline_balance") == history.sums("crm_pipeline_movement")
    assert history.correct_balances() == 0


def test_moves_of_today_do_not_wait_for_the_closing(history):
    """Two transactions move deals while a third one closes the weeks."""
    with history.registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        stages = env["crm.stage"].search([("is_won", "=", False)], limit=2).ids
        deals = env["crm.lead"].create(
            [{"name": name, "type": "opportunity", "stage_id": stages[0]} for name in ("One", "Two")]
        )
        lead_ids = deals.ids
    with history.registry.cursor() as one, history.registry.cursor() as two, history.registry.cursor() as three:
        envs = [history.begin_transaction(cr) for cr in (one, two, three)]
        for env, lead_id in zip(envs, lead_ids, strict=False):
            env["crm.lead"].browse(lead_id).stage_id = stages[1]
            env.cr.flush()
        envs[2]["crm.pipeline.balance"].close()
        for cr in (three, two, one):
            cr.commit()
    assert history.correct_balances() == 0
