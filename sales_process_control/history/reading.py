"""A file to the events of its deals, to the faults of its lines, and to how it was read."""

from datetime import datetime, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

from . import dates, doubts, faults, numbers
from .cells import YES, BadValueError, printable_text_of, text_of, with_formula
from .columns import find_columns
from .events import STAGE, Event
from .faults import OF_THE_FILE, Fault, UnreadableError
from .footers import without_footer
from .headings import DEAL_ID, LINE_ID, kind_of_heading, plain_heading
from .layouts import Ends, StepReader
from .lines import LineReader
from .settings import (
    AS_FOUND,
    BY_EVENT,
    DATE_ORDERS,
    DECIMALS,
    ENCODINGS,
    ENDS,
    Column,
    Doubt,
    Look,
    Settings,
    StageFound,
)
from .sheets import Row, heading_index, read_sheet
from .stories import MOST_EXAMPLES, Stories, ends_doubt, usual_last_stage

#: The column that the import adds to the lines that were not imported. A corrected file may keep it.
PROBLEM_COLUMN = "problem"
#: A file with more stages is refused: its stage column is probably another column.
MOST_STAGES = 200
#: Meanings of columns with dates.
DATES = frozenset(("at", "created_at", "won_at", "lost_at", "closed_at", "date_deadline", "stage_entered"))


class Clock(NamedTuple):
    """How times are read; the fields are as in :func:`read_history`."""

    zone: object
    day_zone: object
    now: datetime


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


def look_at(content: bytes, settings=AS_FOUND, zone=timezone.utc, day_zone=None) -> Look:
    """Return how a file will be read.

    :param content: as in :func:`read_history`; settings, zone and day_zone likewise
    """
    return read_history(content, zone, datetime.max, day_zone, settings).look


def read_history(content: bytes, zone, now, day_zone=None, settings=AS_FOUND) -> Reading:
    """Read a file.

    :param content: text, XLSX, XLS or ODS
    :param zone: time zone of instants without an offset, unless the settings or the program say another
    :param now: naive UTC; later events are faults
    :param day_zone: time zone of days without a time, by default the same
    :param Settings settings: choices of the person; what is empty is found in the file
    """
    settings = checked(settings)
    try:
        sheet = read_sheet(content, settings.encoding)
    except UnreadableError as error:
        return Reading({}, [error.fault], look=Look(settings, faults=(error.fault,)))
    return read_rows(sheet, settings, Clock(zone, day_zone or zone, now))


def read_rows(sheet, settings, clock) -> Reading:
    """Read the rows of a file.

    :param Sheet sheet: the rows, headings included
    :param Settings settings: choices of the person; what is empty is found in the file
    :param Clock clock: how times are read
    """
    look = Look(settings)
    try:
        place = heading_index(sheet.rows)
        heading_row, rows = sheet.rows[place], sheet.rows[place + 1 :]
        look = look._replace(encodings=sheet.encodings, heading_line=heading_row.line)
        header = tuple(text_of(cell) for cell in heading_row.cells)
    except BadValueError as error:
        fault = Fault(look.heading_line, "", error.code)
        return Reading({}, [fault], look=look._replace(faults=(fault,)))
    if PROBLEM_COLUMN in map(plain_heading, header):
        # Lines that an import has left out, see `fault_messages.bad_lines_csv`.
        rows = [row._replace(cells=tuple(map(with_formula, row.cells))) for row in rows]
    reader = _Reader(header, rows, settings, clock)
    found = [Doubt(doubts.OTHER_SHEETS, len(sheet.others), sheet.others[:MOST_EXAMPLES])] if sheet.others else []
    return reader.read_file(look, found)


def checked(settings):
    """Return settings without values that are none, which a program may have sent."""
    return Settings(
        settings.encoding if settings.encoding in ENCODINGS else "",
        settings.layout or "",
        tuple(settings.columns or ()),
        settings.date_order if settings.date_order in DATE_ORDERS else "",
        settings.decimal if settings.decimal in DECIMALS else "",
        settings.zone if _is_zone(settings.zone) else "",
        tuple((key, kind) for key, kind in settings.ends or () if kind in ENDS),
    )


def _is_zone(name):
    try:
        return bool(name) and bool(ZoneInfo(name))
    except (ValueError, OSError, LookupError, TypeError):
        return False


class _Reader:
    """Reads the rows below the headings.

    :param header: the headings as the file has them
    :param rows: the rows below them
    :param Settings settings: choices of the person
    :param Clock clock: how times are read
    """

    def __init__(self, header, rows, settings, clock):
        self._settings = settings
        self._columns = find_columns(header, rows, settings)
        self._rows, self._footer = without_footer(rows, self._columns.required)
        if settings.zone:
            clock = clock._replace(zone=ZoneInfo(settings.zone))
        elif self._columns.has_utc_times:
            clock = clock._replace(zone=timezone.utc)
        self._clock = clock
        self._formats = self._find_formats()
        self._numbers = numbers.format_of(self._cells_of("amount"))

    # ------------------------------------------------------------
    # HOW THE FILE IS READ
    # ------------------------------------------------------------

    def _cells_of(self, meaning):
        index = self._columns.places.get(meaning)
        return () if index is None else self._cells_at(index)

    def _cells_at(self, index):
        return [row.cells[index] for row in self._rows if index < len(row.cells)]

    def _find_formats(self):
        """Return {index: :class:`.dates.DateFormat`} of the columns with dates.

        A column in which day and month could be either is read as the others.
        """
        formats = {
            index: dates.format_of(self._cells_at(index))
            for index, meaning in enumerate(self._columns.meanings)
            if meaning in DATES
        }
        sure = {found.order for found in formats.values() if found.has_order and not found.is_ambiguous}
        chosen = self._settings.date_order or (next(iter(sure)) if len(sure) == 1 else "")
        if chosen:
            for index, found in formats.items():
                if found.is_ambiguous or (self._settings.date_order == dates.YMD and not found.unit):
                    formats[index] = found._replace(order=chosen, is_ambiguous=False)
        return formats

    @property
    def _decimal(self):
        return self._settings.decimal or self._numbers.decimal

    def _is_decimal_unknown(self):
        """Return whether only a person can say what amounts such as 1.250 are.

        1,250 is hardly ever one and a quarter.
        """
        return "." in self._numbers.example and not self._settings.decimal

    def _file_faults(self):
        """Return the faults of the file as a whole."""
        found = list(self._columns.faults)
        if not found and not self._rows:
            found = [Fault(0, "", faults.NO_EVENTS)]
        for index, date_format in self._formats.items():
            if date_format.is_ambiguous:
                example = next(
                    text for cell in self._cells_at(index)
                    if dates.is_ambiguous(text := printable_text_of(cell))
                )  # fmt: skip
                found.append(Fault(0, self._columns.header[index], faults.AMBIGUOUS_DATE, example))
                break
        if self._is_decimal_unknown():
            heading = self._columns.header[self._columns.places["amount"]]
            found.append(Fault(0, heading, faults.AMBIGUOUS_AMOUNT, self._numbers.example))
        return found

    def _look(self, look):
        """Return how the file is read, before its lines are."""
        columns = self._columns
        is_ambiguous = any(found.is_ambiguous for found in self._formats.values())
        orders = [found.order for found in self._formats.values() if found.has_order]
        settings = Settings(
            look.encodings[0] if look.encodings else "",
            columns.layout,
            columns.meanings,
            "" if is_ambiguous else orders[0] if orders else self._settings.date_order or dates.YMD,
            "" if self._is_decimal_unknown() else self._decimal,
            str(self._clock.zone) if self._clock.zone is not timezone.utc else "UTC",
            self._settings.ends,
        )
        return look._replace(
            settings=settings,
            source=columns.source,
            columns=tuple(
                Column(index, heading, self._samples(index), columns.meanings[index], columns.stages.get(index, ""))
                for index, heading in enumerate(columns.header)
            ),
            is_date_ambiguous=is_ambiguous,
            is_decimal_ambiguous=bool(self._numbers.example) and not self._settings.decimal,
            has_date_order=bool(orders),
        )

    def _samples(self, index):
        """Return at most three different values of a column."""
        found = {}
        for row in self._rows[:1000]:
            text = printable_text_of(row.cells[index]) if index < len(row.cells) else ""
            if text:
                found.setdefault(text)
            if len(found) == 3:
                break
        return tuple(found)

    # ------------------------------------------------------------
    # LINES
    # ------------------------------------------------------------

    def read_file(self, look, found_doubts):
        """Read all rows. Call once.

        :param Look look: what is known of the file
        :param list found_doubts: likewise
        :rtype: Reading
        """
        look, header = self._look(look), self._columns.header
        columns = {meaning: header[index] for meaning, index in self._columns.places.items()}
        file_faults = self._file_faults()
        if file_faults:
            return Reading({}, file_faults, header, tuple(self._rows), columns,
                           look=look._replace(faults=tuple(file_faults)))  # fmt: skip
        clock = self._clock
        readers = {index: dates.DateReader(found, clock.zone, clock.day_zone) for index, found in self._formats.items()}
        lines = LineReader(self._columns, readers, self._decimal, clock.now)
        ends = Ends(dict(self._settings.ends), "status" in columns and self._columns.layout != BY_EVENT)
        steps = StepReader(lines, self._columns, ends)
        stories = Stories(self._columns.layout, self._is_named())
        deal_of_line = self._read_lines(lines, steps, stories)
        events, deleted, told = stories.tell()
        stages = _stages_found(ends, usual_last_stage(events))
        found_faults = lines.faults
        if len(stages) > MOST_STAGES:
            heading = self._columns.header[self._columns.places["stage"]] if "stage" in columns else ""
            found_faults = [Fault(0, heading, faults.TOO_MANY_STAGES, str(len(stages)))]
        found_doubts = [*told, ends_doubt(stages), *self._doubts(lines, steps), *found_doubts]
        look = look._replace(
            settings=look.settings._replace(
                ends=tuple((stage.key, stage.kind) for stage in stages if not stage.is_doubtful)
            ),
            has_local_times=any(reader.has_local_times for reader in readers.values()),
            stages=stages,
            doubts=tuple(doubt for doubt in found_doubts if doubt.count),
            faults=tuple(fault for fault in found_faults if fault.code in OF_THE_FILE),
        )
        return Reading(events, found_faults, header, tuple(self._rows), columns, deal_of_line, look, deleted)

    def _is_named(self):
        """Return whether nothing but a name identifies deals."""
        places = self._columns.places
        if "deal" not in places:
            return True
        return "name" not in places and not _is_id(self._columns.header[places["deal"]])

    def _read_lines(self, lines, steps, stories):
        """Read each line; return {line: deal}."""
        deal_of_line = {}
        for row in self._rows:
            lines.begin(row)
            deal = deal_of_line[row.line] = lines.deal
            if lines.has("deleted") and printable_text_of(lines.cell("deleted")).casefold() in YES:
                if deal:
                    stories.add_deleted(deal)
                continue
            fault_count = len(lines.faults)
            found, origin = steps.steps_of(row.line)
            if deal:
                is_good = len(lines.faults) == fault_count
                stories.add(deal, found if is_good else [], origin if is_good else None)
        return deal_of_line

    def _doubts(self, lines, steps):
        """Yield what a person should look at."""
        if self._footer:
            texts = (next(filter(None, map(printable_text_of, row.cells)), "") for row in self._footer)
            yield Doubt(doubts.IGNORED_LINES, len(self._footer), tuple(texts)[:MOST_EXAMPLES])
        if steps.other_fields:
            fields = steps.other_fields
            yield Doubt(doubts.OTHER_FIELDS, sum(fields.values()), tuple(fields)[:MOST_EXAMPLES])
        for code, deals in ((doubts.REOPENED, steps.reopened), (doubts.CLOSED_OPEN, steps.closed_open)):
            yield Doubt(code, len(deals), tuple(deals[:MOST_EXAMPLES]))
        if self._numbers.example and not self._settings.decimal:
            yield Doubt(doubts.DECIMAL, 1, (self._numbers.example,))
        factor, _code = numbers.unit_of_heading(lines.heading("amount"))
        if lines.has("amount") and factor != 1:
            yield Doubt(doubts.UNIT, factor, (lines.heading("amount"),))
        if lines.signs:
            yield Doubt(doubts.CURRENCY_SIGN, sum(lines.signs.values()), tuple(lines.signs)[:MOST_EXAMPLES])


def _is_id(heading):
    return kind_of_heading(heading)[0] in (DEAL_ID, LINE_ID)


def _stages_found(ends, usual_last):
    """Return the names of stages in a file, in the order in which they were found.

    :param Ends ends: what the names stand for
    :param str usual_last: key of a stage that may be an end, since most deals end there
    """
    return tuple(
        StageFound(
            name,
            key,
            ends.kind(key),
            ends.is_doubtful(key) or (key == usual_last and ends.kind(key) == STAGE and not ends.is_chosen(key)),
            len(ends.deals[key]),
        )
        for key, name in ends.names.items()
    )
