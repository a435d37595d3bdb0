from odoo import models

from .workbench_messages import Concerned, notify_workbenches


class CrmHotFlag(models.Model):
    _inherit = "crm.hot.flag"

    def _after_flag_change(self):
        """Notify the workbenches of the salespeople of these flags and of their opportunities."""
        result = super()._after_flag_change()
        # sudo: only ids of users are read, for messages without content.
        flags = self.sudo()
        notify_workbenches(self.env, Concerned(user_ids=(flags.user_id | flags.lead_id.user_id).ids))
        return result
