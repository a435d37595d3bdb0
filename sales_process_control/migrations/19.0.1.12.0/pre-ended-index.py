"""Drop the index of ends, which holds removed deals as well now. Odoo creates it again."""


def migrate(cr, version):
    """Drop the index. Odoo would keep the old one if loading a past had removed its comment, the definition."""
    if version:
        cr.execute("DROP INDEX IF EXISTS crm_pipeline_movement_ended_index")
