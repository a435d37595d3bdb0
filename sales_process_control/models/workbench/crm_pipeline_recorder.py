from odoo import models

from .workbench_messages import Concerned, notify_workbenches


class CrmPipelineRecorder(models.AbstractModel):
    _inherit = "crm.pipeline.recorder"

    def _after_recording(self, recordings):
        """Notify the workbenches of the salespeople of deals that a colleague has changed, before and after."""
        result = super()._after_recording(recordings)
        online_ids = self._memory().online_ids
        for before, change, deal, _is_rewritten in recordings.values():
            if not change.is_empty:
                visit = before.open_visit
                sellers = {visit.owner.user_id if visit else None, deal.owner.user_id}
                if deal.owner.user_id not in online_ids:
                    # Mostly the only one: then nobody has to be looked for.
                    sellers.discard(deal.owner.user_id)
                notify_workbenches(self.env, Concerned(user_ids=sellers), change.moment.mover_ref)
        return result
