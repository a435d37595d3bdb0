from odoo import api, models
from odoo.tools import SQL

from .crm_lead import HOT_FIELDS, UPDATE_HOT


class CrmPipelineAudit(models.AbstractModel):
    _inherit = "crm.pipeline.audit"

    @api.model
    def _mend_computed_fields(self):
        return super()._mend_computed_fields() | self._mend(
            SQL(UPDATE_HOT, deals=SQL("(SELECT id FROM crm_lead)")), HOT_FIELDS
        )
