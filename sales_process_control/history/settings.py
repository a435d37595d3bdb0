"""How a file is read: what was found in it, and the choices of the person who imports it.

Everything that is guessed is in :class:`Look`, and can be changed by :class:`Settings`.
"""

from typing import NamedTuple

from .events import LOST, STAGE, WON
from .faults import Fault

#: Layouts of a file.
BY_EVENT = "events"  # a line an event
BY_STAGE = "stage_columns"  # a line a deal, with a column a stage: "Date entered ..."
BY_DEAL = "deals"  # a line a deal, with the times at which it was created, won and lost
LAYOUTS = (BY_EVENT, BY_STAGE, BY_DEAL)

#: Encodings of text files.
ENCODINGS = (
    "utf-8", "utf-16", "gb18030", "big5", "shift_jis", "cp949", "cp1252", "cp1250", "cp1251", "latin-1",
)  # fmt: skip

#: What a column can mean.
MEANINGS = (
    "deal",  # what identifies the deal: its number, or its name
    "name",  # the name of the deal, beside what identifies it
    "stage",
    "at",  # when the event happened
    "event",  # stage, won or lost
    "created_at",
    "won_at",
    "lost_at",
    "closed_at",
    "status",  # open, won, lost or deleted
    "lost_reason",
    "amount",
    "currency",
    "date_deadline",
    "customer",
    "salesperson",
    "team",
    "deleted",  # whether the other program has deleted the deal
    "stage_entered",  # when the deal came to the stage that the heading names
    "old_stage",  # the stage that the deal left
    "field",  # which field of the deal the line is about; only lines about the stage are read
)
#: Meanings of columns with dates.
DATES = frozenset(("at", "created_at", "won_at", "lost_at", "closed_at", "date_deadline", "stage_entered"))
#: Headings that are understood as a meaning, where they differ from its name.
HEADING_OF = {
    "created_at": "created",
    "won_at": "won time",
    "lost_at": "lost time",
    "closed_at": "closed date",
    "date_deadline": "expected closing",
    "lost_reason": "lost reason",
    "stage_entered": "date entered ...",
}
#: Meanings that several columns can have.
REPEATABLE = frozenset(("stage_entered",))

#: What a name of a stage can stand for.
LEFT_OUT = "left_out"  # events are left out, and deals that end there
ENDS = (STAGE, WON, LOST, LEFT_OUT)

YMD, DMY, MDY = DATE_ORDERS = ("YMD", "DMY", "MDY")
DECIMALS = (".", ",")

# Programs whose files are known.
SOURCES = ("salesforce", "hubspot", "pipedrive", "zoho", "dynamics", "odoo")


class Settings(NamedTuple):
    """Choices of the person. What is empty is found in the file.

    :param encoding: one of :data:`ENCODINGS`; without meaning for workbooks
    :param layout: one of :data:`LAYOUTS`
    :param columns: the meaning of each column, by its index: one of :data:`MEANINGS`, or "" for one that is ignored
    :param date_order: one of :data:`DATE_ORDERS`, for dates such as 03/04/2026
    :param decimal: one of :data:`DECIMALS`
    :param zone: IANA name of the time zone of times without an offset
    :param ends: ((key of the name of a stage, one of :data:`ENDS`), ...)
    """

    encoding: str = ""
    layout: str = ""
    columns: tuple[str, ...] = ()
    date_order: str = ""
    decimal: str = ""
    zone: str = ""
    ends: tuple[tuple[str, str], ...] = ()


#: No choices.
AS_FOUND = Settings()


class Column(NamedTuple):
    """A column of the file.

    :param index: from 0
    :param samples: at most three different values
    :param meaning: one of :data:`MEANINGS`; empty for a column that is ignored
    :param stage: for ``stage_entered``, the name of the stage
    """

    index: int
    heading: str
    samples: tuple[str, ...] = ()
    meaning: str = ""
    stage: str = ""


class StageFound(NamedTuple):
    """A name of a stage in the file.

    :param key: key of the name, see :func:`.events.name_key`
    :param kind: one of :data:`ENDS`, as proposed or chosen
    :param is_doubtful: whether a person should look at the kind
    :param deals: number of deals that came to the stage
    """

    name: str
    key: str
    kind: str = STAGE
    is_doubtful: bool = False
    deals: int = 0


class Doubt(NamedTuple):
    """Something that a person should look at, although the file can be imported. The codes are in :mod:`.doubts`.

    :param count: how many deals or lines
    :param values: examples
    """

    code: str
    count: int = 0
    values: tuple[str, ...] = ()


class Look(NamedTuple):
    """What was found in a file.

    :param settings: each field as it is used; handed back, they read the file in the same way. The order of dates and
        the decimal sign are empty as long as they are a fault, since only a person can say which it is
    :param source: one of :data:`SOURCES`; empty if the program is unknown
    :param heading_line: number of the line of the headings, from 1
    :param encodings: encodings in which the file can be read, the likely one first; empty for workbooks
    :param is_date_ambiguous: whether day and month could be either in all dates; a fault until a person says which
    :param is_decimal_ambiguous: whether 1.250 could be either in all amounts
    :param has_local_times: whether there are times without an offset, for which the zone matters
    :param has_date_order: whether there are dates such as 03/04/2026, for which the order matters
    :param faults: faults of the file as a whole
    """

    settings: Settings = Settings()
    source: str = ""
    heading_line: int = 1
    columns: tuple[Column, ...] = ()
    encodings: tuple[str, ...] = ()
    is_date_ambiguous: bool = False
    is_decimal_ambiguous: bool = False
    has_local_times: bool = False
    has_date_order: bool = False
    stages: tuple[StageFound, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    faults: tuple[Fault, ...] = ()
