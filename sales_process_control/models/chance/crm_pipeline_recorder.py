from odoo import models
from odoo.tools import SQL

from .crm_stage_chance import NO_COMPANY, WITH_CHANCES


class CrmPipelineRecorder(models.AbstractModel):
    _inherit = "crm.pipeline.recorder"

    def _after_recording(self, recordings):
        """Store the chances of deals whose place, end, amount, closing or company has changed: one statement.

        Deals of companies without chances take none.
        """
        result = super()._after_recording(recordings)
        known = self.env["crm.pipeline.reader"]._read_context().extras[WITH_CHANCES]
        changed = []
        for lead_id, (before, change, deal, is_rewritten) in recordings.items():
            visit = before.open_visit
            company_ids = {owner.company_id or NO_COMPANY for owner in (deal.owner, visit and visit.owner) if owner}
            if deal.exists and (is_rewritten or not change.is_empty) and not known.isdisjoint(company_ids):
                changed.append(lead_id)
        if changed:
            self.env["crm.lead"]._store_chances(SQL("id = ANY(%s)", changed))
        return result
