"""Bands of amounts with round limits."""

from collections.abc import Iterable
from math import floor, log10

#: Leading figures of round numbers, the roundest first.
ROUND = (
    (1, 2, 5),
    tuple(range(1, 10)),
    tuple(figure / 2 for figure in range(2, 20)),
    tuple(figure / 10 for figure in range(10, 100)),
)


def band_limits(smallest: float, quartiles: Iterable[float]) -> tuple[float, ...]:
    """Return round numbers near the quartiles of some amounts, which divide the amounts into bands.

    The limits are 1, 2 or 5 times a power of ten. If quartiles would have the same limit, the limits are less round: at
    most two significant figures. An amount that equals a limit is in the band above it.

    Example: the quartiles 18,400, 52,000 and 131,000 give 20,000, 50,000 and 100,000, thus four bands.

    :param smallest: the smallest amount; no limit is at or below it, so that the first band is not empty
    :param quartiles: the three quartiles of the amounts, in ascending order
    :return: at most one limit for each quartile, ascending, all above zero
    """
    floor_of_limits = max(smallest, 0)
    wanted = sorted({quartile for quartile in quartiles if quartile > floor_of_limits})
    limits = ()
    for figures in ROUND:
        rounded = {_round(quartile, figures) for quartile in wanted}
        found = tuple(sorted(limit for limit in rounded if limit > floor_of_limits))
        if len(found) > len(limits):
            limits = found
        if len(limits) == len(wanted):
            break
    return limits


def _round(value, figures):
    """Return the nearest number whose leading figures are among some, the smaller one of two."""
    power = floor(log10(value))
    candidates = (_shifted(figure, power) for figure in (*figures, 10))
    return min(candidates, key=lambda candidate: (abs(candidate - value), candidate))


def _shifted(figure, power):
    # Division by a power of ten is exact to the last digit where multiplication by a negative power is not.
    return figure * 10.0**power if power >= 0 else figure / 10.0**-power
