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
        help="An opportunity with a promise to sign counts as signed if it is won within this number of days. It "
        "does not count before the days have passed.",
    )

    @api.constrains("hot_signing_days")
    def _check_hot_signing_days(self):
        if any(settings.hot_signing_days < 1 for settings in self):
            raise ValidationError(self.env._("The days to sign must be 1 or more."))
