"""Add the columns for the chances of deals, so that Odoo does not compute them deal by deal."""


def migrate(cr, version):
    """Add empty columns. The migration that computes the table of chances fills them."""
    if version:
        cr.execute("""
            ALTER TABLE crm_lead
                ADD COLUMN IF NOT EXISTS chance double precision,
                ADD COLUMN IF NOT EXISTS chance_by_closing double precision,
                ADD COLUMN IF NOT EXISTS expected_amount numeric
        """)
