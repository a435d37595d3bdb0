from odoo import api, fields, models
from odoo.fields import Domain

from ...const import GROUP_SALESPERSON
from ..chance.crm_lead import CHANCE_FIELDS
from ..chance.optional_number import OptionalFloat, OptionalMonetary
from .estimates_reader import read_cells
from .forecast_now import period_between, read_chances


class CrmLead(models.Model):
    """Adds the part of a deal in the forecast of a period, which the context names (docs/definitions.md, Forecast).

    Also adds the search field that finds the deals behind the numbers of *Quality of estimates*.
    """

    _inherit = "crm.lead"

    chance_in_period = OptionalFloat(
        "Chance in the Period",
        compute="_compute_in_period",
        groups=GROUP_SALESPERSON,
        help="How likely the opportunity is won in the period of the forecast. Empty for closed opportunities, if "
        "too few opportunities were won or lost, and outside the forecast.",
    )
    expected_in_period = OptionalMonetary(
        "Expected in the Period",
        compute="_compute_in_period",
        currency_field="company_currency",
        groups=GROUP_SALESPERSON,
        help="Expected revenue times the chance in the period. The forecast is the sum of these amounts.",
    )

    estimate_cell = fields.Char(
        compute="_compute_estimate_cell",
        search="_search_estimate_cell",
        groups=GROUP_SALESPERSON,
        help="To search with: the opportunities that were rated alike and then won or lost, as the Sales Forecast "
        "names them.",
    )

    def _compute_estimate_cell(self):
        # A deal belongs to the cells of several sources, so that the field has no value. It exists for searches.
        self.estimate_cell = False

    def _search_estimate_cell(self, operator, value):
        # Odoo checks the groups of fields with a column only.
        self._check_field_access(self._fields["estimate_cell"], "read")
        if operator != "in":
            return NotImplemented
        return Domain.OR([cell.domain_of_leads(self.env) for cell in read_cells(self.env, value)])

    @api.depends(*CHANCE_FIELDS, "expected_revenue")
    @api.depends_context("forecast_date_start", "forecast_date_end")
    def _compute_in_period(self):
        period = period_between(self.env.context.get("forecast_date_start"), self.env.context.get("forecast_date_end"))
        chances = read_chances(self._origin, period) if period and self._origin.ids else {}
        self.chance_in_period = self.expected_in_period = None
        for lead in self.filtered(lambda lead: lead._origin.id in chances):
            lead.chance_in_period = chances[lead._origin.id]
            lead.expected_in_period = lead.expected_revenue * lead.chance_in_period
