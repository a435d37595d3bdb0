from bisect import bisect_right
from datetime import datetime

import pytz
from dateutil.relativedelta import MO, relativedelta

from odoo import api, models
from odoo.tools import ormcache

#: From any day of a month's first and last hours, in any time zone, to a Monday before and after.
MONDAY_BEFORE = relativedelta(days=-1, weekday=MO(-1))
MONDAY_AFTER = relativedelta(days=1, weekday=MO(1))


class MonthOfWork:
    """The working intervals of a month, summed up for fast lookups of the working time before an instant.

    :param intervals: sorted (begin, end) in naive UTC
    """

    __slots__ = ("_begins", "_seconds", "_worked_before")

    def __init__(self, intervals):
        self._begins, self._seconds, self._worked_before = [], [], [0.0]
        for begin, until in intervals:
            self._begins.append(begin)
            self._seconds.append((until - begin).total_seconds())
            self._worked_before.append(self._worked_before[-1] + self._seconds[-1])

    def seconds_before(self, instant):
        """Return the working time of the month before an instant (naive UTC), in seconds."""
        index = bisect_right(self._begins, instant) - 1
        if index < 0:
            return 0.0
        begun = (instant - self._begins[index]).total_seconds()
        return self._worked_before[index] + min(begun, self._seconds[index])


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def write(self, vals):
        result = super().write(vals)
        self._forget_work_intervals()
        return result

    @api.private
    def work_seconds_between(self, start, end, company_id):
        """Return the working time between two instants, time off of a company left out.

        The process caches each month, since the recorder asks for every visit that ends.

        :param datetime start: naive UTC
        :param datetime end: naive UTC
        :param int company_id: the company. Time off without a company is that of all
        :return: seconds
        :rtype: float
        """
        self.ensure_one()
        seconds = 0.0
        month = start.year * 12 + start.month - 1
        last = end.year * 12 + end.month - 1
        while month <= last:
            work = self._work_of_month(month // 12, month % 12 + 1, company_id)
            seconds += work.seconds_before(end) - work.seconds_before(start)
            month += 1
        return seconds

    @ormcache("self.id", "year", "month", "company_id")
    def _work_of_month(self, year, month, company_id):
        start = datetime(year, month, 1)
        end = start + relativedelta(months=1)
        # sudo, and no context: the cache serves everybody, so its content must not depend on what the user who asks
        # first may read (a portal user no calendar, a user of another company no time off of this one) or has sent.
        calendar = self.with_env(self.env(su=True, context={}))
        # Odoo fills the weeks of a flexible calendar from the first day that is asked for on.
        zone = pytz.timezone(calendar.tz or "UTC")
        weeks = (zone.localize(start + MONDAY_BEFORE), zone.localize(end + MONDAY_AFTER))
        # Without a resource Odoo leaves the companies of time off to the record rules, which superusers do not have.
        time_off = [("time_type", "=", "leave"), ("company_id", "in", (False, company_id))]
        intervals = [
            (begin.astimezone(pytz.utc).replace(tzinfo=None), until.astimezone(pytz.utc).replace(tzinfo=None))
            for begin, until, _attendance in calendar._work_intervals_batch(*weeks, domain=time_off)[False]
        ]
        return MonthOfWork(
            (max(begin, start), min(until, end)) for begin, until in intervals if begin < end and until > start
        )

    def _forget_work_intervals(self):
        """Drop the cached working times."""
        self.env["crm.pipeline.reader"]._forget_context()
