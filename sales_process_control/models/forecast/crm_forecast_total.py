from odoo import models
from odoo.fields import Domain

from ..screen.crm_screen_block import OPEN_DEAL
from .sales_targets import TargetReader


class CrmForecastTotal(models.AbstractModel):
    """How much will be won: won so far, expected from open deals and still to come, with range and target."""

    _name = "crm.forecast.total"
    _inherit = "crm.forecast.block"
    _description = "Forecast: Total"

    _block_key = "total"
    _block_sequence = 10

    def _read_block(self, scope):
        forecast = scope.forecast(self.env)
        parts, open_deals = forecast.parts, OPEN_DEAL & scope.domain()
        without_amount = open_deals & Domain("expected_revenue", "in", [0, False])
        reader = TargetReader(self.env, scope)
        target = reader.find_total(forecast.company_ids)
        return {
            "parts": parts,
            "currency_id": parts["currency_id"],
            "won": self._number(
                parts["won_count"],
                self.env._("Won in the Period"),
                "crm.win.report",
                forecast.won_domain,
                views=["list"],
                amount=parts["won_amount"],
            ),
            "open": self._open_number(open_deals, parts["open_count"], self.env._("Open Deals"), scope),
            "without_amount": self._open_number(
                without_amount, parts["open_without_amount"], self.env._("Open Deals Without an Amount"), scope
            ),
            "arrivals": self._describe_arrivals(forecast) if parts["is_known"] else False,
            "target": self._describe_target(reader, target),
            "left_out": self._describe_left_out(forecast) + self._describe_targets_left_out([target] if target else []),
        }

    def _describe_arrivals(self, forecast):
        """Return what the part still to come rests on: arrivals a day x days x chance x average amount."""
        snapshot, parts = forecast.snapshot, forecast.parts
        days_left = forecast.period.days_after(forecast.today)[1]
        incoming = len(snapshot.arrivals) / snapshot.arrival_days * days_left
        number = parts["to_come_count"]
        return {
            "count": len(snapshot.arrivals),
            "days": snapshot.arrival_days,
            "days_left": days_left,
            "incoming": incoming,
            "chance": number / incoming if incoming else 0.0,
            "average": parts["to_come_amount"] / number if number else 0.0,
        }

    def _describe_target(self, reader, target):
        """Return the target with which the forecast is compared, False if there is none."""
        if not target or target.amount is None:
            return False
        return {
            "amount": target.amount,
            "months": target.months,
            "all_months": reader.all_months,
            "incomplete": self._describe_incomplete(target),
            "number": self._number(
                target.count,
                self.env._("Sales Targets"),
                "crm.sales.target",
                reader.domain(reader.total_owner()),
                views=["list"],
            ),
        }
