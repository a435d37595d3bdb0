from odoo import models


class CrmWorkbenchConversion(models.AbstractModel):
    """How many deals go on from each stage, beside the team or the company (D2, D12)."""

    _name = "crm.workbench.conversion"
    _inherit = "crm.workbench.block"
    _description = "Workbench: Conversion"

    def _read_block(self, scope):
        return {}
