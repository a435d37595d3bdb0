from odoo import models


class CrmWorkbenchCustomers(models.AbstractModel):
    """Customers starred by hand, and those with the most open pipeline."""

    _name = "crm.workbench.customers"
    _inherit = "crm.workbench.block"
    _description = "Workbench: Key Customers"

    def _read_block(self, scope):
        return {}
