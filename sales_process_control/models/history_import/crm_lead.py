from odoo import models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _uncount_ends(self):
        """Have Odoo's scoring forget wins and losses of deals that are about to be deleted."""
        old = {lead.id: {"is_won": lead.won_status == "won", "is_lost": lead.won_status == "lost"} for lead in self}
        self._handle_won_lost(old, {})
