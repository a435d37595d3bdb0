"""What can be said of numbers, without a line of Odoo."""

from .interval import ENOUGH, wilson_interval
from .pace import MOST_PLANS, Fact, PaceState, pace_facts

__all__ = ["ENOUGH", "MOST_PLANS", "Fact", "PaceState", "pace_facts", "wilson_interval"]
