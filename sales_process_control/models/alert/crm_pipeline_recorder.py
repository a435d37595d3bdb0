from odoo import models

from ...ledger import OPEN


class CrmPipelineRecorder(models.AbstractModel):
    _inherit = "crm.pipeline.recorder"

    def _after_recording(self, recordings):
        """Close the alerts of deals that have moved, ended, or passed to another salesperson."""
        result = super()._after_recording(recordings)
        changed = []
        for lead_id, (before, change, deal, _is_rewritten) in recordings.items():
            visit = before.open_visit
            if not deal.exists or not visit or change.is_empty:
                continue
            places = [(one.stage.id, one.owner.user_id) for one in (visit, deal)]
            if deal.status != OPEN or places[0] != places[1]:
                changed.append(lead_id)
        if changed:
            self.env["crm.lead"].browse(changed)._close_alerts()
        return result
