"""Stores the forecasts of past days. No models."""

import logging
import time
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo.fields import Domain
from odoo.tools import SQL

from ...statistics import PastForecast, is_comparable, spread
from ..recording.database_errors import stops_transaction
from .forecast_baselines import StageSharesThen, baselines
from .forecast_parts import QUARTER, ForecastMaker, Period, periods_of
from .forecast_snapshot import SnapshotReader

_logger = logging.getLogger(__name__)

#: The range of a forecast rests on the last so many periods that are over and were about as long.
PAST_PERIODS = 12
#: Months of which the forecasts are computed at installation, and days that are made up for if the job did not run.
MONTHS_BACK, DAYS_BACK = 12, 7
#: How long an installation or update may compute forecasts. The daily job does the rest.
FORECAST_SECONDS = 60

#: Forecasts of companies of periods that were over before a day, with what was won after them: that of the last day of
#: the period knows it. Of each period the one that looked ahead about as far.
PAST_FORECASTS = """
    SELECT early.expected_count + early.to_come_count, early.count_variance, last.won_count - early.won_count,
           early.day, early.date_end
    FROM (
        SELECT DISTINCT ON (date_end) * FROM crm_forecast
        WHERE company_id = %(company_id)s AND scope = 'company' AND date_end < %(day)s
          AND day < date_end AND day >= date_start - 1
          AND date_end - day BETWEEN %(ahead)s / 2.0 AND %(ahead)s * 2.0
        ORDER BY date_end, abs(date_end - day - %(ahead)s), period
    ) early
    JOIN crm_forecast last ON last.company_id = early.company_id AND last.scope = 'company'
         AND last.period = early.period AND last.date_start = early.date_start AND last.day = early.date_end
    ORDER BY early.date_end DESC
    LIMIT %(most)s
"""


class ForecastStore:
    """Stores forecasts, and reads how far those of companies were off.

    :param Environment env: of a job in superuser mode where forecasts are stored
    """

    def __init__(self, env):
        self.env = env
        self._reader = SnapshotReader(env)
        self._first_day = self._reader.first_day()

    # ------------------------------------------------------------
    # READING
    # ------------------------------------------------------------

    def spread(self, company_id, day, period, won_weight):
        """Return how far forecasts of a company are off beyond chance, see :func:`~.statistics.forecast.spread`.

        Read without record rules: the spread of a company widens all ranges alike and tells no number.

        :param date day: the last day that is known
        :param Period period: what is forecast
        :param float won_weight: on so many won deals the chances rest
        """
        ahead = max((period.end - day).days, 1)
        self.env["crm.forecast"].flush_model()
        rows = self.env.execute_query(
            SQL(PAST_FORECASTS, company_id=company_id, day=day, ahead=ahead, most=PAST_PERIODS)
        )
        past = [
            PastForecast(expected, expected_variance, won)
            for expected, expected_variance, won, made, end in rows
            if self._first_day and is_comparable((made - self._first_day).days, (end - made).days)
        ]
        return spread(past, won_weight)

    # ------------------------------------------------------------
    # WRITING
    # ------------------------------------------------------------

    def store_missing(self, seconds=None, progress=None, *, is_rebuilt=False):
        """Store the forecasts of the days that are missing, the earliest first.

        :param float seconds: stop after so many seconds
        :param progress: function that commits a day and returns how many seconds are left, 0 to stop
        :param bool is_rebuilt: whether yesterday is no day of this job either
        """
        begun = time.monotonic()
        missing = self._missing()
        for index, (company, day, is_yesterday) in enumerate(missing, 1):
            self._try_to_store(company, day, is_rebuilt=is_rebuilt or not is_yesterday)
            if progress and not progress(1, remaining=len(missing) - index):
                return
            if seconds is not None and time.monotonic() - begun > seconds:
                return

    def _missing(self):
        """Return (company, day, whether it is yesterday) of the days without forecasts, in the order of days.

        These are the last days of the past months, the Sundays of the current quarter, and the last days. Nothing can
        be stored of days at whose end no chance is known: the job would try them again every night, before all others.
        """
        if not self._first_day:
            return []
        since = Domain("day", ">=", self._reader.latest_day() - relativedelta(months=MONTHS_BACK + 2))
        stored = {
            (company.id, day) for company, day in self.env["crm.forecast"]._read_group(since, ["company_id", "day:day"])
        }
        found = []
        for company in self._companies():
            yesterday = self._reader.today(company.id) - timedelta(days=1)
            found += [
                (company, day, day == yesterday)
                for day in self._days_until(yesterday)
                if day >= self._first_day and (company.id, day) not in stored
            ]
        known = self.env["crm.stage.chance"]._known_days((company.id, day) for company, day, _is_yesterday in found)
        found = [row for row in found if (row[0].id, row[1]) in known]
        return sorted(found, key=lambda row: (row[1], row[0].id))

    def _companies(self):
        """Return the companies that have deals."""
        with_deals = Domain("company_id", "!=", False)
        groups = self.env["crm.stage.visit"]._read_group(with_deals, ["company_id"])
        return self.env["res.company"].concat(*(company for (company,) in groups))

    @staticmethod
    def _days_until(yesterday):
        firsts = (yesterday.replace(day=1) - relativedelta(months=back) for back in range(MONTHS_BACK + 1))
        month_ends = {first - timedelta(days=1) for first in firsts}
        start = Period.at(QUARTER, yesterday).start
        sundays = {
            start + timedelta(days=back)
            for back in range((yesterday - start).days + 1)
            if (start + timedelta(days=back)).weekday() == 6
        }
        last_days = {yesterday - timedelta(days=back) for back in range(DAYS_BACK)}
        return sorted(month_ends | sundays | last_days)

    def _try_to_store(self, company, day, **options):
        """Store the forecasts of one company and day. A failure is logged, so that the other companies have theirs."""
        try:
            with self.env.cr.savepoint():
                self._store(company, day, **options)
        except Exception as error:
            if stops_transaction(self.env.cr, error):
                raise
            _logger.exception("Could not store the forecasts of the company %s at the end of %s", company.id, day)

    def _store(self, company, day, *, is_rebuilt):
        """Store the forecasts of one company at the end of a day: its own, those of its teams and salespeople."""
        chances = self.env["crm.stage.chance"]._chances(company, day)
        if not chances.is_known:
            return
        periods = periods_of(day)
        since = min(period.start for period in periods)
        snapshot = self._reader.read_then(company, day, since, with_odoo=not is_rebuilt)
        maker = ForecastMaker(snapshot, {company.id: chances})
        spreads = {period: self.spread(company.id, day, period, chances.won_weight) for period in periods}
        shares = StageSharesThen(self.env, company, day)
        common = {"company_id": company.id, "day": day, "is_rebuilt": is_rebuilt}
        rows = []
        for owner, of_owner in self._owners(snapshot):
            of_others = baselines(of_owner.deals, shares, is_odoo_known=not is_rebuilt)
            for period in periods:
                parts = maker.make(period, of_owner, spreads[period])
                dates = {"period": period.kind, "date_start": period.start, "date_end": period.end}
                rows.append({**common, **owner, **dates, **parts, **of_others})
        # sudo: nobody has the right to write stored forecasts.
        self.env["crm.forecast"].sudo().create(rows)

    def _owners(self, snapshot):
        """Yield the values and the deals of the company, of each team and of each salesperson."""
        yield {"scope": "company"}, snapshot
        for scope, name in (("team", "team_id"), ("seller", "user_id")):
            for record_id, of_owner in snapshot.by(name).items():
                yield {"scope": scope, name: record_id}, of_owner
