"""A file to the events of its deals, and to the faults of its lines."""

import re
from datetime import datetime, timezone
from typing import NamedTuple

from . import faults
from .cells import BadValueError, amount_of, day_of, instant_of, printable_text_of, text_of, with_formula
from .events import EVENTS, LOST, STAGE, WON, Event, name_key
from .faults import OF_THE_FILE, Fault, UnreadableError
from .settings import BY_EVENT, DECIMALS, ENCODINGS, YMD, Column, Look, Settings
from .sheets import Row, read_sheet

#: Accepted headings of each column, as :func:`plain_heading` returns them. Salesforce's headings follow the own one.
COLUMN_HEADINGS = {
    "deal": ("deal", "opportunityid", "opportunity"),
    "stage": ("stage", "stagename"),
    "at": ("at", "createddate"),
    "event": ("event",),
    "amount": ("amount",),
    "currency": ("currency", "currencyisocode"),
    "date_deadline": ("expectedclosing", "closedate"),
    "customer": ("customer", "opportunityaccountname"),
    "salesperson": ("salesperson", "opportunityownername", "opportunityowneremail"),
    "team": ("team", "salesteam"),
}
REQUIRED_COLUMNS = ("deal", "stage", "at")
TEXT_COLUMNS = ("deal", "stage", "event", "currency", "customer", "salesperson", "team")
#: Columns of Salesforce's export *OpportunityHistory* that are not needed. In other files they are faults.
SALESFORCE_IGNORED = frozenset(
    (
        "id",
        "probability",
        "forecastcategory",
        "forecastcategoryname",
        "expectedrevenue",
        "createdbyid",
        "createdbyname",
        "lastmodifieddate",
        "lastmodifiedbyid",
        "systemmodstamp",
        "isdeleted",
        "validthroughdate",
        "prevamount",
        "prevclosedate",
        "prevforecastupdate",
        "fromstagename",
        "fromopportunitystagename",
        "fromforecastcategory",
    )
)
#: The headings of Salesforce's data export by the names of its fields. Its instants are UTC, without saying so.
SALESFORCE_FIELDS = {"OpportunityId", "CreatedDate"}
#: The column that the import adds to the lines that were not imported. A corrected file may keep it.
PROBLEM_COLUMN = "problem"
#: Stage names by which Salesforce marks won and lost deals. Other files use the column *event*.
ENDS_BY_STAGE = {"closed won": WON, "closed lost": LOST}
#: A file with more stages is refused: its stage column is probably another column.
MOST_STAGES = 200
#: Characters of the text that identifies a deal. It is part of an external id, whose index limits its length.
MOST_IN_DEAL = 200


class Reading(NamedTuple):
    """What a file contains.

    :param events: {deal: events in the order of time}, also of deals with faults, as far as they can be read
    :param faults: in the order of the lines
    :param header: the headings as the file has them
    :param rows: all rows below the headings
    :param columns: {column: heading}, the columns that are understood
    :param deal_of_line: {line: deal}; the deal is empty if it cannot be read
    :param look: how the file was read
    :param deleted: deals that are left out, since the other program has deleted them
    """

    events: dict[str, list[Event]]
    faults: list[Fault]
    header: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    columns: dict[str, str] = {}
    deal_of_line: dict[int, str] = {}
    look: Look = Look()
    deleted: tuple[str, ...] = ()

    @property
    def is_unreadable(self) -> bool:
        """Whether the file as a whole has a fault, so that no deal can be imported."""
        return any(fault.code in OF_THE_FILE for fault in self.faults)


def look_at(content: bytes, settings=Settings(), zone=timezone.utc, day_zone=None) -> Look:
    """Return how a file will be read.

    :param content: as in :func:`read_history`; settings, zone and day_zone likewise
    """
    return read_history(content, zone, datetime.max, day_zone, settings).look


def read_history(content: bytes, zone, now, day_zone=None, settings=Settings()) -> Reading:
    """Read a file.

    :param content: a CSV or XLSX, one event a line, headings in the first line
    :param zone: time zone of instants without an offset
    :param now: naive UTC; later events are faults
    :param day_zone: time zone of days without a time, by default the same
    :param Settings settings: choices of the person; what is empty is found in the file
    """
    reading = _read(content, zone, now, day_zone)
    header = reading.header
    meanings = {heading: meaning for meaning, heading in reading.columns.items()}
    found = tuple(
        Column(index, heading, tuple(_samples(reading.rows, index)), meanings.get(heading, ""))
        for index, heading in enumerate(header)
    )
    file_faults = tuple(fault for fault in reading.faults if fault.code in OF_THE_FILE)
    used = settings._replace(
        encoding=settings.encoding or ENCODINGS[0],
        layout=settings.layout or BY_EVENT,
        columns=tuple(column.meaning for column in found),
        date_order=settings.date_order or YMD,
        decimal=settings.decimal or DECIMALS[0],
        zone=settings.zone or str(zone),
    )
    return reading._replace(look=Look(used, columns=found, encodings=(used.encoding,), faults=file_faults))


def _samples(rows, index):
    """Return at most three different values of a column."""
    values = (printable_text_of(row.cells[index]) for row in rows[:100] if index < len(row.cells))
    return list(dict.fromkeys(filter(None, values)))[:3]


def _read(content, zone, now, day_zone):
    try:
        heading_row, *rows = read_sheet(content)
        header = tuple(text_of(cell) for cell in heading_row.cells)
    except UnreadableError as error:
        return Reading({}, [error.fault])
    except BadValueError as error:
        return Reading({}, [Fault(1, "", error.code)])
    columns, found_faults = find_columns(header)
    if not found_faults and not rows:
        found_faults = [Fault(0, "", faults.NO_EVENTS)]
    if found_faults:
        return Reading({}, found_faults, header)
    if PROBLEM_COLUMN in map(plain_heading, header):
        # Lines that an import has left out, see `fault_messages.bad_lines_csv`.
        rows = [row._replace(cells=tuple(map(with_formula, row.cells))) for row in rows]
    is_salesforce = set(header) >= SALESFORCE_FIELDS
    return Reader(header, columns, timezone.utc if is_salesforce else zone, now, day_zone or zone).read_rows(rows)


def find_columns(header):
    """Find the column of each heading.

    :param header: the headings, in the order of the file
    :return: ({column: index}, faults)
    """
    plain_headings = [plain_heading(heading) for heading in header]
    is_salesforce = "opportunityid" in plain_headings
    columns, found_faults = {}, []
    for index, (heading, plain) in enumerate(zip(header, plain_headings, strict=True)):
        column = next((name for name, accepted in COLUMN_HEADINGS.items() if plain in accepted), None)
        if column in columns:
            found_faults.append(Fault(0, heading, faults.COLUMN_TWICE, header[columns[column]]))
        elif column:
            columns[column] = index
        elif heading and plain != PROBLEM_COLUMN and not (is_salesforce and plain in SALESFORCE_IGNORED):
            found_faults.append(Fault(0, heading, faults.UNKNOWN_COLUMN))
    found_faults += [Fault(0, column, faults.MISSING_COLUMN) for column in REQUIRED_COLUMNS if column not in columns]
    return columns, found_faults


def plain_heading(heading):
    """Return a heading without spaces, punctuation and case: "Stage Name" and "stage_name" become "stagename"."""
    return re.sub(r"[\W_]", "", heading).casefold()


class Reader:
    """Reads the rows below the headings.

    :param header: the headings as the file has them
    :param columns: {column: index}
    :param zone: time zone of instants without an offset
    :param now: naive UTC; later events are faults
    :param day_zone: time zone of days without a time
    """

    def __init__(self, header, columns, zone, now, day_zone):
        self._header = header
        self._columns = columns
        self._zone = zone
        self._day_zone = day_zone
        self._now = now
        self._faults = []
        self._events = {}

    def read_rows(self, rows):
        """Read all rows. Call once.

        :rtype: Reading
        """
        deal_of_line = {}
        for row in rows:
            deal = deal_of_line[row.line] = self._read_deal(row)
            fault_count = len(self._faults)
            event = self._read_event(row, deal)
            # A deal without a readable event gets an empty list, so that it counts as a deal of the file.
            events = self._events.setdefault(deal, []) if deal else []
            if len(self._faults) > fault_count:
                continue
            if events and event.at < events[-1].at:
                last = events[-1]
                self._faults.append(
                    Fault(row.line, self._heading("at"), faults.BACKWARDS, str(last.at), deal, str(last.line))
                )
                continue
            events.append(event)
        stages = {name_key(event.stage) for events in self._events.values() for event in events if event.kind != LOST}
        if len(stages) > MOST_STAGES:
            self._faults = [Fault(0, self._heading("stage"), faults.TOO_MANY_STAGES, str(len(stages)))]
        headings = {column: self._heading(column) for column in self._columns}
        return Reading(self._events, self._faults, self._header, tuple(rows), headings, deal_of_line)

    def _read_deal(self, row):
        """Return the deal of a row, empty if it cannot be read. :meth:`_read_event` reports the fault."""
        try:
            return text_of(self._cell(row, "deal"))
        except BadValueError:
            return ""

    def _read_event(self, row, deal):
        """Return the event of a row, and add the faults of its cells."""
        if any(cell not in (None, "") for cell in row.cells[len(self._header) :]):
            self._add_fault(row, "", faults.TOO_MANY_CELLS, str(len(self._header)), deal)
        texts = {column: self._value(row, column, text_of, deal) for column in TEXT_COLUMNS}
        kind, stage = self._kind_and_stage(row, texts, deal)
        at = self._value(row, "at", lambda cell: instant_of(cell, self._zone, self._day_zone), deal)
        if len(deal) > MOST_IN_DEAL:
            self._add_fault(row, "deal", faults.LONG_TEXT, str(MOST_IN_DEAL), deal)
        for column, value in (("deal", texts["deal"]), ("at", at)):
            if value == "" or (value is None and not printable_text_of(self._cell(row, column))):
                self._add_fault(row, column, faults.MISSING, deal=deal)
        if at and at > self._now:
            self._add_fault(row, "at", faults.FUTURE, text_of(self._cell(row, "at")), deal)
        return Event(
            row.line,
            deal,
            kind,
            stage,
            at,
            self._value(row, "amount", amount_of, deal),
            (texts["currency"] or "").upper(),
            self._value(row, "date_deadline", day_of, deal),
            texts["customer"],
            texts["salesperson"],
            texts["team"],
        )

    def _kind_and_stage(self, row, texts, deal):
        """Return the kind of the event, and its stage or lost reason."""
        stage, kind = texts["stage"] or "", (texts["event"] or "").casefold()
        if not kind:
            kind = ENDS_BY_STAGE.get(stage.casefold(), STAGE)
            # "Closed Lost" is Salesforce's stage, not a lost reason.
            stage = "" if kind == LOST else stage
        if kind not in EVENTS:
            self._add_fault(row, "event", faults.BAD_EVENT, texts["event"], deal)
        if kind == STAGE and not stage and texts["stage"] is not None:
            self._add_fault(row, "stage", faults.MISSING, deal=deal)
        return kind, stage

    def _cell(self, row, column):
        """Return a cell of a row, None if the file has no such column or the row is too short."""
        index = self._columns.get(column)
        return row.cells[index] if index is not None and index < len(row.cells) else None

    def _value(self, row, column, convert, deal):
        """Return the converted value of a cell; None and a fault if it cannot be read."""
        cell = self._cell(row, column)
        try:
            return convert(cell)
        except BadValueError as error:
            self._add_fault(row, column, error.code, printable_text_of(cell), deal)
            return None

    def _heading(self, column):
        """Return the heading of a column in this file, or the name of the column if the file does not have it."""
        return self._header[self._columns[column]] if column in self._columns else column

    def _add_fault(self, row, column, code, value="", deal=""):
        self._faults.append(Fault(row.line, self._heading(column), code, value, deal))
