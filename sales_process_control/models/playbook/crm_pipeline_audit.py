from odoo import api, models
from odoo.tools import SQL

#: Whether a sales manager has overridden the stage gate for a deal.
MEND_OVERRIDES = """
    UPDATE crm_lead lead SET was_passed = found.expected
    FROM (
        SELECT lead.id, EXISTS (SELECT FROM crm_stage_pass pass WHERE pass.lead_id = lead.id) AS expected
        FROM crm_lead lead
    ) found
    WHERE lead.id = found.id AND COALESCE(lead.was_passed, FALSE) <> found.expected
    RETURNING lead.id
"""


class CrmPipelineAudit(models.AbstractModel):
    _inherit = "crm.pipeline.audit"

    @api.model
    def _mend_computed_fields(self):
        return super()._mend_computed_fields() | self._mend(SQL(MEND_OVERRIDES), ["was_passed"])
