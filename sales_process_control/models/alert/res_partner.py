from odoo import models

from .alerting import is_alerting


class ResPartner(models.Model):
    _inherit = "res.partner"

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """Subscribe nobody for an alert about a promise without an opportunity."""
        if is_alerting(self.env.cr):
            return True
        return super().message_subscribe(partner_ids=partner_ids, subtype_ids=subtype_ids)
