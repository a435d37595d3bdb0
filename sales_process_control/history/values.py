"""From cells to values."""

import re
from datetime import date, datetime, time, timezone
from decimal import Decimal

from . import faults

# Pythons before 3.11 read less of ISO 8601 than other programs write.
INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d+))?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII | re.IGNORECASE,
)
NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{0,20})?|[+-]?\.\d{1,20}", re.ASCII)
#: What lies before is no date of a deal but a number that was taken for one.
EARLIEST = datetime(1970, 1, 1)


class BadValueError(ValueError):
    """A cell that cannot be read; holds the code of the fault."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def text_of(cell) -> str:
    """What a cell says, in one line."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    text = " ".join(str(cell).split())
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        # No database takes these.
        raise BadValueError(faults.BAD_TEXT)
    return text


def amount_of(cell) -> Decimal | None:
    """An amount: digits, with a point before the fraction; thousands are not parted, as programs do it differently."""
    if isinstance(cell, bool):
        raise BadValueError(faults.BAD_NUMBER)
    # A cell of a workbook holds a number, which people may see otherwise.
    text = format(Decimal(repr(cell)), "f") if isinstance(cell, (int, float)) else text_of(cell)
    if not text:
        return None
    if not NUMBER.fullmatch(text):
        raise BadValueError(faults.BAD_NUMBER)
    return Decimal(text)


def instant_of(cell, zone) -> datetime | None:
    """An instant as naive UTC, to the microsecond; without an offset it is the time in the zone."""
    if isinstance(cell, datetime):
        found = cell
    elif isinstance(cell, date):
        found = datetime.combine(cell, time())
    else:
        found = _instant_of_text(text_of(cell))
    if found is None:
        return None
    try:
        instant = (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(timezone.utc).replace(tzinfo=None)
    except (OverflowError, ValueError):
        raise BadValueError(faults.BAD_DATE) from None
    if instant < EARLIEST:
        raise BadValueError(faults.OLD_DATE)
    return instant


def _instant_of_text(text):
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
    """A day; of an instant the day that is written there, whatever its offset."""
    if isinstance(cell, datetime):
        found = cell
    elif isinstance(cell, date):
        return cell
    else:
        found = _instant_of_text(text_of(cell))
    return found.date() if found else None
