"""Let the index of instants be made anew, with the columns that it holds now."""


def migrate(cr, version):
    """Drop it: where the past was rebuilt, Odoo does not know any more how it was defined, and would keep it."""
    if version:
        cr.execute("DROP INDEX IF EXISTS crm_pipeline_movement_date_index")
