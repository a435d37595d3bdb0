from odoo import models


class CrmWorkbenchOpportunities(models.AbstractModel):
    """Deals that are expected to close soon, by priority and amount."""

    _name = "crm.workbench.opportunities"
    _inherit = "crm.workbench.block"
    _description = "Workbench: Key Opportunities"

    def _read_block(self, scope):
        return {}
