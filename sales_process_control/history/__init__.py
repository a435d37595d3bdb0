"""The history of another program, read and told in the words of the ledgers; without a line of Odoo."""

from . import faults
from .course import State, World, course_of
from .order import order_of_places, reordered, sequences_of
from .reading import read_history
from .words import EVENTS, LOST, STAGE, WON, Event, Fault, Reading, Row, name_key

__all__ = [
    "EVENTS",
    "LOST",
    "STAGE",
    "WON",
    "Event",
    "Fault",
    "Reading",
    "Row",
    "State",
    "World",
    "course_of",
    "faults",
    "name_key",
    "order_of_places",
    "read_history",
    "reordered",
    "sequences_of",
]
