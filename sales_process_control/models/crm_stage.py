from odoo import api, models


class CrmStage(models.Model):
    _inherit = "crm.stage"

    @api.model_create_multi
    def create(self, vals_list):
        stages = super().create(vals_list)
        self.env["crm.pipeline.reader"]._forget_context()
        return stages

    def write(self, vals):
        result = super().write(vals)
        self.env["crm.pipeline.reader"]._forget_context()
        return result

    def unlink(self):
        # Moves out of a stage are recorded while it can still say where it stood.
        self.env.cr.flush()
        result = super().unlink()
        self.env["crm.pipeline.reader"]._forget_context()
        return result
