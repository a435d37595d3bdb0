from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    opens_on_workbench = fields.Boolean(
        "Open CRM on the Workbench",
        help="The workbench is the first page that one sees in CRM, instead of the pipeline. Each person may choose it "
        "as the first page after logging in as well, on the workbench itself.",
    )

    @api.model
    def get_values(self):
        return {**super().get_values(), "opens_on_workbench": self.env["res.users"]._is_workbench_first()}

    def set_values(self):
        result = super().set_values()
        self.env["res.users"]._set_workbench_first(self.opens_on_workbench)
        return result
