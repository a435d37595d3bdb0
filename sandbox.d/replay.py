"""The command `replay`: plays a log of events through CRM as people would have worked.

This part reads the log and says what is wrong with it; `replay_in_odoo.py` plays it.
"""

import argparse
import contextlib
import csv
import fcntl
import itertools
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NamedTuple

import places
from problems import Problem

DEFAULT_DATABASE = "replay"
WORKERS = 2
COLUMNS = ("deal", "amount", "event", "stage", "at")
EVENTS = ("stage", "won", "lost")
EXAMPLE = "2011-10-01T00:38:44.546+02:00"
# Pythons before 3.11 read less of ISO 8601 than logs use.
INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:?\d\d)")
# Where the log that was played is remembered: the comment on a database is for its stamp.
LOG_PARAMETER = "sandbox.replayed_log"
# Stages are replaced by those of the log: only where there is nothing but what Odoo brings.
USED_QUERY = """
    SELECT EXISTS (SELECT FROM crm_lead) OR EXISTS (
        SELECT FROM crm_stage stage LEFT JOIN ir_model_data data
            ON data.module = 'crm' AND data.model = 'crm.stage' AND data.res_id = stage.id
        WHERE data.id IS NULL
    )
"""


class Event(NamedTuple):
    """One line of the log. `stage` is the reason where the deal was lost."""

    deal: str
    amount: Decimal
    event: str
    stage: str
    at: datetime


class Log(NamedTuple):
    """A log that can be played: events in the order of time, stages in the order of work."""

    events: list[Event]
    stages: list[str]
    won_stages: set[str]


def run(arguments):
    """Check log and database, make what is missing, then play."""
    options = parse(arguments)
    path = Path(options.file)
    log = read_log(path)
    # Only the command itself needs the sandbox's other parts; Odoo's process does not.
    import databases
    import postgres
    import setup
    from steps import key_of, locked

    databases.check_name(options.db)
    setup.prepare()
    with postgres.in_use(leave_running=True), locked(places.SANDBOX / f"replay-{options.db}.lock"):
        fingerprint = key_of(path)
        prepare_database(options.db, fingerprint)
        wanted = set(itertools.islice(dict.fromkeys(event.deal for event in log.events), options.deals))
        total = sum(event.deal in wanted for event in log.events)
        arguments = [path.resolve(), fingerprint, len(wanted)]
        return play(options.db, Progress(total, len(wanted)), arguments, setup.environment())


class Progress:
    """How much is played by all workers, and how long the rest will take."""

    def __init__(self, total, deals):
        self.total = total
        self.deals = deals
        self.done = [0] * WORKERS
        self.begun_with = [None] * WORKERS
        self.day = ""
        self.begun = self.shown = time.monotonic()

    def follow(self, worker, lines):
        """Read what a worker says until it ends."""
        for line in lines:
            done, self.day = line.split()
            self.done[worker] = int(done)
            if self.begun_with[worker] is None:
                # Until then Odoo was loading: that says nothing about the time that is left.
                self.begun_with[worker], self.begun = int(done), time.monotonic()

    def show(self):
        """A terminal sees one line that changes, a log a line now and then."""
        is_terminal = sys.stderr.isatty()
        seconds, done = time.monotonic() - self.begun, sum(self.done)
        new = done - sum(filter(None, self.begun_with))
        if time.monotonic() - self.shown < (0.5 if is_terminal else 10) or not new or None in self.begun_with:
            return
        self.shown = time.monotonic()
        left = span((self.total - done) * seconds / new)
        text = f"{self.day}: {done:,} of {self.total:,} events, {new / seconds:.0f} a second, {left} left"
        sys.stderr.write(f"\r\033[K{text}" if is_terminal else f"{text}\n")

    def end(self, database):
        """Say how it ended."""
        done = sum(self.done)
        played = f"{done:,} of {self.total:,} events"
        new = done - sum(filter(None, self.begun_with))
        if done < self.total:
            text = f"Stopped after {played}; the same command goes on from there."
        elif new:
            text = f"Replayed {played} of {self.deals:,} deals, {new:,} of them now, in {span(time.monotonic() - self.begun)}."
        else:
            text = f"All {played} of {self.deals:,} deals are played already."
        start = "\r\033[K" if sys.stderr.isatty() else ""
        sys.stderr.write(f"{start}{text}\n  ./sandbox run --db {database}   shows them\n")


def span(seconds):
    """A length of time as people say it."""
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"


def play(database, progress, arguments, environment):
    """Let the workers play, each its share of the deals; return the exit code."""
    command = [places.VENV_PYTHON, places.PARTS / "in_odoo.py", database, places.PARTS / "replay_in_odoo.py", *arguments]
    workers, threads = [], []
    try:
        for number in range(WORKERS):
            # In a session of its own, Ctrl-C does not reach a worker in the middle of a transaction.
            worker = subprocess.Popen(
                [str(part) for part in (*command, number, WORKERS)],
                env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, start_new_session=True,
            )
            workers.append(worker)
            threads.append(threading.Thread(target=progress.follow, args=(number, worker.stdout)))
            threads[-1].start()
        while any(worker.poll() is None for worker in workers) and not any(worker.poll() for worker in workers):
            time.sleep(0.2)
            progress.show()
    finally:
        for worker in workers:
            if worker.poll() is None:
                worker.terminate()
        for thread in threads:
            thread.join()
        codes = [worker.wait() for worker in workers]
        progress.end(database)
    return max(map(abs, codes))


@contextlib.contextmanager
def alone(database):
    """Hold the lock between the workers."""
    with open(places.SANDBOX / f"replay-{database}.turn", "a", encoding="utf-8") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def parse(arguments):
    """The options; what argparse cannot know to be wrong is said here."""
    parser = argparse.ArgumentParser(prog="sandbox replay", description=__doc__)
    parser.add_argument("file", metavar="FILE", help=f"a csv with the columns {', '.join(COLUMNS)}")
    parser.add_argument("--db", default=DEFAULT_DATABASE, metavar="NAME", help="made if missing, without demo data")
    parser.add_argument("--deals", type=int, metavar="N", help="only the first N deals, by their first event")
    options = parser.parse_args(arguments)
    if options.deals is not None and options.deals < 1:
        raise Problem(f"--deals {options.deals} leaves nothing to play: give a number from 1 on, or leave it out.")
    return options


def prepare_database(name, fingerprint):
    """Make the database, or refuse one that holds other deals than those of this log."""
    import databases
    import serving

    known = databases.stamps()
    if name in known:
        hint = "name another database with --db."
        if databases.query("SELECT to_regclass('crm_lead') IS NULL", name) == [["t"]]:
            raise Problem(f"the database {name} has no CRM: {hint}")
        played = databases.query(f"SELECT value FROM ir_config_parameter WHERE key = '{LOG_PARAMETER}'", name)
        if not played and databases.query(USED_QUERY, name) != [["f"]]:
            raise Problem(f"the database {name} is in use for something else: {hint}")
        if played and played != [[fingerprint]]:
            raise Problem(f"the database {name} holds the deals of another log: {hint}")
    serving.ensure_database(name, demo=False)


def read_log(path):
    """Read and check a whole log."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            events = list(read_events(path.name, csv.reader(file, strict=True)))
    except OSError as error:
        raise Problem(f"{path} cannot be read ({error.strerror}): name a csv of events.") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise Problem(f"{path} is no csv in UTF-8 ({error}): save it as one.") from None
    if not events:
        raise Problem(f"{path} holds no events: it needs at least one line below its header.")
    # The sort is stable: what happened at one time stays in the order of the file.
    events.sort(key=lambda event: event.at)
    won_stages = {event.stage for event in events if event.event == "won"}
    check_losses(path.name, events, won_stages)
    return Log(events, order_of_stages(events, won_stages), won_stages)


def read_events(name, rows):
    """The events of a log, one by one, in the order of the file."""
    header = next(rows, [])
    if sorted(header) != sorted(COLUMNS):
        raise Problem(
            f"{name} has the columns {', '.join(header) or 'of an empty file'}: {', '.join(COLUMNS)} are wanted."
        )
    for row in rows:
        if not row:
            continue
        where = f"{name} line {rows.line_num}"
        if len(row) != len(header):
            raise Problem(f"{where} has {len(row)} values: one for each of the {len(header)} columns is wanted.")
        yield event_of(where, dict(zip(header, map(str.strip, row))))


def event_of(where, values):
    """One event from the texts of a line."""
    for column in ("deal", "stage"):
        if not values[column]:
            raise Problem(f"{where} has no {column}: fill it in.")
    if values["event"] not in EVENTS:
        raise Problem(f"{where}: `{values['event']}` is no event: write one of {', '.join(EVENTS)}.")
    try:
        amount = Decimal(values["amount"])
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite():
        raise Problem(f"{where}: `{values['amount']}` is no amount: write it as 20000 or 19999.50.")
    return Event(values["deal"], amount, values["event"], values["stage"], instant_of(where, values["at"]))


def instant_of(where, text):
    """A time with its offset, to the microsecond."""
    found = INSTANT.fullmatch(text)
    try:
        if not found:
            raise ValueError
        day, clock, fraction, offset = found.groups()
        offset = "+00:00" if offset == "Z" else f"{offset[:3]}:{offset[-2:]}"
        at = datetime.fromisoformat(f"{day}T{clock}.{(fraction or '')[:6].ljust(6, '0')}{offset}")
        at.astimezone(timezone.utc)
    except (ValueError, OverflowError):
        raise Problem(f"{where}: `{text}` is no time with an offset: write it as {EXAMPLE}.") from None
    if at > datetime.now(timezone.utc):
        raise Problem(f"{where}: {text} is still to come: a log holds what has happened.")
    return at


def check_losses(name, events, won_stages):
    """Odoo lets nobody lose a deal that is won, and one that was nowhere has no place in a pipeline."""
    places_of_deals = {}
    for event in events:
        place = places_of_deals.get(event.deal)
        if event.event == "lost" and (place is None or place in won_stages):
            reason = f"is won ({place}) when" if place else "was in no stage before"
            raise Problem(f"{name}: deal {event.deal} {reason} it is lost at {event.at.isoformat()}: give it a stage first.")
        if event.event != "lost":
            places_of_deals[event.deal] = event.stage


def order_of_stages(events, won_stages):
    """The stages from first to last; those in which deals are won close the row.

    A stage comes before another if more deals came to it first. The order in which stages turn
    up would not do: the first deal of a log may have jumped over some.
    """
    first_visits = {}
    for event in events:
        if event.event != "lost":
            first_visits.setdefault(event.deal, {}).setdefault(event.stage, None)
    before = Counter()
    for stages in map(list, first_visits.values()):
        before.update((early, late) for number, early in enumerate(stages) for late in stages[number + 1 :])
    names = list(dict.fromkeys(stage for stages in first_visits.values() for stage in stages))
    lead = {name: sum(before[name, other] > before[other, name] for other in names) for name in names}
    return sorted(names, key=lambda name: (name in won_stages, -lead[name]))
