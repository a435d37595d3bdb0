from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...ledger import promises
from .crm_workbench_block import Watched
from .workbench_scope import MINE

#: How many flags the block shows.
MOST = 24


class CrmWorkbenchHot(models.AbstractModel):
    """Open hot flags by due date: overdue ones first, those without a due date last."""

    _name = "crm.workbench.hot"
    _inherit = "crm.workbench.block"
    _description = "Workbench: Hot Customers"

    _block_key = "hot"
    _block_sequence = 10

    def _read_block(self, scope):
        domain = self._open_flags(scope)
        today = fields.Date.to_string(self._today())
        rows = self._read_flags(domain, today)
        first = rows[0] if rows else {"count": 0, "overdue": 0}
        overdue = domain & Domain("due_date", "<", today)
        return {
            "open": self._number(first["count"], self.env._("Hot Customers"), "crm.hot.flag", domain),
            "overdue": self._number(first["overdue"], self.env._("Overdue Promises"), "crm.hot.flag", overdue),
            "flags": self._describe_flags(rows),
        }

    def _watched(self, scope):
        return [*super()._watched(scope), Watched("crm.hot.flag", self._open_flags(scope))]

    def _open_flags(self, scope):
        """Return the open flags of a scope, as a domain. MINE includes those of colleagues on the reader's deals."""
        flags = Domain("outcome", "=", promises.OPEN)
        if scope.name == MINE:
            own = Domain("user_id", "=", scope.user_id) | Domain("lead_id", "any", self._open_deals(scope))
            return flags & own
        return flags & scope.domain()

    def _describe_flags(self, rows):
        flags = self.env["crm.hot.flag"]
        editable = self._writable(flags.browse(row["id"] for row in rows))._ids
        kinds = dict(flags._fields["kind"]._description_selection(self.env))
        described = []
        for row in rows:
            values = {name: value or False for name, value in row.items() if name not in ("count", "overdue", "lead")}
            lead = row["lead"] or {}
            described.append(
                {
                    **values,
                    "lead_id": lead.get("id") or False,
                    "lead_name": lead.get("name") or False,
                    "stage_name": lead.get("stage_name") or False,
                    "stage_days": int(lead.get("stage_days") or 0),
                    "pace": lead.get("pace") or False,
                    "kind_name": kinds.get(row["kind"], False),
                    "due_date": fields.Date.to_string(row["due_date"]),
                    "can_edit": row["id"] in editable,
                }
            )
        return described

    def _read_flags(self, domain, today):
        """Return the flags that are shown, as dictionaries, each with the count of all flags and of overdue flags."""
        flags = self.env["crm.hot.flag"]
        query = flags._search(domain)
        if query.is_empty():
            return []
        names = ("id", "customer_name", "partner_id", "lead_id", "note", "kind", "due_date", "currency_id", "user_id")
        columns = {name: flags._field_to_sql(query.table, name, query) for name in names}
        query.order = SQL(
            "%s NULLS LAST, %s DESC, %s DESC",
            columns["due_date"],
            flags._field_to_sql(query.table, "raised_at", query),
            columns["id"],
        )
        query.limit = MOST
        shown = query.select(
            *(SQL("%s AS %s", column, SQL.identifier(name)) for name, column in columns.items()),
            SQL("%s::float8 AS amount", flags._field_to_sql(query.table, "amount", query)),
            SQL("count(*) OVER () AS count"),
            SQL("count(*) FILTER (WHERE %s < %s) OVER () AS overdue", columns["due_date"], today),
            SQL("row_number() OVER (ORDER BY %s) AS place", query.order),
        )
        return self.env.execute_query_dict(
            SQL(
                """
                WITH shown AS MATERIALIZED (%(shown)s)
                SELECT id, customer_name AS name, %(partner_id)s AS partner_id, %(lead)s AS lead, note, kind, due_date,
                       amount, currency_id, user_id, %(user_name)s AS user_name, count, overdue
                FROM shown ORDER BY place
                """,
                shown=shown,
                partner_id=self._partner_sql(SQL("shown.partner_id")),
                lead=self._lead_sql(SQL("shown.lead_id")),
                user_name=self._name_of_user_sql(SQL("shown.user_id")),
            )
        )

    def _partner_sql(self, partner_id):
        """Return the SQL of the id of a customer, NULL if the reader may not read the customer."""
        partners = self.env["res.partner"]
        return self._read_sql("res.partner", partner_id, lambda query: partners._field_to_sql(query.table, "id", query))

    def _lead_sql(self, lead_id):
        """Return the SQL of the deal of a flag as JSON, NULL if the reader may not read the deal.

        A user reads the own flags even on a deal that he may not read any more.
        """
        leads, stages = self.env["crm.lead"], self.env["crm.stage"]

        def columns(query):
            names = ("id", "name", "stage_days", "pace")
            shown = [SQL("%s, %s", name, leads._field_to_sql(query.table, name, query)) for name in names]
            stage = query.left_join(query.table, "stage_id", "crm_stage", "id", "stage_id")
            stage_name = stages._field_to_sql(stage, "name", query)
            return SQL("json_build_object(%s, 'stage_name', %s)", SQL(", ").join(shown), stage_name)

        return self._read_sql("crm.lead", lead_id, columns)
