"""Plays a log of events with an Odoo environment; `replay.py` has made the database.

Each turn is a transaction of its own, at its own time and as the administrator would have done it:
with access rules, computed fields, tracking and chatter, as if somebody had clicked.
"""

import contextlib
import datetime
import functools
import gc
import itertools
import signal
import sys
import time
import zoneinfo
from pathlib import Path

import replay
import replay_log

from odoo import fields
from odoo.service.model import retrying

# The format says so: amounts are in euros.
CURRENCY = "EUR"
# Days depend on the zone. All zones that agree with the offsets of a log give the same
# days to it; this order only decides which name is shown.
CONTINENTS = ("Europe", "America", "Asia", "Australia", "Pacific", "Africa")
SECONDS_BETWEEN_LINES = 0.5
# Odoo forgets with each transaction what it has read. Nobody changes these while a log is
# played; reading them again took a third of the time.
KEPT_MODELS = frozenset(
    (
        "crm.lost.reason",
        "crm.stage",
        "crm.team",
        "crm.team.member",
        "mail.alias",
        "mail.alias.domain",
        "mail.message.subtype",
        "res.company",
        "res.currency",
        "res.lang",
        "res.partner",
        "res.users",
        "resource.calendar",
    )
)


class Clock:
    """The time that Odoo believes it is."""

    def __init__(self, registry):
        self.instant = datetime.datetime.now()
        original = fields.Datetime.now
        fields.Datetime.now = staticmethod(self.now)
        fields.Date.today = staticmethod(lambda *_args: self.instant.date())
        # Defaults have kept the function that they were made with.
        for model in registry.values():
            for field in model._fields.values():
                if field.default is original:
                    field.default = self.now

    def now(self, *_args):
        """What `fields.Datetime.now` returns: no fractions of a second."""
        return self.instant.replace(microsecond=0)

    def set(self, cursor, at):
        """Begin a transaction at that time."""
        self.instant = at
        # What `cr.now()` would ask the database for.
        cursor._now = at


class Player:
    """Plays turns: all that happened to one deal at one time."""

    def __init__(self, env, clock, log):
        self.env = env
        self.clock = clock
        self.stages = {stage.name: stage for stage in env["crm.stage"].search([])}
        self.reasons = {reason.name: reason for reason in env["crm.lost.reason"].search([])}
        self.won_stages = log.won_stages
        self.ended = set()
        env.cr.execute("SELECT name, id, write_date FROM crm_lead")
        rows = env.cr.fetchall()
        self.leads = {deal: lead_id for deal, lead_id, _at in rows}
        # Each turn writes the deal, so that this tells what an interrupted call has played.
        self.played_until = {deal: at for deal, _lead_id, at in rows}

    def is_played(self, turn):
        """Whether an earlier call has committed this turn."""
        return naive(turn[0].at) <= self.played_until.get(turn[0].deal, datetime.datetime.min)

    def play(self, turn):
        """Play one turn to its commit; again if PostgreSQL asks for it."""
        # Odoo counts each end for its forecasts, in rows that all deals share. The other worker
        # would have to play its turn again if it had begun before the end of this one.
        with replay.alone(self.env.cr.dbname) if self.has_end(turn) else contextlib.nullcontext():
            lead, kept = retrying(functools.partial(self.play_once, turn), self.env)
        self.env.transaction.field_data.update(kept)
        self.leads[turn[0].deal] = lead.id

    def has_end(self, turn):
        """Whether the turn wins, loses or reopens a deal, as far as can be told without asking."""
        deal = turn[0].deal
        if any(event.event != "stage" or event.stage in self.won_stages for event in turn):
            self.ended.add(deal)
        return deal in self.ended

    def play_once(self, turn):
        """Do what people did, without the commit; return the deal and the cache to keep."""
        self.clock.set(self.env.cr, naive(turn[0].at))
        lead = self.env["crm.lead"].browse(self.leads.get(turn[0].deal))
        for event in turn:
            if lead:
                self.change(lead, event)
            else:
                lead = self.create(event)
        self.env.cr.flush()
        cache = self.env.transaction.field_data
        return lead, {field: cache[field] for field in cache if is_kept(field)}

    def create(self, event):
        """Make the deal where the log has it first."""
        return self.env["crm.lead"].create(
            {
                "name": event.deal,
                "type": "opportunity",
                "expected_revenue": float(event.amount),
                "stage_id": self.stages[event.stage].id,
            }
        )

    def change(self, lead, event):
        """Move, win or lose a deal, by what the buttons and the kanban call."""
        if lead.expected_revenue != float(event.amount):
            lead.expected_revenue = float(event.amount)
        if event.event == "lost":
            lead.action_set_lost(lost_reason_id=self.reasons[event.stage].id)
        elif event.event == "won" and len(self.won_stages) == 1:
            # With several won stages this button could choose another than the log.
            lead.action_set_won()
        else:
            if not lead.active:
                lead.action_restore()
            lead.write({"stage_id": self.stages[event.stage].id})


def main(env, path, fingerprint, deals, share):
    """Play one worker's share of what is left of the log; return the exit code."""
    interrupted = catch_interrupts()
    log = replay_log.read_log(Path(path))
    # The administrator, not the superuser: rules and authorship are part of the work.
    env = env(user=env.ref("base.user_admin"), context={"lang": "en_US"})
    with replay.alone(env.cr.dbname):
        env.cr.rollback()
        # sudo: parameters are the system's; this one is the command's own and says what log is played.
        if not env["ir.config_parameter"].sudo().get_param(replay.LOG_PARAMETER):
            prepare(env, log, fingerprint)
    player = Player(env, Clock(env.registry), log)
    worker, workers = share
    wanted = set(itertools.islice(dict.fromkeys(event.deal for event in log.events), worker, deals, workers))
    turns = turns_of(event for event in log.events if event.deal in wanted)
    left = [turn for turn in turns if not player.is_played(turn)]
    done = sum(map(len, turns)) - sum(map(len, left))
    # The registry lives as long as this process: there is nothing to collect in it.
    gc.freeze()
    say(done, log.events[0])
    said = time.monotonic()
    for turn in left:
        if interrupted:
            break
        player.play(turn)
        done += len(turn)
        if time.monotonic() - said > SECONDS_BETWEEN_LINES or interrupted or turn is left[-1]:
            say(done, turn[0])
            said = time.monotonic()
    return 130 if interrupted else 0


def say(done, event):
    """Tell the command how far this worker is."""
    print(done, event.at.date().isoformat(), flush=True)


def catch_interrupts():
    """Let a polite kill wait for the end of the transaction: the list gets longer then."""
    received = []
    signal.signal(signal.SIGTERM, lambda number, _frame: received.append(number))
    return received


def turns_of(events):
    """What belongs into one transaction: the events of one deal at one time (they are one change)."""
    turns = []
    for _at, group in itertools.groupby(events, key=lambda event: event.at):
        by_deal = {}
        for event in group:
            by_deal.setdefault(event.deal, []).append(event)
        turns += by_deal.values()
    return turns


def prepare(env, log, fingerprint):
    """Turn a database without deals into the log's, in one transaction."""
    stages = env["crm.stage"]
    others = stages.search([])
    for number, name in enumerate(log.stages, 1):
        stages.create({"name": name, "sequence": number, "is_won": name in log.won_stages})
    others.unlink()
    reasons = dict.fromkeys(event.stage for event in log.events if event.event == "lost")
    env["crm.lost.reason"].create([{"name": name} for name in reasons])
    company = env.ref("base.main_company")
    currency = env["res.currency"].with_context(active_test=False).search([("name", "=", CURRENCY)])
    currency.active = True
    company.currency_id = currency
    zone = zone_of(log.events)
    company.resource_calendar_id.tz = zone
    env.user.tz = zone
    # sudo, twice: parameters are the system's. Odoo would ask a service in the net about each deal that is new.
    env["ir.config_parameter"].sudo().set_param("crm.iap.lead.enrich.setting", "manual")
    # sudo: the command's own parameter, which says what log is played.
    env["ir.config_parameter"].sudo().set_param(replay.LOG_PARAMETER, fingerprint)
    env.cr.commit()


def zone_of(events):
    """A time zone that has the offsets of the log at its times, UTC if none does."""
    names = sorted(zoneinfo.available_timezones(), key=lambda name: (rank_of(name), name))
    for name in ("UTC", *(name for name in names if rank_of(name) < len(CONTINENTS))):
        zone = zoneinfo.ZoneInfo(name)
        if all(event.at.utcoffset() == event.at.astimezone(zone).utcoffset() for event in events):
            return name
    return "UTC"


def rank_of(zone):
    """The rank of a zone's continent; names that are not those of cities come last."""
    continent = zone.split("/")[0]
    return CONTINENTS.index(continent) if continent in CONTINENTS else len(CONTINENTS)


def is_kept(field):
    """Whether a field leads nowhere but to what never changes here."""
    return field.model_name in KEPT_MODELS and (field.comodel_name or field.model_name) in KEPT_MODELS


def naive(at):
    """An instant as Odoo keeps it: UTC without saying so."""
    return at.astimezone(datetime.timezone.utc).replace(tzinfo=None)


if __name__ == "__main__":
    # What in_odoo.py gives to scripts as globals.
    path, fingerprint, deals, *share = arguments  # noqa: F821
    sys.exit(main(env, path, fingerprint, int(deals), map(int, share)))  # noqa: F821
