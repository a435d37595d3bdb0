from odoo import api, fields, models
from odoo.tools import SQL

from ..models.progress.crm_lead_progress import POSITIVE


class CrmLeadProgress(models.Model):
    """Adds what the report Sales Actions needs: a day to group by, and the counts beside the rate."""

    _name = "crm.lead.progress"
    _inherit = ["crm.lead.progress", "crm.company.day.mixin"]
    _company_days = {"day": "date"}

    day = fields.Date(
        compute="_compute_company_days",
        search=lambda self, *condition: self._search_company_day("day", *condition),
        help="The day on which it happened, in the time zone of the company.",
    )
    reaction_count = fields.Integer(
        "Reactions", compute="_compute_reaction_counts", aggregator="sum", help="1 if a reaction was recorded."
    )
    positive_count = fields.Integer(
        "Positive",
        compute="_compute_reaction_counts",
        aggregator="sum",
        help="1 if a positive reaction was recorded.",
    )

    @api.depends("reaction")
    def _compute_reaction_counts(self):
        for progress in self:
            progress.reaction_count = 1 if progress.reaction else 0
            progress.positive_count = 1 if progress.reaction == POSITIVE else 0

    def _field_to_sql(self, alias, field_expr, query=None) -> SQL:
        if field_expr not in ("reaction_count", "positive_count"):
            return super()._field_to_sql(alias, field_expr, query)
        reaction = self._field_to_sql(alias, "reaction", query)
        if field_expr == "positive_count":
            return SQL("CASE WHEN %s = %s THEN 1 ELSE 0 END", reaction, POSITIVE)
        return SQL("CASE WHEN %s IS NULL THEN 0 ELSE 1 END", reaction)
