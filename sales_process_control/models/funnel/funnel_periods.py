"""Periods of the sales funnel by their names: which two days each of them compares."""

from datetime import date, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo.exceptions import UserError
from odoo.tools.misc import get_lang

WEEK, LAST_WEEK = "week", "last_week"
MONTH, LAST_MONTH = "month", "last_month"
QUARTER, LAST_QUARTER = "quarter", "last_quarter"
YEAR, LAST_30_DAYS, LAST_90_DAYS = "year", "30_days", "90_days"
#: The period without a choice.
DEFAULT_PERIOD = LAST_30_DAYS
#: Days of the periods that end today and have a fixed length.
LENGTHS = {LAST_30_DAYS: 30, LAST_90_DAYS: 90}
#: Months of a quarter.
QUARTER_MONTHS = 3
ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(weeks=1)


class Period(NamedTuple):
    """A stretch of days, both included.

    :param first: first day
    :param last: last day
    """

    first: date
    last: date

    @property
    def before(self):
        """The day with which the last day is compared: all movements of the period lie between both."""
        return self.first - ONE_DAY


def period_of(name, today, week_start):
    """Return a period by its name. Periods that are not over end today.

    Example: on Sunday, 29 November 2026, `last_week` is 16 to 22 November if weeks begin on Monday, and 22 to 28
    November if they begin on Sunday. `30_days` is 31 October to 29 November.

    :param str name: a key of :func:`period_names`
    :param date today: the current day
    :param int week_start: the day on which weeks begin, 1 for Monday to 7 for Sunday
    :rtype: Period
    """
    if name in LENGTHS:
        return Period(today - timedelta(days=LENGTHS[name] - 1), today)
    if name in (WEEK, LAST_WEEK):
        first, length = today - timedelta(days=(today.isoweekday() - week_start) % 7), ONE_WEEK
    else:
        first, length = _months_of(name, today)
    if name in (LAST_WEEK, LAST_MONTH, LAST_QUARTER):
        return Period(first - length, first - ONE_DAY)
    return Period(first, today)


def _months_of(name, today):
    """Return the first day of the current month, quarter or year, and its length."""
    if name == YEAR:
        return today.replace(month=1, day=1), relativedelta(years=1)
    first = today.replace(day=1)
    if name in (MONTH, LAST_MONTH):
        return first, relativedelta(months=1)
    begun = (today.month - 1) % QUARTER_MONTHS
    return first - relativedelta(months=begun), relativedelta(months=QUARTER_MONTHS)


def period_names(env):
    """Return the names of the periods by their keys, in their order.

    :rtype: dict
    """
    return {
        WEEK: env._("This Week"),
        LAST_WEEK: env._("Last Week"),
        MONTH: env._("This Month"),
        LAST_MONTH: env._("Last Month"),
        QUARTER: env._("This Quarter"),
        LAST_QUARTER: env._("Last Quarter"),
        YEAR: env._("This Year"),
        LAST_30_DAYS: env._("Last 30 Days"),
        LAST_90_DAYS: env._("Last 90 Days"),
    }


def chosen_days(reader, day, before, name):
    """Return the two days that somebody has chosen, by the name of a period or day by day.

    Weeks begin as in the language of the user. Without a choice, the period is :data:`DEFAULT_PERIOD`. Without the
    earlier day, it is as many days before.

    :param FunnelReader reader: knows today, and checks days
    :param day: the later day, a date or its text; False for today
    :param before: the earlier day, likewise
    :param name: key of a period, False for the days; the days are not used if there is a period
    :return: (earlier day, later day, key of the period or False)
    :raises UserError: for an unknown period and for invalid days
    """
    env, today = reader.env, reader.today()
    # The name comes from the browser and need not be hashable.
    if name and name not in list(period_names(env)):
        raise UserError(env._("The sales funnel has no such period."))
    if not (name or day or before):
        name = DEFAULT_PERIOD
    if name:
        period = period_of(name, today, int(get_lang(env).week_start))
        return (*reader.check_days(period.before, period.last), name)
    day = reader.check_day(day or today)
    before, day = reader.check_days(before or day - timedelta(days=LENGTHS[DEFAULT_PERIOD]), day)
    return before, day, False
