from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..pace.crm_lead import STALLED
from ..recording.company_money import CompanyMoney
from ..recording.text_lists import joined_sentences
from ..screen.crm_screen_block import OPEN_DEAL

#: How many deals the block shows.
MOST = 10
STALLED_DEAL = Domain("pace", "=", STALLED)
#: A hot deal of which the customer has not said a word yet.
SILENT_HOT_DEAL = Domain("is_hot", "=", True) & Domain("last_contact_at", "=", False)
#: MATERIALIZED: pace and contact of the deals are computed once, for the numbers and for the deals that are shown.
DOUBTFUL = """
    WITH deal AS MATERIALIZED (%(deals)s)
    SELECT shown.id, counted.*
    FROM (
        SELECT count(*) AS "all", COALESCE(sum(amount), 0)::float8 AS all_amount,
               count(*) FILTER (WHERE is_stalled) AS stalled,
               COALESCE(sum(amount) FILTER (WHERE is_stalled), 0)::float8 AS stalled_amount,
               count(*) FILTER (WHERE is_silent_hot) AS silent_hot,
               COALESCE(sum(amount) FILTER (WHERE is_silent_hot), 0)::float8 AS silent_hot_amount
        FROM deal
    ) counted
    CROSS JOIN (SELECT id, amount FROM deal ORDER BY amount DESC, id LIMIT %(most)s) shown
    ORDER BY shown.amount DESC, shown.id
"""


class CrmReviewDoubtful(models.AbstractModel):
    """Open deals that are probably not real: stalled ones, and hot ones without contact from the customer.

    The block is about now, whatever the period (docs/definitions.md, Probably not real).
    """

    _name = "crm.review.doubtful"
    _inherit = ["crm.review.block", "crm.screen.deals"]
    _description = "Process Review: Probably Not Real"

    _block_key = "doubtful"
    _block_sequence = 30
    _block_is_later = True

    def _read_block(self, scope):
        money = CompanyMoney(self.env)
        domain = OPEN_DEAL & scope.domain()
        rows = self._find_doubtful(domain & (STALLED_DEAL | SILENT_HOT_DEAL), money)
        counts = rows[0] if rows else {}
        numbers = {
            key: self._number(
                counts.get(key, 0),
                name,
                "crm.lead",
                domain & condition,
                amount=counts.get(f"{key}_amount", 0.0),
                currency_id=money.currency_id(),
            )
            for key, (name, condition) in self._conditions().items()
        }
        return {
            **numbers,
            "deals": self._describe_doubtful([row["id"] for row in rows]),
            "currency_id": money.currency_id(),
            "left_out": money.left_out(domain & (STALLED_DEAL | SILENT_HOT_DEAL)),
        }

    def _conditions(self):
        """Return (title of the list, domain) of each number by its key."""
        return {
            "stalled": (self.env._("Stalled Deals"), STALLED_DEAL),
            "silent_hot": (self.env._("Hot Deals Without Contact from the Customer"), SILENT_HOT_DEAL),
            "all": (self.env._("Deals That Are Probably Not Real"), STALLED_DEAL | SILENT_HOT_DEAL),
        }

    def _find_doubtful(self, domain, money):
        """Return the deals that are shown as dictionaries, each with the counts of all deals of the domain."""
        leads = self.env["crm.lead"]
        query = leads._search(domain)
        if query.is_empty():
            return []
        alias = query.table
        pace, is_hot, contact_at = (
            leads._field_to_sql(alias, name, query) for name in ("pace", "is_hot", "last_contact_at")
        )
        columns = {
            "id": leads._field_to_sql(alias, "id", query),
            "amount": money.amount_sql(alias, query),
            "is_stalled": SQL("COALESCE(%s = %s, FALSE)", pace, STALLED),
            "is_silent_hot": SQL("(COALESCE(%s, FALSE) AND %s IS NULL)", is_hot, contact_at),
        }
        query.order = None
        deals = query.select(*(SQL("%s AS %s", column, SQL.identifier(name)) for name, column in columns.items()))
        return self.env.execute_query_dict(SQL(DOUBTFUL, deals=deals, most=MOST))

    def _describe_doubtful(self, ids):
        """Return the rows of deals, each with a sentence: why it is doubtful, and what became of deals of its age."""
        rows = self._describe_deals(ids)
        for row, lead in zip(rows, self.env["crm.lead"].browse(ids), strict=True):
            is_stalled = row["pace"] == STALLED
            reason = row["pace_reason"] if is_stalled else self.env._("Hot, but no contact from the customer yet.")
            row["sentence"] = joined_sentences(self.env, filter(None, (reason, lead.age_outcome)))
        return rows
