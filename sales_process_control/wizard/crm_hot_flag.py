from odoo import models


class CrmHotFlag(models.Model):
    _inherit = "crm.hot.flag"

    def action_hot_flag(self):
        """Open the dialog in which the flag is edited and settled.

        :return: the action
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("write")
        return self.env["crm.hot.flag.dialog"]._open_for(flag=self)
