from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import GROUP_SALESPERSON
from ..pace.crm_lead import LATE, PACE_FIELDS, SLOW, STALLED
from .attention import CLOSING, IDLE, PROMISE, REASONS, SINCE, Attention, attention_message, most_urgent_sql

#: Orders that begin with risk, the most urgent first.
BY_RISK = ("attention_rank", "attention_rank asc")
#: The deals of a page up to so many are narrowed before they are sorted, see :meth:`CrmLead._narrow_by_risk`.
MOST_NARROWED = 400


class CrmLead(models.Model):
    """Whether a deal needs attention, and why. It changes as time passes, so that PostgreSQL computes it."""

    _inherit = "crm.lead"

    needs_attention = fields.Boolean(
        compute="_compute_attention",
        search="_search_needs_attention",
        groups=GROUP_SALESPERSON,
        help="The opportunity is open, and is slow or stalled, has no next action, is past its expected closing, or "
        "has an overdue hot flag.",
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
        help="The most urgent reason: 1 overdue promise, 2 stalled, 3 passed expected closing, 4 slow, 5 no next "
        "action; 0 without a reason. In this order, the opportunity with the longest standing reason comes first, "
        "and those without a reason come last.",
    )

    # For the first pages in the order of risk, see :meth:`_narrow_by_risk`.
    _promise_index = models.Index("(hot_due_date) WHERE is_hot IS TRUE")

    # ------------------------------------------------------------
    # FIELDS
    # ------------------------------------------------------------

    @api.depends(*PACE_FIELDS, "pace", "pace_reason", "date_deadline", "is_hot", "hot_due_date")
    @api.depends_context("tz", "lang")
    def _compute_attention(self):
        known = self._origin._read_attention()
        reasons = {lead_id: attention.reasons for lead_id, (attention, _state) in known.items()}
        # Deals of one rank are assigned together: one by one takes longer.
        for reason, leads in self.grouped(lambda lead: next(iter(reasons.get(lead._origin.id, ())), None)).items():
            leads.needs_attention = bool(reason)
            leads.attention_rank = REASONS.index(reason) + 1 if reason else 0
            leads.attention_reason = False
            for lead in leads if reason else ():
                attention, state = known[lead._origin.id]
                lead.attention_reason = attention_message(self.env, attention, state, lead.stage_id.name or "")

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
        """Return what is known of these deals, by one query.

        :return: :class:`Attention` and, of slow and stalled deals, `PaceState` by the id of the deal
        :rtype: dict
        """
        if not self:
            return {}
        query = self._as_query(ordered=False)
        alias = query.table
        columns = self._attention_columns(alias, query)
        rows = self.env.execute_query(
            query.select(
                self._field_to_sql(alias, "id", query),
                *(columns[name] for name in Attention._fields),
                *self._pace_state_columns(alias, query),
            )
        )
        count, known = len(Attention._fields), {}
        for lead_id, *values in rows:
            attention = Attention(*values[:count])
            known[lead_id] = attention, self._pace_state(values[count:]) if attention.pace in LATE else None
        return known

    # ------------------------------------------------------------
    # SQL
    # ------------------------------------------------------------

    def _field_to_sql(self, alias, field_expr, query=None):
        """Return the SQL of a field, also of the need of attention."""
        if field_expr == "needs_attention":
            self._check_field_access(self._fields[field_expr], "read")
            return self._needs_attention_to_sql(alias, query)
        return super()._field_to_sql(alias, field_expr, query)

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **options):
        """Search deals. For the first pages in the order of risk, only deals are sorted that may be on them."""
        query = super()._search(domain, offset, limit, order, **options)
        by_risk = bool(limit and order) and order.split(",")[0].strip().lower() in BY_RISK
        if by_risk and offset + limit <= MOST_NARROWED and not query.is_empty():
            self._narrow_by_risk(query, super()._search(domain, **options), offset + limit)
        return query

    def _narrow_by_risk(self, query, oldest, count):
        """Leave out deals of a query that cannot be among the first ones in the order of risk.

        Finding the risk of all open deals takes most of the time of a page. The first ones have an overdue promise, or
        are stalled, the longest past their limit first. Take any so many stalled deals: every deal before the last of
        them has an overdue promise, or passed its limit no later than that one, and so entered its stage at least the
        shortest limit of all stages before. If there are too few stalled deals, no deal is left out.

        :param Query query: the deals
        :param Query oldest: the same deals without an order
        :param int count: how many of the first ones are to be kept
        """
        passed_at = self._read_passed_limit(oldest, count)
        if not passed_at:
            return
        alias = query.table
        names = ("stage_entered_at", "active", "type", "won_status", "is_hot", "hot_due_date")
        entered_at, active, kind, won_status, is_hot, due_date = (
            self._field_to_sql(alias, name, query) for name in names
        )
        # All of these are open deals, as the indexes have it.
        query.add_where(SQL("%s AND %s = 'opportunity' AND %s = 'pending'", active, kind, won_status))
        query.add_where(
            SQL(
                "((%s IS TRUE AND %s < %s) OR %s <= %s OR %s IS NULL)",
                is_hot,
                due_date,
                fields.Date.context_today(self, self.env.cr.now()),
                entered_at,
                passed_at,
                entered_at,
            )
        )

    def _read_passed_limit(self, query, count):
        """Return the instant up to which deals entered their stage that may be among the first ones.

        A statement of its own, so that PostgreSQL knows how few deals these are, and reads them by an index.

        :param Query query: the deals, without an order; the query is changed
        :return: None if fewer than `count` deals are stalled
        """
        alias = query.table
        entered_at = self._field_to_sql(alias, "stage_entered_at", query)
        # The range of the index: without it all open deals are read if few are stalled. PostgreSQL expects that half of
        # the deals meet what is inside of CASE, and thus reads the index in its order.
        query.add_where(self._may_be_late_sql(alias, query))
        query.add_where(
            SQL(
                "CASE WHEN %s AND %s THEN TRUE ELSE FALSE END",
                self._is_late_sql(alias, query),
                self._is_stalled_sql(alias, query),
            )
        )
        query.order, query.limit = entered_at, count
        # A second more: instants that are almost the same are equal in the order.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT count(*), max(passed_at) + INTERVAL '1 s' - (
                    SELECT min(pace_limit_days) * INTERVAL '86400 s' FROM crm_stage WHERE pace_limit_days > 0
                )
                FROM (%s) oldest
                """,
                query.select(SQL("%s AS passed_at", self._limit_passed_at_sql(alias, query))),
            )
        )
        [(found, passed_at)] = rows
        return passed_at if found == count else None

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
