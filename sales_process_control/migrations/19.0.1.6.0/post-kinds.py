"""Replace the balances of past weeks by balances with the kind of movement."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Post all balances again. The mark stays, so that the same weeks are closed as before."""
    if version:
        cr.execute("DELETE FROM crm_pipeline_balance WHERE is_mark IS NOT TRUE AND kind IS NULL")
        api.Environment(cr, SUPERUSER_ID, {})["crm.pipeline.balance"].close()
