from odoo import api, models


class CrmPipelineAudit(models.AbstractModel):
    _inherit = "crm.pipeline.audit"

    @api.model
    def _cron_audit(self):
        """Repair the ledgers, then store the limits that their visits suggest."""
        result = super()._cron_audit()
        self.env["crm.stage"]._update_nightly_limits()
        return result
