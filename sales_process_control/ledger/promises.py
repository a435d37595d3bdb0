"""Decides what ends of deals and merges make of hot flags (docs/definitions.md, Hot flags).

A promise is an open hot flag: the customer is expected to act.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from . import kinds

#: Outcomes of a flag (docs/definitions.md, Outcomes).
OPEN = "open"
KEPT = "kept"
BROKEN = "broken"
WITHDRAWN = "withdrawn"

#: Kind of flags whose customer promises to sign.
SIGN = "sign"

#: Greatest length of a note, in characters.
NOTE_LENGTH = 200


class End(NamedTuple):
    """What a change says about the end of a deal.

    :param kind: kind of the end, one of ``kinds.ENDS``; None for a deal that did not end after all
    :param instant: when it ended, or came back, naive UTC
    :param mover_ref: id of the user who has changed the deal
    :param undone_at: when the deal had ended, if the user who ended it takes the end back within five minutes
    """

    kind: str | None
    instant: datetime
    mover_ref: int | None = None
    undone_at: datetime | None = None


class Promise(NamedTuple):
    """An open flag.

    :param place: one flag may be open in a place: a deal, or a kind, customer and company
    """

    id: int
    place: object
    due_date: date | None
    raised_at: datetime


def outcome_at_end(kind: str, end: str | None) -> str:
    """Return the outcome of a flag on a deal when the deal ends.

    :param kind: kind of the flag
    :param end: kind of the end, one of ``kinds.ENDS``; None for a deal that did not end after all
    :return: the outcome; OPEN if the end says nothing about the promise
    """
    if end is None or (end == kinds.WON and kind != SIGN):
        return OPEN
    if kind == SIGN:
        return KEPT if end == kinds.WON else BROKEN
    return WITHDRAWN


def days_late(first_due_date: date | None, day: date) -> int:
    """Return the days from the first due date to a day, at least 0; 0 without a due date."""
    return max((day - first_due_date).days, 0) if first_due_date else 0


def to_withdraw(promises: Iterable[Promise]) -> Sequence[int]:
    """Return the ids of the flags to withdraw where several are open in one place: all but the one that is due first.

    No due date counts as the latest one. Among equal dates the flag that was raised first stays.
    """
    ordered = sorted(promises, key=lambda each: (each.due_date or date.max, each.raised_at, each.id))
    kept = {}
    for promise in ordered:
        kept.setdefault(promise.place, promise.id)
    return [promise.id for promise in ordered if kept[promise.place] != promise.id]


def one_line(note: object) -> str:
    """Return a note in one line, without blanks around it; an empty string if it has no visible character."""
    line = " ".join(str(note or "").split())
    return line if any(letter.isprintable() and letter != " " for letter in line) else ""
