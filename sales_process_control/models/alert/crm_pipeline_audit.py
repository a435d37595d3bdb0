from odoo import api, models
from odoo.tools import SQL

from .crm_deal_alert import UPDATE_LEADS

#: Alerts of people whom the deal or the promise does not concern any more, such as the former leader of a team. Another
#: leader changes no deal, so that only the audit sees it.
OF_OTHERS = """
    alert.user_id IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM crm_lead lead LEFT JOIN crm_team team ON team.id = lead.team_id
        WHERE lead.id = alert.lead_ref AND alert.user_id IN (lead.user_id, team.user_id)
    )
    AND NOT EXISTS (
        SELECT FROM crm_hot_flag flag LEFT JOIN crm_team team ON team.id = flag.team_id
        WHERE flag.id = alert.flag_ref AND alert.user_id IN (flag.user_id, team.user_id)
    )
"""


class CrmPipelineAudit(models.AbstractModel):
    _inherit = "crm.pipeline.audit"

    @api.model
    def _mend_computed_fields(self):
        """Close alerts whose activities PostgreSQL has deleted, and those of former leaders, and mend their deals."""
        mended = super()._mend_computed_fields()
        self.env["crm.deal.alert"]._close(SQL("alert.activity_id IS NULL"))
        self.env["crm.deal.alert"]._close(SQL(OF_OTHERS))
        return mended | self._mend(SQL(UPDATE_LEADS, deals=SQL("(SELECT id FROM crm_lead)")), ["has_open_alert"])
