from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import GROUP_SALESPERSON
from ..pace.crm_lead import LATE, PACE_FIELDS, SLOW, STALLED
from .attention import CLOSING, IDLE, PROMISE, REASONS, SINCE, Attention, attention_message, most_urgent_sql


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
    attention_rank = fields.Integer(
        "Risk",
        compute="_compute_attention",
        groups=GROUP_SALESPERSON,
        aggregator=None,
        help="The most urgent reason: 1 an overdue promise, 2 stalled, 3 a passed expected closing, 4 slow, 5 no next "
        "action; 0 without a reason. Opportunities in the order of this field have the most urgent reason first, and "
        "of the same reason the one that has had it longest. Those without a reason come last.",
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
            lead.attention_rank = REASONS.index(attention.reasons[0]) + 1 if attention.reasons else 0
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

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """Order deals by risk, see :attr:`attention_rank`."""
        if field_name != "attention_rank":
            return super()._order_field_to_sql(alias, field_name, direction, nulls, query)
        self._check_field_access(self._fields[field_name], "read")
        return SQL("%s %s NULLS LAST", self._risk_sql(alias, query), direction)

    def _risk_sql(self, alias, query):
        """Return the SQL of a number by which deals are ordered by risk, NULL for those that need no attention.

        The rank of the most urgent reason and since when the deal has it, in one number: PostgreSQL looks for the
        activities of a deal only where its order depends on them.
        """
        columns = self._attention_columns(alias, query)
        is_late = SQL("COALESCE(%s, FALSE)", self._is_late_sql(alias, query))
        is_open = self._is_open_deal_sql(alias, query)
        conditions = {
            PROMISE: SQL("%s IS NOT NULL", columns["promise_days"]),
            STALLED: SQL("%s AND %s AND %s", is_open, is_late, self._is_stalled_sql(alias, query)),
            CLOSING: SQL("%s IS NOT NULL", columns["closing_days"]),
            SLOW: SQL("%s AND %s", is_open, is_late),
            IDLE: columns["is_idle"],
        }
        since = self._attention_since_columns(alias, query)
        # Seconds are below 10^11 for the next thousand years.
        values = {
            reason: SQL("%s + EXTRACT(EPOCH FROM (%s)::timestamp)::float8", rank * 1e12, since[SINCE[reason]])
            for rank, reason in enumerate(REASONS)
        }
        return most_urgent_sql(conditions, values)

    def _attention_since_columns(self, alias, query):
        """Return the SQL of the instants and days of :data:`.attention.SINCE` by their names."""
        names = {"entered_at": "stage_entered_at", "due_date": "hot_due_date", "date_deadline": "date_deadline"}
        return {
            "passed_at": self._limit_passed_at_sql(alias, query),
            **{key: self._field_to_sql(alias, name, query) for key, name in names.items()},
        }

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
