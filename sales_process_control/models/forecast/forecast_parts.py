"""The parts of a forecast: won so far, expected from open deals, expected from deals still to come. No models."""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from ...ledger import kinds
from ...statistics import forecast_amount, forecast_number, variance

MONTH, QUARTER = "month", "quarter"
MONTHS = {MONTH: 1, QUARTER: 3}


class Period(NamedTuple):
    """A stretch of days, both ends included.

    :param kind: month, quarter, or None for another stretch
    """

    start: date
    end: date
    kind: str | None = None

    @classmethod
    def at(cls, kind, day):
        """Return the month or quarter in which a day lies."""
        months = MONTHS[kind]
        start = day.replace(day=1, month=day.month - (day.month - 1) % months)
        return cls(start, start + relativedelta(months=months, days=-1), kind)

    def following(self):
        """Return the month or quarter after this one."""
        return Period.at(self.kind, self.end + relativedelta(days=1))

    def days_after(self, day):
        """Return how many days after a day the period begins, less one, and ends; 0 at least."""
        return max((self.start - day).days - 1, 0), max((self.end - day).days, 0)


def periods_of(day):
    """Return the month and the quarter of a day, and those after them."""
    current = [Period.at(kind, day) for kind in MONTHS]
    return [*current, *(period.following() for period in current)]


def won_weight(chances):
    """Return on how many won deals chances rest. Companies that share their visits share their chances.

    :param dict chances: :class:`~.statistics.chance.Chances` by id of the company
    """
    different = {id(one): one for one in chances.values()}
    return sum(one.won_weight for one in different.values() if one.is_known)


class ForecastMaker:
    """Makes the forecasts of the deals of a snapshot.

    :param Snapshot snapshot: what is known
    :param dict chances: :class:`~.statistics.chance.Chances` by id of the company
    """

    def __init__(self, snapshot, chances):
        self.snapshot, self.chances = snapshot, chances
        #: Whether enough is known of any company to make a forecast.
        self.is_known = any(one.is_known for one in chances.values())
        self._known_chances = {}
        self._arriving = {}

    def make(self, period, snapshot=None, spread=0.0):
        """Return the forecast of a period.

        :param Period period: the period
        :param Snapshot snapshot: the deals, by default all
        :param float spread: see :func:`~.statistics.forecast.spread`
        :return: dictionary, see :meth:`~.crm.forecast.forecast`. What rests on chances is None if none is known
        """
        snapshot = snapshot or self.snapshot
        wins = [win for win in snapshot.wins if period.start <= win.day <= period.end]
        known = [(chance, deal.amount) for deal in snapshot.deals if (chance := self.chance(deal, period)) is not None]
        parts = {
            "won_count": len(wins),
            "won_amount": sum(win.amount for win in wins),
            "without_rate": sum(bool(row.left_out) for row in (*wins, *snapshot.deals)),
            "open_count": len(snapshot.deals),
            # An amount in a currency without a rate is an amount.
            "open_without_amount": sum(not deal.amount and not deal.left_out for deal in snapshot.deals),
            "open_not_known": len(snapshot.deals) - len(known),
        }
        if not self._is_known_of(snapshot):
            return parts | dict.fromkeys(CHANCE_PARTS)
        return parts | self._expected(parts, known, self._to_come(period, snapshot), spread)

    def _is_known_of(self, snapshot):
        """Return whether enough is known of any company of some deals to make a forecast."""
        companies = {row.company_id for row in (*snapshot.deals, *snapshot.arrivals)}
        found = [self.chances.get(company_id) for company_id in companies]
        return any(one and one.is_known for one in found) if companies else self.is_known

    @staticmethod
    def _expected(parts, known, to_come, spread):
        chances = [chance for chance, _amount in known]
        # The mean of the amounts of deals to come and of their squares, weighted by how many of them will be won.
        number, mean, square = to_come
        count = forecast_number(chances, number, spread)
        amount = forecast_amount(known, number, (mean, square), spread)
        to_come_amount = number * mean
        return {
            "expected_count": sum(chances),
            "expected_amount": sum(chance * value for chance, value in known),
            "to_come_count": number,
            "to_come_amount": to_come_amount,
            "total_count": parts["won_count"] + count.expected,
            "count_low": parts["won_count"] + count.low,
            "count_high": parts["won_count"] + count.high,
            "total_amount": parts["won_amount"] + amount.expected,
            "amount_low": parts["won_amount"] + amount.low,
            "amount_high": parts["won_amount"] + amount.high,
            "count_variance": variance(chances) + number,
        }

    def chance(self, deal, period):
        """Return the chance that an open deal is won in a period, None if it is not known."""
        key = deal.company_id, deal.stage_id, deal.age, period
        if key not in self._known_chances:
            self._known_chances[key] = self._find_chance(*key)
        return self._known_chances[key]

    def _find_chance(self, company_id, stage_id, age, period):
        chances, day = self.chances.get(company_id), self.snapshot.days.get(company_id)
        if not chances or not chances.is_known:
            return None
        before, until = period.days_after(day)
        return max(chances.within(stage_id, age, until) - chances.within(stage_id, age, before), 0.0)

    def _to_come(self, period, snapshot):
        """Return how many deals that are still to come will be won in a period, and the mean of their amounts.

        :return: number, mean of the amounts, mean of their squares
        """
        by_company = defaultdict(list)
        for arrival in snapshot.arrivals:
            by_company[arrival.company_id].append(arrival)
        total = amount = square = 0.0
        for arrivals in by_company.values():
            number = sum(self._won_of_arriving(arrival, period) for arrival in arrivals) / snapshot.arrival_days
            total += number
            amount += number * sum(arrival.amount for arrival in arrivals) / len(arrivals)
            square += number * sum(arrival.amount**2 for arrival in arrivals) / len(arrivals)
        return (total, amount / total, square / total) if total else (0.0, 0.0, 0.0)

    def _won_of_arriving(self, arrival, period):
        """Return how many deals are won in a period if one deal like this one comes in every day."""
        key = arrival.company_id, arrival.stage_id, arrival.ended, period
        if key not in self._arriving:
            self._arriving[key] = self._find_won_of_arriving(*key)
        return self._arriving[key]

    def _find_won_of_arriving(self, company_id, stage_id, ended, period):
        chances, day = self.chances.get(company_id), self.snapshot.days.get(company_id)
        if not chances or not chances.is_known:
            return 0.0
        before, until = period.days_after(day)
        if ended:
            return float(until - before) if ended == kinds.WON else 0.0
        return max(chances.to_come({stage_id: 1.0}, until) - chances.to_come({stage_id: 1.0}, before), 0.0)


#: Parts of a forecast that are None if no chance is known.
CHANCE_PARTS = (
    "expected_count",
    "expected_amount",
    "to_come_count",
    "to_come_amount",
    "total_count",
    "count_low",
    "count_high",
    "total_amount",
    "amount_low",
    "amount_high",
    "count_variance",
)
