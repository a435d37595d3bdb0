"""Events of deals, as the lines of a file describe them."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

STAGE = "stage"  # the deal came to a stage
WON = "won"
LOST = "lost"
#: Kinds of events: the values of the column *event*.
EVENTS = (STAGE, WON, LOST)
#: Kinds of events by their names, in the languages in which the heading *event* is known.
KIND_OF_NAME = {
    **{kind: kind for kind in EVENTS},
    "阶段": STAGE,
    "进入阶段": STAGE,
    "赢单": WON,
    "输单": LOST,
    "丢单": LOST,
}


class Event(NamedTuple):
    """One line of the file.

    A value that the line leaves empty (None or "") has not changed since the deal's previous event.

    :param line: number of the line in the file, from 1
    :param deal: the text that identifies the deal in the file
    :param kind: one of :data:`EVENTS`
    :param stage: name of the stage, empty if the file does not say in which one the deal began, or was won; for a lost
        deal, the lost reason
    :param at: naive UTC
    :param amount: in ``currency``
    :param currency: code of the currency; empty for the currency of the company
    :param name: name of the deal; empty if the text that identifies the deal is its name
    """

    line: int
    deal: str
    kind: str
    stage: str
    at: datetime
    amount: Decimal | None = None
    currency: str = ""
    date_deadline: date | None = None
    customer: str = ""
    salesperson: str = ""
    team: str = ""
    name: str = ""

    @property
    def names_stage(self) -> bool:
        """Whether the event has a stage in Odoo: the one that it names, or the one in which deals are won."""
        return self.kind == WON or (self.kind == STAGE and bool(self.stage))


def name_key(name: str) -> str:
    """Return the key by which names are compared: case and extra spaces do not matter."""
    return " ".join(name.split()).casefold()
