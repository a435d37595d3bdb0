"""The words in which a change of a deal is told.

All amounts are :class:`decimal.Decimal` in the currency beside them, all instants naive UTC.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

#: Where a deal stands now.
OPEN = "open"  # active and neither won nor lost
WON = "won"
LOST = "lost"
OUTSIDE = "outside"  # a lead, archived without being lost, or deleted

#: How the ledgers say that a deal left the pipeline.
ENDS = ("won", "lost", "removed")

#: A person who takes a move back within this time has slipped (D0).
UNDO_SECONDS = 300


class Stage(NamedTuple):
    """A stage as it is, or was, at the moment of a move. Of a deleted one, `former_id` still tells its rank."""

    id: int | None
    name: str
    sequence: int
    is_won: bool = False
    team_ids: frozenset[int] = frozenset()
    former_id: int = 0

    @property
    def rank(self) -> tuple[int, int]:
        """The order of stages: (sequence, id), as equal sequences are usual."""
        return self.sequence, self.id or self.former_id

    @property
    def is_forgotten(self) -> bool:
        """Whether it was deleted before the ledgers began: nobody knows which stages it lay between."""
        return self.id is not None and self.id < 0

    def is_available_to(self, team_id: int | None) -> bool:
        """Whether deals of the team may be in this stage: its own, or everybody's."""
        return not self.team_ids or team_id in self.team_ids


#: Where no stage exists a deal has none; that is a place too.
NO_STAGE = Stage(None, "", 0)


class Owner(NamedTuple):
    """Under whom a deal is counted; the currency follows the company."""

    team_id: int | None = None
    user_id: int | None = None
    company_id: int | None = None
    currency_id: int | None = None


class Deal(NamedTuple):
    """A deal as it is now. A deleted one is :data:`GONE`.

    `stage_entered_at` is what the deal itself stores.
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
    """A row of the visit ledger. `id` is empty as long as the row is not written.

    While a visit is open its owner, deadline and amount are those that the deal had when the ledgers were last
    written: the state before the next change. `changed_at` is when one of them changed, if that was during the stay.
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
    origin: str = "live"
    changed_at: datetime | None = None


class Posting(NamedTuple):
    """A line of the movement ledger: what is put into a place (count 1), taken out of it (-1), or grows in it (0)."""

    kind: str
    stage: Stage
    owner: Owner
    date_deadline: date | None
    deal_count: int
    amount: Decimal
    is_correction: bool = False


class Moment(NamedTuple):
    """When and by whom a change is made."""

    instant: datetime
    mover_ref: int | None = None
    origin: str = "live"


class History(NamedTuple):
    """What the ledgers hold about one deal before a change.

    Of a deal that is open the visits say all that a change depends on, but where the change takes a move back. So its
    last posting need not be known.

    :param visits: all its rows, by (entered_at, id)
    :param last_kind: kind of its last posting, corrections left out; None if it was never in the pipeline
    :param last_date: instant of that posting
    :param last_stage_id: its stage
    """

    visits: tuple[Visit, ...] = ()
    last_kind: str | None = None
    last_date: datetime | None = None
    last_stage_id: int | None = None

    @property
    def open_visit(self) -> Visit | None:
        return next((visit for visit in reversed(self.visits) if visit.outcome == "open"), None)

    @property
    def last_visit(self) -> Visit | None:
        """The last row that was a stay: no skip, no slip."""
        stays = (visit for visit in reversed(self.visits) if visit.outcome not in ("skipped", "correction"))
        return next(stays, None)

    @property
    def status(self) -> str | None:
        """open, won, lost or removed; None for a deal that was never in the pipeline."""
        if self.open_visit:
            return OPEN
        if self.last_kind is None or self.last_kind in ENDS:
            return self.last_kind
        return "removed"

    @property
    def latest(self) -> datetime:
        """The latest instant that is known of this deal; the beginning of time if none is."""
        latest = max((visit.left_at or visit.changed_at or visit.entered_at for visit in self.visits), default=None)
        return max(latest or datetime.min, self.last_date or datetime.min)

    def not_before(self, instant: datetime) -> datetime:
        """The instant, or the latest one that the ledgers know of this deal: clocks do not run backwards (D0)."""
        return max(instant, self.latest)
