from odoo import models
from odoo.tools import SQL

from .crm_stage_chance import NO_COMPANY, WITH_CHANCES


class CrmPipelineReader(models.AbstractModel):
    _inherit = "crm.pipeline.reader"

    def _query_context(self):
        """Read which companies have chances, so that a change of a deal of another one needs no query for them."""
        context = super()._query_context()
        rows = self.env.execute_query(SQL("SELECT DISTINCT COALESCE(company_id, %s) FROM crm_stage_chance", NO_COMPANY))
        context.extras[WITH_CHANCES] = frozenset(company_id for (company_id,) in rows)
        return context
