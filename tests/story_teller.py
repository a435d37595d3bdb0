"""Plays a story on cursors that really commit, and lets the oracle watch what was committed."""

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
    """What one person does at one instant.

    :param wait: seconds since the transaction before; the clock may run backwards
    :param quiet: by which context
    """

    wait: float
    person: str
    quiet: str
    steps: tuple
    commits: bool = True


class GoBack(Exception):
    """Leaves a savepoint."""


class Complaints(logging.Handler):
    """Collects what the module warns about."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.texts = []

    def emit(self, record):
        self.texts.append(self.format(record))


class Teller:
    """One story in one world.

    :ivar refused: transactions that Odoo refused as a whole
    """

    def __init__(self, world):
        self.world = world
        self.oracle = Oracle()
        self.instant = BEGIN
        self.refused = []
        self.gone = set()
        world.came_from = {}

    def tell(self, transaction):
        """Run a transaction and show the oracle what it left.

        :return: whether something was committed
        """
        self.instant += timedelta(seconds=transaction.wait)
        instant = self.instant
        with (
            self.world.registry.cursor() as cr,
            patch.object(fields.Datetime, "now", lambda *_args: instant.replace(microsecond=0)),
        ):
            cr._now = instant
            person = self.world.people[transaction.person]
            context = {**CONTEXTS[transaction.quiet], "allowed_company_ids": self.world.companies}
            env = api.Environment(cr, person, context)
            try:
                self._run(env, transaction.steps)
                env.cr.flush()
                if not transaction.commits:
                    raise GoBack
            except (UserError, RedirectWarning, GoBack) as error:
                if not isinstance(error, GoBack):
                    self.refused.append(f"{transaction}: {error}")
                cr.rollback()
                # As Odoo does after each request: what was kept in memory goes or stays with the transaction.
                self.world.registry.reset_changes()
                return False
            cr.commit()
            self.world.registry.signal_changes()
            self._show(cr, person)
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
                    raise GoBack
        except GoBack:
            pass

    def _do(self, env, step):
        leads = env["crm.lead"]
        if step.deals:
            leads = leads.with_context(active_test=False).search([("id", ">", self.world.first_deal)], order="id")
            picked = dict.fromkeys(leads.ids[index % len(leads)] for index in step.deals if leads)
            leads = env["crm.lead"].browse(picked)
            if not leads:
                return
        wish = step.wish
        values = wish if isinstance(wish, tuple) else self.world.values(env, wish)
        OPERATIONS[step.what](env, leads, values, self.world)

    def _show(self, cr, person):
        """Let the oracle look at what was committed."""
        deals = reading.seen_deals(cr, self.world.first_deal)
        for number, deal in deals.items():
            known = self.oracle.deals.get(number)
            if known and known.seen and known.seen.stage != deal.stage:
                self.world.came_from[number] = known.seen.stage
        # What fell to nothing in the database fell so without a move of the deal, except out of a stage.
        self._forget(cr, "team", "crm_team", self.world.teams)
        self._forget(cr, "user", "res_users", self.world.people)
        self.oracle.watch(self.instant, person, deals, reading.steps(cr), reading.zones(cr))
        self._forget(cr, "stage", "crm_stage", self.world.stages)

    def _forget(self, cr, name, table, numbers):
        cr.execute(f"SELECT id FROM {table} WHERE id = ANY(%s)", [list(numbers.values())])
        existing = {number for (number,) in cr.fetchall()}
        for number in set(numbers.values()) - existing:
            if (table, number) not in self.gone:
                self.gone.add((table, number))
                self.oracle.forget(name, number)
