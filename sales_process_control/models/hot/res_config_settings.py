from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: Days within which a promise to sign must be kept, by default.
DEFAULT_SIGNING_DAYS = 90
#: System parameter with the days.
SIGNING_DAYS = "sales_process_control.hot_signing_days"


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    hot_signing_days = fields.Integer(
        "Days to Sign",
        default=DEFAULT_SIGNING_DAYS,
        config_parameter=SIGNING_DAYS,
        help="An opportunity that was said to sign counts as signed if it is won within so many days. Until they have "
        "passed it counts neither way.",
    )

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

    @api.constrains("hot_signing_days")
    def _check_hot_signing_days(self):
        if any(settings.hot_signing_days < 1 for settings in self):
            raise ValidationError(self.env._("Hot customers need at least one day to sign."))
