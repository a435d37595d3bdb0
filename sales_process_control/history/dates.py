"""Cells to instants and days, in the format that the whole column has."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple

from . import faults
from .cells import NOTHING, BadValueError, printable_text_of, text_of
from .settings import DMY, MDY, YMD

#: Earlier instants are refused: they come from numbers that a program has written as dates.
EARLIEST = datetime(1970, 1, 1)
#: Day 0 of spreadsheets, which count 29 February 1900 as a day.
SERIAL_ZERO = datetime(1899, 12, 30)
#: Longer texts are no dates, and would take long to compare with patterns.
LONGEST = 100
# Units of columns that consist of numbers.
UNITS = MILLISECONDS, SECONDS, SERIAL = ("milliseconds", "seconds", "serial")
#: From 1970 to 2079.
SERIALS = (25_569, 65_745)

# The form of ISO 8601 that most programs write, which is read fast.
INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d+))?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?)?",
    re.ASCII | re.IGNORECASE,
)
# The form that most people see: "3/31/2026 2:05 PM", which is read fast, too.
SEEN = re.compile(
    r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?:,? (\d{1,2}):(\d\d)(?::(\d\d))?(?: ?([AP])M)?)?",
    re.ASCII | re.IGNORECASE,
)
NUMBER = re.compile(r"\d{5}(?:\.\d+)?|\d{10}|\d{13}", re.ASCII)
MORNING = "am|a\\.m\\.?|上午|凌晨|早上|早晨|清晨|午前"
AFTERNOON = "pm|p\\.m\\.?|下午|晚上|傍晚|中午|午後"
TIME = re.compile(
    rf"(?P<date>.+?)(?:T|,?\s+(?:at |um |klo )?|(?<=日)|(?<=\d)(?={MORNING}|{AFTERNOON}))\s*"
    rf"(?P<before>{MORNING}|{AFTERNOON})?\s*"
    r"(?P<hour>\d{1,2})(?:(?P<mark>[:时点時h])\s*(?P<minute>\d{1,2})?)?(?:[:分]\s*(?P<second>\d{1,2})(?:[.,](?P<fraction>\d{1,9}))?)?[秒分]?"
    rf"\s*(?P<after>{MORNING}|{AFTERNOON})?"
    r"\s*(?P<offset>Z|\(?(?:UTC|GMT)?[+-]\d{1,2}(?::?\d\d)?\)?|UTC|GMT)?",
    re.ASCII | re.IGNORECASE,
)
YEAR_FIRST = re.compile(r"(\d{4})(?:\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日?|([-/.\s])(\d{1,2})\4(\d{1,2}))", re.ASCII)
PARTS = re.compile(r"(\d{1,2})([-/. ])\s*(\d{1,2})\2\s*(\d{4}|\d{2})\.?", re.ASCII)
COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?", re.ASCII)
WEEKDAY = re.compile(r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+|星期.\s*|周[一二三四五六日]\s*)(?=\S)", re.I)
DAY_NAME = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|\.)?[\s\-/]*(?:of |de )?([^\W\d_]{3,12})\.?,?[\s\-./]*(?:de )?(\d{4}|\d{2})", re.I
)
NAME_DAY = re.compile(r"([^\W\d_]{3,12})\.?[\s\-/]*(\d{1,2})(?:st|nd|rd|th)?,?[\s\-/]+(\d{4})", re.I)
YEAR_NAME = re.compile(r"(\d{4})[\s\-/]+([^\W\d_]{3,12})\.?[\s\-/]+(\d{1,2})", re.I)
#: Beginnings of the names of months: English, then German, French, Spanish, Italian, Portuguese and Dutch.
MONTHS = (
    "jan gen ene januar", "feb fév fev", "mar mär mrt maa", "apr avr abr", "may mai mei mag mayo", "jun juin giu",
    "jul juil lug", "aug aoû aou ago", "sep set", "oct okt ott out", "nov", "dec dez déc dic des",
)  # fmt: skip
MONTH_BY_NAME = {name: number for number, names in enumerate(MONTHS, 1) for name in names.split()}


class DateFormat(NamedTuple):
    """How a column writes its dates.

    :param order: of day, month and year in dates such as 03/04/2026
    :param unit: for a column of numbers; else empty
    :param is_ambiguous: whether day and month could be either in all values
    :param has_order: whether there are values for which the order matters
    :param has_times: whether a workbook has times in the column, so that midnight is one of them
    """

    order: str = DMY
    unit: str = ""
    is_ambiguous: bool = False
    has_order: bool = False
    has_times: bool = False


class DateFormatFinder:
    """Finds how a column writes dates. It sees one cell after the other, so that no column is too long.

    :ivar str example: the first cell in which day and month could be either; empty if there is none
    """

    def __init__(self):
        self.example = ""
        self._units = set(UNITS)
        self._counts = {YMD: 0, DMY: 0, MDY: 0}
        self._common = set(self._counts)
        self._has_texts = self._has_times = self._has_fractions = False
        self._is_all_short = self._has_order = self._has_same = self._is_american = False

    def add(self, cell):
        """Look at a cell."""
        if isinstance(cell, (date, bool)):
            self._has_times = self._has_times or (isinstance(cell, datetime) and cell.time() != time())
            return
        text = _plain(cell if isinstance(cell, str) else repr(cell))
        if len(text) > LONGEST:
            self._units.clear()
        elif text and text.casefold() not in NOTHING:
            self._add_trait(_trait_of(text), cell)

    def _add_trait(self, trait, cell):
        self._has_texts = True
        self._units &= trait.units
        self._has_fractions = self._has_fractions or trait.has_fraction
        if not trait.orders:
            return
        self._is_all_short = YMD in trait.orders and (self._is_all_short or not self._has_order)
        self._has_order = True
        for order in trait.orders:
            self._counts[order] += 1
        self._has_same = self._has_same or not trait.is_same
        self._is_american = self._is_american or trait.is_american
        self._common &= trait.fitting
        if trait.is_ambiguous and not self.example:
            self.example = printable_text_of(cell)

    def format(self) -> DateFormat:
        """Return how the column writes dates, as far as all cells together say."""
        found = self._text_format()
        return found._replace(has_times=found.has_times or self._has_times)

    def _text_format(self):
        if self._has_texts and self._units:
            unit = next(unit for unit in UNITS if unit in self._units)
            return DateFormat(unit=unit, has_times=unit == SERIAL and self._has_fractions)
        if not self._has_order:
            return DateFormat()
        if len(self._common) == 1:
            return DateFormat(next(iter(self._common)), has_order=True)
        if self._common:
            # Only Americans write the time with AM and PM and the day with slashes.
            likely = MDY if self._is_american else DMY
            return DateFormat(likely, is_ambiguous=self._has_same or YMD in self._common, has_order=True)
        best = YMD if self._is_all_short else max((DMY, MDY), key=self._counts.get)
        return DateFormat(best, has_order=True)


class _Trait(NamedTuple):
    """What one text says of its column.

    :param units: the units of which it can be a number
    :param orders: the orders in which it can be a date, see :func:`_orders_of`
    :param fitting: those in which a person would write it
    :param is_same: whether it is the same date with the day first and with the month first
    """

    units: frozenset
    has_fraction: bool
    orders: frozenset
    fitting: frozenset
    is_same: bool
    is_american: bool

    @property
    def is_ambiguous(self):
        return len(self.fitting) > 1 and (YMD in self.fitting or not self.is_same)


@lru_cache(maxsize=20_000)
def _trait_of(text):
    is_number = NUMBER.fullmatch(text) is not None
    return _Trait(
        frozenset(_units_of(text)) if is_number else frozenset(),
        is_number and float(text) % 1 != 0,
        frozenset(_orders_of(text)),
        frozenset(_fitting(text)),
        _is_same_either_way(text),
        "/" in text and re.search(r"[ap]m\b", text, re.I) is not None,
    )


def _units_of(number):
    """Yield the units that a number can have."""
    if "." not in number and len(number) in (10, 13):
        yield SECONDS if len(number) == 10 else MILLISECONDS
    if SERIALS[0] <= float(number) <= SERIALS[1]:
        yield SERIAL


def _parts_of(text):
    """Return (first, separator, second, third) of a date such as 03/04/2026, None for other texts."""
    if len(text) > LONGEST or INSTANT.fullmatch(text):
        return None
    seen = SEEN.fullmatch(text)
    if seen:
        return seen.group(1, 2, 3, 4)
    found = TIME.fullmatch(WEEKDAY.sub("", text, count=1))
    parts = PARTS.fullmatch((found["date"] if found else WEEKDAY.sub("", text, count=1)).strip(" ,"))
    return parts and parts.groups()


def _orders_of(text):
    """Return the orders in which a text can be a date; empty if the order does not matter, or it is no date."""
    parts = _parts_of(text)
    if not parts:
        return set()
    first, separator, second, third = parts
    one, two, three = int(first), int(second), int(third)
    orders = set()
    if 1 <= two <= 12 and 1 <= one <= 31:
        orders.add(DMY)
    # No language writes the month first and points.
    if 1 <= one <= 12 and 1 <= two <= 31 and separator != ".":
        orders.add(MDY)
    if len(third) == 2 and len(first) == 2 and 1 <= two <= 12 and 1 <= three <= 31:
        orders.add(YMD)
    return orders


def _fitting(text):
    """Return the orders in which a person would write a text: the year in two digits comes first with hyphens only."""
    orders = _orders_of(text)
    return orders if "-" in text else (orders - {YMD} or orders)


def _is_same_either_way(text):
    """Return whether a date is the same with the day first and with the month first."""
    parts = _parts_of(text)
    return not parts or int(parts[0]) == int(parts[2])


def _plain(text):
    """Return a text in one line, with full-width characters as plain ones."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return " ".join(text.split())


class DateReader:
    """Reads the dates of a column.

    :param DateFormat date_format: how the column writes dates
    :param zone: time zone of instants without an offset
    :param day_zone: time zone of days without a time
    """

    def __init__(self, date_format, zone, day_zone):
        self._format = date_format
        self._zone = zone
        self._day_zone = day_zone
        self._known = {}
        #: Whether instants without an offset were read.
        self.has_local_times = False

    def instant(self, cell, after=None, clock=None) -> tuple[datetime, bool] | None:
        """Return the instant in a cell as naive UTC, and whether it is a day without a time; None for an empty cell.

        A day without a time begins at midnight in the calendar of the company, so that it is counted on that day.

        :param after: naive UTC of the event before. When clocks are turned back, an hour comes twice: the second one is
            meant if the first one would be before the event before, and the second one is not
        :param clock: time of day from another column, for a cell that has none
        :raises BadValueError: if the cell is not an instant, or lies before :data:`EARLIEST`
        """
        found, is_day = self._found(cell)
        if found is None:
            return None
        if is_day and clock is not None:
            found, is_day = datetime.combine(found.date(), clock), False
        is_local = not found.tzinfo and not is_day
        if not found.tzinfo:
            self.has_local_times = self.has_local_times or is_local
            found = found.replace(tzinfo=self._day_zone if is_day else self._zone)
        instant = _as_utc(found)
        if instant < EARLIEST:
            raise BadValueError(faults.OLD_DATE)
        if is_local and after and instant < after:
            again = _as_utc(found.replace(fold=1))
            instant = again if again >= after else instant
        return instant, is_day

    def day(self, cell) -> date | None:
        """Return the day in a cell, None for an empty cell. The offset of an instant is ignored.

        :raises BadValueError: if the cell is not a date
        """
        found, _is_day = self._found(cell)
        if found and self._format.unit in (SECONDS, MILLISECONDS):
            found = found.astimezone(self._day_zone)
        return found.date() if found else None

    def _found(self, cell):
        """Return the instant of a cell, aware if it has an offset, and whether it is a day without a time."""
        if isinstance(cell, datetime):
            # A workbook has days as instants at midnight.
            return cell, cell.time() == time() and not self._format.has_times
        if isinstance(cell, date):
            return datetime.combine(cell, time()), True
        if cell is None or isinstance(cell, bool):
            cell = "" if cell is None else str(cell)
        if cell not in self._known:
            text = _plain(text_of(cell)) if isinstance(cell, str) else repr(cell)
            self._known[cell] = self._parsed(text)
        return self._known[cell]

    def _parsed(self, text):
        if not text or text.casefold() in NOTHING:
            return None, False
        try:
            if self._format.unit and NUMBER.fullmatch(text):
                found, is_day = _of_number(text, self._format.unit)
                return found, is_day and not self._format.has_times
            found = INSTANT.fullmatch(text)
            return _of_iso(*found.groups()) if found else _of_text(text, self._format.order)
        except (ValueError, OverflowError):
            raise BadValueError(faults.BAD_DATE) from None


def _as_utc(instant):
    """Return an aware instant as naive UTC.

    :raises BadValueError: if it is none
    """
    try:
        return instant.astimezone(timezone.utc).replace(tzinfo=None)
    except (OverflowError, ValueError):
        raise BadValueError(faults.BAD_DATE) from None


def _of_number(text, unit):
    if unit == SERIAL:
        found = SERIAL_ZERO + timedelta(seconds=round(float(text) * 86_400))
        return found, found.time() == time()
    seconds = int(text) / (1000 if unit == MILLISECONDS else 1)
    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=seconds), False


def _of_iso(day, minutes, seconds, fraction, offset):
    offset = (offset or "").upper().replace(":", "")
    if offset == "Z":
        offset = "+0000"
    # `datetime.fromisoformat` of Python 3.10 does not read all forms that other programs write.
    found = datetime.fromisoformat(
        f"{day}T{minutes or '00:00'}:{seconds or '00'}.{(fraction or '')[:6].ljust(6, '0')}"
        + (f"{offset[:3]}:{offset[3:] or '00'}" if offset else "")
    )
    return found, minutes is None


def _of_text(text, order):
    """Return the instant in a text, and whether it is a day without a time.

    :raises ValueError: if the text is no date
    """
    if len(text) > LONGEST:
        raise ValueError
    seen = SEEN.fullmatch(text)
    if seen:
        return _of_seen(seen, order)
    compact = COMPACT.fullmatch(text)
    if compact:
        return datetime(*(int(part) for part in compact.groups() if part)), compact[4] is None
    text = WEEKDAY.sub("", text, count=1)
    day = _day_of(text, order)
    if day:
        return datetime(*day), True
    found = TIME.fullmatch(text)
    day = found and _day_of(found["date"].strip(" ,"), order)
    if not day:
        raise ValueError(text)
    half = (found["before"] or found["after"] or "").casefold()
    if not found["minute"] and not half and (found["mark"] or ":") not in "时点時":
        raise ValueError(text)
    hour = _hour_of(int(found["hour"]), half)
    fraction = (found["fraction"] or "0")[:6].ljust(6, "0")
    moment = datetime(*day, hour, int(found["minute"] or 0), int(found["second"] or 0), int(fraction))
    return moment.replace(tzinfo=_offset_of(found["offset"])), False


def _of_seen(found, order):
    """Return the instant of a date such as 03/04/2026 2:05 PM, and whether it is a day without a time."""
    day = _ordered(found[1], found[3], found[4], order)
    if found[5] is None:
        return datetime(*day), True
    half = f"{found[8]}m".casefold() if found[8] else ""
    return datetime(*day, _hour_of(int(found[5]), half), int(found[6]), int(found[7] or 0)), False


def _ordered(first, second, third, order):
    """Return (year, month, day) of the parts of a date."""
    if order == YMD and len(third) == 2:
        return _year(first), int(second), int(third)
    day, month = (second, first) if order == MDY else (first, second)
    return _year(third), int(month), int(day)


def _hour_of(hour, half):
    if not half or hour > 12:
        return hour
    if half == "中午" and 6 <= hour < 12:
        # Shortly before noon.
        return hour
    is_morning = re.fullmatch(MORNING, half) is not None
    return hour % 12 + (0 if is_morning or (half in ("晚上",) and hour == 12) else 12)


def _offset_of(text):
    """Return the time zone of an offset such as Z, +02:00 or GMT+8; None without one."""
    if not text:
        return None
    plain = re.sub(r"[()a-z:]", "", text.casefold())
    if not plain:
        return timezone.utc
    digits = plain[1:]
    hours, minutes = (digits, "0") if len(digits) <= 2 else (digits[:-2], digits[-2:])
    delta = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-delta if plain[0] == "-" else delta)


def _day_of(text, order):
    """Return (year, month, day) of a text, None if it has no form of a day."""
    found = YEAR_FIRST.fullmatch(text)
    if found:
        return tuple(int(part) for part in (found[1], found[2] or found[5], found[3] or found[6]))
    found = PARTS.fullmatch(text)
    if found:
        first, _separator, second, third = found.groups()
        return _ordered(first, second, third, order)
    for pattern, places in ((DAY_NAME, (3, 2, 1)), (NAME_DAY, (3, 1, 2)), (YEAR_NAME, (1, 2, 3))):
        found = pattern.fullmatch(text)
        month = found and _month(found[places[1]])
        if month:
            return _year(found[places[0]]), month, int(found[places[2]])
    return None


def _month(name):
    name = name.casefold()
    return next((MONTH_BY_NAME[name[:size]] for size in (4, 3) if name[:size] in MONTH_BY_NAME), None)


def _year(text):
    year = int(text)
    if len(text) > 2:
        return year
    return year + (2000 if year < 70 else 1900)


def clock_of(cell) -> time | None:
    """Return the time of day in a cell, None for an empty cell.

    :raises BadValueError: if the cell has anything else, such as a date
    """
    if isinstance(cell, time):
        return cell
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and 0 <= cell < 1:
        # A workbook has it as a part of a day.
        return (datetime.min + timedelta(seconds=min(round(cell * 86_400), 86_399))).time()
    return _clock_of_text(_plain(text_of(cell)))


@lru_cache(maxsize=10_000)
def _clock_of_text(text):
    if text.casefold() in NOTHING:
        return None
    try:
        found = INSTANT.fullmatch(f"2000-01-01 {text}")
        moment, is_day = _of_iso(*found.groups()) if found else _of_text(f"2000-01-01 {text}", YMD)
    except (ValueError, OverflowError):
        raise BadValueError(faults.BAD_DATE) from None
    if is_day or moment.date() != date(2000, 1, 1):
        raise BadValueError(faults.BAD_DATE)
    return moment.timetz()


def is_clock(cell) -> bool:
    """Return whether a cell is a time of day without a date."""
    try:
        return clock_of(cell) is not None
    except BadValueError:
        return False


def is_date(cell) -> bool:
    """Return whether a cell is a date that says so without the rest of its column: no number, no empty cell."""
    if isinstance(cell, date):
        return True
    text = _plain(cell) if isinstance(cell, str) else ""
    if not text or NUMBER.fullmatch(text):
        return False
    if _orders_of(text) or INSTANT.fullmatch(text):
        return True
    try:
        _of_text(text, DMY)
    except (ValueError, OverflowError):
        return False
    return True
