"""Compute the movement lines of a deal's change for the oracle."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

#: Kind of the line with which a deal enters the pipeline, by its recorded status.
ENTRIES = {None: "created", "won": "reopened", "lost": "reopened", "removed": "restored"}
OWNER = ("team", "user", "company", "currency")


class Line(NamedTuple):
    """An expected line of the movement ledger."""

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
    commit: int = 0
    instant: datetime | None = None
    day: date | None = None


def _line(kind, state, count, amount):
    return Line(kind, *state[1:7], count, amount)


def lines_of_entry(recorded_status, state):
    """Return the line of a deal that enters the pipeline."""
    return [_line(ENTRIES[recorded_status], state, 1, state.amount)]


def lines_of_exit(kind, state):
    """Return the line of a deal that leaves the pipeline."""
    return [_line(kind, state, -1, -state.amount)]


def lines_of_change(old, new, stages, old_rank):
    """Return the lines of a change within the pipeline.

    They are posted in the order amount, deadline, owner, stage.

    :param tuple old_rank: rank of the old stage if it is deleted
    """
    posted, before = [], old
    if (old.company, old.currency) == (new.company, new.currency) and old.amount != new.amount:
        more = new.amount - old.amount
        posted.append(_line("amount_up" if more > 0 else "amount_down", before, 0, more))
        before = before._replace(amount=new.amount)
    changes = []
    if old.deadline != new.deadline:
        later = new.deadline is None or (old.deadline is not None and new.deadline > old.deadline)
        changes.append(("pushed_out" if later else "pulled_in", {"deadline": new.deadline}))
    owner = {name: getattr(new, name) for name in OWNER}
    if owner != {name: getattr(old, name) for name in OWNER}:
        changes.append(("transferred", {**owner, "amount": new.amount}))
    if old.stage != new.stage:
        left = stages[old.stage].rank if old.stage in stages else old_rank
        # A deal without a stage ranks before all stages.
        reached = stages[new.stage].rank if new.stage in stages else (0, 0)
        changes.append(("advanced" if reached > left else "moved_back", {"stage": new.stage}))
    for kind, target in changes:
        after = before._replace(**target)
        posted += [_line(kind, before, -1, -before.amount), _line(kind, after, 1, after.amount)]
        before = after
    return posted


def mark_correction(lines, opened_by, posted):
    """Mark the stage lines of an undone move and of its undo as corrections.

    :param int opened_by: number of the commit of the undone move
    :param list posted: lines of the undo
    """
    for group in (lines, posted):
        for index, line in enumerate(group):
            is_undone = line.commit == opened_by or group is posted
            if is_undone and line.kind in ("advanced", "moved_back"):
                group[index] = line._replace(correction=True)
