"""Concurrent transactions leave the ledgers consistent, and cause no more retries than CRM alone."""

import psycopg2
import pytest
from scratch import copied

from odoo import SUPERUSER_ID, api
from odoo.tools import mute_logger

MOVES = ("same deal", "another deal", "lost and won", "renamed stage")


class ConcurrentMoves:
    """Deals of one database that overlapping transactions change."""

    def __init__(self, registry):
        self.registry = registry
        with registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            stages = env["crm.stage"].search([("is_won", "=", False)], order="sequence, id", limit=3)
            self.stage_ids = stages.ids
            deals = env["crm.lead"].create(
                [{"name": name, "type": "opportunity", "stage_id": stages[0].id} for name in ("One", "Two")]
            )
            self.lead_ids = deals.ids

    def overlap(self, first, second):
        """Run two changes whose transactions begin at the same time, and retry the second after a serialization error.

        :param first: function that takes an environment and is committed first
        :param second: function that takes an environment
        :return: number of retries of the second
        """
        retries = 0
        with self.registry.cursor() as one, self.registry.cursor() as two:
            env_one, env_two = (api.Environment(cr, SUPERUSER_ID, {}) for cr in (one, two))
            for env in (env_one, env_two):
                env["crm.lead"].browse(self.lead_ids).mapped("stage_id.name")
            first(env_one)
            one.commit()
            while True:
                try:
                    second(env_two)
                    two.commit()
                    return retries
                except psycopg2.errors.SerializationFailure:
                    two.rollback()
                    retries += 1

    def retries_of(self, name):
        """Return the number of retries in one of the cases in MOVES."""
        one, two = self.lead_ids
        _first, second, third = self.stage_ids

        def move(lead_id, stage_id):
            return lambda env: env["crm.lead"].browse(lead_id).write({"stage_id": stage_id})

        changes = {
            "same deal": (move(one, second), move(one, third)),
            "another deal": (move(one, second), move(two, second)),
            "lost and won": (
                lambda env: env["crm.lead"].browse(one).action_set_lost(),
                lambda env: env["crm.lead"].browse(one).action_set_won(),
            ),
            "renamed stage": (
                lambda env: env["crm.stage"].browse(second).write({"name": "Renamed"}),
                move(one, second),
            ),
        }
        return self.overlap(*changes[name])


@pytest.fixture(scope="module")
def crm_registry(crm_template):
    """The registry of a database with CRM and demo data, without the module."""
    from odoo.modules.registry import Registry

    with copied(crm_template) as name:
        yield Registry(name)


@pytest.mark.parametrize("name", MOVES)
def test_overlapping_changes(crm_registry, shared_registry, name):
    """They cause no more retries than in CRM alone, and leave the ledgers consistent."""
    crm_retries = ConcurrentMoves(crm_registry).retries_of(name)
    moves = ConcurrentMoves(shared_registry)
    assert moves.retries_of(name) <= crm_retries
    with moves.registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        audit = env["crm.pipeline.audit"]
        assert audit._repair_drift() == 0
        assert audit._repair_balances() == 0
        for lead in env["crm.lead"].with_context(active_test=False).browse(moves.lead_ids):
            visits = env["crm.stage.visit"].search([("lead_ref", "=", lead.id)])
            is_open = lead.active and lead.won_status == "pending"
            assert visits.filtered(lambda visit: visit.outcome == "open").stage_id.ids == (
                [lead.stage_id.id] if is_open else []
            )


def test_a_customers_message_is_recorded_despite_a_concurrent_change_of_its_deal(shared_registry):
    moves = ConcurrentMoves(shared_registry)
    lead_id, _other = moves.lead_ids

    def receive_message(env):
        partner = env["res.partner"].create({"name": "Buyer", "email": "buyer@example.com"})
        deal = env["crm.lead"].browse(lead_id)
        deal.message_post(body="Yes", author_id=partner.id, message_type="email", subtype_xmlid="mail.mt_comment")

    with mute_logger("odoo.sql_db"):
        assert moves.overlap(lambda env: env["crm.lead"].browse(lead_id).write({"priority": "2"}), receive_message) == 0
    with moves.registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        progress, deal = env["crm.lead.progress"], env["crm.lead"].browse(lead_id)
        assert not progress.search([("lead_id", "=", lead_id)])
        env["crm.progress.recorder"]._record_missed_messages()
        row = progress.search([("lead_id", "=", lead_id)])
        assert (row.source, row.message_id in deal.message_ids) == ("message", True)
        assert deal.last_progress_at == row.date
