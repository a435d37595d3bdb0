"""Confidence interval of a rate."""

from math import sqrt

#: The normal quantile of a two-sided interval of 95%.
NORMAL_QUANTILE = 1.959963984540054

#: A rate of fewer trials is shown as counts, without a percentage and an interval.
ENOUGH = 10

#: A rate of decided trials is shown if at least so many percent of all trials are decided. Quick outcomes come first:
#: the decided trials of a young group are no random sample.
MATURE_PERCENT = 80


def is_mature(decided: int, whole: int) -> bool:
    """Return whether enough trials of a group are decided to show the rate of the decided ones.

    Example: ``is_mature(8, 10)`` is True, ``is_mature(40, 77)`` is False.
    """
    return 100 * decided >= MATURE_PERCENT * whole


def whole_percents(rate: float) -> float:
    """Return a rate rounded to whole percents, so that it does not tell the counts behind it.

    Example: ``whole_percents(95 / 103)`` is 0.92, as is that of 11 of 12, 12 of 13, 23 of 25.
    """
    return round(rate, 2)


def wilson_interval(successes: int, trials: int) -> tuple[float, float] | None:
    """Return the 95% Wilson score interval of a rate.

    E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", Journal of the American
    Statistical Association 22 (1927), 209-212. Other than the normal approximation, this interval lies between 0 and 1,
    and is not a single point where all or none succeeded.

    Example: ``wilson_interval(6, 8)`` is (0.409, 0.929).

    :return: lower and upper bound between 0 and 1, None if there are no trials
    :raises ValueError: if the successes are negative or more than the trials
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} of {trials} is no share")
    if not trials:
        return None
    square = NORMAL_QUANTILE**2
    centre = successes + square / 2
    spread = NORMAL_QUANTILE * sqrt(successes * (trials - successes) / trials + square / 4)
    # Rounding errors can put the bounds of 0% and 100% slightly below 0 or above 1.
    return max((centre - spread) / (trials + square), 0.0), min((centre + spread) / (trials + square), 1.0)
