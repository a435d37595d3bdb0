"""Run a story in transactions that commit, and let the oracle observe each commit."""

import logging
from datetime import datetime, timedelta
from typing import NamedTuple
from unittest.mock import patch

import ledger_reading as reading
from oracle import Oracle
from story_operations import OPERATIONS, Savepoint

from odoo import api, fields
from odoo.exceptions import RedirectWarning, UserError

BEGIN = datetime(2026, 3, 4, 7, 59, 30, 250000)
CONTEXTS = {
    "plain": {},
    "no tracking": {"tracking_disable": True},
    "no notes": {"mail_notrack": True, "mail_create_nolog": True, "mail_create_nosubscribe": True},
}


class Transaction(NamedTuple):
    """One transaction of one user.

    :param float wait: seconds since the previous transaction; negative if the clock is set back
    :param str person: name of the user in :class:`story_world.World`
    :param str context: name of a context in CONTEXTS
    :param bool commits: whether it is committed or rolled back
    """

    wait: float
    person: str
    context: str
    steps: tuple
    commits: bool = True


class Rollback(Exception):
    """Ends a savepoint or a transaction with a rollback."""


class ModuleWarnings(logging.Handler):
    """Collects the warnings that the module logs."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.texts = []

    def emit(self, record):
        self.texts.append(self.format(record))


class StoryRunner:
    """Runs one story in one world.

    :ivar list refused: texts of the transactions that Odoo refused
    """

    def __init__(self, world):
        self.world = world
        self.oracle = Oracle()
        self.instant = self.latest = BEGIN
        self.refused = []
        self.deleted = set()
        world.previous_stage = {}

    def run(self, transaction):
        """Run a transaction and let the oracle observe the result.

        :return: whether it was committed
        """
        self.instant += timedelta(seconds=transaction.wait)
        self.latest = max(self.latest, self.instant)
        instant = self.instant
        with (
            self.world.registry.cursor() as cr,
            patch.object(fields.Datetime, "now", lambda *_args: instant.replace(microsecond=0)),
        ):
            cr._now = instant
            person = self.world.people[transaction.person]
            context = {**CONTEXTS[transaction.context], "allowed_company_ids": self.world.companies}
            env = api.Environment(cr, person, context)
            try:
                self._run(env, transaction.steps)
                env.cr.flush()
                if not transaction.commits:
                    raise Rollback
            except (UserError, RedirectWarning, Rollback) as error:
                if not isinstance(error, Rollback):
                    self.refused.append(f"{transaction}: {error}")
                cr.rollback()
                # As Odoo does after each request: the caches follow the transaction.
                self.world.registry.reset_changes()
                return False
            cr.commit()
            self.world.registry.signal_changes()
            self._observe(cr, person)
        return True

    def _run(self, env, steps):
        for step in steps:
            if isinstance(step, Savepoint):
                self._run_savepoint(env, step)
            else:
                self._do(env, step)

    def _run_savepoint(self, env, savepoint):
        try:
            with env.cr.savepoint():
                self._run(env, savepoint.steps)
                if not savepoint.kept:
                    raise Rollback
        except Rollback:
            pass

    def _do(self, env, step):
        leads = env["crm.lead"]
        if step.deals:
            leads = leads.with_context(active_test=False).search([("id", ">", self.world.first_deal)], order="id")
            picked = dict.fromkeys(leads.ids[index % len(leads)] for index in step.deals if leads)
            leads = env["crm.lead"].browse(picked)
            if not leads:
                return
        request = step.request
        values = request if isinstance(request, tuple) else self.world.values(env, request)
        OPERATIONS[step.name](env, leads, values, self.world)

    def _observe(self, cr, person):
        """Let the oracle observe the committed state."""
        deals = reading.deal_states(cr, self.world.first_deal)
        for lead_id, deal in deals.items():
            history = self.oracle.deals.get(lead_id)
            if history and history.state and history.state.stage != deal.stage:
                self.world.previous_stage[lead_id] = history.state.stage
        # The database sets references to a deleted team or user to NULL without recording a change of the deal. A deal
        # is moved out of a stage before the stage is deleted.
        self._clear_deleted(cr, "team", "crm_team", self.world.teams)
        self._clear_deleted(cr, "user", "res_users", self.world.people)
        self.oracle.observe(self.instant, person, deals, reading.stages(cr), reading.zones(cr))
        self._clear_deleted(cr, "stage", "crm_stage", self.world.stages)

    def _clear_deleted(self, cr, name, table, ids):
        cr.execute(f"SELECT id FROM {table} WHERE id = ANY(%s)", [list(ids.values())])
        existing = {record_id for (record_id,) in cr.fetchall()}
        for record_id in set(ids.values()) - existing:
            if (table, record_id) not in self.deleted:
                self.deleted.add((table, record_id))
                self.oracle.clear_references(name, record_id)
