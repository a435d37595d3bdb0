from odoo import models
from odoo.fields import Domain

from ..recording.company_money import CompanyMoney
from ..screen.crm_screen_block import OPEN_DEAL
from ..workbench.crm_workbench_block import MINE, TEAM
from .forecast_now import ForecastNow
from .forecast_parts import MONTH, Period
from .forecast_scope import ForecastScope, period_name
from .forecast_snapshot import SnapshotReader
from .sales_targets import TargetReader, against_target


class CrmWorkbenchTotals(models.AbstractModel):
    """Totals of the deals of a scope, with which the workbench begins.

    What is won, expected and to be won in the month is what the Sales Forecast says of the same deals.
    """

    _name = "crm.workbench.totals"
    _inherit = "crm.workbench.block"
    _description = "Workbench: Totals"

    _block_key = "totals"
    _block_sequence = 5
    _block_is_later = True

    def _read_block(self, scope):
        today = SnapshotReader(self.env).latest_day()
        period = Period.at(MONTH, today)
        forecast = ForecastNow(self.env, scope.domain(), period, won_domain=scope.domain())
        parts, open_amount = forecast.parts, sum(deal.amount for deal in forecast.snapshot.deals)
        currency_id = parts["currency_id"]
        target, targets = self._read_target(scope, ForecastScope(MONTH, period, today), parts, open_amount)
        hot, hot_left_out = self._read_hot(scope)
        screen, open_deals = self.env["crm.forecast.block"], OPEN_DEAL & scope.domain()
        return {
            "period_name": period_name(self.env, period),
            "currency_id": currency_id,
            "open": self._number(
                parts["open_count"],
                self.env._("Open Deals"),
                "crm.lead",
                open_deals,
                amount=open_amount,
                currency_id=currency_id,
            ),
            "is_known": parts["is_known"],
            "expected_amount": parts["expected_amount"],
            "expected": screen._open_number(
                open_deals, parts["open_count"], self.env._("Expected This Month From Open Deals"), period
            ),
            "won": self._number(
                parts["won_count"],
                self.env._("Won This Month"),
                "crm.win.report",
                forecast.won_domain,
                views=["list"],
                amount=parts["won_amount"],
                currency_id=currency_id,
            ),
            "total_amount": parts["total_amount"],
            **target,
            "hot": hot,
            "left_out": [
                *screen._describe_left_out(forecast),
                *screen._describe_targets_left_out(targets),
                *screen._sum_left_out([hot_left_out], self.env._("hot flags")),
            ],
        }

    def _read_target(self, scope, months, parts, open_amount):
        """Return the target of the month with how far the forecast of the deals is from it, and the targets themselves.

        :param ForecastScope months: the month, of all companies that the reader has selected
        :param dict parts: the forecast
        :param float open_amount: of the open deals
        """
        reader, (owner, by) = TargetReader(self.env, months), self._target_owner(scope)
        targets = list(reader.find(owner, by).values())
        amounts = [target.amount for target in targets if target.amount is not None]
        if not amounts:
            return {"target": False, **against_target(None, parts, open_amount)}, targets
        amount, domain = sum(amounts), reader.domain(owner)
        return {
            "target": self._number(
                sum(target.count for target in targets),
                self.env._("Sales Targets"),
                "crm.sales.target",
                domain,
                views=["list"],
                amount=amount,
                currency_id=parts["currency_id"],
            ),
            **against_target(amount, parts, open_amount),
        }, targets

    def _target_owner(self, scope):
        """Return whose targets a scope is compared with, as a domain, and the field that names the owner."""
        if scope.name == MINE:
            return Domain("user_id", "=", scope.user_id), "user_id"
        if scope.name == TEAM:
            return Domain("team_id", "in", scope.team_ids), "team_id"
        return Domain("team_id", "=", False) & Domain("user_id", "=", False), "user_id"

    def _read_hot(self, scope):
        """Return the open hot flags with their sum, and the amounts that are not in it by currency id."""
        money, domain = CompanyMoney(self.env), self.env["crm.workbench.hot"]._open_flags(scope)
        rows = self.env["crm.hot.flag"]._read_group(domain, ["currency_id"], ["__count", "amount:sum"])
        rates = money.rates({currency.id or None for currency, _count, _amount in rows})
        factors = [(rates[currency.id or None], currency.id, amount or 0.0) for currency, _count, amount in rows]
        number = self._number(
            sum(count for _currency, count, _amount in rows),
            self.env._("Hot Customers"),
            "crm.hot.flag",
            domain,
            amount=sum(amount * (rate or 0.0) for rate, _currency_id, amount in factors),
            currency_id=money.currency_id(),
        )
        missing = {currency_id: amount for rate, currency_id, amount in factors if rate is None}
        return number, missing
