from odoo import fields, models

from ...const import GROUP_INTERNAL


class ResCompany(models.Model):
    _inherit = "res.company"

    weekly_report_for_leaders = fields.Boolean(
        "Weekly Report for Team Leaders",
        groups=GROUP_INTERNAL,
        help="Leaders of sales teams get the report of their teams by email on Monday morning, unless they choose "
        "another report in their preferences.",
    )
