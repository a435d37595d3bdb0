from odoo import api, fields, models


class CrmStagePass(models.Model):
    """One override of the stage gate: a sales manager moved a deal on with required steps open.

    A row for each deal and stage. Nobody may write rows through RPC (docs/definitions.md, Stage gate).
    """

    _name = "crm.stage.pass"
    _inherit = "crm.lead.row.mixin"
    _description = "Override of a Stage Gate"
    _rec_name = "lead_id"
    _order = "date desc, id desc"
    _log_access = False

    lead_id = fields.Many2one("crm.lead", "Opportunity", readonly=True, required=True, ondelete="cascade", index=True)
    stage_id = fields.Many2one(
        "crm.stage", readonly=True, ondelete="set null", help="The stage that the opportunity left."
    )
    next_stage_id = fields.Many2one("crm.stage", "To Stage", readonly=True, ondelete="set null")
    user_id = fields.Many2one("res.users", "Approved By", readonly=True, ondelete="set null")
    date = fields.Datetime(readonly=True, required=True)
    reason = fields.Text(readonly=True, required=True)
    step_names = fields.Text(
        "Missing Sales Actions", readonly=True, help="The required sales actions that were missing, one per line."
    )

    @api.model_create_multi
    def create(self, vals_list):
        passes = super().create(vals_list)
        passes.lead_id.was_passed = True
        return passes

    @api.model
    def _record_override(self, blocked, reason):
        """Write a row for each stage that was left with required steps open, after the deals were moved.

        :param blocked: list of :class:`~.stage_gate.IncompleteStage`, read before the move
        :param str reason: the manager's reason
        """
        # sudo: nobody has the right to create rows, since a row is evidence. The caller has checked that the user is a
        # sales manager.
        self.sudo().create(
            [
                {
                    "lead_id": one.lead.id,
                    "stage_id": one.stage.id,
                    "next_stage_id": one.lead.stage_id.id,
                    "user_id": self.env.uid,
                    "date": self.env.cr.now(),
                    "reason": reason,
                    "step_names": "\n".join(one.step_names),
                }
                for one in blocked
            ]
        )
