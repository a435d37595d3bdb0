from odoo import api, models


class CrmStage(models.Model):
    _name = "crm.stage"
    _inherit = ["crm.stage", "crm.computed.fields.mixin"]

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
        # Record moves out of these stages while the stages still have their place in the order.
        self.env.cr.flush()
        result = super().unlink()
        self.env["crm.pipeline.reader"]._forget_context()
        return result
