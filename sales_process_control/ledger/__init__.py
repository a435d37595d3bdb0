"""What a change of a deal means, as rows of both ledgers; without a line of Odoo."""

from .book import Book
from .change import Change, needs_last_posting, change
from .past import Link, Past, PastLead, PastState
from .postings import direction, goes_on, left_behind
from .states import (
    ENDS,
    GONE,
    LOST,
    NO_STAGE,
    OPEN,
    OUTSIDE,
    UNDO_SECONDS,
    WON,
    Deal,
    History,
    Moment,
    Owner,
    Posting,
    Stage,
    Visit,
)
from .visits import last_advance

__all__ = [
    "ENDS",
    "GONE",
    "LOST",
    "NO_STAGE",
    "OPEN",
    "OUTSIDE",
    "UNDO_SECONDS",
    "WON",
    "Book",
    "Change",
    "Deal",
    "History",
    "Link",
    "Moment",
    "Owner",
    "Past",
    "PastLead",
    "PastState",
    "Posting",
    "Stage",
    "Visit",
    "change",
    "direction",
    "goes_on",
    "last_advance",
    "left_behind",
    "needs_last_posting",
]
