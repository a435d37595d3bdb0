from odoo import models


class CrmWorkbenchHot(models.AbstractModel):
    """Hot customers, by due date, overdue ones first."""

    _name = "crm.workbench.hot"
    _inherit = "crm.workbench.block"
    _description = "Workbench: Hot Customers"

    def _read_block(self, scope):
        return {}
