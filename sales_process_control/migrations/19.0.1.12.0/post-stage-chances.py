"""Compute the chances of deals from the visits of the past."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Fill the new table and the chances of open deals, as the daily jobs do."""
    if version:
        env = api.Environment(cr, SUPERUSER_ID, {})
        env["crm.stage.chance"]._rebuild()
        env["crm.lead"]._refresh_chances()
