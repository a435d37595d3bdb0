from odoo import models


class CrmWorkbenchSellers(models.AbstractModel):
    """A row a seller: for those who lead a team."""

    _name = "crm.workbench.sellers"
    _inherit = "crm.workbench.block"
    _description = "Workbench: Sellers"

    def _read_block(self, scope):
        return {}
