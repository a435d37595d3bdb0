from odoo import api, fields, models


class CrmStagePass(models.Model):
    """One time that a sales manager let an opportunity leave a stage with required steps open, and why.

    Read-only to everybody through RPC: it is kept as it was said.
    """

    _name = "crm.stage.pass"
    _description = "Pass of a Stage"
    _rec_name = "lead_id"
    _order = "date desc, id desc"
    _log_access = False

    lead_id = fields.Many2one("crm.lead", "Opportunity", readonly=True, required=True, ondelete="cascade", index=True)
    stage_id = fields.Many2one("crm.stage", readonly=True, ondelete="set null", help="The stage that was left.")
    next_stage_id = fields.Many2one("crm.stage", "To", readonly=True, ondelete="set null")
    user_id = fields.Many2one("res.users", "Passed By", readonly=True, ondelete="set null")
    date = fields.Datetime(readonly=True, required=True)
    reason = fields.Text(readonly=True, required=True)
    step_names = fields.Text("Open Steps", readonly=True, help="The required steps that were open, one a line.")

    @api.model_create_multi
    def create(self, vals_list):
        passes = super().create(vals_list)
        passes.lead_id.was_passed = True
        return passes

    @api.model
    def _keep(self, leavings, reason):
        """Keep that deals were let pass; they are in their new stage already.

        :param leavings: :class:`~.leavings.Leaving` of each deal that was held
        :param str reason: why, as the sales manager said
        """
        # In superuser mode: nobody may write these rows, or else they would prove nothing.
        self.sudo().create(
            [
                {
                    "lead_id": leaving.lead.id,
                    "stage_id": leaving.stage.id,
                    "next_stage_id": leaving.lead.stage_id.id,
                    "user_id": self.env.uid,
                    "date": self.env.cr.now(),
                    "reason": reason,
                    "step_names": "\n".join(leaving.steps),
                }
                for leaving in leavings
            ]
        )
