from odoo import api, models
from odoo.tools import SQL

from .crm_deal_alert import UPDATE_LEADS


class CrmPipelineAudit(models.AbstractModel):
    _inherit = "crm.pipeline.audit"

    @api.model
    def _mend_computed_fields(self):
        """Close alerts whose activities PostgreSQL has deleted, as together with a user, and mend their deals."""
        mended = super()._mend_computed_fields()
        self.env["crm.deal.alert"]._close(SQL("alert.activity_id IS NULL"))
        return mended | self._mend(SQL(UPDATE_LEADS, deals=SQL("(SELECT id FROM crm_lead)")), ["has_open_alert"])
