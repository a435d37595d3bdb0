from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...ledger import promises

#: How many flags the block shows.
MOST = 24


class CrmWorkbenchHot(models.AbstractModel):
    """Hot customers, by due date, overdue ones first, those without a date last."""

    _name = "crm.workbench.hot"
    _inherit = "crm.workbench.block"
    _description = "Workbench: Hot Customers"

    def _read_block(self, scope):
        domain = Domain("outcome", "=", promises.OPEN) & self._whose(scope)
        today = fields.Date.to_string(self._today())
        rows = self._read_flags(domain, today)
        first = rows[0] if rows else {"count": 0, "overdue": 0}
        overdue = domain & Domain("due_date", "<", today)
        return {
            "open": self._number(first["count"], self.env._("Hot Customers"), "crm.hot.flag", domain),
            "overdue": self._number(first["overdue"], self.env._("Overdue Promises"), "crm.hot.flag", overdue),
            "flags": self._describe_flags(rows),
        }

    def _whose(self, scope):
        """The flags of a scope: one's own are also those that a colleague has raised on a deal of one's own."""
        if scope.name == "mine":
            return Domain("user_id", "=", scope.user_id) | Domain("lead_id", "any", self._open_deals(scope))
        return scope.domain()

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
                    "kind_name": kinds.get(row["kind"], False),
                    "due_date": fields.Date.to_string(row["due_date"]),
                    "can_edit": row["id"] in editable,
                }
            )
        return described

    def _read_flags(self, domain, today):
        """Columns of the flags that are shown by their names; in each how many there are, and how many are overdue."""
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
        """The number of a customer whom the reader may open."""
        partners = self.env["res.partner"]
        return self._read_sql("res.partner", partner_id, lambda found: partners._field_to_sql(found.table, "id", found))

    def _lead_sql(self, lead_id):
        """The deal of a flag, if the reader may read it: a flag that one has raised stays one's own."""
        leads, stages = self.env["crm.lead"], self.env["crm.stage"]

        def columns(found):
            number, name = (leads._field_to_sql(found.table, column, found) for column in ("id", "name"))
            stage = found.left_join(found.table, "stage_id", "crm_stage", "id", "stage_id")
            stage_name = stages._field_to_sql(stage, "name", found)
            return SQL("json_build_object('id', %s, 'name', %s, 'stage_name', %s)", number, name, stage_name)

        return self._read_sql("crm.lead", lead_id, columns)
