"""The words in which the oracle speaks of deals, stages and stays."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

OPEN, WON, LOST, REMOVED = "open", "won", "lost", "removed"
SLIP = timedelta(minutes=5)
#: In the order in which a grouping may name them.
PLACE = ("stage", "team", "user", "company", "currency", "deadline")


class Seen(NamedTuple):
    """A deal as people see it; a status of None is something that is no deal now: a lead, or archived."""

    status: str | None
    stage: int | None
    team: int | None
    user: int | None
    company: int | None
    currency: int
    deadline: date | None
    amount: Decimal


class Step(NamedTuple):
    """A stage as it is at one moment."""

    id: int
    sequence: int
    is_won: bool
    teams: frozenset[int]

    @property
    def rank(self):
        return self.sequence, self.id

    def serves(self, team):
        return not self.teams or team in self.teams


class Turn(NamedTuple):
    """One transaction that was committed. `number` tells apart turns that a stopped clock makes look alike."""

    number: int
    instant: datetime
    mover: int
    steps: dict[int, Step]
    zones: dict[int | None, str]


@dataclass
class Stay:
    """A stay in a stage, or the passing of one."""

    stage: int | None
    entered: datetime
    seen: Seen
    mover: int
    began: int
    last_rank: tuple
    outcome: str = OPEN
    left: datetime | None = None
    next_stage: int | None = None
    first: bool = False
    converted: datetime | None = None
    converted_by: int | None = None
    came_from: "Stay | None" = None
