from odoo import api, models


class CrmProgressRecorder(models.AbstractModel):
    _inherit = "crm.progress.recorder"

    @api.model
    def _fields_of_leads(self):
        return [*super()._fields_of_leads(), "needs_attention", "attention_reason"]
