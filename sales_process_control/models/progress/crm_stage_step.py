from odoo import api, models
from odoo.tools import SQL

#: SQL condition: the deal has taken the step of the alias `step`. A step is taken once, also if the deal comes back to
#: the stage.
STEP_IS_TAKEN = """
    EXISTS (SELECT FROM crm_lead_progress taken WHERE taken.lead_id = {lead_id} AND taken.step_id = step.id)
"""


class CrmStageStep(models.Model):
    _inherit = "crm.stage.step"

    @api.model
    def _is_taken_sql(self, lead_id):
        fields = self.env["crm.lead.progress"]._fields
        return SQL(
            STEP_IS_TAKEN.format(lead_id="%s"), lead_id, to_flush=[fields[name] for name in ("lead_id", "step_id")]
        )
