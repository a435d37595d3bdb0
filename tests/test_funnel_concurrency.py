"""Balances of the funnel while several transactions write the past and close it, each on a cursor that commits."""

import psycopg2
import pytest

from odoo import SUPERUSER_ID, api
from odoo.tools import mute_logger

HISTORY = """deal,at,stage,amount
{name},2026-02-03T10:00:00Z,Bought,500
{name},2026-02-20T10:00:00Z,Delivered,700
"""
#: With a mark they write one row, without it one index.
REFUSED = (psycopg2.errors.SerializationFailure, psycopg2.errors.UniqueViolation)


class Past:
    """A database in which the past is written and closed."""

    def __init__(self, registry):
        self.registry = registry

    def begin(self, cr):
        """An environment whose transaction has begun: what others commit from now on it does not see."""
        env = api.Environment(cr, SUPERUSER_ID, {})
        env["crm.pipeline.balance"].search_count([])
        return env

    def bring(self, env, name):
        """Import a deal of the past."""
        return env["crm.history.importer"].import_history(HISTORY.format(name=name).encode(), name)

    def wrong(self):
        """In how many places balances are wrong now."""
        with self.registry.cursor() as cr:
            return api.Environment(cr, SUPERUSER_ID, {})["crm.pipeline.balance"].close()

    def sums(self, table):
        """What a table adds up to of weeks that are over."""
        day = "day" if table == "crm_pipeline_movement" else "week"
        with self.registry.cursor() as cr:
            cr.execute(f"SELECT sum(deal_count), sum(amount) FROM {table} WHERE {day} < '2026-03-02'")
            return cr.fetchone()


@pytest.fixture
def past(module_db, registry_of):
    found = Past(registry_of(module_db))
    with found.registry.cursor() as cr:
        found.bring(api.Environment(cr, SUPERUSER_ID, {}), "First")
    return found


@pytest.mark.parametrize("marked", [True, False])
def test_of_two_closings_one_is_turned_back(past, marked):
    """Neither posts what the other has posted."""
    with past.registry.cursor() as cr:
        cr.execute("DELETE FROM crm_pipeline_balance" + (" WHERE is_mark IS NOT TRUE" if marked else ""))
    with past.registry.cursor() as one, past.registry.cursor() as two:
        env_one, env_two = past.begin(one), past.begin(two)
        env_one["crm.pipeline.balance"].close()
        one.commit()
        with mute_logger("odoo.sql_db"), pytest.raises(REFUSED):
            env_two["crm.pipeline.balance"].close()
        two.rollback()
    assert past.sums("crm_pipeline_balance") == past.sums("crm_pipeline_movement")
    assert past.wrong() == 0


@pytest.mark.parametrize("closes_first", [True, False])
def test_an_import_while_weeks_are_closed(past, closes_first):
    """Whichever commits first: the import has posted its own, and the closing what it saw."""
    with past.registry.cursor() as cr:
        cr.execute("DELETE FROM crm_pipeline_balance")
    with past.registry.cursor() as one, past.registry.cursor() as two:
        env_one, env_two = past.begin(one), past.begin(two)
        acts = [(one, env_one["crm.pipeline.balance"].close), (two, lambda: past.bring(env_two, "Second"))]
        for cr, act in acts if closes_first else reversed(acts):
            act()
            cr.commit()
    assert past.sums("crm_pipeline_balance") == past.sums("crm_pipeline_movement")
    assert past.wrong() == 0


def test_taken_back_while_weeks_are_proved(past):
    before = past.sums("crm_pipeline_movement")
    with past.registry.cursor() as one, past.registry.cursor() as two:
        env_one, env_two = past.begin(one), past.begin(two)
        env_two["crm.imported.history"].search([], limit=1).action_take_back()
        assert env_one["crm.pipeline.balance"].close() == 0
        one.commit()
        two.commit()
    assert past.sums("crm_pipeline_movement") != before
    assert past.sums("crm_pipeline_balance") == past.sums("crm_pipeline_movement")
    assert past.wrong() == 0


def test_moves_of_today_wait_for_nobody(past):
    """Two people move deals while the weeks are closed."""
    with past.registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        stages = env["crm.stage"].search([("is_won", "=", False)], limit=2).ids
        deals = env["crm.lead"].create(
            [{"name": name, "type": "opportunity", "stage_id": stages[0]} for name in ("One", "Two")]
        )
        numbers = deals.ids
    with past.registry.cursor() as one, past.registry.cursor() as two, past.registry.cursor() as three:
        envs = [past.begin(cr) for cr in (one, two, three)]
        for env, number in zip(envs, numbers, strict=False):
            env["crm.lead"].browse(number).stage_id = stages[1]
            env.cr.flush()
        envs[2]["crm.pipeline.balance"].close()
        for cr in (three, two, one):
            cr.commit()
    assert past.wrong() == 0
