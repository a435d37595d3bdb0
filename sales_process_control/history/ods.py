"""Bytes of an ODS, the workbook of LibreOffice, to rows of cells."""

import io
from datetime import datetime
from xml.parsers import expat
from zipfile import ZipFile

from . import faults
from .faults import UnreadableError
from .workbook import MOST_CELLS, check_archive

MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
#: A cell or row can say that it is there a million times.
MOST_REPEATED_CELLS = 300
MOST_REPEATED_ROWS = 250_000


def is_ods(content: bytes) -> bool:
    """Return whether an archive is an ODS: its first part says so, without compression."""
    return MIMETYPE in content[:200]


def read_ods(content: bytes):
    """Return the (line, cells) of the first sheet of an ODS, one after another, and the names of the other sheets.

    :raises UnreadableError: if the workbook cannot be opened, or needs too much memory
    """
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            check_archive(archive)
            parser = _Parser()
            with archive.open("content.xml") as file:
                parser.parse(file)
    except UnreadableError:
        raise
    except Exception as error:  # a broken archive raises many kinds of errors
        raise UnreadableError(faults.NO_WORKBOOK) from error
    return iter(parser.rows), tuple(parser.sheets[1:])


class _Parser:
    """Reads the first sheet. Annotations and other sheets are skipped."""

    def __init__(self):
        self.rows = []
        self.sheets = []
        self._line = 0
        self._cells = self._attributes = self._text = None
        self._row_count = self._cell_count = 1
        self._total = 0
        self._skipped = 0

    def parse(self, file):
        """Read ``content.xml``."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._add_text
        parser.ParseFile(file)

    def _start(self, name, attributes):
        if self._skipped or name == f"{OFFICE} annotation":
            self._skipped += 1
        elif name == f"{TABLE} table":
            self.sheets.append(attributes.get(f"{TABLE} name", ""))
        elif len(self.sheets) > 1:
            return
        elif name == f"{TABLE} table-row":
            self._cells, self._row_count = [], _count(attributes, "number-rows-repeated")
        elif name in (f"{TABLE} table-cell", f"{TABLE} covered-table-cell") and self._cells is not None:
            self._attributes, self._text = attributes, []
            self._cell_count = _count(attributes, "number-columns-repeated")
        elif self._text is not None:
            if name == f"{TEXT} p" and self._text:
                self._text.append("\n")
            elif name == f"{TEXT} s" or name in (f"{TEXT} tab", f"{TEXT} line-break"):
                self._text.append(" ")

    def _add_text(self, text):
        if self._text is not None and not self._skipped:
            self._text.append(text)

    def _end(self, name):
        if self._skipped:
            self._skipped -= 1
        elif len(self.sheets) > 1:
            return
        elif name == f"{TABLE} table-row" and self._cells is not None:
            self._end_row()
        elif name in (f"{TABLE} table-cell", f"{TABLE} covered-table-cell") and self._text is not None:
            value = _value_of(self._attributes, "".join(self._text))
            # Sheets end with an empty cell that is repeated up to the last column.
            self._cells += [value] * min(self._cell_count, MOST_REPEATED_CELLS)
            self._text = None
            if len(self._cells) > MOST_REPEATED_CELLS * 4:
                raise UnreadableError(faults.UNPACKED_TOO_LARGE)

    def _end_row(self):
        cells = self._cells
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            self._total += len(cells)
            if len(self.rows) + self._row_count > MOST_REPEATED_ROWS or self._total > MOST_CELLS:
                raise UnreadableError(faults.UNPACKED_TOO_LARGE)
            self.rows += [(self._line + number, tuple(cells)) for number in range(1, self._row_count + 1)]
        self._line += self._row_count
        self._cells = None


def _count(attributes, name):
    """Return how often a row or cell is there."""
    text = attributes.get(f"{TABLE} {name}", "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 10 else 1


def _value_of(attributes, text):
    """Return the value of a cell, None for an empty one."""
    kind = attributes.get(f"{OFFICE} value-type")
    if kind in ("float", "percentage", "currency"):
        number = float(attributes.get(f"{OFFICE} value", "nan"))
        return int(number) if number.is_integer() and abs(number) < 1e15 else number
    if kind == "date":
        value = attributes.get(f"{OFFICE} date-value", "")
        try:
            return datetime.fromisoformat(value[:26])
        except ValueError:
            return value
    if kind == "boolean":
        return attributes.get(f"{OFFICE} boolean-value") == "true"
    return attributes.get(f"{OFFICE} string-value", text) or None
