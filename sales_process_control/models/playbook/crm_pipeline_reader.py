from odoo import models
from odoo.tools import SQL

#: Name under which the context keeps the rules: "warning" or "stop" by id of the stage, other stages left out.
RULES = "leaving_rules"


class CrmPipelineReader(models.AbstractModel):
    _inherit = "crm.pipeline.reader"

    def _query_context(self):
        """Keep the rules for leaving stages together with the stages, so that a move asks nothing of the database."""
        context = super()._query_context()
        rules = self.env.execute_query(
            SQL("SELECT id, leaving_rule FROM crm_stage WHERE leaving_rule <> 'nothing' AND is_won IS NOT TRUE")
        )
        context.extras[RULES] = dict(rules)
        return context
