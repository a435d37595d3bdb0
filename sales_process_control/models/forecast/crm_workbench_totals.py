from odoo import models
from odoo.fields import Domain

from ..recording.company_money import CompanyMoney
from ..recording.text_lists import joined_first_names
from ..screen.crm_screen_block import OPEN_DEAL
from ..workbench.crm_workbench_block import Watched
from ..workbench.workbench_scope import MINE, MOST_NAMES
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
        months = self._this_month()
        period = months.period
        forecast = ForecastNow(self.env, scope.domain(), period, won_domain=scope.domain())
        parts, open_amount = forecast.parts, sum(deal.amount for deal in forecast.snapshot.deals)
        currency_id = parts["currency_id"]
        target, targets = self._read_target(scope, months, forecast, open_amount)
        hot, hot_left_out = self._read_hot(scope)
        screen, open_deals = self.env["crm.forecast.block"], OPEN_DEAL & scope.domain()
        return {
            "period_name": period_name(self.env, period),
            "until": period.end.isoformat(),
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
                open_deals, parts["open_count"], self.env._("Expected This Month from Open Deals"), period
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

    def _watched(self, scope):
        owner, _by = self._target_owner(scope)
        targets = TargetReader(self.env, self._this_month()).domain(owner)
        return [*super()._watched(scope), self._watched_movements(scope), Watched("crm.sales.target", targets)]

    def _this_month(self):
        """Return the month, of all companies that the reader has selected.

        :rtype: ForecastScope
        """
        today = SnapshotReader(self.env).latest_day()
        return ForecastScope(MONTH, Period.at(MONTH, today), today)

    def _read_target(self, scope, months, forecast, open_amount):
        """Return the target of the month with how far the forecast of the deals is from it, and the targets themselves.

        :param ForecastScope months: the month, of all companies that the reader has selected
        :param ForecastNow forecast: the forecast of the deals
        :param float open_amount: of the open deals
        """
        reader, parts, (owner, by) = TargetReader(self.env, months), forecast.parts, self._target_owner(scope)
        # Without teams the target is that of the companies: each of those whose deals are forecast should have one.
        of_companies = scope.name != MINE and scope.team_ids is None
        found = reader.find(owner, by, forecast.company_ids if of_companies else ())
        targets = list(found.values())
        amounts = [target.amount for target in targets if target.amount is not None]
        if not amounts:
            return {"target": False, "without_target": "", **against_target(None, parts, open_amount)}, targets
        amount, domain = sum(amounts), reader.domain(owner)
        return {
            "without_target": self._names_without_target(scope, found, of_companies),
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

    def _names_without_target(self, scope, found, of_companies):
        """Return the first names of companies or teams whose deals are in the forecast, but that have no target.

        :param dict found: :class:`.Target` by id of the team; of companies, one for all
        :param bool of_companies: whether the target is that of the companies
        :rtype: str
        """
        if of_companies:
            # The period is one month: a company in which it is missing has no target at all.
            company_ids = sorted({company_id for target in found.values() for company_id in target.incomplete})
            owners = self.env["res.company"].browse(company_ids)
        else:
            owners = self.env["crm.team"].browse([id_ for id_ in scope.team_ids or () if id_ not in found])
        return joined_first_names(self.env, owners[:MOST_NAMES].mapped("name"), len(owners))

    def _target_owner(self, scope):
        """Return whose targets a scope is compared with, as a domain, and the field that names the owner."""
        if scope.name == MINE:
            return Domain("user_id", "=", scope.user_id), "user_id"
        if scope.team_ids is not None:
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
