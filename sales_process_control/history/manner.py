"""How a file is written: all that is found by looking at the whole of it, once.

A file that is read at once and a file that is read in parts pass through the same :class:`MannerFinder`, so that the
parts are read as the whole would be.
"""

from itertools import chain, islice
from typing import NamedTuple

from . import faults
from .cells import BadValueError, printable_text_of, text_of, with_formula
from .columns import MOST_DECIDING, Columns, find_columns
from .dates import YMD, DateFormat, DateFormatFinder, DateReader, clock_of
from .faults import Fault, UnreadableError
from .footers import FooterCutter
from .groups import Groups
from .headings import plain_heading
from .lexicon import PROBLEM
from .numbers import NumberFormat, NumberFormatFinder
from .settings import BY_EVENT, DATES, Settings
from .sheets import HEAD_LINES, Row, heading_index

#: Examples of the values of a column: so many, from so many rows.
SAMPLES, SAMPLE_ROWS = 3, 1000


class Manner(NamedTuple):
    """How a file is written.

    :param settings: choices of the person
    :param heading_line: number of the line of the headings, from 1
    :param formats: {index: how the column writes dates}
    :param numbers: how the column of amounts writes them
    :param is_backwards: whether the newest lines come first; only lines of events have an order
    :param samples: of each column, some different values
    :param footer: rows below the deals that are left out; likewise sums, of which there are ``sum_count``
    :param grouped: headings of columns whose values were filled into all lines of their groups
    :param maybe_grouped: heading of a column that may be such a one, and was not filled; else empty
    :param encodings: as in :class:`.sheets.Sheet`; others likewise
    :param faults: faults of the file as a whole
    """

    settings: Settings
    heading_line: int
    columns: Columns
    formats: dict[int, DateFormat]
    numbers: NumberFormat
    is_backwards: bool
    samples: tuple[tuple[str, ...], ...]
    footer: tuple[Row, ...]
    sums: tuple[Row, ...]
    sum_count: int
    grouped: tuple[str, ...]
    maybe_grouped: str
    encodings: tuple[str, ...]
    others: tuple[str, ...]
    faults: tuple[Fault, ...]

    @property
    def decimal(self):
        """The decimal sign of amounts."""
        return self.settings.decimal or self.numbers.decimal

    @property
    def is_decimal_unknown(self):
        """Whether only a person can say what amounts such as 1.250 are. 1,250 is hardly ever one and a quarter."""
        return "." in self.numbers.example and not self.settings.decimal


class MannerFinder:
    """Finds how a file is written. First read :meth:`rows` to their end, then call :meth:`manner`.

    :param rows: iterable of the rows of the file that are not empty, headings and titles included
    :param Settings settings: choices of the person
    :param encodings: as in :class:`.sheets.Sheet`; others likewise
    :raises UnreadableError: if there are no rows, or the headings cannot be read
    """

    def __init__(self, rows, settings, encodings=(), others=()):
        rows = iter(rows)
        head = list(islice(rows, HEAD_LINES + MOST_DECIDING))
        if not head:
            raise UnreadableError(faults.EMPTY)
        place = heading_index(head)
        self._settings, self._encodings, self._others = settings, encodings, others
        self._heading = head[place]
        try:
            header = tuple(text_of(cell) for cell in self._heading.cells)
        except BadValueError as error:
            raise UnreadableError(error.code, line=self._heading.line) from None
        # Lines that an import has left out, see `fault_messages.bad_lines_csv`: a corrected file may keep the column.
        self._has_apostrophes = not PROBLEM.isdisjoint(map(plain_heading, header))
        below = self._plain(head[place + 1 :])
        self._groups = Groups(header, below[:MOST_DECIDING])
        self._columns = find_columns(header, list(self._groups.filled(below[:MOST_DECIDING])), settings)
        self._footer = FooterCutter(self._columns.required)
        self._rest = chain(below, map(self._plain_row, rows))
        meanings = enumerate(self._columns.meanings)
        self._dates = {index: DateFormatFinder() for index, meaning in meanings if meaning in DATES}
        self._numbers = NumberFormatFinder()
        self._samples = [{} for _heading in header]
        self._count = 0

    @property
    def columns(self):
        """The columns of the file."""
        return self._columns

    @property
    def heading(self):
        """The row of the headings."""
        return self._heading

    def _plain(self, rows):
        return list(map(self._plain_row, rows))

    def _plain_row(self, row):
        return row._replace(cells=tuple(map(with_formula, row.cells))) if self._has_apostrophes else row

    def rows(self):
        """Yield the rows about deals."""
        amount = self._columns.places.get("amount")
        for row in self._groups.filled(self._footer.without(self._rest)):
            self._count += 1
            cells = row.cells
            for index, finder in self._dates.items():
                if index < len(cells):
                    finder.add(cells[index])
            if amount is not None and amount < len(cells):
                self._numbers.add(cells[amount])
            if self._count <= SAMPLE_ROWS:
                self._add_samples(cells)
            yield row

    def _add_samples(self, cells):
        for found, cell in zip(self._samples, cells, strict=False):
            if len(found) < SAMPLES and (text := printable_text_of(cell)):
                found.setdefault(text)

    def manner(self) -> Manner:
        """Return how the file is written. Whether the newest lines come first is not known yet."""
        header, groups = self._columns.header, self._groups
        manner = Manner(
            self._settings,
            self._heading.line,
            self._columns,
            self._formats(),
            self._numbers.format(),
            is_backwards=False,
            samples=tuple(map(tuple, self._samples)),
            footer=tuple(self._footer.rows),
            sums=tuple(groups.sums),
            sum_count=groups.count,
            grouped=tuple(header[index] for index in groups.indexes),
            maybe_grouped=groups.maybe,
            encodings=self._encodings,
            others=self._others,
            faults=(),
        )
        return manner._replace(faults=tuple(self._faults(manner)))

    def _formats(self):
        """Return {index: :class:`.dates.DateFormat`} of the columns with dates.

        A column in which day and month could be either is read as the others.
        """
        formats = {index: finder.format() for index, finder in self._dates.items()}
        order = self._settings.date_order
        sure = {found.order for found in formats.values() if found.has_order and not found.is_ambiguous}
        chosen = order or (next(iter(sure)) if len(sure) == 1 else "")
        if chosen:
            for index, found in formats.items():
                if found.is_ambiguous or (order == YMD and not found.unit):
                    formats[index] = found._replace(order=chosen, is_ambiguous=False)
        return formats

    def _faults(self, manner):
        """Yield the faults of the file as a whole."""
        header = self._columns.header
        yield from self._columns.faults
        if not self._columns.faults and not self._count:
            yield Fault(0, "", faults.NO_EVENTS)
        index = next((index for index, found in manner.formats.items() if found.is_ambiguous), None)
        if index is not None:
            yield Fault(0, header[index], faults.AMBIGUOUS_DATE, self._dates[index].example)
        if manner.is_decimal_unknown:
            heading = header[self._columns.places["amount"]]
            yield Fault(0, heading, faults.AMBIGUOUS_AMOUNT, manner.numbers.example)


def is_backwards(manner, parts, clock) -> bool:
    """Return whether a file goes from the newest line to the oldest.

    No deal has a step forward in time then, and at least as many deals have a step back as have several lines of one
    time only: these say nothing of the order, and would be turned around.

    :param Manner manner: how the file is written otherwise
    :param parts: iterables of rows, each of them with all lines of its deals in the order of the file
    :param Clock clock: how times are read
    """
    columns = manner.columns
    deal, at = columns.places.get("deal", columns.places.get("name")), columns.places.get("at")
    if columns.layout != BY_EVENT or deal is None or at is None:
        return False
    reader, back_count, flat_count = DateReader(manner.formats[at], clock.zone, clock.day_zone), 0, 0
    beside = columns.clocks.get(at)
    for rows in parts:
        last, back, flat = {}, set(), set()
        for row in rows:
            try:
                name = text_of(row.cells[deal])
                before = last.get(name)
                hour = clock_of(row.cells[beside]) if beside is not None else None
                found = reader.instant(row.cells[at], before, hour)
            except (BadValueError, IndexError):
                continue
            if name and found:
                if before and before < found[0]:
                    return False
                if before:
                    (back if before > found[0] else flat).add(name)
                last[name] = found[0]
        back_count += len(back)
        flat_count += len(flat - back)
    return 0 < back_count >= flat_count
