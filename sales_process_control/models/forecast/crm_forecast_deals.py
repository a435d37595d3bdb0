from heapq import nsmallest

from odoo import models

from ..recording.company_money import CompanyMoney
from ..screen.crm_screen_block import OPEN_DEAL

#: How many deals the block shows.
MOST = 10
#: Fields of the deals that are shown.
FIELDS = (
    "name",
    "stage_id",
    "stage_days",
    "expected_revenue",
    "company_id",
    "chance",
    "chance_evidence",
)


class CrmForecastDeals(models.AbstractModel):
    """Where the expected part comes from: the open deals that add most to it, with what their chances rest on."""

    _name = "crm.forecast.deals"
    _inherit = "crm.forecast.block"
    _description = "Forecast: Open Deals"

    _block_key = "deals"
    _block_sequence = 20

    def _read_block(self, scope):
        forecast = scope.forecast(self.env)
        shares = [
            (deal, chance)
            for deal in forecast.snapshot.deals
            if (chance := forecast.maker.chance(deal, scope.period)) is not None
        ]
        # Most money first. Deals without an amount are at the end, the most likely ones first.
        most = nsmallest(MOST, shares, key=lambda row: (-row[0].amount * row[1], -row[1], row[0].lead_id))
        return {
            "deals": self._describe(most),
            "all": self._open_number(
                OPEN_DEAL & scope.domain(), len(forecast.snapshot.deals), self.env._("Open Deals"), scope
            ),
            "shown_amount": sum(deal.amount * chance for deal, chance in most),
            "expected_amount": forecast.parts["expected_amount"],
            "is_known": forecast.parts["is_known"],
            "currency_id": forecast.parts["currency_id"],
            "left_out": forecast.parts["left_out"],
        }

    def _describe(self, shares):
        """Return the rows of deals.

        :param shares: (deal, chance in the period)
        """
        leads = self.env["crm.lead"].browse(deal.lead_id for deal, _chance in shares)
        # The user may read them: they were found under the record rules.
        leads.fetch(FIELDS)
        currencies = CompanyMoney(self.env).currency_by_company()
        rows = []
        for lead, (_deal, chance) in zip(leads, shares, strict=True):
            currency_id = currencies.get(lead.company_id.id, currencies[None])
            rows.append(
                {
                    "id": lead.id,
                    "name": lead.name,
                    "stage_name": lead.stage_id.name or "",
                    "stage_days": int(lead.stage_days or 0),
                    "amount": lead.expected_revenue,
                    "currency_id": currency_id,
                    "chance_in_period": chance,
                    "chance": False if lead.chance is None else lead.chance,
                    "evidence": lead.chance_evidence or "",
                }
            )
        return rows
