"""Bytes of a file to rows of cells: CSV and other separated text, XLSX, XLS and ODS."""

import csv
import io
import re
from itertools import islice
from typing import NamedTuple

from . import faults
from .encodings import decode
from .faults import UnreadableError
from .headings import score_of
from .ods import is_ods, read_ods
from .workbook import read_workbook
from .xls import read_xls

ZIP_SIGNATURE = b"PK\x03\x04"
OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DELIMITERS = ",;\t|"
#: The first line by which Excel names the delimiter.
SEPARATOR = re.compile(r'\s*"?sep=(.)"?[ \t]*(?=[\r\n]|$)', re.IGNORECASE)
#: Some programs write web pages into files that are called XLS.
MARKUP = re.compile(r"\s*<(?:!doctype|html|table|\?xml)\b", re.IGNORECASE)
#: The headings are looked for in so many lines that are not empty, and so many characters.
HEAD_LINES = 50
MOST_IN_HEAD = 100_000
# A file within these limits needs less than half a gigabyte of memory while it is read.
MOST_MEGABYTES = 32
#: Lines with content, headings included.
MOST_LINES = 200_000
#: The last line of a workbook, as programs write it at most. Empty lines count here, since some programs write them.
LAST_LINE = 1_048_576
#: Full exports of HubSpot and Salesforce have hundreds.
MOST_COLUMNS = 1000
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


class Sheet(NamedTuple):
    """The rows of a file.

    :param rows: rows that are not empty
    :param encodings: encodings in which the file can be read, the one used first; empty for a workbook
    :param others: names of sheets that are not read
    """

    rows: list[Row]
    encodings: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def read_sheet(content: bytes, encoding: str = "") -> Sheet:
    """Return the rows of a file.

    The first bytes decide whether the file is a workbook. The name of the file is not used, since it may be wrong.

    :param encoding: encoding of a text file, as a person has chosen it; empty to find it
    :raises UnreadableError: if the file is empty, or neither text nor a workbook
    """
    if not content.strip():
        raise UnreadableError(faults.EMPTY)
    if len(content) > MOST_MEGABYTES * 1024 * 1024:
        raise UnreadableError(faults.TOO_LARGE, f"{MOST_MEGABYTES} MB")
    encodings, others = (), ()
    if content.startswith(OLE_SIGNATURE):
        rows, others = read_xls(content)
    elif content.startswith(ZIP_SIGNATURE) and is_ods(content):
        rows, others = read_ods(content)
    elif content.startswith(ZIP_SIGNATURE):
        rows, others = read_workbook(content)
    else:
        text, encodings = decode(content, encoding)
        rows = read_csv(text)
    found = list(_rows_within_limits(rows))
    if not found:
        raise UnreadableError(faults.EMPTY)
    return Sheet(found, encodings, others)


def _rows_within_limits(rows):
    """Yield the rows that are not empty.

    :param rows: iterable of (line, cells)
    :raises UnreadableError: as soon as there are more rows, columns or characters than an import can read
    """
    characters = 0
    for count, row in enumerate(filled_rows(_to_last_line(rows)), 1):
        if count > MOST_LINES + 1:
            raise UnreadableError(faults.TOO_MANY_LINES, f"{MOST_LINES:,}")
        characters += sum(len(cell) for cell in row.cells if isinstance(cell, str))
        if characters > MOST_CHARACTERS:
            raise UnreadableError(faults.TOO_LARGE, f"{MOST_MEGABYTES} MB")
        yield row


def _to_last_line(rows):
    for line, cells in rows:
        if line > LAST_LINE:
            raise UnreadableError(faults.TOO_MANY_LINES, f"{MOST_LINES:,}")
        yield line, cells


def filled_rows(rows):
    """Yield the rows that are not empty.

    :param rows: iterable of (line, cells)
    :raises UnreadableError: if a row has more columns than an import can read
    """
    for line, cells in rows:
        if not any(cell not in (None, "") for cell in cells):
            continue
        if any(cell not in (None, "") for cell in cells[MOST_COLUMNS:]):
            raise UnreadableError(faults.TOO_MANY_COLUMNS, str(MOST_COLUMNS), line)
        yield Row(line, tuple(cells[:MOST_COLUMNS]))


def read_csv(text: str):
    """Yield (line, cells) of a CSV.

    :raises UnreadableError: if the text is not valid CSV
    """
    yield from read_stream(io.StringIO(text, newline=""), text[:MOST_IN_HEAD])


def read_stream(stream, head: str):
    """Yield (line, cells) of a CSV that is read line by line.

    :param stream: the text, opened without translating ends of lines
    :param head: its beginning
    :raises UnreadableError: if the text is not valid CSV, or is a web page
    """
    if MARKUP.match(head):
        raise UnreadableError(faults.NO_WORKBOOK)
    reader = csv.reader(_lines(stream), delimiter=delimiter_of(head), strict=True)
    line = 1
    try:
        for cells in reader:
            if line > 1 or not SEPARATOR.match(head):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableError(faults.NO_CSV, str(error), line) from None


def delimiter_of(text: str) -> str:
    """Return the character between the cells of a CSV.

    Excel writes it into a first line `sep=;`. Else it is the one with which the headings are understood best, and of
    equal ones the one that occurs most often in the headings.
    """
    named = SEPARATOR.match(text)
    if named:
        return named[1]
    lines = list(islice((line for line in io.StringIO(text[:MOST_IN_HEAD], newline="") if line.strip()), HEAD_LINES))

    def understood(delimiter):
        try:
            rows = list(csv.reader(lines, delimiter=delimiter))
        except csv.Error:
            return 0, 0
        score, heading = max(((score_of(row), -number) for number, row in enumerate(rows)), default=(0, 0))
        return score if score > 1 else 0, lines[min(-heading if score > 1 else 0, len(lines) - 1)].count(delimiter)

    return max(DELIMITERS, key=understood) if lines else DELIMITERS[0]


def heading_index(rows: list[Row]) -> int:
    """Return the index of the row with the headings. Some programs write titles above it."""
    head = rows[:HEAD_LINES]
    scores = [score_of(row.cells) for row in head]
    if max(scores) > 1:
        return scores.index(max(scores))
    return next((index for index, row in enumerate(head) if sum(cell not in (None, "") for cell in row.cells) > 1), 0)


def _lines(stream):
    """Yield the lines of a text with their ends.

    :raises UnreadableError: for a line that is too long to be a line of a CSV
    """
    for number, line in enumerate(stream, 1):
        if len(line) > MOST_IN_LINE:
            raise UnreadableError(faults.LONG_LINE, f"{MOST_IN_LINE:,}", number)
        yield line
