from odoo import api, models
from odoo.tools import SQL

from ...ledger import outcomes
from .crm_pipeline_recorder import NET_OF_DAY

#: When each deal entered its stage, as the ledgers say (`ledger.Change.stage_entered_at` is the same in Python). A
#: deal that neither ledger knows keeps its value. A won deal may have gone on to another won stage since it was won. A
#: time after now is not believed, even if it was true before the clock was set back: then it counts from the win.
MEND_ENTRY_TIMES = """
    UPDATE crm_lead lead SET stage_entered_at = found.expected
    FROM (
        SELECT lead.id, CASE
            WHEN lead.type IS DISTINCT FROM 'opportunity' THEN NULL
            WHEN lead.won_status = 'won' AND last.kind = 'won' THEN CASE
                WHEN lead.stage_entered_at BETWEEN COALESCE(visit.left_at, last.date) AND %(now)s
                THEN lead.stage_entered_at ELSE COALESCE(visit.left_at, last.date) END
            WHEN visit.id IS NOT NULL THEN visit.entered_at
            WHEN lead.won_status = 'lost' THEN last.date
        END AS expected
        FROM crm_lead lead
        LEFT JOIN LATERAL (
            SELECT id, entered_at, left_at FROM crm_stage_visit
            WHERE lead_ref = lead.id AND outcome NOT IN %(no_stay)s
            ORDER BY entered_at DESC, id DESC LIMIT 1
        ) visit ON TRUE
        LEFT JOIN LATERAL (
            SELECT kind, date FROM crm_pipeline_movement WHERE lead_ref = lead.id ORDER BY id DESC LIMIT 1
        ) last ON TRUE
        WHERE last.kind IS NOT NULL OR lead.type IS DISTINCT FROM 'opportunity'
    ) found
    WHERE lead.id = found.id AND lead.stage_entered_at IS DISTINCT FROM found.expected
    RETURNING lead.id
"""
#: Pushes of each deal, counted as the recorder counts them.
MEND_PUSHES = """
    UPDATE crm_lead lead SET push_count = found.times, push_days = found.days
    FROM (
        SELECT lead.id, COALESCE(push.times, 0) AS times, COALESCE(push.days, 0) AS days
        FROM crm_lead lead
        LEFT JOIN (
            SELECT lead_ref, count(*) AS times, sum(later) AS days
            FROM (%(net_of_day)s) net_of_day
            WHERE later > 0
            GROUP BY lead_ref
        ) push ON push.lead_ref = lead.id
    ) found
    WHERE lead.id = found.id
      AND (COALESCE(lead.push_count, 0), COALESCE(lead.push_days, 0)) <> (found.times, found.days)
    RETURNING lead.id
"""


class CrmPipelineAudit(models.AbstractModel):
    """Computes the stored fields of deals again, and writes those that differ."""

    _inherit = "crm.pipeline.audit"

    @api.model
    def _mend_computed_fields(self):
        """Bring stored fields that only the module writes in line with the rows that they follow from.

        Hook: each room that stores such a field on deals mends its own.

        :return: ids of the deals that had a wrong value
        :rtype: set
        """
        entry_times = SQL(MEND_ENTRY_TIMES, now=self.env.cr.now(), no_stay=outcomes.NO_STAY)
        pushes = SQL(MEND_PUSHES, net_of_day=SQL(NET_OF_DAY, condition=SQL("TRUE")))
        return self._mend(entry_times, ["stage_entered_at"]) | self._mend(pushes, ["push_count", "push_days"])

    @api.model
    def _mend(self, query, names):
        """Run a statement that mends stored fields of deals.

        :param SQL query: returns the ids of the deals that it has changed
        :param list names: names of the fields
        :return: these ids
        :rtype: set
        """
        leads = self.env["crm.lead"]
        self.env.flush_all()
        lead_ids = {lead_id for (lead_id,) in self.env.execute_query(query)}
        if lead_ids:
            changed = leads.browse(lead_ids)
            changed.invalidate_recordset(names, flush=False)
            changed.modified(names)
        return lead_ids
