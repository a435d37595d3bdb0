"""Which week and which deals a weekly report is about, and when it is due. No models."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytz

from ..funnel.funnel_reader import ONE_DAY, ONE_WEEK
from ..recording.crm_pipeline_balance import monday_of
from ..screen.deal_filters import DealFilters
from ..workbench.workbench_scope import ALL, MINE, TEAM, Scope

#: A report of the deals of a team, or of the reader's own ones.
OF_TEAM, OF_OWN = "team", "own"
#: From this hour of Monday on, in the time zone of the reader, a report is due.
FIRST_HOUR = 6
#: A report is due on so many days, Monday included. Later it is of no use any more.
DUE_DAYS = 2


@dataclass(frozen=True)
class WeeklyScope(DealFilters):
    """The week and the deals of a report.

    :param week: the first day of the week, a Monday. Digests in channels may begin on another day
    :param reader_id: id of the user who reads it
    :param team_id, user_id, company_id: ids that the deals are filtered by, False for all
    """

    week: date
    reader_id: int
    team_id: int | bool = False
    user_id: int | bool = False
    company_id: int | bool = False
    #: How many days: seven, or fewer in a daily digest.
    days: int = 7

    @property
    def is_week(self):
        """Whether the days are a week: titles name it."""
        return self.days == ONE_WEEK.days

    @property
    def last_day(self):
        """The last day of the week."""
        return self.week + timedelta(days=self.days - 1)

    @property
    def day_before(self):
        """The day at whose end the week begins."""
        return self.week - ONE_DAY

    @property
    def is_own(self):
        """Whether the deals are the reader's own ones."""
        return bool(self.user_id)

    def of_workbench(self):
        """Return the same deals as a scope of the workbench.

        :rtype: Scope
        """
        if self.team_id:
            return Scope(TEAM, self.reader_id, (self.team_id,))
        return Scope(MINE if self.is_own else ALL, self.reader_id)


def last_week(today):
    """Return the first day of the last week that is over, a Monday.

    :param date today: the current day
    """
    return monday_of(today) - ONE_WEEK


def due_week(now, zone, today_of_companies):
    """Return the first day of the week of which a report is due, None if none is.

    A week is over when it is over for the reader and in all companies: else a report would leave out changes that the
    next one leaves out, too.

    Example: on Monday 23 November at 06:00 in the time zone of the reader, 16 November.

    :param datetime now: naive, in UTC
    :param str zone: time zone of the reader; UTC if there is none of this name
    :param today_of_companies: the current days of the companies of the reader
    :rtype: date | None
    """
    try:
        local = pytz.utc.localize(now).astimezone(pytz.timezone(zone or "UTC"))
    except pytz.UnknownTimeZoneError:
        local = pytz.utc.localize(now)
    monday = monday_of(local.date())
    is_due = local.weekday() < DUE_DAYS and (local.weekday() or local.hour >= FIRST_HOUR)
    if not is_due or min(today_of_companies, default=monday) < monday:
        return None
    return monday - ONE_WEEK
