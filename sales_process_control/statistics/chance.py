"""How likely an open deal is won within some days, from the visits of all deals (docs/definitions.md, Chance to sign).

A deal passes through the stages as a semi-Markov process: what happens to it on a day depends on its stage and on how
many days it has been there, on nothing else. Start with :class:`Chances`. Queries belong in ``models``; ranges of sums
are in :mod:`.forecast`.
"""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from functools import cached_property
from itertools import accumulate
from operator import add, mul
from typing import NamedTuple

from ..ledger import outcomes
from .dwell import CENSORED

#: Chances within more days than this are those within so many days.
LONGEST_DAYS = 366
#: Key of the chance over all stages. Visits of deleted stages have this key too.
OVERALL = None
#: Shares closer to 0 are rounding errors.
TOLERANCE = 1e-12
#: Visits that began so many days ago count half as much as those of today: as many days as it took to win or lose the
#: last :data:`HALF_LIFE_DEALS` deals, within these bounds.
HALF_LIFE_DEALS = 500
SHORTEST_HALF_LIFE, LONGEST_HALF_LIFE = 30, 365


def half_life(days: float | None) -> float | None:
    """Return the days after which a visit counts half as much, None if all visits count the same.

    Rates change in the course of time, and few cases are uncertain. Where many deals end, recent ones suffice.

    :param days: days since the end of the :data:`HALF_LIFE_DEALS`-th last deal that was won or lost, None if there are
        fewer
    """
    return None if days is None else min(max(days, SHORTEST_HALF_LIFE), LONGEST_HALF_LIFE)


class VisitCount(NamedTuple):
    """Visits of one stage that have lasted equally long and ended in the same way.

    :param stage: key of the stage
    :param days: midnights between the beginning of the visit and its end, or up to the day at whose end this is read if
        the visit has not ended; 0 if both are on one day. Days of all visits of a deal add up to calendar days
    :param outcome: of the visit ledger, without skips and corrections
    :param to_stage: key of the next stage of a visit that advanced or moved back
    :param number: number of visits
    :param weight: sum of the weights of these visits, for example less for visits that began long ago; by default every
        visit has weight 1. The weight of a visit must not depend on how long it lasted or how it ended
    """

    stage: Hashable
    days: int
    outcome: str
    to_stage: Hashable = None
    number: int = 1
    weight: float | None = None


class ChanceLimits(NamedTuple):
    """How many cases a chance needs.

    :param deals: with fewer won and lost visits in all stages there is no chance
    :param visits: where fewer visits of a stage have ended, the chance is that over all stages
    :param aged: where fewer visits of a stage have ended, the days in the stage do not matter
    :param at_risk: from the day on at which fewer visits lasted, all later days have the same rates
    :param age: from this day of a visit on, all later days have the same rates
    """

    deals: int = 10
    visits: int = 3
    aged: int = 20
    at_risk: int = 10
    age: int = 730


#: Limits of the chances that people see.
LIMITS = ChanceLimits()
#: Every rate is used as it was counted, however few cases there are.
NO_LIMITS = ChanceLimits(deals=0, visits=0, aged=0, at_risk=0, age=100_000)


class ChanceRow(NamedTuple):
    """Chances of the deals that have been in a stage for some days.

    :param stage: key of the stage
    :param age: whole days in the stage; the last age of a stage stands for all later ones
    :param within: chance from 0 to 1 to be won within each of the horizons
    :param in_the_end: chance to be won at all
    :param median_days: see :meth:`Chances.median_days`
    """

    stage: Hashable
    age: int
    within: tuple[float, ...]
    in_the_end: float
    median_days: int | None


class Chances:
    """Chance of a deal to be won, by stage and whole days in the stage.

    For each stage and each day of a visit, the visits that lasted at least so long are at risk. The shares of them that
    were won, were lost, or went to each other stage on that day are the rates of the day (the estimator of O. O. Aalen
    and S. Johansen, see :func:`.aalen_johansen`). Visits that have not ended, and those of removed deals, are at risk
    up to their last day. The chance follows by recursion over stages: R. Pyke, "Markov Renewal Processes with Finitely
    Many States", Annals of Mathematical Statistics 32 (1961), 1243-1259.

    Example: four visits of stage B, won after 1 day, lost after 2, won after 3, one open at 5 days. The chance of a new
    deal within 3 days is 1/4 + 3/4 x 2/3 x 1/2 = 50%, that of a deal that is one day old within 2 days is 1/3.
    """

    def __init__(self, counts: Iterable[VisitCount], limits: ChanceLimits = LIMITS):
        """Take the visits of all stages.

        :param counts: in any order; the same case may come several times
        :param limits: how many cases a chance needs
        """
        tallies = defaultdict(_Tally)
        for count in counts:
            tallies[count.stage].add(count)
        #: Number of visits that were won, and that were won or lost.
        self.won = sum(tally.won for tally in tallies.values())
        self.decided = self.won + sum(tally.lost for tally in tallies.values())
        #: Weight of the visits that were won: on so many cases the chances rest.
        self.won_weight = sum(sum(tally.ends[outcomes.WON, OVERALL].values()) for tally in tallies.values())
        #: Whether there are enough cases to know any chance.
        self.is_known = bool(self.decided) and self.decided >= limits.deals
        rated = {
            stage: tally for stage, tally in tallies.items() if stage is not OVERALL and tally.ended >= limits.visits
        }
        self._rates = {stage: tally.rates(limits, rated) for stage, tally in rated.items()}
        self._rates[OVERALL] = _overall_rates(tallies.values())
        self._same_day = _solve(
            {stage: {to: shares[0] for to, shares in rates.links.items()} for stage, rates in self._rates.items()},
            {stage: {stage: 1.0} for stage in self._rates},
        )
        #: For each number of days, by stage: chance of a deal whose visit has lasted up to each day, that day to come.
        self._within = [{stage: array("d", bytes(8 * len(rates.won))) for stage, rates in self._rates.items()}]

    def within(self, stage: Hashable, age: int, days: int) -> float | None:
        """Return the chance that a deal is won within so many days.

        :param stage: key of the stage; one without enough visits has the chance over all stages
        :param age: whole days in the stage, all of which have passed; -1 for a deal that comes in on the first day
        :param days: whole days from now on, 0 or more; more than :data:`LONGEST_DAYS` count as these
        :return: from 0 to 1; None if there are too few cases
        :raises ValueError: if the age or the days are too small
        """
        if age < -1 or days < 0:
            raise ValueError(f"no chance at the age of {age} days within {days} days")
        if not self.is_known:
            return None
        days = min(days, LONGEST_DAYS)
        self._extend(days)
        return self._at(self._within[days], stage, age)

    def in_the_end(self, stage: Hashable, age: int) -> float | None:
        """Return the chance that a deal is won at all; parameters as those of :meth:`within`."""
        return self._at(self._in_the_end, stage, age) if self.is_known else None

    def median_days(self, stage: Hashable, age: int) -> int | None:
        """Return the days within which half of the deals that are won at all are won.

        :return: None if there are too few cases, if no deal is won, or if half of them take more than
            :data:`LONGEST_DAYS`
        """
        key = self._key(stage)
        return self._median_days(key, self._index(key, age)) if self.is_known else None

    def to_come(self, arrivals: dict[Hashable, float], days: int) -> float | None:
        """Return how many of the deals that are still to come are won within so many days.

        :param arrivals: number of deals that come in a day, by the stage in which they come in
        :param days: whole days from now on; deals come in on each of them
        :return: expected number, None if there are too few cases
        """
        if not self.is_known:
            return None
        left = range(1, days + 1)
        return sum(number * sum(self.within(stage, -1, day) for day in left) for stage, number in arrivals.items())

    def table(self, horizons: Iterable[int]) -> Iterator[ChanceRow]:
        """Yield the chances of each stage with enough visits, by age.

        The stage :data:`OVERALL` comes last. Stages that are not in the table have its chance.

        :param horizons: days within which a deal is won
        """
        if not self.is_known:
            return
        horizons = tuple(min(days, LONGEST_DAYS) for days in horizons)
        self._extend(max(horizons, default=0))
        for stage in self._rates:
            first = self._index(stage, 0)
            columns = [self._within[days][stage][first:] for days in horizons]
            ends = self._in_the_end[stage][first:]
            for age, (end, *within) in enumerate(zip(ends, *columns, strict=True)):
                yield ChanceRow(stage, age, tuple(within), end, self._median_days(stage, first + age))

    def _key(self, stage):
        return stage if stage in self._rates else OVERALL

    def _index(self, key, age):
        """Return where the chance of an age is in a row of chances: rows begin with a deal that arrives."""
        return min(age + 1, len(self._rates[key].won) - 1)

    def _at(self, chances, stage, age):
        key = self._key(stage)
        return chances[key][self._index(key, age)]

    def _median_days(self, key, index):
        half = self._in_the_end[key][index] / 2 - TOLERANCE
        if half <= 0:
            return None
        while self._within[-1][key][index] < half:
            if len(self._within) > LONGEST_DAYS:
                return None
            self._extend(len(self._within))
        return bisect_left(self._within, half, key=lambda chances: chances[key][index])

    def _extend(self, days):
        """Compute the chances within up to so many days: each from those within a day less."""
        while len(self._within) <= days:
            # What was not won on the first day, and not left the stage, has a day less, and is a day older.
            rows = {
                stage: list(map(add, rates.won, map(mul, rates.stay, _next_day(self._within[-1][stage]))))
                for stage, rates in self._rates.items()
            }
            arrived = {
                stage: sum(share * rows[other][0] for other, share in shares.items())
                for stage, shares in self._same_day.items()
            }
            self._within.append(
                {stage: array("d", rates.plus_links(rows[stage], arrived)) for stage, rates in self._rates.items()}
            )

    @cached_property
    def _in_the_end(self):
        """For each stage: chance to be won at all of a deal whose visit has lasted up to each day, that day to come."""
        gains, moves = {}, {}
        for stage, rates in self._rates.items():
            lasting = rates.lasting()
            gains[stage] = {OVERALL: sum(map(mul, lasting, rates.won))}
            moves[stage] = {to: sum(map(mul, lasting, shares)) for to, shares in rates.links.items()}
        arrived = {stage: solved.get(OVERALL, 0.0) for stage, solved in _solve(moves, gains).items()}
        return {stage: rates.backward(arrived) for stage, rates in self._rates.items()}


class _Rates(NamedTuple):
    """What happens on each day of a visit, as shares of the visits that last that long.

    The last day stands for all later ones.

    :param won: share that is won, by day
    :param stay: share that lasts longer, by day
    :param links: share that goes to another stage, by key of that stage and day
    """

    won: list[float]
    stay: list[float]
    links: dict[Hashable, list[float]]

    def plus_links(self, row: list[float], arrived: dict[Hashable, float]) -> list[float]:
        """Return a row of numbers by day, each plus the chances of the deals that go to another stage on that day.

        :param arrived: chance of a deal that arrives in a stage
        """
        links = [(arrived[to], shares) for to, shares in self.links.items()]
        # Four at a time take half the time of one by one.
        for first in range(0, len(links), 4):
            four = links[first : first + 4]
            four += [(0.0, row)] * (4 - len(four))
            (a, to_a), (b, to_b), (c, to_c), (d, to_d) = four
            row = [
                value + a * in_a + b * in_b + c * in_c + d * in_d
                for value, in_a, in_b, in_c, in_d in zip(row, to_a, to_b, to_c, to_d, strict=True)
            ]
        return row

    def lasting(self) -> list[float]:
        """Return the share of all visits that last up to each day; that of the last day adds up all later days."""
        *shares, last = accumulate(self.stay[:-1], mul, initial=1.0)
        leaving = 1 - self.stay[-1]
        return [*shares, last / leaving if leaving > TOLERANCE else 0.0]

    def backward(self, arrived: dict[Hashable, float]) -> list[float]:
        """Return the chance to be won at all, by day of a visit, from the chances of deals that arrive in a stage."""
        gains = self.plus_links(self.won, arrived)
        leaving = 1 - self.stay[-1]
        chances = [gains[-1] / leaving if leaving > TOLERANCE else 0.0]
        for gain, stay in zip(reversed(gains[:-1]), reversed(self.stay[:-1]), strict=True):
            chances.append(gain + stay * chances[-1])
        return chances[::-1]


class _Tally:
    """Visits of one stage: numbers and weights by day, weights of the ends by (outcome, next stage) and day."""

    def __init__(self):
        self.numbers, self.weights = defaultdict(int), defaultdict(float)
        self.ends = defaultdict(lambda: defaultdict(float))
        self.ended = self.won = self.lost = 0

    def add(self, count):
        weight = count.number if count.weight is None else count.weight
        self.numbers[count.days] += count.number
        self.weights[count.days] += weight
        if count.outcome in CENSORED:
            return
        self.ended += count.number
        self.won += count.number * (count.outcome == outcomes.WON)
        self.lost += count.number * (count.outcome == outcomes.LOST)
        is_move = count.outcome not in outcomes.ENDS
        self.ends[_MOVED if is_move else count.outcome, count.to_stage if is_move else OVERALL][count.days] += weight

    def rates(self, limits, rated):
        """Return the rates of each day.

        :param limits: how many cases a chance needs
        :param rated: keys of the stages that have rates of their own
        """
        at_risk, exposed = _from_the_end(self.numbers), _from_the_end(self.weights)
        tail = self._tail(limits, at_risk)
        exposed[tail:] = [sum(exposed[tail:])]
        shares = {end: [0.0] * len(exposed) for end in self.ends}
        for end, days in self.ends.items():
            for day, weight in days.items():
                shares[end][min(day, tail)] += weight
            shares[end] = [weight / risk if risk else 0.0 for weight, risk in zip(shares[end], exposed, strict=True)]
        none = [0.0] * len(exposed)
        links = {}
        for (kind, stage), by_day in shares.items():
            if kind == _MOVED:
                to_stage = stage if stage in rated else OVERALL
                links[to_stage] = list(map(add, links.get(to_stage, none), by_day))
        left = map(sum, zip(none, *shares.values(), strict=True))
        # Visits that all end on one day leave a rounding error.
        stay = [1 - share if share < 1 - TOLERANCE else 0.0 for share in left]
        return _Rates(shares.get((outcomes.WON, OVERALL), none), stay, links)

    def _tail(self, limits, at_risk):
        """Return the first day whose rates are those of all later days."""
        if self.ended < limits.aged:
            return 0
        if not limits.at_risk:
            return min(len(at_risk), limits.age)
        # The last day stands for later ones if all visits up to it are enough.
        few = next((day for day, number in enumerate(at_risk) if number < limits.at_risk), len(at_risk) - 1)
        return min(few, limits.age)


#: Kind of end of a visit whose deal went to another stage, forward or back.
_MOVED = "moved"


def _overall_rates(tallies):
    """Return the rates of being won and lost over all stages, the same every day."""
    exposed = won = lost = 0.0
    for tally in tallies:
        exposed += sum((day + 1) * weight for day, weight in tally.weights.items())
        won += sum(tally.ends[outcomes.WON, OVERALL].values())
        lost += sum(tally.ends[outcomes.LOST, OVERALL].values())
    return _Rates([won / exposed], [1 - (won + lost) / exposed], {}) if exposed else _Rates([0.0], [1.0], {})


def _from_the_end(by_day):
    """Return, by day, the sum of that day and all later ones."""
    return list(accumulate(by_day.get(day, 0) for day in range(max(by_day), -1, -1)))[::-1]


def _next_day(row):
    return [*row[1:], row[-1]]


def _solve(moves: dict, gains: dict) -> dict:
    """Return the smallest x of x[s] = gains[s] + sum of moves[s][t] * x[t], by elimination of one s after the other.

    :param moves: shares of each key, which add up to 1 at most
    :param gains: for each key a dictionary, added like a vector
    :return: for each key a dictionary like those of the gains
    """
    moves, gains = (
        {key: dict(shares) for key, shares in moves.items()},
        {key: dict(gain) for key, gain in gains.items()},
    )
    for key in moves:
        leaving = 1 - moves[key].pop(key, 0.0)
        # What never leaves gains nothing.
        factor = 1 / leaving if leaving > TOLERANCE else 0.0
        for vector in (moves[key], gains[key]):
            for name in vector:
                vector[name] *= factor
        for other in moves:
            share = moves[other].pop(key, 0.0) if other != key else 0.0
            if share:
                _add(moves[other], moves[key], share)
                _add(gains[other], gains[key], share)
    return gains


def _add(vector, other, factor):
    for name, value in other.items():
        vector[name] = vector.get(name, 0.0) + factor * value
