from odoo import api, fields, models
from odoo.exceptions import UserError

from .forecast_scope import DEFAULT_PERIOD, KINDS, ForecastScope, period_labels, period_name
from .forecast_snapshot import SnapshotReader


class CrmForecastScreen(models.AbstractModel):
    """The Forecast: how much will be won in a period, where it comes from, and how good forecasts were."""

    _name = "crm.forecast.screen"
    _inherit = "crm.screen.query"
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
        refusal = self.env._("The Sales Forecast has no such block.")
        return {
            **self._describe_scope(scope),
            **self._read_screen(self.env["crm.forecast.block"], scope, blocks, refusal),
        }

    @api.model
    def _scope(self, period, team_id, user_id, company_id):
        """Return the scope of a request.

        :rtype: ForecastScope
        :raises UserError: for an unknown period, and for filters that are no ids
        :raises AccessError: for a company that the reader has not selected
        """
        if period not in list(KINDS):
            raise UserError(self.env._("The Sales Forecast has no such period."))
        refusal = self.env._("Choose no more than one team, one salesperson and one company.")
        filters = self._check_filters(refusal, team_id=team_id, user_id=user_id, company_id=company_id)
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
            **self._describe_filters(scope),
        }
