from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..hot.attention import CLOSING, IDLE, PROMISE, REASONS, SINCE, most_urgent_sql
from ..pace.crm_lead import SLOW, STALLED
from ..progress.mail_activity import NO_NEXT_ACTION

#: How many deals the block shows.
MOST = 10
#: MATERIALIZED: the reasons of the deals are computed once, for the counts and for the deals that are shown.
NEEDING = """
    WITH deal AS MATERIALIZED (%(deals)s),
    needing AS MATERIALIZED (SELECT id, %(reasons)s, %(rank)s AS rank, %(since)s AS since FROM deal)
    SELECT shown.id, counted.*
    FROM (SELECT %(counts)s, count(*) AS "all" FROM needing WHERE rank IS NOT NULL) counted
    CROSS JOIN (SELECT * FROM needing WHERE rank IS NOT NULL ORDER BY rank, since, id LIMIT %(most)s) shown
    ORDER BY shown.rank, shown.since, shown.id
"""


class CrmWorkbenchAttention(models.AbstractModel):
    """Deals that need attention, each with the reasons. The order is that of the most urgent reason of each deal."""

    _name = "crm.workbench.attention"
    _inherit = "crm.workbench.deals"
    _description = "Workbench: Needs Attention"

    _block_key = "attention"
    _block_sequence = 20

    def _read_block(self, scope):
        domain = self._open_deals(scope)
        rows = self._found_rows(scope)
        counts = rows[0] if rows else {}
        numbers = {
            key: self._number(counts.get(key, 0), name, "crm.lead", domain & condition)
            for key, (name, condition) in self._conditions().items()
        }
        return {**numbers, "deals": self._describe_found(scope)}

    def _watched(self, scope):
        return [*super()._watched(scope), self._watched_activities(scope)]

    def _conditions(self):
        """Return (title of the list, domain) of each number by its key."""
        today = fields.Date.to_string(self._today())
        return {
            PROMISE: (
                self.env._("Overdue Promises"),
                Domain("is_hot", "=", True) & Domain("hot_due_date", "<", today),
            ),
            STALLED: (self.env._("Stalled Deals"), Domain("pace", "=", STALLED)),
            CLOSING: (self.env._("Expected Closing Passed"), Domain("date_deadline", "<", today)),
            SLOW: (self.env._("Slow Deals"), Domain("pace", "=", SLOW)),
            IDLE: (self.env._("No Next Action"), NO_NEXT_ACTION),
            "all": (self.env._("Deals That Need Attention"), Domain("needs_attention", "=", True)),
        }

    def _find_rows(self, scope):
        return self._find_needing(self._open_deals(scope))

    def _find_needing(self, domain):
        """Return the first deals of a domain that need attention as dictionaries, each with the counts of all of them.

        :param domain: open deals
        """
        leads = self.env["crm.lead"]
        query = leads._search(domain)
        if query.is_empty():
            return []
        alias = query.table
        columns = {
            **leads._attention_columns(alias, query),
            **leads._attention_since_columns(alias, query),
            "id": leads._field_to_sql(alias, "id", query),
        }
        query.order = None
        deals = query.select(*(SQL("%s AS %s", column, SQL.identifier(name)) for name, column in columns.items()))
        has_reason = {
            PROMISE: SQL("promise_days IS NOT NULL"),
            STALLED: SQL("COALESCE(pace = %s, FALSE)", STALLED),
            CLOSING: SQL("closing_days IS NOT NULL"),
            SLOW: SQL("COALESCE(pace = %s, FALSE)", SLOW),
            IDLE: SQL("is_idle"),
        }
        since = {reason: SQL("%s::timestamp", SQL(SINCE[reason])) for reason in REASONS}
        names = {reason: SQL.identifier(reason) for reason in REASONS}
        return self.env.execute_query_dict(
            SQL(
                NEEDING,
                deals=deals,
                reasons=SQL(", ").join(SQL("%s AS %s", has_reason[reason], names[reason]) for reason in REASONS),
                rank=most_urgent_sql(has_reason, {reason: SQL("%s", rank) for rank, reason in enumerate(REASONS)}),
                since=most_urgent_sql(has_reason, since),
                counts=SQL(", ").join(SQL("count(*) FILTER (WHERE %s) AS %s", name, name) for name in names.values()),
                most=MOST,
            )
        )
