"""How many deals, and how much, will be won in a period, with a range (docs/definitions.md, Forecast).

Chances of single deals are in :mod:`.chance`. Start with :func:`forecast_number`.
"""

from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate
from math import exp, floor, sqrt
from typing import NamedTuple

#: The normal quantile of the ninetieth percentile: a range from the tenth to it holds in eight of ten cases.
RANGE_QUANTILE = 1.2815515655446004
#: Share of the cases below the range, and above it.
OUTSIDE = 0.1
#: How far forecasts are usually off beyond chance, as a share of the expected number: taken as known from so many past
#: periods of usual size, until past periods of one's own outweigh them.
USUAL_SPREAD, USUAL_PERIODS = 0.08, 3
#: A past forecast counts if the first visit began so many times its horizon before it: before that, nobody knew what
#: happens to old deals.
HORIZONS_KNOWN = 2


class Forecast(NamedTuple):
    """What is expected, with a range that holds in eight of ten cases.

    :param expected: expected number or amount
    :param low: tenth percentile
    :param high: ninetieth percentile
    """

    expected: float
    low: float
    high: float


class PastForecast(NamedTuple):
    """A forecast of a period that is over.

    :param expected: number of deals that was expected
    :param variance: see :func:`variance`
    :param won: number of deals that were won
    """

    expected: float
    variance: float
    won: float


def variance(chances: Iterable[float]) -> float:
    """Return the variance of the number of deals that are won, if the chances are right."""
    return sum(chance * (1 - chance) for chance in chances)


def is_comparable(history_days: float, horizon: int) -> bool:
    """Return whether a past forecast says how good later ones are.

    :param history_days: days from the beginning of the first visit up to the forecast
    :param horizon: days of the forecast
    """
    return history_days >= HORIZONS_KNOWN * horizon


def off_by(pairs: Iterable[tuple[float, float]]) -> float | None:
    """Return how far forecasts are off, as a share of what was won.

    Example: ``off_by([(9, 10), (12, 10)])`` is 3 / 20 = 0.15.

    :param pairs: (expected, won) of each forecast, numbers or amounts
    :return: sum of the absolute differences / sum of what was won; None if nothing was won
    """
    pairs = list(pairs)
    won = sum(won for _expected, won in pairs)
    return sum(abs(expected - won) for expected, won in pairs) / won if won else None


def spread(past: Iterable[PastForecast], won: float = 0.0) -> float:
    """Return how far forecasts are off beyond chance, as a share of what is expected (one standard deviation).

    Rates are estimated from few cases and change in the course of time. The mean square of the errors of past
    forecasts, less the variance that chance alone explains, shows how much that is. The result of few past forecasts is
    drawn towards :data:`USUAL_SPREAD` and the uncertainty of rates that rest on few won deals.

    :param past: forecasts of periods of about the same length, made with nothing known of what came later;
        only those that are comparable, see :func:`is_comparable`
    :param won: number of won deals on which the chances rest, 0 if not known
    :return: 0 or more
    """
    past = [forecast for forecast in past if forecast.expected > 0]
    usual = USUAL_SPREAD**2 + (1 / won if won > 0 else 0.0)
    if not past:
        return sqrt(usual)
    size = sum(forecast.expected**2 for forecast in past)
    excess = sum((forecast.won - forecast.expected) ** 2 - forecast.variance for forecast in past)
    weight = USUAL_PERIODS * size / len(past)
    return sqrt(max(weight * usual + excess, 0.0) / (weight + size))


def forecast_number(chances: Iterable[float], to_come: float = 0.0, spread: float = 0.0) -> Forecast:
    """Return how many deals will be won.

    The range is that of a distribution with the mean and variance of the number (Panjer's class: between the binomial
    and the negative binomial distribution; H. H. Panjer, "Recursive Evaluation of a Family of Compound Distributions",
    ASTIN Bulletin 12 (1981), 22-26).

    Example: ``forecast_number([0.5] * 20)`` expects 10, from 7 to 13.

    :param chances: of the open deals, from 0 to 1
    :param to_come: expected number of won deals that have not come in yet
    :param spread: see :func:`spread`
    """
    chances = list(chances)
    expected = sum(chances) + to_come
    spreading = variance(chances) + to_come + (spread * expected) ** 2
    low, high = _number_range(expected, spreading)
    # Deals that are there cannot be won twice.
    return Forecast(expected, low, high if to_come else min(high, len(chances)))


def forecast_amount(
    deals: Iterable[tuple[float, float]],
    to_come: float = 0.0,
    amounts_to_come: tuple[float, float] = (0.0, 0.0),
    spread: float = 0.0,
) -> Forecast:
    """Return how much will be won.

    The range is that of the first three moments of the sum (E. A. Cornish, R. A. Fisher, "Moments and Cumulants in the
    Specification of Distributions", Revue de l'Institut international de statistique 5 (1938), 307-320).

    :param deals: (chance from 0 to 1, amount from 0 on) of each open deal, amounts in one currency
    :param to_come: expected number of won deals that have not come in yet
    :param amounts_to_come: mean of the amounts of such deals, and mean of their squares
    :param spread: see :func:`spread`
    """
    expected, spreading, skewing, most = 0.0, 0.0, 0.0, 0.0
    nothing = 1.0
    for chance, amount in deals:
        expected += chance * amount
        spreading += chance * (1 - chance) * amount**2
        skewing += chance * (1 - chance) * (1 - 2 * chance) * amount**3
        most += amount
        nothing *= 1 - chance if amount else 1.0
    mean, square = amounts_to_come
    expected += to_come * mean
    spreading += to_come * square
    if mean > 0:
        skewing += to_come * square**2 / mean
        most = None if to_come else most
        nothing *= exp(-to_come)
    spreading += (spread * expected) ** 2
    deviation = sqrt(spreading)
    if not deviation:
        return Forecast(expected, expected, expected)
    bend = (RANGE_QUANTILE**2 - 1) * skewing / deviation**3 / 6
    low, high = (expected + deviation * (sign * RANGE_QUANTILE + bend) for sign in (-1, 1))
    # The moments of very lopsided sums put the tenth percentile above 0 even where most likely nothing is won.
    low = 0.0 if nothing >= OUTSIDE else max(low, 0.0)
    high = high if most is None else min(high, most)
    # Those of a sum that one deal decides can leave its mean outside.
    return Forecast(expected, min(low, expected), max(high, expected))


def _number_range(mean, variance):
    """Return the tenth and the ninetieth percentile of a number."""
    if mean <= 0 or variance <= 0:
        return round(mean), round(mean)
    slope = 1 - mean / variance
    step = mean**2 / variance - slope
    middle = floor(mean)
    farthest = middle + int(12 * sqrt(variance)) + 20
    up = _chain(1.0, (max(slope + step / number, 0.0) for number in range(middle + 1, farthest)))
    down = _chain(1.0, (1 / (slope + step / number) for number in range(middle, 0, -1)))
    shares = [*reversed(down[1:]), *up]
    sums = list(accumulate(shares))
    return tuple(bisect_left(sums, level * sums[-1]) for level in (OUTSIDE, 1 - OUTSIDE))


def _chain(first, factors):
    return list(accumulate(factors, lambda share, factor: share * factor, initial=first))
