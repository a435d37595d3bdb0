"""Play a log of events with an Odoo environment. `replay.py` has prepared the database.

A turn is all events of one deal at one time. Each turn is a transaction with the clock set to its time, as the
administrator would have done it: with access rules, computed fields, tracking and chatter.
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

# Amounts in the log are in euros.
CURRENCY = "EUR"
# The order in which time zones are tried. All zones with the offsets of the log give the same dates, so the order only
# decides which name is shown.
CONTINENTS = ("Europe", "America", "Asia", "Australia", "Pacific", "Africa")
SECONDS_BETWEEN_LINES = 0.5
# Records of these models do not change while a log is played. Their cache is kept across transactions, because reading
# them again took a third of the time.
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
    """The current time for Odoo, set to the time of each turn."""

    def __init__(self, registry):
        self.instant = datetime.datetime.now()
        original = fields.Datetime.now
        fields.Datetime.now = staticmethod(self.now)
        fields.Date.today = staticmethod(lambda *_args: self.instant.date())
        # A field's default keeps a reference to the original function.
        for model in registry.values():
            for field in model._fields.values():
                if field.default is original:
                    field.default = self.now

    def now(self, *_args):
        """Return the set time without fractions of a second, as `fields.Datetime.now` does."""
        return self.instant.replace(microsecond=0)

    def set(self, cursor, at):
        """Set the time for a new transaction."""
        self.instant = at
        # `cr.now()` returns this value instead of asking the database.
        cursor._now = at


class Player:
    """Plays turns through CRM's own methods."""

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
        # Each turn writes the deal, so its last write shows which turns an interrupted call has played.
        self.played_until = {deal: at for deal, _lead_id, at in rows}

    def is_played(self, turn):
        """Return whether an earlier call has committed this turn."""
        return naive_utc(turn[0].at) <= self.played_until.get(turn[0].deal, datetime.datetime.min)

    def play(self, turn):
        """Play one turn and commit it. Odoo retries it after a serialization error."""
        # Odoo counts won and lost deals in scoring rows that all deals share. Without the lock, the workers would often
        # have to retry their turns.
        with replay.exclusive_turn(self.env.cr.dbname) if self.has_end(turn) else contextlib.nullcontext():
            lead, kept = retrying(functools.partial(self.play_once, turn), self.env)
        self.env.transaction.field_data.update(kept)
        self.leads[turn[0].deal] = lead.id

    def has_end(self, turn):
        """Return whether the turn may win, lose or reopen a deal. Deals that ended before always count."""
        deal = turn[0].deal
        if any(event.event != "stage" or event.stage in self.won_stages for event in turn):
            self.ended.add(deal)
        return deal in self.ended

    def play_once(self, turn):
        """Play one turn without the commit.

        :return: (the deal, the cached values to keep)
        """
        self.clock.set(self.env.cr, naive_utc(turn[0].at))
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
        """Create the deal at its first event."""
        return self.env["crm.lead"].create(
            {
                "name": event.deal,
                "type": "opportunity",
                "expected_revenue": float(event.amount),
                "stage_id": self.stages[event.stage].id,
            }
        )

    def change(self, lead, event):
        """Move, win, lose or reopen a deal by the methods that the interface calls."""
        if lead.expected_revenue != float(event.amount):
            lead.expected_revenue = float(event.amount)
        if event.event == "lost":
            lead.action_set_lost(lost_reason_id=self.reasons[event.stage].id)
        elif event.event == "won" and len(self.won_stages) == 1:
            # With several won stages this method may choose another one than the log.
            lead.action_set_won()
        else:
            if not lead.active:
                lead.action_restore()
            lead.write({"stage_id": self.stages[event.stage].id})


def main(env, path, fingerprint, deals, share):
    """Play the turns of one worker's share that are left.

    :param tuple share: (number of this worker, number of workers)
    :return: the exit code
    """
    interrupted = catch_interrupts()
    log = replay_log.read_log(Path(path))
    # The administrator instead of the superuser, so that record rules and authors are as for users.
    env = env(user=env.ref("base.user_admin"), context={"lang": "en_US"})
    with replay.exclusive_turn(env.cr.dbname):
        env.cr.rollback()
        # sudo: only system users may read parameters. This one belongs to the command and names the log that was
        # played.
        if not env["ir.config_parameter"].sudo().get_param(replay.LOG_PARAMETER):
            prepare(env, log, fingerprint)
    player = Player(env, Clock(env.registry), log)
    worker, workers = share
    wanted = set(itertools.islice(dict.fromkeys(event.deal for event in log.events), worker, deals, workers))
    turns = turns_of(event for event in log.events if event.deal in wanted)
    remaining = [turn for turn in turns if not player.is_played(turn)]
    done = sum(map(len, turns)) - sum(map(len, remaining))
    # The registry lives until the end of the process, so collecting it is a waste of time.
    gc.freeze()
    print_progress(done, log.events[0])
    printed_at = time.monotonic()
    for turn in remaining:
        if interrupted:
            break
        player.play(turn)
        done += len(turn)
        if time.monotonic() - printed_at > SECONDS_BETWEEN_LINES or interrupted or turn is remaining[-1]:
            print_progress(done, turn[0])
            printed_at = time.monotonic()
    return 130 if interrupted else 0


def print_progress(done, event):
    """Print how many events this worker has played, for the command."""
    print(done, event.at.date().isoformat(), flush=True)


def catch_interrupts():
    """Return a list that gets an item at SIGTERM, so that the worker can end after the current transaction."""
    received = []
    signal.signal(signal.SIGTERM, lambda number, _frame: received.append(number))
    return received


def turns_of(events):
    """Return the events grouped by transaction: those of one deal at one time belong together."""
    turns = []
    for _at, group in itertools.groupby(events, key=lambda event: event.at):
        by_deal = {}
        for event in group:
            by_deal.setdefault(event.deal, []).append(event)
        turns += by_deal.values()
    return turns


def prepare(env, log, fingerprint):
    """Create the log's stages, lost reasons, currency and time zone, and commit."""
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
    # sudo: only system users may write parameters. Without this one, Odoo sends each new deal to its enrichment
    # service.
    env["ir.config_parameter"].sudo().set_param("crm.iap.lead.enrich.setting", "manual")
    # sudo: only system users may write parameters. This one belongs to the command and names the log that was played.
    env["ir.config_parameter"].sudo().set_param(replay.LOG_PARAMETER, fingerprint)
    env.cr.commit()


def zone_of(events):
    """Return the name of a time zone that has the offsets of the log at its times, or UTC."""
    names = sorted(zoneinfo.available_timezones(), key=lambda name: (rank_of(name), name))
    for name in ("UTC", *(name for name in names if rank_of(name) < len(CONTINENTS))):
        zone = zoneinfo.ZoneInfo(name)
        if all(event.at.utcoffset() == event.at.astimezone(zone).utcoffset() for event in events):
            return name
    return "UTC"


def rank_of(zone):
    """Return the rank of a zone's continent. Names without a continent come last."""
    continent = zone.split("/")[0]
    return CONTINENTS.index(continent) if continent in CONTINENTS else len(CONTINENTS)


def is_kept(field):
    """Return whether a field belongs to, and refers to, models whose records do not change."""
    return field.model_name in KEPT_MODELS and (field.comodel_name or field.model_name) in KEPT_MODELS


def naive_utc(at):
    """Return an aware datetime as naive UTC."""
    return at.astimezone(datetime.timezone.utc).replace(tzinfo=None)


if __name__ == "__main__":
    # The globals that in_odoo.py gives to scripts.
    path, fingerprint, deals, *share = arguments  # noqa: F821
    sys.exit(main(env, path, fingerprint, int(deals), map(int, share)))  # noqa: F821
