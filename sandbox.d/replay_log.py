"""Read and check a log of events."""

import csv
import re
from collections import Counter
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from problems import Problem

COLUMNS = ("deal", "amount", "event", "stage", "at")
EVENTS = ("stage", "won", "lost")
EXAMPLE = "2011-10-01T00:38:44.546+02:00"
# `datetime.fromisoformat` of Python 3.10 does not accept all formats that logs use.
INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:?\d\d)")


class Event(NamedTuple):
    """One line of the log. For a lost deal, `stage` is the lost reason."""

    deal: str
    amount: Decimal
    event: str
    stage: str
    at: datetime


class Log(NamedTuple):
    """A log that can be played: events by time, stages by their order in the process."""

    events: list[Event]
    stages: list[str]
    won_stages: set[str]


def read_log(path):
    """Read and check a whole log.

    :rtype: Log
    :raise Problem: if the log cannot be read or played
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            events = list(read_events(path.name, csv.reader(file, strict=True)))
    except OSError as error:
        raise Problem(f"{path} cannot be read ({error.strerror}): name a csv of events.") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise Problem(f"{path} is no csv in UTF-8 ({error}): save it as one.") from None
    if not events:
        raise Problem(f"{path} holds no events: it needs at least one line below its header.")
    # The sort is stable: events of the same time keep the order of the file.
    events.sort(key=lambda event: event.at)
    won_stages = {event.stage for event in events if event.event == "won"}
    check_losses(path.name, events, won_stages)
    return Log(events, order_of_stages(events, won_stages), won_stages)


def read_events(name, rows):
    """Yield the events of a log in the order of the file.

    :param str name: the file's name, for messages
    :raise Problem: if a line is not valid
    """
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
        yield event_of(where, dict(zip(header, map(str.strip, row), strict=True)))


def event_of(where, values):
    """Return the event of one line.

    :param str where: file and line, for messages
    :param dict values: the line's texts by column
    :raise Problem: if a value is not valid
    """
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
    """Return an aware datetime with microseconds.

    :raise Problem: if the text is not a past time with an offset
    """
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
        raise Problem(f"{where}: {text} is in the future: a log holds what has happened.")
    return at


def check_losses(name, events, won_stages):
    """Check that each lost deal could be lost.

    Odoo refuses to lose a won deal, and a deal without a stage was not in the pipeline.

    :raise Problem: if one could not
    """
    stages = {}
    for event in events:
        place = stages.get(event.deal)
        if event.event == "lost" and (place is None or place in won_stages):
            reason = f"is won ({place}) when" if place else "was in no stage before"
            fault = f"deal {event.deal} {reason} it is lost at {event.at.isoformat()}"
            raise Problem(f"{name}: {fault}: give it a stage first.")
        if event.event != "lost":
            stages[event.deal] = event.stage


def order_of_stages(events, won_stages):
    """Return the stages from first to last, the won ones at the end.

    A stage comes before another one if more deals entered it first. The order in which stages appear in the log is not
    reliable, because the first deal may have skipped some.
    """
    first_visits = {}
    for event in events:
        if event.event != "lost":
            first_visits.setdefault(event.deal, {}).setdefault(event.stage, None)
    first_visits_before = Counter()
    for stages in map(list, first_visits.values()):
        first_visits_before.update(
            (early, late) for number, early in enumerate(stages) for late in stages[number + 1 :]
        )
    names = list(dict.fromkeys(stage for stages in first_visits.values() for stage in stages))
    stages_after = {
        name: sum(first_visits_before[name, other] > first_visits_before[other, name] for other in names)
        for name in names
    }
    return sorted(names, key=lambda name: (name in won_stages, -stages_after[name]))
