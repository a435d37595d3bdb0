from odoo import models


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
        changed = [
            lead_id
            for lead_id, recording in recordings.items()
            if recording.deal.exists and (recording.is_rewritten or not recording.change.is_empty)
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
