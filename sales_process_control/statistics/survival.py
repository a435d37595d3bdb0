"""Durations of which some have not ended yet."""

from collections.abc import Iterable

#: Tolerance of comparisons of survival probabilities, which are products of quotients.
TOLERANCE = 1e-9


def kaplan_meier_quantile(counts: Iterable[tuple[float, int, int]], share: float) -> float | None:
    """Return the length within which a share of all durations has ended, by the Kaplan-Meier estimator.

    E. L. Kaplan, P. Meier, "Nonparametric Estimation from Incomplete Observations", Journal of the American Statistical
    Association 53 (1958), 457-481. A duration that has not ended counts as "at least so long".

    Example: of eight durations, 4, 6, 9, 12 and 20 have ended, and 15, 35 and 50 have not. The median is 12, the ninth
    decile is not known yet.

    :param counts: (length, number that ended with this length, number that has not ended at this length)
    :param share: between 0 and 1, for example 0.9 for the ninth decile
    :return: a length, None if fewer have ended
    :raises ValueError: if the share is not between 0 and 1
    """
    if not 0 < share < 1:
        raise ValueError(f"{share} is no share")
    rows = sorted(counts)
    at_risk = sum(ended + lasting for _length, ended, lasting in rows)
    remaining = 1.0
    index = 0
    while index < len(rows):
        length, ended, lasting = rows[index]
        index += 1
        while index < len(rows) and rows[index][0] == length:
            ended, lasting = ended + rows[index][1], lasting + rows[index][2]
            index += 1
        if ended:
            remaining *= 1 - ended / at_risk
            if remaining <= 1 - share + TOLERANCE:
                return length
        # Durations that have not ended at a length still count among those that could have ended with it.
        at_risk -= ended + lasting
    return None
