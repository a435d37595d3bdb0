"""The value types of the oracle: deals, stages, commits and visits."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

OPEN, WON, LOST, REMOVED = "open", "won", "lost", "removed"
UNDO_WINDOW = timedelta(minutes=5)
#: Columns by which the pipeline may be grouped, in the order of :class:`DealState`.
PLACE = ("stage", "team", "user", "company", "currency", "deadline")


class DealState(NamedTuple):
    """The visible state of a deal. Its status is None for a lead and for an archived deal that is not lost."""

    status: str | None
    stage: int | None
    team: int | None
    user: int | None
    company: int | None
    currency: int
    deadline: date | None
    amount: Decimal


class StageState(NamedTuple):
    """The state of a stage at one instant."""

    id: int
    sequence: int
    is_won: bool
    teams: frozenset[int]

    @property
    def rank(self):
        return self.sequence, self.id

    def is_for_team(self, team):
        return not self.teams or team in self.teams


class Commit(NamedTuple):
    """One committed transaction.

    :param int number: distinguishes commits of the same instant
    :param int mover: id of the user
    """

    number: int
    instant: datetime
    mover: int
    stages: dict[int, StageState]
    zones: dict[int | None, str]


@dataclass
class Visit:
    """A visit of a stage, or a skip.

    :ivar opened_by: number of the commit that opened it
    :ivar last_rank: rank of the stage when it was entered, for a stage that is deleted later
    :ivar converted_by: number of the commit at `converted`, and whether it won the deal
    :ivar ended_by: id of the user who ended it
    :ivar ended_in: number of the commit that ended it
    :ivar previous: the visit that the deal left for this one
    """

    stage: int | None
    entered: datetime
    state: DealState
    mover: int
    opened_by: int
    last_rank: tuple
    outcome: str = OPEN
    left: datetime | None = None
    next_stage: int | None = None
    is_first: bool = False
    converted: datetime | None = None
    converted_by: tuple[int, bool] | None = None
    ended_by: int | None = None
    ended_in: int | None = None
    previous: "Visit | None" = None
