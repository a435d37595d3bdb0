from collections import defaultdict

from odoo import models

from ..recording.company_money import CompanyMoney


class CrmForecastBlock(models.AbstractModel):
    """Base of the blocks of the Forecast. `_read_block` gets a :class:`~.forecast_scope.ForecastScope`."""

    _name = "crm.forecast.block"
    _inherit = "crm.screen.block"
    _description = "Block of the Forecast"

    def _open_number(self, domain, value, name, scope, **more):
        """Return a count of open deals. The list that it opens has the columns of chances.

        :param Domain domain: the deals, as a domain on `crm.lead`
        :param more: see :meth:`_number`
        """
        return self._number(value, name, "crm.lead", domain, context=self._chance_context(scope), **more)

    def _describe_left_out(self, forecast):
        """Return the amounts of deals that are in no sum, since their currency has no exchange rate.

        :param ForecastNow forecast: the deals
        :return: list as of :meth:`.CompanyMoney.describe_left_out`, each with ``what``: of what the amount is
        """
        found = {
            self.env._("open deals"): forecast.left_out("deals"),
            self.env._("won deals"): forecast.left_out("wins"),
            self.env._("deals that came in"): forecast.left_out("arrivals"),
        }
        return [{**amount, "what": what} for what, amounts in found.items() for amount in amounts]

    def _describe_targets_left_out(self, targets):
        """Return the same of targets.

        :param targets: :class:`.Target` of owners
        """
        return self._sum_left_out([target.left_out for target in targets], self.env._("targets"))

    def _sum_left_out(self, parts, what):
        """Return the sum of amounts that are in no sum, see :meth:`_describe_left_out`.

        :param parts: dictionaries of amounts by currency id
        :param str what: of what they are
        """
        amounts = defaultdict(float)
        for part in parts:
            for currency_id, amount in part.items():
                amounts[currency_id] += amount
        return [{**row, "what": what} for row in CompanyMoney(self.env).describe_left_out(amounts)]

    def _describe_incomplete(self, target):
        """Return of how many months each company has a target, of those without one for every month.

        :param Target target: a target of several companies; of one company, its number of months says it
        :return: list of ``name`` and ``months``
        """
        companies = self.env["res.company"].browse(target.incomplete)
        return [{"name": company.name, "months": target.incomplete[company.id]} for company in companies]

    def _chance_context(self, scope):
        """Return the context in which a list of deals shows their chances in the period."""
        return {
            "forecast_date_start": scope.start.isoformat(),
            "forecast_date_end": scope.end.isoformat(),
            "list_view_ref": "sales_process_control.crm_lead_view_list_forecast",
        }
