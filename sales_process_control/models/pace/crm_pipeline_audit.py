from odoo import api, models

from .crm_stage import MOST_STAGES


class CrmPipelineAudit(models.AbstractModel):
    _inherit = "crm.pipeline.audit"

    @api.model
    def _cron_audit(self):
        """Repair the ledgers, then store the limits that their visits suggest."""
        result = super()._cron_audit()
        stages = self.env["crm.stage"].search([], limit=MOST_STAGES)
        for name in ("pace_limit_days", "pace_limit_source"):
            self.env.add_to_compute(stages._fields[name], stages)
        stages._update_nightly_limits()
        return result
