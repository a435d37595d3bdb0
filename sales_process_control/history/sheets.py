"""From bytes to lines of cells: CSV in UTF-8 or GB18030, and XLSX."""

import csv
import io

from . import faults
from .words import Fault, Row

ZIP_SIGNATURE = b"PK\x03\x04"
DELIMITERS = ",;\t|"


class UnreadableError(Exception):
    """The file as a whole cannot be read; holds the fault."""

    def __init__(self, code, value="", line=0):
        super().__init__(code)
        self.fault = Fault(line, "", code, value)


def read_sheet(content: bytes) -> list[Row]:
    """The lines of a file that are not empty, the heading first.

    What the file is called says nothing: what it is shows in its first bytes.

    :raises UnreadableError: when there is nothing to read
    """
    if not content.strip():
        raise UnreadableError(faults.EMPTY)
    rows = read_workbook(content) if content.startswith(ZIP_SIGNATURE) else read_csv(decode(content))
    found = [row for row in rows if any(cell not in (None, "") for cell in row.cells)]
    if not found:
        raise UnreadableError(faults.EMPTY)
    return found


def decode(content: bytes) -> str:
    """The text of a file.

    :raises UnreadableError: for what is no text, or written in another encoding
    """
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
    """The text of a file in the encoding that Chinese programs use.

    Letters with accents in a Western encoding decode as well, to nonsense: there the second byte of a pair is an
    ASCII letter as a rule, in Chinese texts it is the exception.
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
    """The lines of a CSV; the delimiter is the one that its heading has most of."""
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
    """The lines of the first sheet of a workbook."""
    # Here and not above, as most files need none of it and it takes its time to load.
    from openpyxl import load_workbook

    try:
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            sheet = workbook.worksheets[0]
            # Some programs write a size that is not true.
            sheet.reset_dimensions()
            return [Row(line, tuple(cells)) for line, cells in enumerate(sheet.iter_rows(values_only=True), 1)]
        finally:
            workbook.close()
    except Exception as error:  # a broken workbook breaks its reader in any way
        raise UnreadableError(faults.NO_WORKBOOK) from error
