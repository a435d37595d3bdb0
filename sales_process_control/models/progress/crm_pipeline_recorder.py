from odoo import models

from .crm_progress_recorder import STAMPED


class CrmPipelineRecorder(models.AbstractModel):
    _inherit = "crm.pipeline.recorder"

    def _after_recording(self, recordings):
        """Keep progress in line with visits.

        Progress of this transaction is linked again with visits that were written again. The last progress of a deal
        is stored if the deal moved forward, or if such a move was undone.
        """
        result = super()._after_recording(recordings)
        progress = self.env["crm.progress.recorder"]
        progress._link_visits([lead_id for lead_id, recording in recordings.items() if recording.is_rewritten])
        stamped = self._memory().extras.get(STAMPED, ())
        changed = [
            lead_id
            for lead_id, (_before, change, deal, is_rewritten) in recordings.items()
            if deal.exists and (is_rewritten or not change.is_empty or lead_id in stamped)
        ]
        # sudo: the last progress of a deal does not depend on the user who moves the deal.
        leads = self.env["crm.lead"].sudo().browse(changed)
        progress._update_last_progress(
            [
                lead.id
                for lead in leads
                if recordings[lead.id].change.is_progress_wrong(
                    recordings[lead.id].before, lead.last_progress_at or None
                )
            ]
        )
        return result
