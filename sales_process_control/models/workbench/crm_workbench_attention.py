from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

#: How many deals the block shows.
MOST = 10
#: MATERIALIZED: the pace of the deals is computed once, for the counts and for the deals that are shown.
LATE = """
    WITH late AS MATERIALIZED (%(deals)s)
    SELECT shown.id, counted.stalled, counted.late
    FROM (SELECT count(*) FILTER (WHERE is_stalled) AS stalled, count(*) AS late FROM late) counted
    CROSS JOIN (SELECT * FROM late ORDER BY is_stalled DESC, passed_at, id LIMIT %(most)s) shown
    ORDER BY shown.is_stalled DESC, shown.passed_at, shown.id
"""


class CrmWorkbenchAttention(models.AbstractModel):
    """Stalled deals, then slow deals, each with its reason; the ones longest past their limit first."""

    _name = "crm.workbench.attention"
    _inherit = "crm.workbench.deals"
    _description = "Workbench: Needs Attention"

    _block_key = "attention"
    _block_sequence = 20

    def _read_block(self, scope):
        domain = self._open_deals(scope)
        rows = self._find_late(domain)
        _lead_id, stalled_count, late_count = rows[0] if rows else (False, 0, 0)
        paces = {
            "stalled": (stalled_count, self.env._("Stalled Deals"), Domain("pace", "=", "stalled")),
            "slow": (late_count - stalled_count, self.env._("Slow Deals"), Domain("pace", "=", "slow")),
            "all": (late_count, self.env._("Deals That Need Attention"), Domain("pace", "in", ("slow", "stalled"))),
        }
        numbers = {
            key: self._number(value, name, "crm.lead", domain & pace) for key, (value, name, pace) in paces.items()
        }
        return {**numbers, "deals": self._describe_deals([lead_id for lead_id, *_counts in rows])}

    def _find_late(self, domain):
        """Return the late deals that are shown, as a list of (id, count of stalled deals, count of late deals)."""
        leads = self.env["crm.lead"]
        query = leads._search(domain)
        if query.is_empty():
            return []
        query.add_where(leads._is_late_sql(query.table, query))
        deals = query.select(
            SQL("%s AS id", leads._field_to_sql(query.table, "id", query)),
            SQL("%s AS is_stalled", leads._is_stalled_sql(query.table, query)),
            SQL("%s AS passed_at", leads._limit_passed_at_sql(query.table, query)),
        )
        return self.env.execute_query(SQL(LATE, deals=deals, most=MOST))
