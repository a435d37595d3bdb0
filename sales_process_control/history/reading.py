"""A file to the events of its deals, to the faults of its lines, and to how it was read."""

from datetime import datetime, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

from . import dates, doubts, faults, numbers
from .cells import YES, printable_text_of
from .events import STAGE, Event
from .faults import OF_THE_FILE, Fault, UnreadableError
from .headings import DEAL_ID, LINE_ID, kind_of_heading
from .layouts import Ends, StepReader
from .lines import LineReader
from .manner import MannerFinder, is_backwards
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
from .sheets import Row, read_sheet
from .stories import MOST_EXAMPLES, Stories, ends_doubt, usual_last_stage

#: A file with more stages is refused: its stage column is probably another column.
MOST_STAGES = 200


class Clock(NamedTuple):
    """How times are read; the fields are as in :func:`read_history`."""

    zone: object
    day_zone: object
    now: datetime

    def of(self, manner):
        """Return how times are read in a file that may say its time zone."""
        if manner.settings.zone:
            return self._replace(zone=ZoneInfo(manner.settings.zone))
        return self._replace(zone=timezone.utc) if manner.columns.has_utc_times else self


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

    def with_many_stages(self, count):
        """Return the reading of a file with more stages than a process has: its column of stages is another one."""
        heading = self.columns.get("stage", "")
        fault = Fault(0, heading, faults.TOO_MANY_STAGES, str(count))
        return self._replace(faults=[fault], look=self.look._replace(faults=(fault,)))

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
    try:
        finder = MannerFinder(sheet.rows, settings, sheet.encodings, sheet.others)
    except UnreadableError as error:
        look = Look(settings, encodings=sheet.encodings, faults=(error.fault,))
        return Reading({}, [error.fault], look=look)
    rows = list(finder.rows())
    manner = finder.manner()
    clock = clock.of(manner)
    if not manner.faults:
        manner = manner._replace(is_backwards=is_backwards(manner, [rows], clock))
    return read_part(rows, manner, clock)


def read_part(rows, manner, clock) -> Reading:
    """Read the rows of some deals.

    :param list rows: all rows of these deals, without headings
    :param Manner manner: how the whole file is written
    :param Clock clock: how times are read in this file
    """
    return _Reader(rows, manner, clock).read_lines()


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

    :param rows: the rows
    :param Manner manner: how the whole file is written
    :param Clock clock: how times are read in this file
    """

    def __init__(self, rows, manner, clock):
        self._rows = rows
        self._manner = manner
        self._settings = manner.settings
        self._columns = manner.columns
        self._clock = clock

    def _look(self):
        """Return how the file is read, before its lines are."""
        manner, columns = self._manner, self._columns
        is_ambiguous = any(found.is_ambiguous for found in manner.formats.values())
        orders = [found.order for found in manner.formats.values() if found.has_order]
        settings = Settings(
            manner.encodings[0] if manner.encodings else "",
            columns.layout,
            columns.meanings,
            "" if is_ambiguous else orders[0] if orders else self._settings.date_order or dates.YMD,
            "" if manner.is_decimal_unknown else manner.decimal,
            str(self._clock.zone) if self._clock.zone is not timezone.utc else "UTC",
            self._settings.ends,
        )
        return Look(
            settings,
            columns.source,
            manner.heading_line,
            tuple(
                Column(index, heading, samples, columns.meanings[index], columns.stages.get(index, ""))
                for index, (heading, samples) in enumerate(zip(columns.header, manner.samples, strict=True))
            ),
            manner.encodings,
            is_date_ambiguous=is_ambiguous,
            is_decimal_ambiguous=bool(manner.numbers.example) and not self._settings.decimal,
            has_date_order=bool(orders),
            faults=manner.faults,
        )

    # ------------------------------------------------------------
    # LINES
    # ------------------------------------------------------------

    def read_lines(self):
        """Read all rows. Call once.

        :rtype: Reading
        """
        manner, look, header = self._manner, self._look(), self._columns.header
        columns = {meaning: header[index] for meaning, index in self._columns.places.items()}
        if manner.faults:
            return Reading({}, list(manner.faults), header, tuple(self._rows), columns, look=look)
        clock = self._clock
        readers = {
            index: dates.DateReader(found, clock.zone, clock.day_zone) for index, found in manner.formats.items()
        }
        lines = LineReader(self._columns, readers, manner.decimal, clock.now, manner.is_backwards)
        ends = Ends(dict(self._settings.ends), "status" in columns and self._columns.layout != BY_EVENT)
        steps = StepReader(lines, self._columns, ends)
        stories = Stories(self._columns.layout, self._is_named(), manner.is_backwards)
        deal_of_line = self._read_lines(lines, steps, stories)
        events, deleted, told = stories.tell({fault.deal for fault in lines.faults})
        stages = _stages_found(ends, usual_last_stage(events))
        found_doubts = [*told, ends_doubt(stages), *self._doubts(lines, steps)]
        look = look._replace(
            settings=look.settings._replace(
                ends=tuple((stage.key, stage.kind) for stage in stages if not stage.is_doubtful)
            ),
            has_local_times=any(reader.has_local_times for reader in readers.values()),
            stages=stages,
            doubts=tuple(doubt for doubt in found_doubts if doubt.count),
        )
        reading = Reading(events, lines.faults, header, tuple(self._rows), columns, deal_of_line, look, deleted)
        return reading.with_many_stages(len(stages)) if len(stages) > MOST_STAGES else reading

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
        manner = self._manner
        if manner.others:
            yield Doubt(doubts.OTHER_SHEETS, len(manner.others), manner.others[:MOST_EXAMPLES])
        ignored = manner.sum_count + len(manner.footer)
        if ignored:
            rows = (*manner.sums, *manner.footer)[:MOST_EXAMPLES]
            texts = (next(filter(None, map(printable_text_of, row.cells)), "") for row in rows)
            yield Doubt(doubts.IGNORED_LINES, ignored, tuple(dict.fromkeys(texts)))
        if manner.grouped:
            yield Doubt(doubts.GROUPED, len(manner.grouped), manner.grouped)
        if manner.maybe_grouped:
            yield Doubt(doubts.MAYBE_GROUPED, 1, (manner.maybe_grouped,))
        if self._columns.clocks:
            headings = tuple(self._columns.header[index] for index in self._columns.clocks.values())
            yield Doubt(doubts.JOINED_TIMES, len(headings), headings)
        if steps.other_fields:
            fields = steps.other_fields
            yield Doubt(doubts.OTHER_FIELDS, sum(fields.values()), tuple(fields)[:MOST_EXAMPLES])
        for code, deals in ((doubts.REOPENED, steps.reopened), (doubts.CLOSED_OPEN, steps.closed_open)):
            yield Doubt(code, len(deals), tuple(deals[:MOST_EXAMPLES]))
        if manner.numbers.example and not self._settings.decimal:
            yield Doubt(doubts.DECIMAL, 1, (manner.numbers.example,))
        unit = numbers.unit_of_heading(lines.heading("amount"))
        if lines.has("amount") and unit.factor != 1:
            yield Doubt(doubts.UNIT, unit.factor, (lines.heading("amount"),))
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
