import json

from odoo import models
from odoo.tools import SQL

from ..progress.progress_statements import LATEST_PROGRESS

#: What the ledgers say of deals, of the deals that it has changed for.
UPDATE_LEADS = f"""
    UPDATE crm_lead lead
    SET stage_entered_at = CASE WHEN new.moved THEN new.at ELSE lead.stage_entered_at END,
        last_progress_at = CASE WHEN new.progressed THEN {LATEST_PROGRESS.format(advanced_at="new.advanced_at")}
                                ELSE lead.last_progress_at END,
        push_count = COALESCE(push.times, lead.push_count, 0),
        push_days = COALESCE(push.days, lead.push_days, 0)
    FROM json_to_recordset(%s) AS new (
        id int, at timestamp, advanced_at timestamp, moved bool, dated bool, progressed bool
    )
    LEFT JOIN LATERAL (
        SELECT count(*) AS times, COALESCE(sum(later), 0) AS days
        FROM (
            SELECT (array_agg(date_deadline ORDER BY id DESC) FILTER (WHERE deal_count = 1))[1]
                 - (array_agg(date_deadline ORDER BY id) FILTER (WHERE deal_count = -1))[1] AS later
            FROM crm_pipeline_movement
            WHERE new.dated AND lead_ref = new.id AND kind IN ('pushed_out', 'pulled_in')
            GROUP BY day
        ) net_of_day
        WHERE later > 0
    ) push ON new.dated
    -- The array says how many there are: of JSON the planner expects a hundred, and reads all deals.
    WHERE lead.id = new.id AND lead.id = ANY(%s)
"""
#: What of a deal is read anew afterwards.
WRITTEN = ("stage_entered_at", "last_progress_at", "pace", "pace_reason", "push_count", "push_days")


class CrmPipelineWriter(models.AbstractModel):
    """Stores on the deals what the ledgers say of them."""

    _inherit = "crm.pipeline.writer"

    def _write_leads(self, entered, dated, progressed):
        """Store on the deals what the ledgers say of them.

        :param dict entered: since when each deal is in its stage, naive UTC; only deals that do not say so already
        :param set dated: deals whose expected closing may have moved: their pushes are counted anew (D9)
        :param dict progressed: deals whose last progress is not what they say (D10), and when each moved forward last:
            a past that is being loaded has no index yet by which that could be found
        """
        self._run(self._lead_queries(entered, dated, progressed))
        self._forget_leads({*entered, *dated, *progressed})

    def _lead_queries(self, entered, dated, progressed):
        """The queries of :meth:`_write_leads`: one, or none."""
        lead_ids = sorted({*entered, *dated, *progressed})
        if not lead_ids:
            return []
        kinds = {"moved": entered, "dated": dated, "progressed": progressed}
        rows = [
            {
                "id": ref,
                "at": entered.get(ref),
                "advanced_at": progressed.get(ref),
                **{kind: ref in refs for kind, refs in kinds.items()},
            }
            for ref in lead_ids
        ]
        return [SQL(UPDATE_LEADS, json.dumps(rows, default=str), lead_ids)]

    def _forget_leads(self, lead_ids):
        """What is written behind the back of the ORM is read anew."""
        if lead_ids:
            self.env["crm.lead"].browse(lead_ids).invalidate_recordset(WRITTEN)
