"""The words in which the history of another program is told.

Texts are as the file has them, instants naive UTC, amounts :class:`decimal.Decimal` in the currency beside them.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from .faults import OF_THE_FILE

STAGE = "stage"
WON = "won"
LOST = "lost"
EVENTS = (STAGE, WON, LOST)


def name_key(name: str) -> str:
    """What is the same in all spellings of a name that people take for one."""
    return " ".join(name.split()).casefold()


class Fault(NamedTuple):
    """What is wrong with a line; :mod:`.faults` names the codes.

    :param line: where it is in the file, counted from 1; 0 for the file as a whole
    :param column: the heading of the column, as far as it is one column's fault
    :param value: what the words of the code leave open
    :param deal: whose line it is, as far as that can be read
    :param other: what the words leave open besides the value
    """

    line: int
    column: str
    code: str
    value: str = ""
    deal: str = ""
    other: str = ""


class Event(NamedTuple):
    """One line of the file. What a line leaves empty is as it was before; None and "" say so.

    :param stage: name of the stage; the reason where the deal was lost
    :param currency: code of the currency of the amount; empty for that of the company
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


class Row(NamedTuple):
    """One line as it was found: a text, number or date a cell."""

    line: int
    cells: tuple


class Reading(NamedTuple):
    """What was found in a file.

    :param events: the events of each deal, in the order of time; those of deals that have faults as well, as far as
        they can be read
    :param faults: in the order of the lines
    :param header: the headings as the file has them
    :param rows: all lines below it
    :param columns: the heading of each column that is understood
    :param deal_of_line: whose line each is, empty where that cannot be read
    """

    events: dict[str, list[Event]]
    faults: list[Fault]
    header: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    columns: dict[str, str] = {}
    deal_of_line: dict[int, str] = {}

    @property
    def is_unreadable(self) -> bool:
        """Whether the file as a whole is at fault, so that no deal of it can be had."""
        return any(fault.code in OF_THE_FILE for fault in self.faults)
