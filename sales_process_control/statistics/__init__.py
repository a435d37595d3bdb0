"""Statistics of sales, in pure Python without Odoo.

:mod:`.interval` has the confidence interval of a rate, :mod:`.pace` the facts that explain why a deal is slow or
stalled, :mod:`.survival` quantiles of durations of which some have not ended. Queries belong in ``models`` and
``report``; user texts belong in ``models/pace``.
"""

from .interval import ENOUGH, MATURE_PERCENT, is_mature, wilson_interval
from .pace import MOST_PLANS, Fact, PaceState, pace_facts
from .survival import kaplan_meier_quantile

__all__ = [
    "ENOUGH",
    "MATURE_PERCENT",
    "MOST_PLANS",
    "Fact",
    "PaceState",
    "is_mature",
    "kaplan_meier_quantile",
    "pace_facts",
    "wilson_interval",
]
