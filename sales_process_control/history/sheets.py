"""Bytes of a file to rows of cells: CSV in UTF-8 or GB18030, and XLSX."""

import csv
import io
from typing import NamedTuple

from . import faults
from .faults import Fault

ZIP_SIGNATURE = b"PK\x03\x04"
DELIMITERS = ",;\t|"


class Row(NamedTuple):
    """One line of the file.

    :param line: number of the line in the file, from 1
    :param cells: the values as found: texts in a CSV; texts, numbers, dates or None in a workbook
    """

    line: int
    cells: tuple


class UnreadableError(Exception):
    """Raised when the file as a whole cannot be read.

    :ivar Fault fault: the reason
    """

    def __init__(self, code, value="", line=0):
        super().__init__(code)
        self.fault = Fault(line, "", code, value)


def read_sheet(content: bytes) -> list[Row]:
    """Return the rows of a file that are not empty, the headings first.

    The first bytes decide whether the file is a workbook. The name of the file is not used, since it may be wrong.

    :raises UnreadableError: if the file is empty, or neither CSV nor XLSX
    """
    if not content.strip():
        raise UnreadableError(faults.EMPTY)
    rows = read_workbook(content) if content.startswith(ZIP_SIGNATURE) else read_csv(decode(content))
    found = [row for row in rows if any(cell not in (None, "") for cell in row.cells)]
    if not found:
        raise UnreadableError(faults.EMPTY)
    return found


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


def read_csv(text: str) -> list[Row]:
    """Return the rows of a CSV. The delimiter is the one that occurs most often in the headings.

    :raises UnreadableError: if the text is not valid CSV
    """
    heading = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, line = [], 1
    try:
        for cells in reader:
            rows.append(Row(line, tuple(cells)))
            line = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableError(faults.NO_CSV, str(error), line) from None
    return rows


def read_workbook(content: bytes) -> list[Row]:
    """Return the rows of the first sheet of a workbook.

    :raises UnreadableError: if the workbook cannot be opened
    """
    # Imported here, since loading openpyxl is slow and most files are CSV.
    from openpyxl import load_workbook

    try:
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            sheet = workbook.worksheets[0]
            # Some programs write a wrong size into the sheet.
            sheet.reset_dimensions()
            return [Row(line, tuple(cells)) for line, cells in enumerate(sheet.iter_rows(values_only=True), 1)]
        finally:
            workbook.close()
    except Exception as error:  # openpyxl raises many kinds of errors for a broken workbook
        raise UnreadableError(faults.NO_WORKBOOK) from error
