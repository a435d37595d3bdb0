"""Due dates that the dialog of a hot flag offers. Pure Python."""

from datetime import date, timedelta

TOMORROW, WEEK, MONTH = "tomorrow", "week", "month"
FRIDAY = 4
ONE_DAY = timedelta(days=1)
#: Days among which a working day is looked for, before the calendar is taken as it is.
REACH = 31


def quick_dates(today, is_working):
    """Return days by which a customer may act, each once.

    :param date today:
    :param is_working: returns whether the company works on a day
    :return: [(kind, day)]: TOMORROW, the next working day; WEEK, the next Friday, or the last working day before it;
        MONTH, the last working day of this month, or of the next one if it has come
    """
    following = [today + ONE_DAY * number for number in range(1, REACH + 1)]
    friday = next(day for day in following if day.weekday() == FRIDAY)
    month_end = _last_day(today)
    next_month_end = _last_day(month_end + ONE_DAY)
    found = [
        (TOMORROW, next(filter(is_working, following), following[0])),
        (WEEK, _last_working_day(today, friday, is_working) or friday),
        (
            MONTH,
            _last_working_day(today, month_end, is_working)
            or _last_working_day(month_end, next_month_end, is_working)
            or next_month_end,
        ),
    ]
    days = set()
    return [(kind, day) for kind, day in found if not (day in days or days.add(day))]


def _last_day(day):
    """Return the last day of the month of a day."""
    return (date(day.year, day.month, 28) + ONE_DAY * 4).replace(day=1) - ONE_DAY


def _last_working_day(after, last, is_working):
    """Return the last working day up to a day and after another one, None if there is none."""
    days = (last - ONE_DAY * number for number in range((last - after).days))
    return next(filter(is_working, days), None)
