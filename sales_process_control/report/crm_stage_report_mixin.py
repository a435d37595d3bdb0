from odoo import api, fields, models
from odoo.tools import SQL

from ..models.recording.crm_pipeline_movement import ORIGINS

STAGE_FIELDS = ("stage_id", "next_stage_id")


class CrmStageReportMixin(models.AbstractModel):
    """What the reports on the ledgers have in common: the stage of a row, and how it came to be known."""

    _name = "crm.stage.report.mixin"
    _inherit = "crm.lead.report.mixin"
    _description = "Report on Stages"

    stage_id = fields.Many2one("crm.stage", readonly=True)
    stage_name = fields.Char("Stage at the Time", readonly=True, help="The stage's name as it was at that time.")
    origin = fields.Selection(ORIGINS, readonly=True, help="How the row came to be known.")

    @api.depends("lead_id.name", "lead_ref", "stage_id.name", "stage_name")
    def _compute_display_name(self):
        for row, name in zip(self, self.lead_id._names_in_ledger(self), strict=True):
            stage = row.stage_id.name or row.stage_name
            row.display_name = f"{stage}: {name}" if stage else name

    @api.model
    def _read_group_orderby(self, order, groupby_terms, query):
        """Groups by stage stand in the order of stages, without joining the stages to each row before it is grouped."""
        parts = [part.strip() for part in (order or ",".join(groupby_terms)).split(",")]
        if not any(part.split(" ")[0] in STAGE_FIELDS for part in parts):
            return super()._read_group_orderby(order, groupby_terms, query)
        terms = []
        for part in parts:
            spec, _space, direction = part.partition(" ")
            if spec in STAGE_FIELDS and spec in groupby_terms:
                terms.append(self._stage_rank_to_sql(groupby_terms[spec], direction))
            else:
                terms.append(super()._read_group_orderby(part, groupby_terms, query))
        return SQL(", ").join(terms)

    @api.model
    def _stage_rank_to_sql(self, stage_sql, direction):
        stages = self.env["crm.stage"]
        ranked = stages._search([], order=stages._order).select()
        descending = direction.upper().startswith("DESC")
        return SQL("array_position(ARRAY(%s), %s) %s", ranked, stage_sql, SQL("DESC" if descending else "ASC"))
