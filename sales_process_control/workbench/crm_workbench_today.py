from odoo import models


class CrmWorkbenchToday(models.AbstractModel):
    """What the day holds: activities that are overdue or due, and meetings."""

    _name = "crm.workbench.today"
    _inherit = "crm.workbench.block"
    _description = "Workbench: Today"

    def _read_block(self, scope):
        return {}
