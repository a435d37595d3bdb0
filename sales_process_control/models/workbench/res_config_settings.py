from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    opens_on_workbench = fields.Boolean(
        "Open CRM on the Workbench",
        help="CRM opens with the workbench, instead of the pipeline. On the workbench, users can also make it their "
        "first page after logging in.",
    )

    @api.model
    def get_values(self):
        return {**super().get_values(), "opens_on_workbench": self.env["res.users"]._is_workbench_first()}

    def set_values(self):
        result = super().set_values()
        self.env["res.users"]._set_workbench_first(self.opens_on_workbench)
        return result
