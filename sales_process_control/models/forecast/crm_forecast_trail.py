from odoo import fields, models
from odoo.fields import Domain

from ..recording.company_money import CompanyMoney
from .past_forecasts import find_stored
from .sales_targets import TargetReader

#: Amounts of a stored forecast that the lines show.
AMOUNTS = ("won_amount", "total_amount", "amount_low", "amount_high")


class CrmForecastTrail(models.AbstractModel):
    """The forecasts of the period that were stored night by night.

    Ranges of several forecasts cannot be added, so that the line is that of one company, team or salesperson.
    """

    _name = "crm.forecast.trail"
    _inherit = "crm.forecast.block"
    _description = "Forecast: Through the Period"

    _block_key = "trail"
    _block_sequence = 30

    def _read_block(self, scope, since=None):
        """Return what the block shows.

        :param date since: first day that is read, if it is before the eve of the period
        """
        money = CompanyMoney(self.env)
        of_owner, reason = find_stored(self.env, scope)
        domain = of_owner & self._period_domain(scope, since)
        rows = self.env["crm.forecast"].search_fetch(
            domain, ["day", "company_id", "is_rebuilt", "without_rate", *AMOUNTS], order="day"
        )
        rate = 1.0
        if not reason:
            reason, rate = self._find_rate(rows, money)
        target = TargetReader(self.env, scope).find_total()
        return {
            "days": [
                {
                    "day": fields.Date.to_string(row.day),
                    "is_rebuilt": row.is_rebuilt,
                    **{name: row[name] * rate for name in AMOUNTS},
                }
                for row in (rows if not reason else rows.browse())
            ],
            "without_rate": sum(bool(row.without_rate) for row in rows),
            "reason": reason,
            "all": self._number(
                len(rows), self.env._("Stored Forecasts"), "crm.forecast", domain, views=["list", "graph"]
            ),
            "target": target.amount if target and target.amount is not None else False,
            "currency_id": money.currency_id(),
        }

    def _period_domain(self, scope, since):
        """Return the stored forecasts of the period as a domain, whose they are left aside."""
        domain = Domain("period", "=", scope.kind) & Domain("date_start", "=", scope.start.isoformat())
        if scope.start <= scope.today:
            # As of the eve of the period, the forecast is one of the whole period.
            domain &= Domain("day", ">=", min(scope.eve, since or scope.eve).isoformat())
        return domain

    def _find_rate(self, rows, money):
        """Return why no line of forecasts is shown, empty if one is, and the factor that converts their amounts."""
        if not rows:
            return self.env._("No forecast of this period is stored yet. Forecasts are stored every night."), 1.0
        currency_id = rows.company_id.currency_id.id
        rate = money.rates({currency_id})[currency_id]
        if rate is None:
            return self.env._("The currency of the company has no exchange rate."), 1.0
        return "", rate
