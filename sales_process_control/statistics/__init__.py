"""Statistics of sales, in pure Python without Odoo.

:mod:`.bands` has round limits of amounts, :mod:`.costs` compares the losses of stages, :mod:`.interval` has the
confidence interval of a rate, :mod:`.pace` the facts that explain why a deal is slow or stalled. :mod:`.survival`
estimates from durations of which some have not ended, :mod:`.dwell` says what that means for the visits of a stage,
:mod:`.velocity` what is sold in a day. :mod:`.chance` says how likely an open deal is won, :mod:`.forecast` how much
will be won in a period. Queries belong in ``models`` and ``report``; user texts belong in ``models/pace`` and
``models/review``.
"""

from .bands import band_limits
from .chance import LONGEST_DAYS, NO_LIMITS, OVERALL, ChanceLimits, ChanceRow, Chances, VisitCount, half_life
from .costs import LossComparison, StageOutcome, StepOutcome, compare_losses, costs_most, improved_most, missed_step
from .dwell import CENSORED, Dwell
from .forecast import Forecast, PastForecast, forecast_amount, forecast_number, is_comparable, off_by, spread, variance
from .interval import ENOUGH, MATURE_PERCENT, is_mature, whole_percents, wilson_interval
from .pace import MOST_PLANS, Fact, PaceState, pace_facts
from .survival import aalen_johansen, kaplan_meier, kaplan_meier_quantile
from .velocity import velocity

__all__ = [
    "CENSORED",
    "ENOUGH",
    "LONGEST_DAYS",
    "MATURE_PERCENT",
    "MOST_PLANS",
    "NO_LIMITS",
    "OVERALL",
    "ChanceLimits",
    "ChanceRow",
    "Chances",
    "Dwell",
    "Fact",
    "Forecast",
    "LossComparison",
    "PaceState",
    "PastForecast",
    "StageOutcome",
    "StepOutcome",
    "VisitCount",
    "aalen_johansen",
    "band_limits",
    "compare_losses",
    "costs_most",
    "forecast_amount",
    "forecast_number",
    "half_life",
    "improved_most",
    "is_comparable",
    "is_mature",
    "kaplan_meier",
    "kaplan_meier_quantile",
    "missed_step",
    "off_by",
    "pace_facts",
    "spread",
    "variance",
    "velocity",
    "whole_percents",
    "wilson_interval",
]
