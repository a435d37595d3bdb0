from odoo import models
from odoo.tools import SQL

from .crm_stage_chance import NO_COMPANY, WITH_CHANCES


class CrmPipelineRecorder(models.AbstractModel):
    _inherit = "crm.pipeline.recorder"

    def _queries_with_rows(self, recordings):
        """Store the chances of deals whose place, end, amount, closing or company has changed.

        Deals of companies without chances are left out. No other room has queries of its own here: their answers could
        not be told apart.
        """
        known = self.env["crm.pipeline.reader"]._read_context().extras[WITH_CHANCES]
        changed = []
        for lead_id, (before, change, deal, is_rewritten) in recordings.items():
            visit = before.open_visit
            company_ids = {owner.company_id or NO_COMPANY for owner in (deal.owner, visit and visit.owner) if owner}
            if deal.exists and (is_rewritten or not change.is_empty) and not known.isdisjoint(company_ids):
                changed.append(lead_id)
        if not changed:
            return super()._queries_with_rows(recordings)
        return self.env["crm.lead"]._chance_queries(SQL("id = ANY(%s)", changed))

    def _take_answer(self, rows):
        self.env["crm.lead"]._take_refreshed(rows)
