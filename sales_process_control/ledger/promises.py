"""What becomes of hot flags: the promises that customers have made."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

OPEN = "open"
KEPT = "kept"
BROKEN = "broken"
WITHDRAWN = "withdrawn"

SIGN = "sign"

#: The longest note.
NOTE_LENGTH = 200


class End(NamedTuple):
    """What a change says about the end of a deal.

    :param kind: won, lost or removed; None for a deal that did not end after all
    :param instant: when it ended, or came back, naive UTC
    :param mover_ref: who has changed the deal
    :param undone_at: when the deal had ended, if the change takes an end back so soon that it may have been a slip
    """

    kind: str | None
    instant: datetime
    mover_ref: int | None = None
    undone_at: datetime | None = None


class Promise(NamedTuple):
    """An open flag. `place` is where one only may be open: the same deal, or the same kind, customer and company."""

    id: int
    place: object
    due_date: date | None
    raised_at: datetime


def outcome_at_end(kind: str, end: str | None) -> str:
    """What a flag on a deal becomes when the deal ends.

    :param kind: kind of the flag
    :param end: won, lost or removed; None for a deal that did not end after all
    :return: the outcome; open where the end says nothing about the promise
    """
    if end is None or (end == "won" and kind != SIGN):
        return OPEN
    if kind == SIGN:
        return KEPT if end == "won" else BROKEN
    return WITHDRAWN


def days_late(first_due_date: date | None, day: date) -> int:
    """Days from the first due date to a day, never below 0; a promise without a date is never late."""
    return max((day - first_due_date).days, 0) if first_due_date else 0


def to_withdraw(promises: Iterable[Promise]) -> Sequence[int]:
    """Which of the open flags that come together in one place have to go: all but the one that is due first.

    No due date counts as the latest one; among equals the one that was raised first stays.
    """
    ordered = sorted(promises, key=lambda each: (each.due_date or date.max, each.raised_at, each.id))
    kept = {}
    for promise in ordered:
        kept.setdefault(promise.place, promise.id)
    return [promise.id for promise in ordered if kept[promise.place] != promise.id]


def one_line(note: object) -> str:
    """A note without line breaks and without blanks around it; empty if nothing of it can be seen."""
    line = " ".join(str(note or "").split())
    return line if any(letter.isprintable() and letter != " " for letter in line) else ""
