from odoo import models
from odoo.exceptions import AccessError, UserError


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_hot_flag(self):
        """Open the dialog that raises a hot flag on this customer.

        :return: the action
        :rtype: dict
        :raises AccessError: for a customer that the user may not read
        :raises UserError: for a customer that was deleted
        """
        if not self.exists():
            raise UserError(self.env._("This customer was deleted in the meantime. Reload the page."))
        self.ensure_one()
        if not self.has_access("read"):
            raise AccessError(self.env._("You cannot raise a hot flag on a customer without access to it."))
        return self.env["crm.hot.flag.dialog"]._open_for(partner=self)
