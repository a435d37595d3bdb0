"""Give a favourite the name of new databases. Its record is not updated with the module.

The update of the module then translates the name, as it does after an installation.
"""


def migrate(cr, version):
    """Replace the English name of 19.0.1.16.0, if nobody has changed it."""
    if version:
        cr.execute("""
            UPDATE ir_filters favourite SET name = 'Sales actions done by salesperson'
            FROM ir_model_data data
            WHERE data.module = 'sales_process_control' AND data.name = 'filter_actions_taken'
              AND data.model = 'ir.filters' AND favourite.id = data.res_id
              AND favourite.name = 'Sales actions taken by salesperson'
        """)
