"""The history of another program, read from a file and turned into states of deals. Pure Python.

Belongs here: reading a CSV or XLSX file, checking its lines, deciding the order of new stages, computing the states
through which a deal went. Does not belong here: anything that needs Odoo or the database. Matching names with records,
creating records and the texts of error messages are in ``models/history_import``.

Start with :func:`.reading.read_history`: bytes in, events and faults out. Then read :func:`.course.course_of`: events
in, states out. The rules are in docs/definitions.md, Imported history.
"""

from . import faults
from .cells import without_formula
from .course import References, State, course_of
from .events import EVENTS, LOST, STAGE, WON, Event, name_key
from .faults import Fault
from .order import order_of_places, reordered, sequences_of
from .reading import Reading, read_history
from .sheets import Row

__all__ = [
    "EVENTS",
    "LOST",
    "STAGE",
    "WON",
    "Event",
    "Fault",
    "Reading",
    "References",
    "Row",
    "State",
    "course_of",
    "faults",
    "name_key",
    "order_of_places",
    "read_history",
    "reordered",
    "sequences_of",
    "without_formula",
]
