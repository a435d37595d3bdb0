"""Keep the balances of past weeks by kind of movement as well."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Post them anew from all lines that there are; the mark stays, so that no other week is closed than before."""
    if version:
        cr.execute("DELETE FROM crm_pipeline_balance WHERE is_mark IS NOT TRUE AND kind IS NULL")
        api.Environment(cr, SUPERUSER_ID, {})["crm.pipeline.balance"].close()
