from odoo import models
from odoo.tools import SQL

from .crm_stage import NO_RULE

#: Name of the rules among the extras of the context: `warning` or `stop` by id of the stage, other stages left out.
RULES = "leaving_rules"


class CrmPipelineReader(models.AbstractModel):
    _inherit = "crm.pipeline.reader"

    def _query_context(self):
        """Read the rules for leaving stages together with the stages, so that a move needs no query for them."""
        context = super()._query_context()
        rules = self.env.execute_query(
            SQL("SELECT id, leaving_rule FROM crm_stage WHERE leaving_rule <> %s AND is_won IS NOT TRUE", NO_RULE)
        )
        context.extras[RULES] = dict(rules)
        return context
