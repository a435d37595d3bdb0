"""The history of another program, read from a file and turned into states of deals. Pure Python.

Belongs here: reading a file, finding how it is written, checking its lines, deciding the order of new stages,
computing the states through which a deal went. Does not belong here: anything that needs Odoo or the database. Matching
names with records, creating records and the texts of error messages are in ``models/history_import``.

Start with :func:`.reading.read_history`: bytes in, events and faults out. It goes through these modules:

- ``encodings``, ``sheets``, ``workbook``, ``xls``, ``ods``: bytes to rows;
- ``lexicon``, ``headings``, ``columns``: headings to meanings and to one of three layouts;
- ``dates``, ``numbers``, ``currencies``, ``ends``: how the file writes dates and amounts, and which stages are ends;
- ``lines``, ``layouts``, ``stories``, ``footers``: cells to values, lines to steps, steps to the events of each deal.

What is found is in ``settings.Look``, and ``settings.Settings`` changes it. Then read :func:`.course.course_of`: events
in, states out. The rules are in docs/definitions.md, Imported history.
"""

from . import doubts, faults
from .cells import without_formula
from .course import References, State, course_of
from .ends import end_of_name
from .events import EVENTS, LOST, STAGE, WON, Event, name_key
from .faults import Fault
from .order import order_of_places, reordered, sequences_of
from .reading import Reading, look_at, read_history
from .settings import (
    AS_FOUND,
    BY_DEAL,
    BY_EVENT,
    BY_STAGE,
    DATE_ORDERS,
    DECIMALS,
    ENCODINGS,
    ENDS,
    LAYOUTS,
    LEFT_OUT,
    MEANINGS,
    SOURCES,
    Column,
    Doubt,
    Look,
    Settings,
    StageFound,
)
from .sheets import Row
from .splitting import SplitFile

__all__ = [
    "AS_FOUND",
    "BY_DEAL",
    "BY_EVENT",
    "BY_STAGE",
    "DATE_ORDERS",
    "DECIMALS",
    "ENCODINGS",
    "ENDS",
    "EVENTS",
    "LAYOUTS",
    "LEFT_OUT",
    "LOST",
    "MEANINGS",
    "SOURCES",
    "STAGE",
    "WON",
    "Column",
    "Doubt",
    "Event",
    "Fault",
    "Look",
    "Reading",
    "References",
    "Row",
    "Settings",
    "SplitFile",
    "StageFound",
    "State",
    "course_of",
    "doubts",
    "end_of_name",
    "faults",
    "look_at",
    "name_key",
    "order_of_places",
    "read_history",
    "reordered",
    "sequences_of",
    "without_formula",
]
