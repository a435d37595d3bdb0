from odoo import api, fields, models

from ..history import LEFT_OUT, LOST, STAGE, WON
from ..models.history_import.crm_history_matcher import preferred_stage
from ..models.history_import.history_plan import StagePlan


class CrmStageHistoryImportStage(models.TransientModel):
    """A name of a stage in the file, and what it stands for, as the preview proposes it."""

    _name = "crm.stage.history.import.stage"
    _inherit = ["crm.write.check.mixin"]
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
        help="What happens to an opportunity that comes into this stage. Stages that are left out are not imported.",
    )
    proposed_kind = fields.Char(readonly=True, help="Choose another kind to have it remembered.")
    is_doubtful = fields.Boolean(readonly=True, help="The name looks like the end of an opportunity.")
    stage_id = fields.Many2one(
        "crm.stage", "Stage in Odoo", help="The stage in Odoo for its opportunities. If empty, a new stage is created."
    )
    proposed_stage_id = fields.Many2one("crm.stage", readonly=True, help="Choose another stage to have it remembered.")
    is_won = fields.Boolean(
        "Won", compute="_compute_is_won", store=True, readonly=False, help="Opportunities are won in this stage."
    )
    deals = fields.Integer("Opportunities", readonly=True, help="Opportunities that came into this stage.")

    @api.depends("stage_id", "kind")
    def _compute_is_won(self):
        for line in self:
            line.is_won = line.stage_id.is_won if line.stage_id else line.kind == WON

    @api.onchange("stage_id")
    def _onchange_stage_id(self):
        """Show what Odoo's stage does with its opportunities."""
        if self.stage_id and self.kind in (STAGE, WON):
            self.kind = WON if self.stage_id.is_won else STAGE

    @api.onchange("kind")
    def _onchange_kind(self):
        """Propose a stage that does with its opportunities what is chosen: Odoo's won stage, or a new one."""
        if not self._contradicts():
            return
        won = self.env["crm.stage"].search([("is_won", "=", True)], order="sequence, id")
        self.stage_id = preferred_stage(won) if self.kind == WON else False

    def _contradicts(self):
        """Return whether the line stands for a win, and its stage in Odoo is none, or the other way round."""
        if self.kind == WON:
            return not self.stage_id.is_won
        return self.kind == STAGE and self.stage_id.is_won

    def _plan(self):
        """Return what is chosen for the stage, as a :class:`.StagePlan`."""
        stage, is_won = self.stage_id, self.is_won
        if stage == self.proposed_stage_id and self.kind != self.proposed_kind and self._contradicts():
            # A program has changed only the kind: a stage that was proposed for the other one is no choice.
            stage, is_won = self.env["crm.stage"], self.kind == WON
        return StagePlan(self.key or "", self.name or "", stage.id or None, is_won)
