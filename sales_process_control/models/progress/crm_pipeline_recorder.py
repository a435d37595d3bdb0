from odoo import models


class CrmPipelineRecorder(models.AbstractModel):
    _inherit = "crm.pipeline.recorder"

    def _after_recording(self, recordings):
        """Store the last progress of deals that moved forward, or that did not after all.

        Progress that was recorded in this transaction is linked with the visits that were written again.
        """
        result = super()._after_recording(recordings)
        progress = self.env["crm.progress.recorder"]
        rewritten = [lead_id for lead_id, recording in recordings.items() if recording.is_rewritten]
        if rewritten:
            progress._find_visits_again(rewritten)
        # sudo: the last progress of a deal does not depend on who moves it.
        leads = (
            self.env["crm.lead"].sudo().browse(lead_id for lead_id, found in recordings.items() if found.deal.exists)
        )
        wrong = [
            lead.id
            for lead in leads
            if recordings[lead.id].change.is_progress_wrong(recordings[lead.id].before, lead.last_progress_at or None)
        ]
        if wrong:
            progress._count_anew(wrong)
        return result
