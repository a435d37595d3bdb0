from collections import defaultdict

from odoo import models


class CrmPipelineRecorder(models.AbstractModel):
    _inherit = "crm.pipeline.recorder"

    def _after_recording(self, recordings):
        """Notify the salesperson before and the salesperson after, where somebody else has changed their deal."""
        result = super()._after_recording(recordings)
        sellers_by_mover = defaultdict(set)
        for before, change, deal, _is_rewritten in recordings.values():
            if not change.is_empty:
                visit = before.open_visit
                sellers = {visit.owner.user_id if visit else None, deal.owner.user_id}
                sellers_by_mover[change.moment.mover_ref] |= sellers
        for mover_id, seller_ids in sellers_by_mover.items():
            self.env["crm.workbench.live"]._touch(seller_ids, changed_by=mover_id)
        return result
