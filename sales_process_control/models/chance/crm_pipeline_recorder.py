from odoo import models
from odoo.tools import SQL

from .crm_stage_chance import NO_COMPANY, WITH_CHANCES
from .lead_chances import BATCH


class CrmPipelineRecorder(models.AbstractModel):
    _inherit = "crm.pipeline.recorder"

    def _queries_with_rows(self, recordings):
        """Store the chances of deals whose place, end, amount, closing or company has changed."""
        queries = super()._queries_with_rows(recordings)
        lead_ids = self._with_other_chances(recordings)
        if lead_ids:
            batch = SQL(BATCH, condition=SQL("id = ANY(%s)", lead_ids), limit=None)
            queries["chances"] = self.env["crm.lead"]._refresh_query(batch)
        return queries

    def _after_recording(self, recordings):
        result = super()._after_recording(recordings)
        self.env["crm.lead"].browse(self._with_other_chances(recordings))._forget_chances()
        return result

    def _with_other_chances(self, recordings):
        """Return the ids of changed deals. Those of companies without chances are left out."""
        known = self.env["crm.pipeline.reader"]._read_context().extras[WITH_CHANCES]
        changed = []
        for lead_id, (before, change, deal, is_rewritten) in recordings.items():
            visit = before.open_visit
            company_ids = {owner.company_id or NO_COMPANY for owner in (deal.owner, visit and visit.owner) if owner}
            if deal.exists and (is_rewritten or not change.is_empty) and not known.isdisjoint(company_ids):
                changed.append(lead_id)
        return changed
