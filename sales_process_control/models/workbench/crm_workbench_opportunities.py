from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..recording.company_money import CompanyMoney

#: How many deals the block shows, and how many days after today their expected closing is at most.
MOST, DAYS = 8, 30
CLOSING = """
    WITH closing AS MATERIALIZED (%(closing)s)
    SELECT id, (SELECT count(*) FROM closing) AS count FROM closing
    ORDER BY priority DESC, amount DESC, date_deadline, id LIMIT %(most)s
"""


class CrmWorkbenchOpportunities(models.AbstractModel):
    """Deals that are expected to close soon, or should have closed before today, by priority and amount."""

    _name = "crm.workbench.opportunities"
    _inherit = "crm.workbench.deals"
    _description = "Workbench: Key Opportunities"

    _block_key = "opportunities"
    _block_sequence = 40

    def _read_block(self, scope):
        rows = self._found_rows(scope)
        name = self.env._("Deals to Close Within %s Days, Overdue Ones Included", DAYS)
        return {
            "closing": self._number(rows[0]["count"] if rows else 0, name, "crm.lead", self._closing_deals(scope)),
            "deals": self._describe_found(scope),
        }

    def _closing_deals(self, scope):
        """Return the deals that are counted, as a domain on `crm.lead`."""
        last = fields.Date.to_string(self._today() + timedelta(days=DAYS))
        return self._open_deals(scope) & Domain("date_deadline", "<=", last)

    def _find_rows(self, scope):
        """Return the deals that are shown as dictionaries, each with the count of all."""
        leads = self.env["crm.lead"]
        query = leads._search(self._closing_deals(scope))
        if query.is_empty():
            return []
        lead_id, priority, date_deadline = (
            leads._field_to_sql(query.table, name, query) for name in ("id", "priority", "date_deadline")
        )
        amount = CompanyMoney(self.env).amount_sql(query.table, query)
        query.order = None
        closing = query.select(
            SQL("%s AS id", lead_id),
            # The values are digits: sorting them as bytes is faster than with the rules of a language.
            SQL("COALESCE(%s, '0') COLLATE \"C\" AS priority", priority),
            SQL("%s AS amount", amount),
            SQL("%s AS date_deadline", date_deadline),
        )
        return self.env.execute_query_dict(SQL(CLOSING, closing=closing, most=MOST))
