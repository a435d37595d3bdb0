from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    alerts_promise = fields.Boolean(
        related="company_id.alerts_promise",
        readonly=False,
        help="For the salesperson of a hot flag that is past its due date.",
    )
    alerts_promise_leader = fields.Boolean(
        related="company_id.alerts_promise_leader",
        readonly=False,
        help="For the team leader, once a hot flag is more than 7 days past its due date.",
    )
    alerts_stalled = fields.Boolean(
        related="company_id.alerts_stalled", readonly=False, help="For the salesperson of a stalled opportunity."
    )
    alerts_stalled_leader = fields.Boolean(
        related="company_id.alerts_stalled_leader",
        readonly=False,
        help="For the team leader, once a stalled opportunity is in its stage longer than twice the limit.",
    )
    alerts_hot_idle = fields.Boolean(
        related="company_id.alerts_hot_idle",
        readonly=False,
        help="For the salesperson of a hot opportunity for which no next action is planned.",
    )
    alerts_per_day = fields.Integer(
        related="company_id.alerts_per_day",
        readonly=False,
        help="Highest number of alerts a day, for each user with this default company. Those with the highest "
        "amounts come first; the others follow on later days.",
    )
