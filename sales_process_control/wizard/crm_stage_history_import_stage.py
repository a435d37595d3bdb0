from odoo import api, fields, models

from ..history import LEFT_OUT, LOST, STAGE, WON


class CrmStageHistoryImportStage(models.TransientModel):
    """A name of a stage in the file, and what it stands for, as the preview proposes it."""

    _name = "crm.stage.history.import.stage"
    _description = "Stage of a Stage History to Import"
    _order = "sequence, id"

    import_id = fields.Many2one("crm.stage.history.import", required=True, ondelete="cascade")
    sequence = fields.Integer()
    key = fields.Char(readonly=True)
    name = fields.Char("Stage in the File", readonly=True)
    kind = fields.Selection(
        [(STAGE, "Stage"), (WON, "Won"), (LOST, "Lost"), (LEFT_OUT, "Left out")],
        "Stands for",
        required=True,
        default=STAGE,
        help="What happens to an opportunity that comes to this stage. Stages that are left out leave no trace.",
    )
    proposed_kind = fields.Char(readonly=True, help="Another kind is a choice, which is remembered.")
    is_doubtful = fields.Boolean(readonly=True, help="The name looks like the end of an opportunity.")
    stage_id = fields.Many2one(
        "crm.stage", "Stage in Odoo", help="The stage that takes its opportunities; empty to make a new one."
    )
    is_won = fields.Boolean(
        "Won", compute="_compute_is_won", store=True, readonly=False, help="Opportunities are won in this stage."
    )
    deals = fields.Integer("Opportunities", readonly=True, help="Opportunities that came to this stage.")

    @api.depends("stage_id", "kind")
    def _compute_is_won(self):
        for line in self:
            line.is_won = line.stage_id.is_won if line.stage_id else line.kind == WON

    @api.onchange("stage_id")
    def _onchange_stage_id(self):
        """Show what Odoo's stage does with its opportunities."""
        if self.stage_id and self.kind in (STAGE, WON):
            self.kind = WON if self.stage_id.is_won else STAGE

    def write(self, vals):
        result = super().write(vals)
        if "import_id" in vals:
            # Odoo checks record rules before it writes: a line must not move into the dialog of another user.
            self.check_access("write")
        return result
