from odoo import fields, models


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
