from odoo import api, fields, models


class CrmStage(models.Model):
    _inherit = "crm.stage"

    suggested_limit_days = fields.Integer(
        "Suggested Limit",
        compute="_compute_suggested_limit",
        help="Days within which eight of ten opportunities that went on from here had done so: those that advanced or "
        "were won, skips and corrections left out. Empty under 20 stays.",
    )
    suggested_limit_stays = fields.Integer(
        "Stays Behind the Suggestion",
        compute="_compute_suggested_limit",
        help="How many stays that advanced or were won the suggested limit rests on.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_suggested_limit(self):
        self.suggested_limit_days = 0
        self.suggested_limit_stays = 0

    @api.model_create_multi
    def create(self, vals_list):
        stages = super().create(vals_list)
        self.env["crm.pipeline.reader"]._forget_context()
        return stages

    def write(self, vals):
        result = super().write(vals)
        self.env["crm.pipeline.reader"]._forget_context()
        return result

    def unlink(self):
        # Moves out of a stage are recorded while it can still say where it stood.
        self.env.cr.flush()
        result = super().unlink()
        self.env["crm.pipeline.reader"]._forget_context()
        return result

    def action_apply_suggested_limit(self):
        """Make the suggested limit the stage's days to rot."""
