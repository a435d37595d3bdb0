"""Bytes of an XLS, the binary workbook of Excel up to 2003, to rows of cells."""

from datetime import datetime
from io import StringIO

from . import faults
from .faults import UnreadableError

#: xlrd keeps all cells of a sheet in memory.
MOST_XLS_MEGABYTES = 16


def read_xls(content: bytes):
    """Return the (line, cells) of the first sheet of an XLS, one after another, and the names of the other sheets.

    :raises UnreadableError: if the workbook cannot be opened, or is too large, or xlrd is not installed
    """
    if len(content) > MOST_XLS_MEGABYTES * 1024 * 1024:
        raise UnreadableError(faults.TOO_LARGE, f"{MOST_XLS_MEGABYTES} MB")
    try:
        # Odoo reads XLS with it, too, and can be installed without it.
        import xlrd
    except ImportError:
        raise UnreadableError(faults.NO_XLS) from None
    try:
        book = xlrd.open_workbook(file_contents=content, on_demand=True, ragged_rows=True, logfile=StringIO())
        sheet = book.sheet_by_index(0)
        rows = ((line, _cells_of(xlrd, book, sheet.row(line - 1))) for line in range(1, sheet.nrows + 1))
        return rows, tuple(book.sheet_names()[1:])
    except Exception as error:  # xlrd raises many kinds of errors for a broken workbook
        raise UnreadableError(faults.NO_WORKBOOK) from error


def _cells_of(xlrd, book, cells):
    """Return the values of a row."""
    values = []
    for cell in cells:
        value = cell.value
        if cell.ctype == xlrd.XL_CELL_DATE:
            try:
                value = datetime(*xlrd.xldate_as_tuple(value, book.datemode))
            except (xlrd.XLDateError, ValueError):
                # The number stays: the column may be a number in the format of a date.
                value = cell.value
        elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
            value = bool(value)
        elif cell.ctype == xlrd.XL_CELL_ERROR:
            value = xlrd.error_text_from_code.get(value, "")
        elif cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
            value = None
        if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
            # XLS has no whole numbers: 20260331 is a day, and 20260331.0 none.
            value = int(value)
        values.append(value)
    return values
