from odoo import api, fields, models


class CrmStageHistoryImportStage(models.TransientModel):
    """A stage of the file, as the preview proposes it."""

    _name = "crm.stage.history.import.stage"
    _description = "Stage of a Stage History to Import"
    _order = "sequence, id"

    import_id = fields.Many2one("crm.stage.history.import", required=True, ondelete="cascade")
    sequence = fields.Integer()
    key = fields.Char(readonly=True)
    name = fields.Char("Stage in the File", readonly=True)
    stage_id = fields.Many2one(
        "crm.stage", "Stage in Odoo", help="The stage that takes its opportunities; empty to make a new one."
    )
    is_won = fields.Boolean(
        "Won", compute="_compute_is_won", store=True, readonly=False, help="Opportunities are won in this stage."
    )
    deals = fields.Integer("Opportunities", readonly=True, help="Opportunities that came to this stage.")

    @api.depends("stage_id")
    def _compute_is_won(self):
        for line in self:
            if line.stage_id:
                line.is_won = line.stage_id.is_won

    def write(self, vals):
        result = super().write(vals)
        if "import_id" in vals:
            # Odoo checks record rules before it writes: a line must not move into the dialog of another user.
            self.check_access("write")
        return result
