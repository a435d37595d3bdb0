from odoo import fields, models
from odoo.tools import SQL

from ..hot.attention import Attention, attention_message
from ..pace.crm_lead import LATE
from ..pace.pace_messages import reason_message
from ..recording.company_money import CompanyMoney


class CrmScreenDeals(models.AbstractModel):
    """Rows of deals, which several blocks show. They take two statements, whatever the number of deals."""

    _name = "crm.screen.deals"
    _inherit = "crm.screen.block"
    _description = "Deals on a Screen"

    def _describe_deals(self, ids):
        """Return the rows of deals, in the order of the ids.

        :param list ids: ids of deals that the reader may read; access is not checked again
        :return: list of dictionaries
        """
        deals = self.env["crm.lead"].browse(ids)
        if not deals:
            return []
        rows = self._read_rows(deals)
        late = deals.browse(row["id"] for row in rows if row["pace"] in LATE)
        states = late._read_pace_states()
        writable, currencies = self._writable(deals)._ids, CompanyMoney(self.env).currency_by_company()
        described = []
        for row in rows:
            state = states.get(row["id"])
            company_id, team_id = row.pop("company_id"), row.pop("team_id")
            stage_name = row["stage_name"] or ""
            attention = Attention(row["pace"], *(row.pop(name) for name in Attention._fields[1:]))
            described.append(
                {
                    **{name: value or False for name, value in row.items()},
                    "amount": row["amount"] or 0.0,
                    "stage_days": int(row["stage_days"] or 0),
                    # A chance of 0 is known.
                    "chance": False if row["chance"] is None else row["chance"],
                    "limit": max(row["limit"] or 0, 0) or False,
                    "currency_id": currencies.get(company_id, currencies[None]),
                    "hot_due_date": fields.Date.to_string(row["hot_due_date"]),
                    "date_deadline": fields.Date.to_string(row["date_deadline"]),
                    "pace_reason": reason_message(self.env, state, stage_name) if state else False,
                    "attention": attention.reasons,
                    "attention_reason": attention_message(self.env, attention, state, stage_name),
                    "can_write": row["id"] in writable,
                    "has_next_stage": bool(deals._stage_after(row["stage_id"], team_id)),
                }
            )
        return described

    def _read_rows(self, deals):
        """Return columns of deals by their names, with one statement."""
        query = deals._as_query()
        alias = query.table
        plain = {
            name: deals._field_to_sql(alias, name, query)
            for name in (
                *("id", "name", "company_id", "team_id", "stage_id", "stage_days", "pace", "chance", "is_hot"),
                *("user_id", "priority"),
            )
        }
        # The name of the customer is part of the deal, as in Odoo: the record rules of contacts do not apply.
        partner_id = deals._field_to_sql(alias, "partner_id", query)
        partner = query.left_join(alias, "partner_id", "res_partner", "id", "partner_id")
        stage = query.left_join(alias, "stage_id", "crm_stage", "id", "stage_id")
        flags, stages, partners = self.env["crm.hot.flag"], self.env["crm.stage"], self.env["res.partner"]
        names = [
            *(deals._field_to_sql(alias, name, query) for name in ("partner_name", "contact_name")),
            partners._field_to_sql(partner, "complete_name", query),
        ]
        columns = {
            **plain,
            **{name: column for name, column in deals._attention_columns(alias, query).items() if name != "pace"},
            "amount": SQL("%s::float8", deals._field_to_sql(alias, "expected_revenue", query)),
            "date_deadline": deals._field_to_sql(alias, "date_deadline", query),
            "hot_due_date": deals._field_to_sql(alias, "hot_due_date", query),
            "partner_name": SQL(
                "CASE WHEN %s IS NULL THEN COALESCE(NULLIF(%s, ''), %s) ELSE %s END", partner_id, *names
            ),
            "stage_name": stages._field_to_sql(stage, "name", query),
            "limit": stages._field_to_sql(stage, "pace_limit_days", query),
            "limit_source": stages._field_to_sql(stage, "pace_limit_source", query),
            "user_name": self._name_of_user_sql(plain["user_id"]),
            "hot_note": self._read_sql(
                "crm.hot.flag",
                deals._field_to_sql(alias, "hot_flag_id", query),
                lambda query: flags._field_to_sql(query.table, "note", query),
            ),
            "activity": self._next_activity_sql(plain["id"]),
        }
        return self.env.execute_query_dict(
            query.select(*(SQL("%s AS %s", column, SQL.identifier(name)) for name, column in columns.items()))
        )

    def _next_activity_sql(self, lead_id):
        """Return the SQL of the planned activity that is due first, as JSON; it may be overdue."""
        return SQL(
            """
            (SELECT json_build_object('summary', summary, 'date_deadline', date_deadline, 'icon', icon)
             FROM (%s) planned WHERE planned.res_id = %s
             ORDER BY date_deadline, id LIMIT 1)
            """,
            self.env["mail.activity"]._planned_sql(),
            lead_id,
        )
