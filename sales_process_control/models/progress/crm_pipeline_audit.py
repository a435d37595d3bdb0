from odoo import api, models
from odoo.tools import SQL

from .progress_statements import LAST_PROGRESS

#: The last progress of each deal, as its rows of progress and its visits say.
MEND_LAST_PROGRESS = """
    UPDATE crm_lead lead SET last_progress_at = found.expected
    FROM (SELECT lead.id, %(last_progress)s AS expected FROM crm_lead lead) found
    WHERE lead.id = found.id AND lead.last_progress_at IS DISTINCT FROM found.expected
    RETURNING lead.id
"""


class CrmPipelineAudit(models.AbstractModel):
    _inherit = "crm.pipeline.audit"

    @api.model
    def _mend_computed_fields(self):
        mended = self._mend(SQL(MEND_LAST_PROGRESS, last_progress=SQL(LAST_PROGRESS)), ["last_progress_at"])
        return super()._mend_computed_fields() | mended
