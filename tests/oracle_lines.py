"""The oracle's own double entry: which lines a change of a deal posts."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

#: How a deal comes in, by how it stood before.
ENTRIES = {None: "created", "won": "reopened", "lost": "reopened", "removed": "restored"}
OWNER = ("team", "user", "company", "currency")


class Line(NamedTuple):
    """A line of the movement ledger as it must be."""

    kind: str
    stage: int | None
    team: int | None
    user: int | None
    company: int | None
    currency: int
    deadline: date | None
    count: int
    amount: Decimal
    correction: bool = False
    turn: int = 0
    instant: datetime | None = None


def _line(kind, place, count, amount):
    return Line(kind, *place[1:7], count, amount)


def lines_of_entry(standing, place):
    """It comes into the pipeline."""
    return [_line(ENTRIES[standing], place, 1, place.amount)]


def lines_of_exit(kind, place):
    """It leaves the pipeline."""
    return [_line(kind, place, -1, -place.amount)]


def lines_of_change(old, new, steps, old_rank):
    """What changed while it stayed: first the amount, then the date, then the owner, then the stage.

    :param old_rank: what the old stage's rank was, should it be gone
    """
    posted, here = [], old
    if (old.company, old.currency) == (new.company, new.currency) and old.amount != new.amount:
        more = new.amount - old.amount
        posted.append(_line("amount_up" if more > 0 else "amount_down", here, 0, more))
        here = here._replace(amount=new.amount)
    hops = []
    if old.deadline != new.deadline:
        later = new.deadline is None or (old.deadline is not None and new.deadline > old.deadline)
        hops.append(("pushed_out" if later else "pulled_in", {"deadline": new.deadline}))
    owner = {name: getattr(new, name) for name in OWNER}
    if owner != {name: getattr(old, name) for name in OWNER}:
        hops.append(("transferred", {**owner, "amount": new.amount}))
    if old.stage != new.stage:
        left = steps[old.stage].rank if old.stage in steps else old_rank
        # No stage comes before all others.
        reached = steps[new.stage].rank if new.stage in steps else (0, 0)
        hops.append(("advanced" if reached > left else "moved_back", {"stage": new.stage}))
    for kind, target in hops:
        there = here._replace(**target)
        posted += [_line(kind, here, -1, -here.amount), _line(kind, there, 1, there.amount)]
        here = there
    return posted


def mark_slip(lines, began, posted):
    """The stage lines of a slip, there and back, cancel and are marked."""
    for some in (lines, posted):
        for index, line in enumerate(some):
            is_slip = line.turn == began or some is posted
            if is_slip and line.kind in ("advanced", "moved_back"):
                some[index] = line._replace(correction=True)
