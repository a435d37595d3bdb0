"""Measure how good chances and forecasts are, on the event log of a pipeline, without Odoo.

    python3 benchmarks/forecast.py LOG... [--horizons 7 30] [--origins 12] [--step 7]

The log is a CSV file with the columns deal, amount, event (stage, won, lost or removed), stage and at (ISO 8601). The
forecasts are made at the end of some days, the origins, from what was known then. The longest horizon of the last
origin ends on the last whole day of the log. Beside them stand shares of stages: Odoo's own method, with the stage as
its variable.
"""

import argparse
import csv
import importlib
import sys
import types
from bisect import bisect_right
from collections import Counter, defaultdict
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent / "sales_process_control"

# The package of the module imports Odoo. Its pure parts are imported without it.
_package = types.ModuleType("pure")
_package.__path__ = [str(ROOT)]
sys.modules["pure"] = _package
chance = importlib.import_module("pure.statistics.chance")
forecasting = importlib.import_module("pure.statistics.forecast")

#: A share of fewer decided deals is that over all stages.
ENOUGH = 10
#: A forecast rests on at most so many past ones, which were made so many days apart.
PAST, PAST_STEP = 12, 7


class Visit(NamedTuple):
    """One stay of a deal in a stage. Days are ordinals; the end is None while it lasts."""

    deal: str
    stage: str
    begin: int
    end: int | None
    outcome: str
    to_stage: str | None


class Log:
    """Deals of an event log."""

    def __init__(self, table):
        events = defaultdict(list)
        for row in table:
            events[row["deal"]].append((datetime.fromisoformat(row["at"]), row))
        self.amounts, self.visits, self.won_day = {}, [], {}
        self.end = max(at for deal in events.values() for at, _row in deal).date().toordinal()
        for deal, rows in events.items():
            rows.sort(key=lambda event: event[0])
            self.amounts[deal] = float(rows[-1][1]["amount"] or 0)
            self._add(deal, rows)
        self.visits.sort(key=lambda visit: visit.begin)
        self._begins = [visit.begin for visit in self.visits]

    @classmethod
    def read(cls, path):
        """Return the log of a file."""
        with Path(path).open(newline="", encoding="utf-8") as file:
            return cls(csv.DictReader(file))

    def _add(self, deal, rows):
        for (at, row), (end, following) in zip(rows, [*rows[1:], (None, None)], strict=True):
            day = at.date().toordinal()
            if row["event"] == "won":
                self.won_day[deal] = day
            if row["event"] != "stage":
                continue
            if following is None:
                ended = (None, "open", None)
            elif following["event"] == "stage":
                ended = (end.date().toordinal(), "advanced", following["stage"])
            else:
                ended = (end.date().toordinal(), following["event"], None)
            self.visits.append(Visit(deal, row["stage"], day, *ended))

    def known(self, day):
        """Return the visits as they were known at the end of a day."""
        visits = self.visits[: bisect_right(self._begins, day)]
        return [
            visit._replace(end=None, outcome="open", to_stage=None) if visit.end is None or visit.end > day else visit
            for visit in visits
        ]

    def is_won(self, deal, day, horizon):
        """Return whether a deal is won within so many days after the end of a day."""
        return day < self.won_day.get(deal, 0) <= day + horizon


class Origin(NamedTuple):
    """Forecasts that were made at the end of a day, and what came.

    :param deals: the open deals: chance, share of the stage, amount, whether the deal was won within the horizon
    """

    day: int
    deals: list[tuple[float, float, float, bool]]
    won_weight: float

    @property
    def won(self):
        """Number of deals that were won."""
        return sum(deal[3] for deal in self.deals)

    @property
    def as_past(self):
        """What later forecasts learn from this one."""
        chances = [deal[0] for deal in self.deals]
        return forecasting.PastForecast(sum(chances), forecasting.variance(chances), self.won)


class Backtest:
    """Forecasts of a log for one horizon."""

    def __init__(self, log, horizon, half_life="auto"):
        self.log, self.horizon, self.half_life, self._origins = log, horizon, half_life, {}

    def origin(self, day):
        """Return the forecasts that were made at the end of a day, None if nothing was known."""
        if day not in self._origins:
            self._origins[day] = self._forecast(day)
        return self._origins[day]

    def _forecast(self, day):
        visits = self.log.known(day)
        chances = chance.Chances(counts(visits, day, self._half_life(visits, day)))
        if not chances.is_known:
            return None
        shares = stage_shares(visits)
        deals = [
            (
                chances.within(visit.stage, day - visit.begin, self.horizon),
                shares[visit.stage],
                self.log.amounts[visit.deal],
                self.log.is_won(visit.deal, day, self.horizon),
            )
            for visit in visits
            if visit.end is None
        ]
        return Origin(day, deals, chances.won_weight)

    def _half_life(self, visits, day):
        if self.half_life != "auto":
            return self.half_life
        ends = sorted((visit.end for visit in visits if visit.outcome in ("won", "lost")), reverse=True)
        number = chance.HALF_LIFE_DEALS
        return chance.half_life(day - ends[number - 1] if len(ends) >= number else None)

    def spread(self, origin):
        """Return how far forecasts are off beyond chance, by those whose horizon was over at the origin."""
        days = range(origin.day - self.horizon, origin.day - self.horizon - PAST * PAST_STEP, -PAST_STEP)
        first = self.log.visits[0].begin
        past = [self.origin(day) for day in days if forecasting.is_comparable(day - first, self.horizon)]
        return forecasting.spread([one.as_past for one in past if one and one.deals], origin.won_weight)


def counts(visits, day, half_life):
    """Return the visits as counts, as one query of the module would."""
    numbers, weights = Counter(), Counter()
    for visit in visits:
        key = visit.stage, (day if visit.end is None else visit.end) - visit.begin, visit.outcome, visit.to_stage
        numbers[key] += 1
        weights[key] += 0.5 ** ((day - visit.begin) / half_life) if half_life else 1
    return [chance.VisitCount(*key, number, weights[key]) for key, number in numbers.items()]


def stage_shares(visits):
    """Return, by stage, which part of the decided deals that have been there was won."""
    outcome = {visit.deal: visit.outcome for visit in visits}
    by_stage = defaultdict(set)
    for visit in visits:
        by_stage[visit.stage].add(visit.deal)
    every = share(outcome.values())
    return {stage: share([outcome[deal] for deal in deals], every) for stage, deals in by_stage.items()}


def share(outcomes, otherwise=None):
    """Return the won part of the decided ones."""
    tally = Counter(outcomes)
    decided = tally["won"] + tally["lost"]
    return tally["won"] / decided if decided >= ENOUGH or (decided and otherwise is None) else otherwise


def measure(backtest, days, with_ranges=True):
    """Return the figures of some origins as a dictionary, None if nothing was known or open."""
    origins = [origin for origin in map(backtest.origin, days) if origin and origin.deals]
    deals = [deal for origin in origins for deal in origin.deals]
    if not deals:
        return None
    won = sum(origin.won for origin in origins)
    amount = sum(deal[2] for deal in deals if deal[3])
    figures = {"origins": len(origins), "deals": len(deals), "won": won}
    for index, name in enumerate(("ours", "shares")):
        figures[f"brier_{name}"] = sum((deal[index] - deal[3]) ** 2 for deal in deals) / len(deals)
        figures[f"expected_{name}"] = sum(deal[index] for deal in deals)
        figures[f"error_{name}"] = sum(
            abs(sum(deal[index] - deal[3] for deal in origin.deals)) for origin in origins
        ) / max(won, 1)
        figures[f"amount_error_{name}"] = sum(
            abs(sum((deal[index] - deal[3]) * deal[2] for deal in origin.deals)) for origin in origins
        ) / max(amount, 1)
    return figures | (_ranges(backtest, origins) if with_ranges else {})


def _ranges(backtest, origins):
    """Return how many of the ranges hold."""
    inside = inside_amount = 0
    for origin in origins:
        spread = backtest.spread(origin)
        number = forecasting.forecast_number([deal[0] for deal in origin.deals], spread=spread)
        money = forecasting.forecast_amount([(deal[0], deal[2]) for deal in origin.deals], spread=spread)
        inside += number.low <= origin.won <= number.high
        inside_amount += money.low <= sum(deal[2] for deal in origin.deals if deal[3]) <= money.high
    return {"inside": inside, "inside_amount": inside_amount}


def days_of(log, longest, number, step):
    """Return the days at whose end forecasts are made."""
    # The last day of a log is seldom whole.
    last = log.end - 1 - longest
    return [last - step * index for index in reversed(range(number))]


def report(log, options):
    """Print the figures of one log."""
    for horizon in options.horizons:
        backtest = Backtest(log, horizon)
        days = days_of(log, max(options.horizons), options.origins, options.step)
        figures = measure(backtest, days)
        print(f"\n{horizon} days, from {date.fromordinal(days[0])} to {date.fromordinal(days[-1])}")
        if not figures:
            print("not known yet")
            continue
        print(f"{figures['origins']} origins, {figures['deals']:,} chances, {figures['won']:,} won")
        for name in ("ours", "shares"):
            print(
                f"{name:>8}: Brier {figures[f'brier_{name}']:.4f}, expected {figures[f'expected_{name}']:,.0f}, "
                f"errors {figures[f'error_{name}']:.1%} of the number, "
                f"{figures[f'amount_error_{name}']:.1%} of the amount"
            )
        print(f"range of 80% holds: {figures['inside']} numbers, {figures['inside_amount']} amounts")


def main():
    """Read the options and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("logs", nargs="+")
    parser.add_argument("--horizons", nargs="+", type=int, default=[7, 30])
    parser.add_argument("--origins", type=int, default=12)
    parser.add_argument("--step", type=int, default=7)
    options = parser.parse_args()
    for path in options.logs:
        print(f"# {path}")
        report(Log.read(path), options)


if __name__ == "__main__":
    main()
