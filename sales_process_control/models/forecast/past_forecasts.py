"""Forecasts of periods that are over, and what was won in them. No models."""

from collections import defaultdict
from datetime import date, timedelta
from typing import NamedTuple

from odoo.fields import Domain

from ...const import GROUP_ALL_DOCUMENTS
from ...statistics import off_by
from ..recording.company_money import CompanyMoney
from .forecast_parts import Period
from .sales_targets import own_user_id

#: How many periods that are over are shown, and how many it takes to say how far forecasts are off.
MOST_PERIODS, FEWEST_PERIODS = 12, 3
COUNT, AMOUNT = "count", "amount"
#: What is compared with the forecast: the beginning of the names of its columns of stored forecasts.
STAGE_WEIGHTED, ODOO = "stage_weighted", "odoo"


class PastPeriod(NamedTuple):
    """A period that is over.

    :param row: record of `crm.forecast`, as of the day before the period began
    :param nights: number of stored forecasts of the period, of all days
    :param won_count, won_amount: deals that were won in the period and not reopened since
    :param left_out: won amounts by currency id that are not included, since the currency has no rate
    """

    period: Period
    row: object
    nights: int
    won_count: int
    won_amount: float
    left_out: dict[int, float]

    def won(self, measure):
        """Return what was won."""
        return self.won_count if measure == COUNT else self.won_amount

    def forecast(self, measure):
        """Return what was expected, at least and at most."""
        row = self.row
        return row[f"total_{measure}"], row[f"{measure}_low"], row[f"{measure}_high"]

    def is_inside(self, measure):
        """Return whether what was won lies in the range. Amounts are compared as the currency rounds them."""
        _expected, low, high = self.forecast(measure)
        if measure == COUNT:
            return low <= self.won_count <= high
        compare = self.row.currency_id.compare_amounts
        return compare(low, self.won_amount) <= 0 <= compare(high, self.won_amount)

    def said_by(self, other, measure):
        """Return what another method said of the same deals: won so far + weighted; None if it is not known."""
        weighted = self.row[f"{other}_{measure}"]
        return None if weighted is None else self.row[f"won_{measure}"] + weighted


def past_periods(kind, today):
    """Return the last months or quarters that are over, the latest first.

    :param str kind: month or quarter
    :param date today: the present day
    """
    found = [Period.at(kind, today)]
    while len(found) <= MOST_PERIODS:
        found.append(Period.at(kind, found[-1].start - timedelta(days=1)))
    return found[1:]


def find_stored(env, scope):
    """Return whose stored forecasts a reader sees under some filters.

    Forecasts are stored for each company, sales team and salesperson. Who reads own documents sees the own ones only.

    :param ForecastScope scope: the filters
    :return: the forecasts of one owner as a domain on `crm.forecast`, of all periods; and why they cannot be shown, in
        plain words, empty if they can
    :rtype: tuple[Domain, str]
    """
    if not env.user.has_group(GROUP_ALL_DOCUMENTS) and (scope.team_id or scope.user_id not in (False, env.uid)):
        reason = env._("You can read your own forecasts only. Remove the filter by sales team or salesperson.")
        return Domain.FALSE, reason
    if scope.team_id and scope.user_id:
        return Domain.FALSE, env._("Forecasts are stored by sales team and by salesperson. Choose one of the two.")
    name, of_owner = _owner(env, scope)
    company_ids = [scope.company_id] if scope.company_id else env.companies.ids
    domain = Domain("company_id", "in", company_ids) & Domain("scope", "=", name) & of_owner
    if len(company_ids) > 1:
        return domain, env._("Forecasts are stored for each company. Choose a company.")
    return domain, ""


def _owner(env, scope):
    """Return the scope of the stored forecasts of one owner, and the owner as a domain."""
    user_id = scope.user_id or own_user_id(env, scope)
    if user_id:
        return "seller", Domain("user_id", "=", user_id)
    if scope.team_id:
        return "team", Domain("team_id", "=", scope.team_id)
    return "company", Domain.TRUE


class PastForecasts:
    """Reads stored forecasts under the record rules of the reader.

    :param Environment env: the reader
    :param ForecastScope scope: the filters
    :param company: record of `res.company`: that of the forecasts
    :param Domain stored: the forecasts of one owner, see :func:`find_stored`
    """

    def __init__(self, env, scope, company, stored):
        self.env, self.scope, self.company = env, scope, company
        self._kind = scope.kind
        _name, of_owner = _owner(env, scope)
        self._stored = stored & Domain("period", "=", self._kind)
        self._deals = Domain("company_id", "=", company.id) & of_owner & Domain("won", "=", 1)

    def read_periods(self):
        """Return the periods with a forecast at their first day, the latest first.

        :rtype: list[PastPeriod]
        """
        periods = past_periods(self._kind, self.scope.today)
        rows = self.env["crm.forecast"].search(Domain.OR([self.first_domain(period) for period in periods]))
        by_start = {row.date_start: row for row in rows}
        known = [period for period in periods if period.start in by_start]
        if not known:
            return []
        nights, won = self._count_nights(known), self._read_won(known)
        return [
            PastPeriod(period, by_start[period.start], nights.get(period.start, 0), *won[period.start])
            for period in known
        ]

    def first_domain(self, period):
        """Return the forecast at the first day of a period: that of the day before."""
        before = period.start - timedelta(days=1)
        return self.stored_domain(period) & Domain("day", "=", before.isoformat())

    def stored_domain(self, period):
        """Return the stored forecasts of a period, of all days, as a domain."""
        return self._stored & Domain("date_start", "=", period.start.isoformat())

    def won_domain(self, period):
        """Return the deals that were won in a period, as a domain on the report of the win rate."""
        return self._deals & self._won_between(period.start, period.end)

    @staticmethod
    def _won_between(first: date, last: date):
        return Domain("date", ">=", first.isoformat()) & Domain("date", "<=", last.isoformat())

    def _count_nights(self, periods):
        starts = [period.start for period in periods]
        domain = self._stored & Domain("date_start", "in", starts)
        return dict(self.env["crm.forecast"]._read_group(domain, ["date_start:day"], ["__count"]))

    def _read_won(self, periods):
        """Return (number, amount in the currency of the company, amounts without a rate by currency id) of won deals.

        :rtype: dict by the first day of the period
        """
        domain = self._deals & self._won_between(periods[-1].start, periods[0].end)
        rows = self.env["crm.win.report"]._read_group(
            domain, [f"date:{self._kind}", "currency_id"], ["__count", "amount:sum"]
        )
        money = CompanyMoney(self.env)
        rates = money.rates({currency.id or None for _day, currency, *_sums in rows}, self.company.currency_id.id)
        counts, amounts, left_out = defaultdict(int), defaultdict(float), defaultdict(dict)
        for day, currency, count, amount in rows:
            rate = rates[currency.id or None]
            counts[day] += count
            if rate is not None:
                amounts[day] += (amount or 0.0) * rate
            elif amount:
                left_out[day][currency.id] = amount
        return {
            period.start: (counts[period.start], amounts[period.start], left_out[period.start]) for period in periods
        }


def error_of(periods, measure, other=None):
    """Return how far forecasts are off as a share of what was won, None if it is not known.

    :param periods: :class:`PastPeriod` of at least :data:`FEWEST_PERIODS` periods
    :param str other: another method, by default the forecast
    """
    if len(periods) < FEWEST_PERIODS:
        return None
    said = (period.said_by(other, measure) if other else period.forecast(measure)[0] for period in periods)
    return off_by(zip(said, (period.won(measure) for period in periods), strict=True))
