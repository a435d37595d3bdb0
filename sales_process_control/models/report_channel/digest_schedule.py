"""When a digest is due, and which days it is about. No models, no Odoo."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAILY, WEEKLY = "daily", "weekly"
#: How far a daily digest looks back for the working day before: over holidays, too.
MOST_DAYS = 7


class Schedule(NamedTuple):
    """When digests of a channel are due.

    :param interval: DAILY or WEEKLY
    :param weekday: from 0, Monday; of weekly digests
    :param hour: from 0 to 23
    :param zone: time zone of the reader
    :param works_on: says whether the company works on a day
    """

    interval: str
    weekday: int
    hour: int
    zone: str
    works_on: Callable[[date], bool]


class Due(NamedTuple):
    """A digest that is due.

    :param day: the day on which it is due
    :param first_day, last_day: the days that it is about
    """

    day: date
    first_day: date
    last_day: date


def local_now(now: datetime, zone: str) -> datetime:
    """Return an instant in a time zone; in UTC if there is none of this name.

    :param now: naive, in UTC
    """
    try:
        return now.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone or "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        return now.replace(tzinfo=ZoneInfo("UTC"))


def period_before(day: date, interval: str, is_working_day: Callable[[date], bool]) -> Due:
    """Return the digest that is due on a day: of the seven days before, or since the working day before.

    Example: on a Monday, a daily one is about Friday to Sunday.

    :param is_working_day: says whether the company works on a day
    """
    last = day - timedelta(days=1)
    first = day - timedelta(days=MOST_DAYS)
    if interval == DAILY:
        worked = (last - timedelta(days=back) for back in range(MOST_DAYS))
        first = next((one for one in worked if is_working_day(one)), last)
    return Due(day, first, last)


def find_due(schedule: Schedule, now: datetime, company_day: date) -> Due | None:
    """Return the digest that is due now, None if none is.

    It is due on its day from its hour on, once the day has begun for the company, too.

    :param now: naive, in UTC
    :param company_day: the current day of the company
    """
    local = local_now(now, schedule.zone)
    day = local.date()
    if local.hour < schedule.hour or company_day < day:
        return None
    if schedule.interval == WEEKLY and day.weekday() != schedule.weekday:
        return None
    if schedule.interval == DAILY and not schedule.works_on(day):
        return None
    return period_before(day, schedule.interval, schedule.works_on)
