from odoo import models


class CrmWorkbenchAttention(models.AbstractModel):
    """Deals that are stalled, then those that are slow, each with its reason."""

    _name = "crm.workbench.attention"
    _inherit = "crm.workbench.block"
    _description = "Workbench: Needs Attention"

    def _read_block(self, scope):
        return {}
