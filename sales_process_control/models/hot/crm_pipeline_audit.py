from odoo import api, models
from odoo.tools import SQL

from .crm_lead import HOT_FIELDS

#: What each deal says of its open hot flag, and whether it ever had a flag.
MEND_HOT = """
    UPDATE crm_lead lead
    SET hot_flag_id = found.flag_id, is_hot = found.flag_id IS NOT NULL, hot_due_date = found.due_date,
        was_hot = found.was_hot
    FROM (
        SELECT lead.id, flag.id AS flag_id, flag.due_date,
               EXISTS (SELECT FROM crm_hot_flag former WHERE former.lead_id = lead.id) AS was_hot
        FROM crm_lead lead
        LEFT JOIN crm_hot_flag flag ON flag.lead_id = lead.id AND flag.outcome = 'open'
    ) found
    WHERE lead.id = found.id
      AND (lead.hot_flag_id, COALESCE(lead.is_hot, FALSE), lead.hot_due_date, COALESCE(lead.was_hot, FALSE))
          IS DISTINCT FROM (found.flag_id, found.flag_id IS NOT NULL, found.due_date, found.was_hot)
    RETURNING lead.id
"""


class CrmPipelineAudit(models.AbstractModel):
    _inherit = "crm.pipeline.audit"

    @api.model
    def _mend_computed_fields(self):
        return super()._mend_computed_fields() | self._mend(SQL(MEND_HOT), HOT_FIELDS)
