"""Add the column of the last progress where it is missing, so that Odoo does not compute it deal by deal."""


def migrate(cr, version):
    """Add an empty column. Only versions before 19.0.1.2.0 lack it; their migration fills it."""
    if version:
        cr.execute("ALTER TABLE crm_lead ADD COLUMN IF NOT EXISTS last_progress_at timestamp")
