from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if "lang" in vals:
            reader = self.env["crm.pipeline.reader"]
            # The ledgers name stages in the language of the main company's contact.
            if reader._read_context().main_partner_id in self._ids:
                reader._forget_context()
        return result
