"""What becomes of one deal: from its events to its state at each instant."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from itertools import zip_longest
from typing import NamedTuple

from .. import ledger
from .words import LOST, Event


class State(NamedTuple):
    """How a deal stands.

    :param reason: why it was lost, as the file has it
    :param closed_at: since when it is won or lost
    :param assigned_at: since when it has its salesperson
    :param moved_at: since when it has its stage
    :param last_open: the stage in which it was open last
    """

    status: str | None = None
    stage: ledger.Stage | None = None
    owner: ledger.Owner = ledger.Owner()
    date_deadline: date | None = None
    amount: Decimal = Decimal(0)
    customer: str = ""
    reason: str = ""
    closed_at: datetime | None = None
    assigned_at: datetime | None = None
    moved_at: datetime | None = None
    last_open: ledger.Stage | None = None

    def as_deal(self) -> ledger.Deal:
        """The same in the words of the ledgers."""
        return ledger.Deal(self.status, self.stage, self.owner, self.date_deadline, self.amount)


class World(NamedTuple):
    """What the names of a file stand for in the database.

    :param stage_of: stage of an event that is not a loss
    :param first_stage: where a deal was that is lost before it was anywhere
    :param amount_of: amount of an event that has one, in the currency of the deals
    """

    stage_of: Callable[[Event], ledger.Stage]
    first_stage: ledger.Stage
    amount_of: Callable[[Event], Decimal]
    users: dict[str, int]
    teams: dict[str, int]


def course_of(state: State, events: list[Event], world: World) -> list[tuple[datetime, State]]:
    """The state of a deal at the end of each instant at which something happened.

    :param state: how it stood before
    :param events: in the order of time; what a line leaves empty stays as it was
    """
    course = []
    found = state
    for event, following in zip_longest(events, events[1:]):
        found = _after(found, event, world)
        if not following or following.at != event.at:
            state = found = _dated(state, found, event.at)
            course.append((event.at, state))
    return course


def _after(state, event, world):
    owner = state.owner
    if event.salesperson:
        owner = owner._replace(user_id=world.users.get(event.salesperson))
    if event.team:
        owner = owner._replace(team_id=world.teams.get(event.team))
    state = state._replace(
        owner=owner,
        date_deadline=event.date_deadline or state.date_deadline,
        amount=state.amount if event.amount is None else world.amount_of(event),
        customer=event.customer or state.customer,
    )
    if event.kind == LOST:
        stage = state.stage or world.first_stage
        # Nobody loses a deal that is won: it was taken back first, to where it was open last.
        stage = (state.last_open or world.first_stage) if stage.is_won else stage
        return state._replace(status=ledger.LOST, stage=stage, reason=event.stage, last_open=stage)
    stage = world.stage_of(event)
    if stage.is_won:
        return state._replace(status=ledger.WON, stage=stage, reason="")
    return state._replace(status=ledger.OPEN, stage=stage, reason="", last_open=stage)


def _dated(before, after, at):
    """Since when it is so."""
    closed_at = None
    if after.status != ledger.OPEN:
        closed_at = before.closed_at if before.status == after.status else at
    assigned_at = None
    if after.owner.user_id:
        assigned_at = before.assigned_at if before.owner.user_id == after.owner.user_id else at
    is_moved = not before.stage or before.stage.id != after.stage.id
    return after._replace(closed_at=closed_at, assigned_at=assigned_at, moved_at=at if is_moved else before.moved_at)
