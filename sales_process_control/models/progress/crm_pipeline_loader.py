from odoo import models

from ...ledger import last_advance


class CrmPipelineLoader(models.AbstractModel):
    _inherit = "crm.pipeline.loader"

    def _after_loading(self, books):
        """Store the last progress of deals whose past was loaded."""
        result = super()._after_loading(books)
        advances = {lead_id: last_advance(book.history.visits) for lead_id, book in books.items()}
        self.env["crm.progress.recorder"]._update_last_progress_at_loading(advances)
        return result
