from odoo import fields, models

from ...const import GROUP_SETTINGS

#: Most alerts a day and person by default.
DEFAULT_PER_DAY = 5


class ResCompany(models.Model):
    """Which alerts the people of a company get. None by default: an update must not flood anybody."""

    _inherit = "res.company"

    alerts_promise = fields.Boolean("Overdue Promises", groups=GROUP_SETTINGS)
    alerts_promise_leader = fields.Boolean("Long Overdue Promises", groups=GROUP_SETTINGS)
    alerts_stalled = fields.Boolean("Stalled Opportunities", groups=GROUP_SETTINGS)
    alerts_stalled_leader = fields.Boolean("Stalled Past Twice the Limit", groups=GROUP_SETTINGS)
    alerts_hot_idle = fields.Boolean("Hot Without Next Action", groups=GROUP_SETTINGS)
    alerts_per_day = fields.Integer("Alerts per User and Day", default=DEFAULT_PER_DAY, groups=GROUP_SETTINGS)
    alerts_given_on = fields.Date(
        readonly=True,
        copy=False,
        groups=GROUP_SETTINGS,
        help="The last day with alerts, in the time zone of the company's working calendar.",
    )

    _alerts_per_day_positive = models.Constraint(
        "CHECK (alerts_per_day > 0)", "The number of alerts a day must be 1 or more. To get no alerts, switch them off."
    )
