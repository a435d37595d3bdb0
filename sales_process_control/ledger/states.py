"""Value types of the ledgers: stages, deals, rows of both ledgers, the history of a deal.

Amounts are :class:`decimal.Decimal` in the currency beside them. Instants are naive UTC.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from . import kinds, origins, outcomes
from .statuses import LOST, OPEN, OUTSIDE, WON

#: A person who takes a move or an end back within this time undoes it (docs/definitions.md, Undo within five minutes).
UNDO_SECONDS = 300
#: Status of a deal after a movement line that took it out of the pipeline.
STATUS_AFTER = {kinds.WON: WON, kinds.LOST: LOST, kinds.REMOVED: OUTSIDE}


class Stage(NamedTuple):
    """A stage as it is, or was, at the moment of a move.

    :param former_id: id of the stage in the ledger, for the rank of a stage that is deleted; then `id` is None
    """

    id: int | None
    name: str
    sequence: int
    is_won: bool = False
    team_ids: frozenset[int] = frozenset()
    former_id: int = 0

    @property
    def rank(self) -> tuple[int, int]:
        """Return the place in the order of stages: (sequence, id), since sequences are often equal."""
        return self.sequence, self.id or self.former_id

    @property
    def is_forgotten(self) -> bool:
        """Return whether the stage was deleted before the ledgers began, so that its place in the order is unknown.

        Such a stage has a negative id while a past is read.
        """
        return self.id is not None and self.id < 0

    def is_available_to(self, team_id: int | None) -> bool:
        """Return whether deals of a team may be in this stage: it has no teams, or that team."""
        return not self.team_ids or team_id in self.team_ids


#: Stage of deals without a stage.
NO_STAGE = Stage(None, "", 0)


class Owner(NamedTuple):
    """Salesperson, team and company under which a deal is counted; the currency is that of the company."""

    team_id: int | None = None
    user_id: int | None = None
    company_id: int | None = None
    currency_id: int | None = None


class Deal(NamedTuple):
    """A deal as it is now. A deleted one is :data:`GONE`.

    :param status: a constant of ``statuses.py``
    :param stage: None if the deal was deleted, :data:`NO_STAGE` if it has no stage
    :param stage_entered_at: the stored field of the same name
    """

    status: str
    stage: Stage | None = None
    owner: Owner = Owner()
    date_deadline: date | None = None
    amount: Decimal = Decimal(0)
    is_opportunity: bool = True
    stage_entered_at: datetime | None = None

    @property
    def exists(self) -> bool:
        return self.stage is not None


GONE = Deal(OUTSIDE)


class Visit(NamedTuple):
    """A row of the visit ledger: a visit of a deal in a stage, or a skip of the stage.

    While a visit is open, its owner, expected closing and amount are those that the deal had when the ledgers were last
    written. They are the state before the next change.

    :param id: None as long as the row is not written
    :param outcome: a constant of ``outcomes.py``
    :param converted_at: when the deal, having been here, first reached a later stage or was won
    :param mover_ref: id of the user who began the visit
    :param ender_ref: id of the user who ended it; None while it is open, and where it is unknown
    :param origin: a constant of ``origins.py``
    :param changed_at: when owner, expected closing or amount last changed during the visit
    """

    id: int | None
    stage: Stage
    entered_at: datetime
    left_at: datetime | None
    outcome: str
    owner: Owner
    date_deadline: date | None
    amount: Decimal
    next_stage_id: int | None = None
    is_first: bool = False
    converted_at: datetime | None = None
    mover_ref: int | None = None
    ender_ref: int | None = None
    origin: str = origins.LIVE
    changed_at: datetime | None = None


class Posting(NamedTuple):
    """A line of the movement ledger. A place is a stage, an owner and an expected closing.

    :param kind: a constant of ``kinds.py``
    :param deal_count: 1 puts the deal into a place, -1 takes it out, 0 changes its amount in a place
    :param amount: amount put in (positive) or taken out (negative)
    """

    kind: str
    stage: Stage
    owner: Owner
    date_deadline: date | None
    deal_count: int
    amount: Decimal
    is_correction: bool = False


class Moment(NamedTuple):
    """When, by whom and in which way a change is made.

    :param mover_ref: id of the user, None if unknown
    :param origin: a constant of ``origins.py``
    """

    instant: datetime
    mover_ref: int | None = None
    origin: str = origins.LIVE

    def may_take_back(self, earlier: datetime, mover_ref: int | None) -> bool:
        """Return whether a change may take an earlier one back: one of the same person, soon enough.

        See docs/definitions.md, Undo within five minutes.

        :param earlier: when that was made
        :param mover_ref: who made it, None if unknown
        """
        is_soon = (self.instant - earlier).total_seconds() <= UNDO_SECONDS
        return is_soon and mover_ref is not None and mover_ref == self.mover_ref


class History(NamedTuple):
    """What the ledgers hold about one deal before a change.

    The last posting may be left out for an open deal: its visits say all that a change depends on, except where
    :func:`~.change.needs_last_posting` returns True.

    :param visits: all its rows, by (entered_at, id)
    :param last_kind: kind of its last posting, corrections left out; None if it was never in the pipeline
    :param last_date: instant of that posting
    :param last_stage_id: id of its stage
    :param last_place: its owner, expected closing and amount as a tuple
    """

    visits: tuple[Visit, ...] = ()
    last_kind: str | None = None
    last_date: datetime | None = None
    last_stage_id: int | None = None
    last_place: tuple[Owner, date | None, Decimal] | None = None

    @property
    def open_visit(self) -> Visit | None:
        return next((visit for visit in reversed(self.visits) if visit.outcome == outcomes.OPEN), None)

    @property
    def last_visit(self) -> Visit | None:
        """Return the last visit; skips and corrections are none."""
        return next((visit for visit in reversed(self.visits) if visit.outcome not in outcomes.NO_STAY), None)

    @property
    def status(self) -> str | None:
        """Return the status that the ledgers know of the deal; None if it was never in the pipeline."""
        if self.open_visit:
            return OPEN
        if self.last_kind is None:
            return None
        return STATUS_AFTER.get(self.last_kind, OUTSIDE)

    @property
    def latest(self) -> datetime:
        """Return the latest instant known of this deal; `datetime.min` if none is known."""
        latest = max((visit.left_at or visit.changed_at or visit.entered_at for visit in self.visits), default=None)
        return max(latest or datetime.min, self.last_date or datetime.min)

    def with_last_posting(self, posting: Posting, instant: datetime) -> "History":
        """Return this history with its last posting."""
        place = posting.owner, posting.date_deadline, posting.amount
        return self._replace(
            last_kind=posting.kind, last_date=instant, last_stage_id=posting.stage.id, last_place=place
        )

    def not_before(self, instant: datetime) -> datetime:
        """Return the instant, or the latest known one if the clock was set back.

        See docs/definitions.md, Changes and instants.
        """
        return max(instant, self.latest)
