"""Bytes of a file to rows of cells: CSV in UTF-8 or GB18030, and XLSX."""

import csv
import io
from typing import NamedTuple

from . import faults
from .faults import UnreadableError
from .workbook import read_workbook

ZIP_SIGNATURE = b"PK\x03\x04"
DELIMITERS = ",;\t|"
# A file within these limits needs less than half a gigabyte of memory while it is read.
MOST_MEGABYTES = 32
#: Lines with content, headings included.
MOST_LINES = 200_000
#: The last line of a workbook, as programs write it at most. Empty lines count here, since some programs write them.
LAST_LINE = 1_048_576
MOST_COLUMNS = 256
#: Characters of one line of a CSV.
MOST_IN_LINE = 1_000_000
#: Characters of all cells. A workbook stores a text once that many cells have.
MOST_CHARACTERS = 64_000_000


class Row(NamedTuple):
    """One line of the file.

    :param line: number of the line in the file, from 1
    :param cells: the values as found: texts in a CSV; texts, numbers, dates or None in a workbook
    """

    line: int
    cells: tuple


def read_sheet(content: bytes) -> list[Row]:
    """Return the rows of a file that are not empty, the headings first.

    The first bytes decide whether the file is a workbook. The name of the file is not used, since it may be wrong.

    :raises UnreadableError: if the file is empty, or neither CSV nor XLSX
    """
    if not content.strip():
        raise UnreadableError(faults.EMPTY)
    if len(content) > MOST_MEGABYTES * 1024 * 1024:
        raise UnreadableError(faults.TOO_LARGE, f"{MOST_MEGABYTES} MB")
    rows = read_workbook(content) if content.startswith(ZIP_SIGNATURE) else read_csv(decode(content))
    found = list(_rows_within_limits(rows))
    if not found:
        raise UnreadableError(faults.EMPTY)
    return found


def _rows_within_limits(rows):
    """Yield the rows that are not empty.

    :param rows: iterable of (line, cells)
    :raises UnreadableError: as soon as there are more rows, columns or characters than an import can read
    """
    count = characters = 0
    for line, cells in rows:
        if line > LAST_LINE or count > MOST_LINES:
            raise UnreadableError(faults.TOO_MANY_LINES, f"{MOST_LINES:,}")
        if not any(cell not in (None, "") for cell in cells):
            continue
        if any(cell not in (None, "") for cell in cells[MOST_COLUMNS:]):
            raise UnreadableError(faults.TOO_MANY_COLUMNS, str(MOST_COLUMNS), line)
        count += 1
        characters += sum(len(cell) for cell in cells if isinstance(cell, str))
        if characters > MOST_CHARACTERS:
            raise UnreadableError(faults.TOO_LARGE, f"{MOST_MEGABYTES} MB")
        yield Row(line, tuple(cells[:MOST_COLUMNS]))


def decode(content: bytes) -> str:
    """Return the text of a CSV file.

    :raises UnreadableError: if the content is binary, or in an encoding other than UTF-8 and GB18030
    """
    # UTF-16 contains zero bytes, too. Its byte order mark fails to decode below, as an encoding that is not supported.
    if b"\x00" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableError(faults.BINARY)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = decode_gb18030(content)
    if "\x00" in text:
        raise UnreadableError(faults.BINARY)
    return text


def decode_gb18030(content: bytes) -> str:
    """Return the text of a file in GB18030, the encoding that Chinese programs use.

    Text with accented letters in a Western encoding also decodes as GB18030, to wrong characters. In such text the
    second byte of most pairs is an ASCII letter. In Chinese text few pairs have an ASCII letter as second byte.

    :raises UnreadableError: if the content is not GB18030, or probably in a Western encoding
    """
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        raise UnreadableError(faults.ENCODING) from None
    pairs = [char for char in set(text) if ord(char) > 127]
    likely = sum(char.encode("gb18030")[1] > 127 for char in pairs)
    if 2 * likely < len(pairs):
        raise UnreadableError(faults.ENCODING)
    return text


def read_csv(text: str):
    """Yield (line, cells) of a CSV. The delimiter is the one that occurs most often in the headings.

    :raises UnreadableError: if the text is not valid CSV
    """
    heading = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=heading.count)
    reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableError(faults.NO_CSV, str(error), line) from None


def _lines(text):
    """Yield the lines of a text with their ends.

    :raises UnreadableError: for a line that is too long to be a line of a CSV
    """
    for number, line in enumerate(io.StringIO(text, newline=""), 1):
        if len(line) > MOST_IN_LINE:
            raise UnreadableError(faults.LONG_LINE, f"{MOST_IN_LINE:,}", number)
        yield line
