from odoo import fields, models

#: Whether a step is expected of a deal: in SQL, and in Python in :meth:`CrmStageStep._applies_to`. A step without a
#: team is expected of all deals in its stage, one with a team of the deals of that team, too.
STEP_APPLIES = """
    (step.active AND step.stage_id = {stage_id} AND (step.team_id IS NULL OR step.team_id = {team_id}))
"""
#: Whether a deal has taken a step: at any time, however often it came back to the stage.
STEP_IS_DONE = """
    EXISTS (SELECT FROM crm_lead_progress taken WHERE taken.lead_id = {lead_id} AND taken.step_id = step.id)
"""


class CrmStageStep(models.Model):
    """A sales action that a stage expects of the opportunities in it."""

    _name = "crm.stage.step"
    _description = "Sales Action of a Stage"
    _order = "stage_id, sequence, id"

    name = fields.Char("Sales Action", required=True, translate=True)
    stage_id = fields.Many2one("crm.stage", required=True, ondelete="cascade", index=True)
    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        ondelete="cascade",
        help="Expected of the opportunities of this team only. Empty: of all in the stage.",
    )
    company_id = fields.Many2one(related="team_id.company_id")
    sequence = fields.Integer(default=10, aggregator=None)
    active = fields.Boolean(default=True)
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        domain="[('res_model', 'in', (False, 'crm.lead'))]",
        ondelete="set null",
        help="An activity of this type that is marked done while the opportunity is in the stage takes the step.",
    )
    is_required = fields.Boolean(
        "Required", help="An opportunity that leaves the stage without it is held, or warned about, as the stage says."
    )
    guidance = fields.Text(translate=True, help="What a salesperson should know or ask.")

    def _applies_to(self, lead, stage=None):
        """Those of the steps that are expected of a deal in a stage: the one that it is in unless another is given."""
        stage = stage or lead.stage_id
        return self.filtered(
            lambda step: step.active and step.stage_id == stage and (not step.team_id or step.team_id == lead.team_id)
        )
