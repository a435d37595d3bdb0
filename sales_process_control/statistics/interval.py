"""How sure one can be of a share."""

from math import sqrt

#: The normal quantile of a two-sided interval of 95%.
NORMAL_QUANTILE = 1.959963984540054

#: Under so many a share is told in counts, without a percentage and its interval.
ENOUGH = 10


def wilson_interval(successes: int, trials: int) -> tuple[float, float] | None:
    """The 95% score interval of a share.

    E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", Journal of the American
    Statistical Association 22 (1927), 209-212. Unlike the textbook's interval it stays between 0 and 1, and has a
    length where all or none succeeded.

    :return: lower and upper bound between 0 and 1, None where nothing was tried
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"{successes} of {trials} is no share")
    if not trials:
        return None
    square = NORMAL_QUANTILE**2
    centre = successes + square / 2
    spread = NORMAL_QUANTILE * sqrt(successes * (trials - successes) / trials + square / 4)
    # At the ends the bounds are 0 and 1; what rounding adds to them is cut off.
    return max((centre - spread) / (trials + square), 0.0), min((centre + spread) / (trials + square), 1.0)
