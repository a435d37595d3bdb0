from odoo import models


class CrmWorkbenchFunnel(models.AbstractModel):
    """The open deals by stage, today and 30 days ago."""

    _name = "crm.workbench.funnel"
    _inherit = "crm.workbench.block"
    _description = "Workbench: Funnel"

    def _read_block(self, scope):
        return {}
