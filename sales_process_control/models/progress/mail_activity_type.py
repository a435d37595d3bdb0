from odoo import api, models

from .mail_activity import ALERT_TYPE


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    @api.model
    def _get_model_info_by_xmlid(self):
        """Have Odoo refuse to delete the type of deal alerts."""
        return {**super()._get_model_info_by_xmlid(), ALERT_TYPE: {"res_model": "crm.lead", "unlink": False}}
