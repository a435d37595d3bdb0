from odoo import models

from .workbench_messages import Concerned, notify_workbenches


class CrmProgressRecorder(models.AbstractModel):
    _inherit = "crm.progress.recorder"

    def _after_progress(self, lead_ids):
        """Notify the workbenches of the salespeople of deals whose progress a colleague has recorded."""
        result = super()._after_progress(lead_ids)
        notify_workbenches(self.env, Concerned(lead_ids=lead_ids))
        return result
