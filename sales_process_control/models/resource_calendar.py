from bisect import bisect_right
from datetime import datetime

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import ormcache


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def write(self, vals):
        result = super().write(vals)
        self._forget_work_intervals()
        return result

    @api.private
    def work_seconds_between(self, start, end):
        """Working time between two instants, time off of the company left out.

        Reads nothing once the months in between are cached, so that the recorder may ask for each visit that ends.

        :param datetime start: naive UTC
        :param datetime end: naive UTC
        :return: seconds
        :rtype: float
        """
        self.ensure_one()
        seconds = 0.0
        month = datetime(start.year, start.month, 1)
        while month < end:
            seconds += self._seconds_within(self._work_intervals_of_month(month.year, month.month), start, end)
            month += relativedelta(months=1)
        return seconds

    @staticmethod
    def _seconds_within(intervals, start, end):
        """Sum of the parts of sorted intervals that lie between two instants."""
        first = max(bisect_right(intervals, (start, start)) - 1, 0)
        seconds = 0.0
        for begin, until in intervals[first:]:
            if begin >= end:
                break
            seconds += max((min(until, end) - max(begin, start)).total_seconds(), 0.0)
        return seconds

    @ormcache("self.id", "year", "month")
    def _work_intervals_of_month(self, year, month):
        """The month's working intervals as sorted pairs of naive UTC instants."""
        start = datetime(year, month, 1, tzinfo=pytz.utc)
        intervals = self._work_intervals_batch(start, start + relativedelta(months=1))[False]
        return tuple(
            (begin.astimezone(pytz.utc).replace(tzinfo=None), until.astimezone(pytz.utc).replace(tzinfo=None))
            for begin, until, _attendance in intervals
        )

    def _forget_work_intervals(self):
        """Working times have changed: what is cached about them is no longer true."""
        self.env["crm.pipeline.reader"]._forget_context()
