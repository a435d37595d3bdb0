from odoo import models


class CrmPipelineRecorder(models.AbstractModel):
    _inherit = "crm.pipeline.recorder"

    def _after_recording(self, recordings):
        """Settle the hot flags of deals that have ended. Reopen flags that were settled by an end that is undone."""
        result = super()._after_recording(recordings)
        # Ids of the flags that this transaction has settled, by id of the deal.
        settled = self._memory().extras.setdefault("settled_flags", {})
        ends = {}
        for lead_id, (before, change, _deal, _is_rewritten) in recordings.items():
            end = change.end_of(before)
            if change.end or end.undone_at or lead_id in settled:
                ends[lead_id] = end
        if ends:
            self.env["crm.hot.settler"]._settle_at_ends(ends, settled)
        return result
