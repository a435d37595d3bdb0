from odoo import models

from ...statistics import ENOUGH
from .forecast_scope import period_name
from .past_forecasts import AMOUNT, COUNT, FEWEST_PERIODS, ODOO, STAGE_WEIGHTED, PastForecasts, error_of, find_stored


class CrmForecastAccuracy(models.AbstractModel):
    """How good forecasts were: those of past periods at their first day, and what was won in them.

    Definitions: docs/definitions.md, Past periods.
    """

    _name = "crm.forecast.accuracy"
    _inherit = "crm.forecast.block"
    _description = "Forecast: Accuracy"

    _block_key = "accuracy"
    _block_sequence = 50
    _block_is_later = True

    def _read_block(self, scope):
        stored, reason = find_stored(self.env, scope)
        if reason:
            return {"reason": reason, "periods": [], "left_out": []}
        company = self.env["res.company"].browse(scope.company_id or self.env.companies.ids)
        past = PastForecasts(self.env, scope, company, stored)
        periods = past.read_periods()
        measure = AMOUNT if any(period.row.total_amount or period.won_amount for period in periods) else COUNT
        inside = sum(period.is_inside(measure) for period in periods)
        return {
            "reason": False,
            "measure": measure,
            "currency_id": company.currency_id.id,
            "periods": [self._describe_period(past, period, measure) for period in periods],
            "inside": inside,
            "inside_share": inside / len(periods) if len(periods) >= ENOUGH else False,
            "fewest": FEWEST_PERIODS,
            "left_out": self._sum_left_out([period.left_out for period in periods], self.env._("won deals")),
            "off_by": self._or_false(error_of(periods, measure)),
            "others": [self._describe_other(periods, measure, other) for other in (STAGE_WEIGHTED, ODOO)],
        }

    def _describe_period(self, past, found, measure):
        period, (expected, low, high) = found.period, found.forecast(measure)
        name = period_name(self.env, period)
        return {
            "key": period.start.isoformat(),
            "name": name,
            "is_rebuilt": found.row.is_rebuilt,
            "expected": expected,
            "low": low,
            "high": high,
            "is_inside": found.is_inside(measure),
            "nights": self._number(
                found.nights,
                self.env._("Stored Forecasts: %s", name),
                "crm.forecast",
                past.stored_domain(period),
                views=["list"],
            ),
            "first": self._number(
                1,
                self.env._("Forecast on the First Day: %s", name),
                "crm.forecast",
                past.first_domain(period),
                views=["list"],
            ),
            "won": self._number(
                found.won_count,
                self.env._("Won: %s", name),
                "crm.win.report",
                past.won_domain(period),
                views=["list"],
                amount=found.won_amount,
            ),
        }

    def _describe_other(self, periods, measure, other):
        """Return how far another method was off, and the forecast in the same periods."""
        known = [period for period in periods if period.said_by(other, measure) is not None]
        return {
            "key": other,
            "count": len(known),
            "off_by": self._or_false(error_of(known, measure, other)),
            "own_off_by": self._or_false(error_of(known, measure)),
        }

    @staticmethod
    def _or_false(value):
        return False if value is None else value
