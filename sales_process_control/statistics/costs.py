"""Which stage loses more deals than it did in an earlier period (docs/definitions.md, Process Review).

Start with :func:`compare_losses`. Texts are in ``models/review``.
"""

from collections.abc import Hashable, Iterable
from typing import NamedTuple

from .interval import ENOUGH, wilson_interval

#: One deal, less the rounding error of products of shares.
ONE_DEAL = 1 - 1e-9


class StageOutcome(NamedTuple):
    """What became of the deals that entered a stage in one period.

    :param entered: number of deals that stayed in the stage
    :param decided: number of those that went on or were lost
    :param lost: number of those that were lost
    :param lost_amount: expected revenue of the lost deals in one currency
    :param is_young: whether too few deals are decided to use the share of the decided ones, see :func:`.is_mature`
    :param early_loss: share lost within a fixed number of days, by the Aalen-Johansen estimator; None if not known
    """

    entered: int
    decided: int
    lost: int
    lost_amount: float = 0.0
    is_young: bool = False
    early_loss: float | None = None


class LossComparison(NamedTuple):
    """How many deals a stage lost above what was usual in an earlier period.

    :param stage: key of the stage
    :param deals: lost deals above what was usual, below zero if fewer were lost
    :param money: the same in expected revenue
    :param share: share of the deals that were lost
    :param share_before: the same in the earlier period
    :param is_early: whether both are shares lost within a fixed number of days, since a group is young
    :param may_be_chance: whether the 95% intervals of both shares overlap
    """

    stage: Hashable
    deals: float
    money: float
    share: float
    share_before: float
    is_early: bool
    may_be_chance: bool


def compare_losses(stage: Hashable, now: StageOutcome, before: StageOutcome) -> LossComparison | None:
    """Return how many deals a stage lost above what was usual, None if that cannot be said.

    - Both periods need ten decided deals.
    - Usual is the lost share of the decided deals of the earlier period. If one of the two groups is young, both are
      compared by the share lost within a fixed number of days instead, and what is usual is multiplied with the deals
      that entered.
    - The money is the number of deals times the average amount of a lost deal, of the earlier period if none was lost.

    Example: 42 of 101 decided deals were lost, 31 of 100 before: 42 - 0.31 * 101 = 10.7 deals.
    """
    if min(now.decided, before.decided) < ENOUGH:
        return None
    is_early = now.is_young or before.is_young
    if is_early:
        if now.early_loss is None or before.early_loss is None:
            return None
        share, share_before = now.early_loss, before.early_loss
        deals = (share - share_before) * now.entered
    else:
        share, share_before = now.lost / now.decided, before.lost / before.decided
        deals = now.lost - now.decided * before.lost / before.decided
    return LossComparison(
        stage=stage,
        deals=deals,
        money=deals * (_average_loss(now) or _average_loss(before)),
        share=share,
        share_before=share_before,
        is_early=is_early,
        may_be_chance=_overlap(_interval(share, now.decided), _interval(share_before, before.decided)),
    )


def costs_most(comparisons: Iterable[LossComparison]) -> LossComparison | None:
    """Return the stage that costs most: the most money, then the most deals above what was usual; at least one deal."""
    worse = [comparison for comparison in comparisons if comparison.deals >= ONE_DEAL]
    return max(worse, key=lambda comparison: (comparison.money, comparison.deals), default=None)


def improved_most(comparisons: Iterable[LossComparison]) -> LossComparison | None:
    """Return the stage that improved most: the most money, then the most deals below what was usual; at least one."""
    better = [comparison for comparison in comparisons if comparison.deals <= -ONE_DEAL]
    return min(better, key=lambda comparison: (comparison.money, comparison.deals), default=None)


def _average_loss(outcome: StageOutcome) -> float:
    return outcome.lost_amount / outcome.lost if outcome.lost else 0.0


def _interval(share: float, decided: int) -> tuple[float, float]:
    """Return the interval of a share. An estimate for young groups is taken as one of the decided deals only."""
    return wilson_interval(min(round(share * decided), decided), decided)


def _overlap(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


class StepOutcome(NamedTuple):
    """Decided deals with and without a required step.

    :param step: key of the step
    :param converted_with: deals with the step that went on
    :param lost_with: deals with the step that were lost
    :param converted_without: deals without the step that went on
    :param lost_without: deals without the step that were lost
    """

    step: Hashable
    converted_with: int
    lost_with: int
    converted_without: int
    lost_without: int


def missed_step(outcomes: Iterable[StepOutcome]) -> StepOutcome | None:
    """Return the step whose absence goes with lost deals, None if there is none.

    Both groups need ten decided deals, and their 95% intervals must not overlap. Of several steps, the one that was
    missing in most lost deals is returned.
    """
    found = [outcome for outcome in outcomes if _is_missed(outcome)]
    return max(found, key=lambda outcome: outcome.lost_without, default=None)


def _is_missed(outcome: StepOutcome) -> bool:
    decided_with = outcome.converted_with + outcome.lost_with
    decided_without = outcome.converted_without + outcome.lost_without
    if min(decided_with, decided_without) < ENOUGH:
        return False
    lowest_with, _highest = wilson_interval(outcome.converted_with, decided_with)
    _lowest, highest_without = wilson_interval(outcome.converted_without, decided_without)
    return highest_without < lowest_with
