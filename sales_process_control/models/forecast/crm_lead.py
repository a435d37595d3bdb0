from odoo import api, models

from ...const import GROUP_SALESPERSON
from ..chance.crm_lead import CHANCE_FIELDS
from ..chance.optional_number import OptionalFloat, OptionalMonetary
from .forecast_now import period_between, read_chances


class CrmLead(models.Model):
    """Adds the part of a deal in the forecast of a period, which the context names (docs/definitions.md, Forecast)."""

    _inherit = "crm.lead"

    chance_in_period = OptionalFloat(
        "Chance in the Period",
        compute="_compute_in_period",
        groups=GROUP_SALESPERSON,
        help="How likely the opportunity is won in the period of the forecast. Empty for opportunities that are "
        "closed, while too few have been won or lost, and outside the forecast.",
    )
    expected_in_period = OptionalMonetary(
        "Expected in the Period",
        compute="_compute_in_period",
        currency_field="company_currency",
        groups=GROUP_SALESPERSON,
        help="Expected revenue times the chance in the period. The forecast adds these up.",
    )

    @api.depends(*CHANCE_FIELDS, "expected_revenue")
    @api.depends_context("forecast_date_start", "forecast_date_end")
    def _compute_in_period(self):
        period = period_between(self.env.context.get("forecast_date_start"), self.env.context.get("forecast_date_end"))
        chances = read_chances(self._origin, period) if period and self._origin.ids else {}
        for lead in self:
            lead.chance_in_period = chances.get(lead._origin.id)
            known = lead.chance_in_period is not None
            lead.expected_in_period = lead.expected_revenue * lead.chance_in_period if known else None
