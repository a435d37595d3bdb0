from odoo import models
from odoo.tools import SQL

from .alert_kinds import IDLE


class CrmProgressRecorder(models.AbstractModel):
    _inherit = "crm.progress.recorder"

    def _after_progress(self, lead_ids):
        """Close the alerts of deals that made progress."""
        result = super()._after_progress(lead_ids)
        self.env["crm.lead"].browse(sorted(set(lead_ids)))._close_alerts()
        return result

    def _record_plans(self, activities):
        """Close alerts for want of a next action: one is planned."""
        result = super()._record_plans(activities)
        leads = self.env["crm.lead"].browse(sorted(set(activities.mapped("res_id"))))
        leads._close_alerts(SQL("alert.kind = %s", IDLE))
        return result
