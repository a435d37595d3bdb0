from odoo import fields, models
from odoo.fields import Domain

from ..recording.company_money import CompanyMoney
from .sales_targets import TargetReader, own_user_id

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
        domain = self._stored_domain(scope, since)
        rows = self.env["crm.forecast"].search_fetch(
            domain, ["day", "company_id", "is_rebuilt", "without_rate", *AMOUNTS], order="day"
        )
        reason, rate = self._find_reason(scope, rows, money)
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

    def _stored_domain(self, scope, since):
        """Return the stored forecasts of the period as a domain."""
        domain = Domain("period", "=", scope.kind) & Domain("date_start", "=", scope.start.isoformat())
        if scope.start <= scope.today:
            domain &= Domain("day", ">=", min(scope.eve, since or scope.eve).isoformat())
        if scope.company_id:
            domain &= Domain("company_id", "=", scope.company_id)
        user_id = scope.user_id or own_user_id(self.env, scope)
        if user_id and scope.team_id:
            return Domain.FALSE
        if user_id:
            return domain & Domain("scope", "=", "seller") & Domain("user_id", "=", user_id)
        if scope.team_id:
            return domain & Domain("scope", "=", "team") & Domain("team_id", "=", scope.team_id)
        return domain & Domain("scope", "=", "company")

    def _find_reason(self, scope, rows, money):
        """Return why no line is shown, empty if one is, and the factor that converts the amounts."""
        if scope.user_id and scope.team_id:
            return self.env._("Forecasts are stored by sales team and by salesperson. Choose one of the two."), 1.0
        if not rows:
            return self.env._("No forecast of this period is stored yet. Forecasts are stored every night."), 1.0
        if not scope.company_id and len(self.env.companies) > 1:
            return self.env._("Forecasts are stored for each company. Choose a company."), 1.0
        currency_id = rows.company_id.currency_id.id
        rate = money.rates({currency_id})[currency_id]
        if rate is None:
            return self.env._("The currency of the company has no exchange rate."), 1.0
        return "", rate
