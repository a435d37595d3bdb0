"""Durations of which some have not ended yet.

A duration that has not ended counts as "at least so long". It is *at risk* at each length up to its own, its own
included: what lasts as long as another could have ended with it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from operator import add

#: Tolerance of comparisons of survival probabilities, which are products of quotients.
TOLERANCE = 1e-9


def kaplan_meier_quantile(counts: Iterable[tuple[float, int, int]], share: float) -> float | None:
    """Return the length within which a share of all durations has ended, by the Kaplan-Meier estimator.

    Example: of eight durations, 4, 6, 9, 12 and 20 have ended, and 15, 35 and 50 have not. The median is 12, the ninth
    decile is not known yet.

    :param counts: as those of :func:`kaplan_meier`
    :param share: between 0 and 1, for example 0.9 for the ninth decile
    :return: a length, None if fewer have ended
    :raises ValueError: if the share is not between 0 and 1
    """
    if not 0 < share < 1:
        raise ValueError(f"{share} is no share")
    return next((length for length, lasting in kaplan_meier(counts) if lasting <= 1 - share + TOLERANCE), None)


def kaplan_meier(counts: Iterable[tuple[float, int, int]]) -> list[tuple[float, float]]:
    """Return the share of all durations that last longer than each length, by the Kaplan-Meier estimator.

    E. L. Kaplan, P. Meier, "Nonparametric Estimation from Incomplete Observations", Journal of the American Statistical
    Association 53 (1958), 457-481.

    Example: ``kaplan_meier([(4, 1, 0), (6, 0, 1), (9, 1, 1)])`` is ``[(4, 0.75), (9, 0.375)]``.

    :param counts: (length, number that ended with this length, number that has not ended at this length), in any order;
        a length may come several times
    :return: (length, share from 0 to 1), one for each length with which something ended, the shortest first
    """
    curve = []
    lasting = 1.0
    for length, ended, at_risk in _risk_sets((length, (ended,), others) for length, ended, others in counts):
        lasting *= (at_risk - ended[0]) / at_risk
        curve.append((length, lasting))
    return curve


def aalen_johansen(
    counts: Iterable[tuple[float, tuple[int, ...], int]],
) -> list[tuple[float, tuple[float, ...], float]]:
    """Return the share of all durations that has ended in each way up to each length, by the Aalen-Johansen estimator.

    O. O. Aalen, S. Johansen, "An Empirical Transition Matrix for Non-Homogeneous Markov Chains Based on Censored
    Observations", Scandinavian Journal of Statistics 5 (1978), 141-150; here with one beginning and several ends
    (cumulative incidence under competing risks). The shares of one length and what lasts longer add up to 1. What lasts
    longer is that of :func:`kaplan_meier`, whatever the ways of ending are.

    Example with two ways: ``aalen_johansen([(4, (1, 0), 0), (6, (0, 0), 1), (9, (0, 1), 1)])`` is
    ``[(4, (0.25, 0.0), 0.75), (9, (0.25, 0.375), 0.375)]``.

    :param counts: (length, numbers that ended with this length in each way, number that has not ended at this length),
        in any order; a length may come several times. All rows have the same number of ways
    :return: (length, share that has ended in each way, share that lasts longer), each from 0 to 1; one row for each
        length with which something ended, the shortest first
    """
    rows = []
    lasting = 1.0
    shares = None
    for length, ended, at_risk in _risk_sets(counts):
        shares = tuple(
            share + lasting * number / at_risk
            for share, number in zip(shares or (0.0,) * len(ended), ended, strict=True)
        )
        lasting *= (at_risk - sum(ended)) / at_risk
        rows.append((length, shares, lasting))
    return rows


def _risk_sets(
    counts: Iterable[tuple[float, tuple[int, ...], int]],
) -> Iterator[tuple[float, tuple[int, ...], int]]:
    """Yield each length with which something ended, the numbers that ended with it, and how many were at risk."""
    ends, lengths = {}, defaultdict(int)
    for length, ended, others in counts:
        ends[length] = tuple(map(add, ends[length], ended)) if length in ends else tuple(ended)
        lengths[length] += sum(ended) + others
    at_risk = sum(lengths.values())
    for length in sorted(lengths):
        if any(ends[length]):
            yield length, ends[length], at_risk
        at_risk -= lengths[length]
