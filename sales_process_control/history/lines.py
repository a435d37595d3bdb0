"""Cells of a line to values, and their faults."""

from . import faults
from .cells import NOTHING, BadValueError, printable_text_of, text_of
from .currencies import code_of
from .dates import clock_of
from .faults import Fault
from .numbers import TOO_MANY, amount_of, unit_of_heading
from .settings import HEADING_OF

#: Characters of the text that identifies a deal. It is part of an external id, whose index limits its length.
MOST_IN_DEAL = 200


class LineReader:
    """Reads the cells of one line after another.

    :param Columns columns: the columns of the file
    :param dict dates: {index: :class:`.dates.DateReader`}, of the columns with dates
    :param str decimal: the decimal sign of amounts
    :param now: naive UTC; later events are faults
    :param bool is_backwards: whether the newest lines come first
    """

    def __init__(self, columns, dates, decimal, now, is_backwards=False):
        self._columns = columns
        self._places = columns.places
        self._dates = dates
        self._decimal = decimal
        self._now = now
        self._is_backwards = is_backwards
        # {deal: when its last event happened}
        self._last = {}
        self.faults = []
        #: Signs of currencies that could not be told apart.
        self.signs = {}
        self._row, self.deal = None, ""
        self._unit = unit_of_heading(self.heading("amount"))

    def begin(self, row):
        """Turn to a line, and read its deal into ``deal``: empty if it cannot be read."""
        self._row = row
        self.deal = ""
        try:
            self.deal = text_of(self.cell(self.deal_meaning))
        except BadValueError as error:
            self.add_fault(self.deal_meaning, error.code, printable_text_of(self.cell(self.deal_meaning)))
            return
        if not self.deal:
            self.add_fault(self.deal_meaning, faults.MISSING)
        elif len(self.deal) > MOST_IN_DEAL:
            self.add_fault(self.deal_meaning, faults.LONG_TEXT, str(MOST_IN_DEAL))
        if any(cell not in (None, "") for cell in row.cells[len(self._columns.header) :]):
            self.add_fault("", faults.TOO_MANY_CELLS, str(len(self._columns.header)))

    @property
    def deal_meaning(self):
        """The meaning of the column that identifies deals."""
        return "deal" if "deal" in self._places else "name"

    def has(self, meaning):
        """Return whether the file has a column of a meaning."""
        return meaning in self._places

    def cell(self, meaning):
        """Return a cell of the line, None if the file has no such column or the line is too short."""
        index = self._places.get(meaning)
        return None if index is None else self.cell_at(index)

    def cell_at(self, index):
        """Return the cell of a column, None if the line is too short."""
        return self._row.cells[index] if index < len(self._row.cells) else None

    def text(self, meaning):
        """Return the text of a cell, empty for an empty cell; None and a fault if it cannot be read."""
        return self._value(meaning, text_of) if meaning in self._places else ""

    def amount(self):
        """Return the amount of the line and the currency that stands beside it; (None, "") if there is none."""
        amount = None
        if "amount" in self._places:
            amount = self._value("amount", lambda cell: amount_of(cell, self._decimal))
        if amount is None:
            return None, ""
        unit = self._unit
        sign = amount.sign or ("" if amount.currency or printable_text_of(self.cell("currency")) else unit.sign)
        if sign and not unit.currency:
            self._note_sign(sign)
        value = amount.value if amount.has_factor or unit.factor == 1 else amount.value * unit.factor
        if abs(value) >= TOO_MANY:
            self.add_fault("amount", faults.BAD_NUMBER, printable_text_of(self.cell("amount")))
        return value, amount.currency or unit.currency

    def currency(self):
        """Return the code of the currency that a column of the line names, empty if none does."""
        text = self.text("currency")
        if not text or text.casefold() in NOTHING:
            return ""
        code, sign = code_of(text)
        if sign:
            self._note_sign(sign)
        return code

    def _note_sign(self, sign):
        self.signs[sign] = self.signs.get(sign, 0) + 1

    def day(self, meaning):
        """Return the day in a cell, None for an empty cell or with a fault."""
        index = self._places.get(meaning)
        return None if index is None else self._value(meaning, self._dates[index].day)

    def instant(self, meaning, is_required=False, after=None):
        """Return (instant, whether it is a day without a time), None for an empty cell or with a fault."""
        index = self._places.get(meaning)
        return None if index is None else self.instant_at(index, meaning, is_required, after)

    def event_instant(self):
        """Return as :meth:`instant` when the event of the line happened, one hour later if the clock says it twice."""
        last = None if self._is_backwards else self._last.get(self.deal)
        found = self.instant("at", is_required=True, after=last)
        if found:
            self._last[self.deal] = found[0]
        return found

    def instant_at(self, index, meaning, is_required=False, after=None):
        """Return as :meth:`instant` what stands in a column.

        :param after: when the event before happened
        """
        cell = self.cell_at(index)
        count = len(self.faults)
        beside = self._columns.clocks.get(index)
        clock = None
        if beside is not None:
            clock = self._converted(self.cell_at(beside), clock_of, self._columns.header[beside])
        found = self._converted(
            cell, lambda value: self._dates[index].instant(value, after, clock), self._columns.header[index]
        )
        if found and found[0] > self._now:
            self._add(self._columns.header[index], faults.FUTURE, text_of(cell))
        elif found is None and is_required and len(self.faults) == count:
            self.add_fault(meaning, faults.MISSING)
        return found

    def _value(self, meaning, convert):
        index = self._places[meaning]
        return self._converted(self.cell_at(index), convert, self._columns.header[index])

    def _converted(self, cell, convert, heading):
        """Return the converted value of a cell; None and a fault if it cannot be read."""
        try:
            return convert(cell)
        except BadValueError as error:
            self._add(heading, error.code, printable_text_of(cell))
            return None

    def add_fault(self, meaning, code, value=""):
        """Add a fault of the line."""
        self._add(self.heading(meaning), code, value)

    def _add(self, heading, code, value):
        self.faults.append(Fault(self._row.line, heading, code, value, self.deal))

    def heading(self, meaning):
        """Return the heading of a column in this file, or the meaning if the file does not have it."""
        return (
            self._columns.header[self._places[meaning]] if meaning in self._places else HEADING_OF.get(meaning, meaning)
        )
