"""Bytes of an XLSX to rows of cells.

A workbook is a compressed archive of XML. A file of some kilobytes can unpack to gigabytes, or name a cell that is a
thousand columns or a thousand million rows away. So :func:`read_workbook` measures the parts before openpyxl reads
them.
"""

import io
import re
from functools import lru_cache
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from . import faults
from .faults import UnreadableError

#: All parts of the archive together.
MOST_UNPACKED_MEGABYTES = 128
#: Number of parts: a sheet has a few.
MOST_PARTS = 10_000
#: Elements and attributes outside of rows, such as texts and styles.
MOST_OUTSIDE = 1_000_000
#: Elements and attributes in rows: a cell with a value has five of them.
MOST_IN_ROWS = 5_000_000
#: Elements and attributes in one row.
MOST_IN_ROW = 100_000
#: Rows times the number of their last column, empty cells included.
MOST_CELLS = 5_000_000

#: Bytes of the shortest element, in any encoding.
SHORTEST_ELEMENT = 4
#: How XML begins: maybe with a mark of its encoding, zero bytes or white space; or in EBCDIC.
BEFORE_XML = b"\xef\xbb\xbf\xfe\xff\x00 \t\r\n"
EBCDIC = b"\x4c\x6f\xa7\x94"
#: Rows of XLSX and of ODS.
ROWS = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main row",
    "urn:oasis:names:tc:opendocument:xmlns:table:1.0 table-row",
)
LETTERS = re.compile(r"[A-Z]{1,3}", re.IGNORECASE)


def read_workbook(content: bytes):
    """Return the (line, cells) of the first sheet of an XLSX, one after another, and the names of the other sheets.

    :raises UnreadableError: if the workbook cannot be opened, or needs too much memory
    """
    # Imported here, since loading openpyxl is slow and most files are CSV.
    from openpyxl import load_workbook

    try:
        with ZipFile(io.BytesIO(content)) as archive:
            check_archive(archive)
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        others = tuple(sheet.title for sheet in workbook.worksheets[1:])
        return _rows(workbook), others
    except UnreadableError:
        raise
    except Exception as error:  # openpyxl raises many kinds of errors for a broken workbook
        raise UnreadableError(faults.NO_WORKBOOK) from error


def _rows(workbook):
    try:
        sheet = workbook.worksheets[0]
        # Some programs write a wrong size into the sheet.
        sheet.reset_dimensions()
        for line, cells in enumerate(sheet.iter_rows(values_only=True), 1):
            yield line, _without_empty_end(cells)
    except Exception as error:  # as above
        raise UnreadableError(faults.NO_WORKBOOK) from error
    finally:
        workbook.close()


def _without_empty_end(cells):
    """Return the cells up to the last one that is not empty."""
    width = len(cells)
    while width and cells[width - 1] in (None, ""):
        width -= 1
    return cells[:width]


def check_archive(archive):
    """Check that a workbook can be read with little memory and time.

    :param ZipFile archive: the workbook
    :raises UnreadableError: if it cannot
    """
    parts = archive.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED_MEGABYTES * 1024 * 1024:
        raise UnreadableError(faults.UNPACKED_TOO_LARGE)
    if any(part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for part in parts):
        # No program writes workbooks with other methods, of which some allocate what the archive tells them to.
        raise UnreadableError(faults.NO_WORKBOOK)
    measure = _Measure()
    for part in parts:
        with archive.open(part) as file:
            measure.add(file, part.file_size)


class _Measure:
    """Counts elements, attributes and cells of XML without building them."""

    def __init__(self):
        self._outside = self._in_rows = self._in_row = self._cells = self._width = 0
        # Number of open elements in the row; None outside of rows.
        self._depth = None

    def add(self, file, size):
        """Count what a part of the archive contains.

        A part that is not XML counts nothing. XML with an error counts as if it were full of elements.

        :param file: the part
        :param int size: its number of bytes
        :raises UnreadableError: if a limit is exceeded, or the part declares entities
        """
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._depth = None
        head = file.read(len(EBCDIC) + 60)
        file.seek(0)
        try:
            parser.ParseFile(file)
        except expat.ExpatError:
            if head.startswith(EBCDIC) or head.lstrip(BEFORE_XML)[:1] in (b"", b"<"):
                # openpyxl has another reader of XML for some parts, which may read on.
                self._count_outside(size // SHORTEST_ELEMENT)

    def _count_outside(self, number):
        self._outside += number
        if self._outside > MOST_OUTSIDE:
            raise UnreadableError(faults.UNPACKED_TOO_LARGE)

    def _start(self, name, attributes):
        size = 1 + len(attributes)
        if name in ROWS:
            self._depth, self._in_row, self._width = 0, 0, 0
        elif self._depth is not None:
            if self._depth == 0:
                # openpyxl reads any child of a row as a cell.
                letters = LETTERS.match(attributes.get("r", ""))
                self._width = max(self._width, _column(letters[0].upper())) if letters else self._width + 1
            self._depth += 1
        if self._depth is not None:
            self._in_row += size
            self._in_rows += size
        else:
            self._outside += size
        if self._outside > MOST_OUTSIDE or self._in_rows > MOST_IN_ROWS or self._in_row > MOST_IN_ROW:
            raise UnreadableError(faults.UNPACKED_TOO_LARGE)

    def _end(self, name):
        if name in ROWS:
            self._depth = None
            self._cells += self._width
            if self._cells > MOST_CELLS:
                raise UnreadableError(faults.UNPACKED_TOO_LARGE)
        elif self._depth is not None:
            self._depth -= 1

    @staticmethod
    def _refuse_doctype(*_declaration):
        raise UnreadableError(faults.NO_WORKBOOK)


@lru_cache(maxsize=1024)
def _column(letters):
    """Return the number of a column: 1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
