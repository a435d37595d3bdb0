from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError

from ...const import GROUP_ALL_DOCUMENTS, GROUP_SALESPERSON
from ..recording.company_money import CompanyMoney
from .forecast_scope import DEFAULT_PERIOD, KINDS, ForecastScope, period_labels, period_name
from .forecast_snapshot import SnapshotReader


class CrmForecastScreen(models.AbstractModel):
    """The Forecast: how much will be won in a period, where it comes from, and how good forecasts were."""

    _name = "crm.forecast.screen"
    _description = "Forecast"

    @api.model
    @api.readonly
    def get_screen(self, period=DEFAULT_PERIOD, team_id=False, user_id=False, company_id=False, blocks=None):
        """Return the forecast of a period, or some blocks of it, under the record rules of the reader.

        :param str period: `month`, `next_month`, `quarter` or `next_quarter`
        :param int team_id: a sales team: its open deals, and deals that were its when they were won
        :param int user_id: a salesperson, likewise
        :param int company_id: one of the companies that the reader has selected
        :param list blocks: keys of the blocks to read; by default those with which the page is painted
        :return: a dictionary:

            - ``period``; ``periods``: a list of ``key`` and ``name``; ``period_kind``: `month` or `quarter`;
              ``period_name``: for example "Q4 2026"; ``today``, ``start``, ``end``: days as YYYY-MM-DD; ``days_left``:
              from today to the last day
            - ``team_id``, ``user_id``, ``company_id``; ``companies``: a list of ``id`` and ``name``
            - ``seller_domain``: users among whom the reader chooses a salesperson
            - ``may_compare_all``: whether the reader may choose teams and salespeople
            - ``currency_id``: the currency of converted amounts
            - ``later``: keys of the blocks to be read in a second call
            - ``blocks``: content of each block by its key, or ``{"error": reason}`` where it could not be read. Each
              count in it comes with ``model``, ``domain``, ``context`` and ``name`` of the records that it counts
        :raises UserError: for an unknown period or block, and for filters that are no ids
        :raises AccessError: for a company that the reader has not selected, and for a user without rights in CRM
        """
        self.env["crm.forecast"].check_access("read")
        scope = self._scope(period, team_id, user_id, company_id)
        base = self.env["crm.forecast.block"]
        of_screen = base._blocks_of_screen()
        later = [key for key, block in of_screen.items() if block._block_is_later]
        keys = [key for key in of_screen if key not in later] if blocks is None else blocks
        # Keys come from the browser and need not be hashable.
        if not isinstance(keys, list | tuple) or not all(key in list(of_screen) for key in keys):
            raise UserError(self.env._("The Forecast has no such block."))
        return {
            **self._describe_scope(scope),
            "later": later,
            "blocks": base._read_blocks({key: of_screen[key] for key in keys}, scope),
        }

    @api.model
    def _scope(self, period, team_id, user_id, company_id):
        """Return the scope of a request.

        :rtype: ForecastScope
        :raises UserError: for an unknown period, and for filters that are no ids
        :raises AccessError: for a company that the reader has not selected
        """
        if period not in list(KINDS):
            raise UserError(self.env._("The Forecast has no such period."))
        filters = {"team_id": team_id, "user_id": user_id, "company_id": company_id}
        filters = {name: value or False for name, value in filters.items()}
        if not all(value is False or type(value) is int for value in filters.values()):
            raise UserError(self.env._("The Forecast is filtered by one team, salesperson and company."))
        if filters["company_id"] and filters["company_id"] not in self.env.companies.ids:
            raise AccessError(self.env._("You have not selected this company."))
        return ForecastScope.of(period, SnapshotReader(self.env).latest_day(), **filters)

    @api.model
    def _describe_scope(self, scope):
        return {
            "period": scope.key,
            "periods": [{"key": key, "name": name} for key, name in period_labels(self.env).items()],
            "period_kind": scope.kind,
            "period_name": period_name(self.env, scope.period),
            "today": fields.Date.to_string(scope.today),
            "start": fields.Date.to_string(scope.start),
            "end": fields.Date.to_string(scope.end),
            "days_left": (scope.end - scope.today).days,
            "team_id": scope.team_id,
            "user_id": scope.user_id,
            "company_id": scope.company_id,
            "companies": [{"id": company.id, "name": company.name} for company in self.env.companies],
            "seller_domain": self._seller_domain(),
            "may_compare_all": self.env.user.has_group(GROUP_ALL_DOCUMENTS),
            "currency_id": CompanyMoney(self.env).currency_id(),
        }

    @api.model
    def _seller_domain(self):
        """Return the users of the selected companies who may sell, as a domain for the browser."""
        sellers = self.env.ref(GROUP_SALESPERSON)
        return [
            ("id", "!=", SUPERUSER_ID),
            ("all_group_ids", "in", sellers.ids),
            ("company_ids", "in", self.env.companies.ids),
        ]
