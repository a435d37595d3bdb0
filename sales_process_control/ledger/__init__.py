"""Pure Python that decides what a change of a deal means, as rows of both ledgers.

Belongs here: value types, constants of the ledgers, and every decision of docs/definitions.md about deals, visits and
movement lines. Does not belong here: anything that imports Odoo, reads the database or has a text for users, except the
labels of kinds.

Start with :func:`change` in ``change.py``, then ``states.py`` for its arguments. ``visits.py`` and ``postings.py`` make
the rows, ``book.py`` records several changes of one deal, and ``past.py`` finds the states that Odoo has tracked.
Constants: ``statuses.py`` (of deals), ``outcomes.py`` (of visits), ``kinds.py`` (of movement lines), ``origins.py`` (of
rows), ``promises.py`` (of hot flags).
"""

from .book import Book
from .change import Change, change, needs_last_posting
from .kinds import ENDS
from .past import Link, Past, PastLead, PastState
from .postings import goes_on, left_behind, next_stage
from .states import (
    GONE,
    NO_STAGE,
    UNDO_SECONDS,
    Deal,
    History,
    Moment,
    Owner,
    Posting,
    Stage,
    Visit,
)
from .statuses import LOST, OPEN, OUTSIDE, WON
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
    "goes_on",
    "last_advance",
    "left_behind",
    "needs_last_posting",
    "next_stage",
]
