"""When a digest is due, and which days it is about. No models, no Odoo."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ..recording.time_zones import known_zone

DAILY, WEEKLY = "daily", "weekly"
#: Days that a weekly digest is about.
WEEK_DAYS = 7
#: Most days that a daily digest is about: the longest holidays.
MOST_DAYS = 31
#: A weekly digest is due on so many days, its own included, in case that the job does not run on its day.
DUE_DAYS = 2


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
    return now.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(known_zone(zone)))


def period_before(day: date, interval: str, is_working_day: Callable[[date], bool], covered: date | None = None) -> Due:
    """Return the digest that is due on a day: of the seven days before, or since the working day before.

    Example: on a Monday, a daily one is about Friday to Sunday.

    :param is_working_day: says whether the company works on a day
    :param covered: the last day of the daily digest before: if it is longer ago, this one begins on the day after
    """
    last = day - timedelta(days=1)
    if interval == WEEKLY:
        return Due(day, day - timedelta(days=WEEK_DAYS), last)
    earliest = day - timedelta(days=MOST_DAYS)
    worked = (last - timedelta(days=back) for back in range(MOST_DAYS))
    first = next((one for one in worked if is_working_day(one)), earliest)
    if covered:
        first = max(min(first, covered + timedelta(days=1)), earliest)
    return Due(day, first, last)


def find_due(
    schedule: Schedule,
    now: datetime,
    company_day: date,
    written: datetime | None = None,
    covered: date | None = None,
) -> Due | None:
    """Return the digest that is due now, None if none is.

    It is due on its day from its hour on, once the day has begun for the company, too. A weekly one is due on the day
    after, too, unless the channel was set up since it was due.

    :param now: naive, in UTC
    :param company_day: the current day of the company
    :param written: when the channel was set up as it is, naive, in UTC
    :param covered: see :func:`period_before`
    """
    local = local_now(now, schedule.zone)
    late = (local.weekday() - schedule.weekday) % 7 if schedule.interval == WEEKLY else 0
    day = local.date() - timedelta(days=late)
    begins = datetime.combine(day, time(schedule.hour), local.tzinfo)
    if late >= DUE_DAYS or local < begins or company_day < day:
        return None
    if late and (written is None or local_now(written, schedule.zone) > begins):
        return None
    if schedule.interval == DAILY and not schedule.works_on(day):
        return None
    return period_before(day, schedule.interval, schedule.works_on, covered)
