from odoo import models


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

    def _chance_context(self, scope):
        """Return the context in which a list of deals shows their chances in the period."""
        return {
            "forecast_date_start": scope.start.isoformat(),
            "forecast_date_end": scope.end.isoformat(),
            "list_view_ref": "sales_process_control.crm_lead_view_list_forecast",
        }
