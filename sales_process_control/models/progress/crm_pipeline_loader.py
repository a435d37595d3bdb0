import json

from odoo import models
from odoo.tools import SQL

from ...ledger import last_advance
from .progress_statements import LATEST_PROGRESS


class CrmPipelineLoader(models.AbstractModel):
    _inherit = "crm.pipeline.loader"

    def _after_loading(self, books):
        """Store the last progress of deals whose past was loaded."""
        result = super()._after_loading(books)
        advanced = {lead_id: last_advance(book.history.visits) for lead_id, book in books.items()}
        rows = [{"id": lead_id, "advanced_at": instant} for lead_id, instant in advanced.items() if instant]
        if not rows:
            return result
        lead_ids = [row["id"] for row in rows]
        # While very many rows are loaded there is no index by which the statement could find the last advance itself.
        self.env.cr.execute(
            SQL(
                f"""
                UPDATE crm_lead lead SET last_progress_at = {LATEST_PROGRESS.format(advanced_at="new.advanced_at")}
                FROM json_to_recordset(%s) AS new (id int, advanced_at timestamp)
                WHERE lead.id = new.id AND lead.id = ANY(%s)
                """,
                json.dumps(rows, default=str),
                lead_ids,
            )
        )
        self.env["crm.progress.recorder"]._forget_read(lead_ids)
        return result
