from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import GROUP_SALESPERSON
from ..pace.crm_lead import LATE, PACE_FIELDS
from .attention import Attention, attention_message


class CrmLead(models.Model):
    """Whether a deal needs attention, and why. It changes as time passes, so that PostgreSQL computes it."""

    _inherit = "crm.lead"

    needs_attention = fields.Boolean(
        compute="_compute_attention",
        search="_search_needs_attention",
        groups=GROUP_SALESPERSON,
        help="The opportunity is open, and it is slow or stalled, or has no planned next action, or its expected "
        "closing has passed, or its hot flag is overdue.",
    )
    attention_reason = fields.Char(
        "Why It Needs Attention",
        compute="_compute_attention",
        groups=GROUP_SALESPERSON,
        help="The reasons in one sentence, the most urgent first.",
    )

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    @api.depends(*PACE_FIELDS, "pace", "pace_reason", "date_deadline", "is_hot", "hot_due_date")
    @api.depends_context("tz", "lang")
    def _compute_attention(self):
        known = self._origin._read_attention()
        late = [lead_id for lead_id, attention in known.items() if attention.pace in LATE]
        states = self.browse(late)._read_pace_states()
        for lead in self:
            lead_id = lead._origin.id
            attention = known.get(lead_id, Attention())
            lead.needs_attention = bool(attention.reasons)
            lead.attention_reason = attention_message(
                self.env, attention, states.get(lead_id), lead.stage_id.name or ""
            )

    def _search_needs_attention(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = {bool(needed) for needed in value}
        if len(wanted) != 1:
            return Domain.TRUE if wanted else Domain.FALSE

        def to_sql(model, alias, query):
            needed = model._field_to_sql(alias, "needs_attention", query)
            return needed if wanted == {True} else SQL("%s IS NOT TRUE", needed)

        return Domain.custom(to_sql=to_sql)

    def _read_attention(self):
        """Return what is known of these deals.

        :return: :class:`Attention` by the id of the deal
        :rtype: dict
        """
        if not self:
            return {}
        query = self._as_query(ordered=False)
        columns = self._attention_columns(query.table, query)
        lead_id = self._field_to_sql(query.table, "id", query)
        rows = self.env.execute_query(query.select(lead_id, *(columns[name] for name in Attention._fields)))
        return {lead_id: Attention(*values) for lead_id, *values in rows}

    # ------------------------------------------------------------
    # SQL
    # ------------------------------------------------------------

    def _field_to_sql(self, alias, field_expr, query=None):
        """Return the SQL of a field, also of the need of attention."""
        if field_expr == "needs_attention":
            self._check_field_access(self._fields[field_expr], "read")
            return self._needs_attention_to_sql(alias, query)
        return super()._field_to_sql(alias, field_expr, query)

    def _needs_attention_to_sql(self, alias, query):
        """Return the SQL of the need of attention: one of the columns of an open deal gives a reason."""
        columns = self._attention_columns(alias, query)
        return SQL(
            "(%s AND (%s OR %s IS NOT NULL OR %s IS NOT NULL OR COALESCE(%s, FALSE)))",
            self._is_open_deal_sql(alias, query),
            columns["is_idle"],
            columns["closing_days"],
            columns["promise_days"],
            self._is_late_sql(alias, query),
        )

    def _attention_columns(self, alias, query):
        """Return the SQL of each value of :class:`Attention` by its name. Closed deals and leads have none.

        A next action is planned if the deal has an activity, even an overdue one. Days are those of the user.
        """
        is_open, today = self._is_open_deal_sql(alias, query), fields.Date.context_today(self, self.env.cr.now())
        lead_id, deadline, is_hot, due_date = (
            self._field_to_sql(alias, name, query) for name in ("id", "date_deadline", "is_hot", "hot_due_date")
        )
        return {
            "pace": self._field_to_sql(alias, "pace", query),
            "promise_days": SQL(
                "CASE WHEN %s AND %s AND %s < %s THEN %s - %s END", is_open, is_hot, due_date, today, today, due_date
            ),
            "closing_days": SQL("CASE WHEN %s AND %s < %s THEN %s - %s END", is_open, deadline, today, today, deadline),
            "is_idle": SQL("(%s AND NOT EXISTS (SELECT %s))", is_open, self._activities_sql(lead_id)),
        }
