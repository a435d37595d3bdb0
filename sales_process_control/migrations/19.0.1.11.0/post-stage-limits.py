"""Store the limits that the visits suggest, for stages without a limit of their own."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Read the visits of all stages with one query. Odoo itself has computed the limits in force before."""
    if version:
        api.Environment(cr, SUPERUSER_ID, {})["crm.stage"]._update_nightly_limits()
