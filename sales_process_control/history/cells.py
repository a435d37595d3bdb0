"""Cells of a file to values: texts, amounts, instants and days."""

import re
from datetime import date, datetime, time, timezone
from decimal import Decimal

from . import faults

# `datetime.fromisoformat` of Python 3.10 does not read all forms of ISO 8601 that other programs write.
INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d+))?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII | re.IGNORECASE,
)
NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{0,20})?|[+-]?\.\d{1,20}", re.ASCII)
#: Beginnings of texts that spreadsheets run as a formula, after the apostrophes of :func:`without_formula`.
# Full-width signs count, too: spreadsheets in Chinese and Japanese take them for plain ones.
FORMULA = re.compile("'*(?:[\\t\\r\\n]|\\s*[=+\\-@\uff1d\uff0b\uff0d\uff20])")
#: Earlier instants are refused: they come from numbers that a program has written as dates.
EARLIEST = datetime(1970, 1, 1)


class BadValueError(ValueError):
    """Raised for a cell that cannot be read.

    :ivar str code: code of the fault, see :mod:`.faults`
    """

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def text_of(cell) -> str:
    """Return the text of a cell in one line, empty for an empty cell.

    :raises BadValueError: if the text contains characters that PostgreSQL cannot store
    """
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    text = " ".join(str(cell).split())
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise BadValueError(faults.BAD_TEXT)
    return text


def amount_of(cell) -> Decimal | None:
    """Return the amount in a cell, None for an empty cell.

    A text must consist of digits with a point before the fraction. Thousands separators are refused, since programs
    write them differently.

    :raises BadValueError: if the cell is not an amount
    """
    if isinstance(cell, bool):
        raise BadValueError(faults.BAD_NUMBER)
    # A workbook has numbers. `repr` gives the shortest decimal of a float, the format "f" avoids an exponent.
    text = format(Decimal(repr(cell)), "f") if isinstance(cell, (int, float)) else text_of(cell)
    if not text:
        return None
    if not NUMBER.fullmatch(text):
        raise BadValueError(faults.BAD_NUMBER)
    return Decimal(text)


def instant_of(cell, zone, day_zone) -> datetime | None:
    """Return the instant in a cell as naive UTC with microseconds, None for an empty cell.

    A day without a time begins at midnight in the calendar of the company, so that it is counted on that day.

    :param zone: time zone of instants without an offset
    :param day_zone: time zone of days without a time
    :raises BadValueError: if the cell is not an instant, or lies before :data:`EARLIEST`
    """
    if isinstance(cell, datetime):
        found = cell
    elif isinstance(cell, date):
        found = datetime.combine(cell, time())
    else:
        found = _instant_of_text(text_of(cell))
    if found is None:
        return None
    if _is_day(cell):
        zone = day_zone
    try:
        instant = (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(timezone.utc).replace(tzinfo=None)
    except (OverflowError, ValueError):
        raise BadValueError(faults.BAD_DATE) from None
    if instant < EARLIEST:
        raise BadValueError(faults.OLD_DATE)
    return instant


def _is_day(cell):
    """Return whether a cell has no time. A workbook has days as instants at midnight."""
    if isinstance(cell, datetime):
        return cell.time() == time()
    return isinstance(cell, date) or INSTANT.fullmatch(text_of(cell)).group(2) is None


def _instant_of_text(text):
    """Return the ISO 8601 instant in a text, aware if the text has an offset; None for an empty text."""
    if not text:
        return None
    found = INSTANT.fullmatch(text)
    if not found:
        raise BadValueError(faults.BAD_DATE)
    day, minutes, seconds, fraction, offset = found.groups()
    offset = (offset or "").upper().replace(":", "")
    if offset == "Z":
        offset = "+0000"
    try:
        return datetime.fromisoformat(
            f"{day}T{minutes or '00:00'}:{seconds or '00'}.{(fraction or '')[:6].ljust(6, '0')}"
            + (f"{offset[:3]}:{offset[3:] or '00'}" if offset else "")
        )
    except ValueError:
        raise BadValueError(faults.BAD_DATE) from None


def day_of(cell) -> date | None:
    """Return the day in a cell, None for an empty cell. The offset of an instant is ignored.

    :raises BadValueError: if the cell is not a date
    """
    if isinstance(cell, datetime):
        found = cell
    elif isinstance(cell, date):
        return cell
    else:
        found = _instant_of_text(text_of(cell))
    return found.date() if found else None


def printable_text_of(cell) -> str:
    """Return at most 60 printable characters of a cell, for messages about cells that cannot be read."""
    text = "".join(char for char in str(cell) if char.isprintable()) if cell is not None else ""
    return text.strip()[:60]


def without_formula(cell):
    """Return a cell of a CSV with an apostrophe before a text that a spreadsheet would run as a formula.

    Numbers stay. :func:`with_formula` returns the text as it was.
    """
    if isinstance(cell, str) and FORMULA.match(cell) and not NUMBER.fullmatch(cell):
        return f"'{cell}"
    return cell


def with_formula(cell):
    """Return a cell without the apostrophe that :func:`without_formula` has added."""
    if isinstance(cell, str) and cell.startswith("'") and FORMULA.match(cell):
        return cell[1:]
    return cell
