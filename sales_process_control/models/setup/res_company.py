from odoo import fields, models

from ...const import GROUP_SALES_MANAGER


class ResCompany(models.Model):
    """What sales managers have decided about the set-up panel. Written by ``crm.workbench.setup`` only."""

    _inherit = "res.company"

    is_sales_setup_put_away = fields.Boolean(
        "Set-Up Panel Hidden",
        readonly=True,
        copy=False,
        groups=GROUP_SALES_MANAGER,
        help="The workbench of sales managers does not show the set-up panel of this company.",
    )
    is_keeping_stages = fields.Boolean(
        "Keeps Its Stages",
        readonly=True,
        copy=False,
        groups=GROUP_SALES_MANAGER,
        help="A sales manager chose to keep the stages as they are.",
    )
    skipped_setup_steps = fields.Char(
        readonly=True,
        copy=False,
        groups=GROUP_SALES_MANAGER,
        help="Names of the steps of the set-up panel that are skipped, separated by commas.",
    )
