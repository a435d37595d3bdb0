"""Compute the chances of deals from the visits of the past."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Fill the new table, as the daily job does."""
    if version:
        api.Environment(cr, SUPERUSER_ID, {})["crm.stage.chance"]._rebuild()
