"""Events of one deal to its states over time."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from itertools import zip_longest
from typing import NamedTuple

from .. import ledger
from .events import LOST, Event


class State(NamedTuple):
    """The state of a deal at an instant. All instants are naive UTC.

    :param status: ``ledger.OPEN``, ``ledger.WON`` or ``ledger.LOST``; None before the first event
    :param amount: in the currency of the owner's company
    :param customer: name of the customer, as the file has it
    :param reason: lost reason, as the file has it
    :param closed_at: when the deal was won or lost; None while it is open
    :param assigned_at: when the deal was given to its salesperson
    :param moved_at: when the deal came to its stage
    :param last_open: the last stage in which the deal was open
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
        """Return the part of the state that the ledgers record."""
        return ledger.Deal(self.status, self.stage, self.owner, self.date_deadline, self.amount)


class References(NamedTuple):
    """What the texts of events refer to in the database.

    :param stage_of: returns the stage of an event that names one, or is a win
    :param first_stage: stage of a deal whose first event is a loss, or names no stage
    :param amount_of: returns the amount of an event that has one, in the currency of the company
    :param users: {salesperson in the file: user id}; teams likewise
    """

    stage_of: Callable[[Event], ledger.Stage]
    first_stage: ledger.Stage
    amount_of: Callable[[Event], Decimal]
    users: dict[str, int]
    teams: dict[str, int]


def course_of(state: State, events: list[Event], references: References) -> list[tuple[datetime, State]]:
    """Return the states of a deal after each instant that has events.

    Several events at one instant are one change: only the state after the last of them is returned (see
    docs/definitions.md, Changes and instants).

    :param state: the state before the first event
    :param events: in the order of time
    :return: [(instant, state after it), ...], in the order of time
    """
    course = []
    current = state
    for event, following in zip_longest(events, events[1:]):
        current = _after(current, event, references)
        if not following or following.at != event.at:
            state = current = _dated(state, current, event.at)
            course.append((event.at, state))
    return course


def _after(state, event, references):
    """Return the state after an event, with the dates of the state before."""
    owner = state.owner
    if event.salesperson:
        owner = owner._replace(user_id=references.users.get(event.salesperson))
    if event.team:
        owner = owner._replace(team_id=references.teams.get(event.team))
    state = state._replace(
        owner=owner,
        date_deadline=event.date_deadline or state.date_deadline,
        amount=state.amount if event.amount is None else references.amount_of(event),
        customer=event.customer or state.customer,
    )
    if event.kind == LOST:
        stage = state.stage or references.first_stage
        # A deal cannot be lost in a won stage: it returns to its last open stage first.
        stage = (state.last_open or references.first_stage) if stage.is_won else stage
        return state._replace(status=ledger.LOST, stage=stage, reason=event.stage, last_open=stage)
    stage = references.stage_of(event) if event.names_stage else references.first_stage
    if stage.is_won:
        return state._replace(status=ledger.WON, stage=stage, reason="")
    return state._replace(status=ledger.OPEN, stage=stage, reason="", last_open=stage)


def _dated(before, after, at):
    """Return the later state with its dates: each changes only if its subject changed between the two states."""
    closed_at = None
    if after.status != ledger.OPEN:
        closed_at = before.closed_at if before.status == after.status else at
    assigned_at = None
    if after.owner.user_id:
        assigned_at = before.assigned_at if before.owner.user_id == after.owner.user_id else at
    is_moved = not before.stage or before.stage.id != after.stage.id
    return after._replace(closed_at=closed_at, assigned_at=assigned_at, moved_at=at if is_moved else before.moved_at)
