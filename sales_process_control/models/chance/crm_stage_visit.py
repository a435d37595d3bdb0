from odoo import api, models

from .crm_stage_chance import CHANCES_OF_TODAY


class CrmStageVisit(models.Model):
    _inherit = "crm.stage.visit"

    @api.private
    def invalidate_model(self, fnames=None, flush=True):
        """Drop the chances that this transaction has read, too: they rest on the visits, which have changed.

        The store of the ledgers calls this after it has written.
        """
        self.env.cr.cache.pop(CHANCES_OF_TODAY, None)
        return super().invalidate_model(fnames, flush)
