from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import GROUP_INTERNAL
from ...statistics import MOST_PLANS, PaceState
from ..recording.number_search import COMPARISONS
from .crm_stage import SET
from .pace_messages import reason_message

ON_PACE = "on_pace"
SLOW = "slow"
STALLED = "stalled"
PACES = [(ON_PACE, "On pace"), (SLOW, "Slow"), (STALLED, "Stalled")]
#: Paces of deals that are past the limit of their stage.
LATE = (SLOW, STALLED)
#: Fields on which the pace depends. Odoo flushes them before the pace is read from the database.
PACE_FIELDS = (
    "stage_id.pace_limit_days",
    "stage_entered_at",
    "last_progress_at",
    "type",
    "active",
    "won_status",
    "activity_ids.date_deadline",
    "activity_ids.active",
    "activity_ids.activity_type_id",
)


class CrmLead(models.Model):
    """The pace of a deal and its reason.

    The pace changes as time passes, so that PostgreSQL computes it whenever it is read, searched or grouped by.
    """

    _inherit = "crm.lead"

    pace = fields.Selection(
        PACES,
        compute="_compute_pace",
        # Facts of the deal itself: checking the groups of the fields they rest on takes longer than computing them.
        compute_sudo=True,
        search="_search_pace",
        groups=GROUP_INTERNAL,
        help="How an open opportunity progresses, measured by the current limit of its stage. Empty in stages "
        "without a limit, in won stages and for closed opportunities.\n"
        "- On pace: not longer in its stage than the limit.\n"
        "- Slow: longer than the limit, but with progress within as many days as the limit, or with an "
        "activity planned for today or later, unless two others were planned since the limit passed.\n"
        "- Stalled: longer than the limit, and not slow.",
    )
    pace_reason = fields.Char(
        "Reason for the Pace",
        compute="_compute_pace_reason",
        # Facts of the deal itself: checking the groups of the fields they rest on takes longer than computing them.
        compute_sudo=True,
        groups=GROUP_INTERNAL,
        help="The facts that make an opportunity slow or stalled.",
    )

    last_contact_at = fields.Datetime(
        "Last Contact",
        compute="_compute_last_contact_at",
        search="_search_last_contact_at",
        groups=GROUP_INTERNAL,
        help="When the last contact with the customer was: a message of the customer, a meeting, or an activity or "
        "recorded progress with feedback or a reaction. Empty if there was no contact yet.",
    )

    # For searches of slow and stalled deals, which are open and entered their stage long ago.
    _open_stage_entered_index = models.Index(
        "(stage_entered_at) WHERE active AND type = 'opportunity' AND won_status = 'pending'"
    )

    # ------------------------------------------------------------
    # PACE
    # ------------------------------------------------------------

    @api.depends(*PACE_FIELDS)
    @api.depends_context("tz")
    def _compute_pace(self):
        paces = {}
        if self._origin.ids:
            query = self._origin._as_query(ordered=False)
            columns = (self._field_to_sql(query.table, name, query) for name in ("id", "pace"))
            paces = dict(self.env.execute_query(query.select(*columns)))
        by_pace = self.grouped(lambda lead: paces.get(lead._origin.id) or False)
        for pace, leads in by_pace.items():
            leads.pace = pace

    @api.depends("pace", "push_count")
    @api.depends_context("tz", "lang")
    def _compute_pace_reason(self):
        late = self.filtered(lambda lead: lead.pace in LATE)
        (self - late).pace_reason = False
        states = late._origin._read_pace_states()
        for lead in late:
            state = states.get(lead._origin.id)
            lead.pace_reason = reason_message(self.env, state, lead.stage_id.name) if state else False

    @api.depends("progress_ids")
    def _compute_last_contact_at(self):
        contacts = {}
        if self._origin.ids:
            query = self._origin._as_query(ordered=False)
            columns = (self._field_to_sql(query.table, name, query) for name in ("id", "last_contact_at"))
            contacts = dict(self.env.execute_query(query.select(*columns)))
        for lead in self:
            lead.last_contact_at = contacts.get(lead._origin.id) or False

    def _search_last_contact_at(self, operator, value):
        if operator in COMPARISONS:
            return Domain.custom(
                to_sql=lambda model, alias, query: SQL(
                    "%s %s %s", model._field_to_sql(alias, "last_contact_at", query), COMPARISONS[operator], value
                )
            )
        if operator != "in" or any(value):
            return NotImplemented
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL("%s IS NULL", model._field_to_sql(alias, "last_contact_at", query))
        )

    def _search_pace(self, operator, value):
        if operator != "in":
            return NotImplemented
        # PostgreSQL compares no text with a number.
        paces = [pace for pace in value if pace and isinstance(pace, str)]

        def to_sql(model, alias, query):
            pace = model._field_to_sql(alias, "pace", query)
            condition = SQL("%s = ANY(%s)", pace, paces)
            if paces and set(paces) <= set(LATE):
                # Implied by the condition, and answered by an index.
                condition = SQL("%s AND %s", model._may_be_late_sql(alias, query), condition)
            return SQL("(%s OR %s IS NULL)", condition, pace) if not all(value) else condition

        return Domain.custom(to_sql=to_sql)

    def _read_pace_states(self):
        """Return the facts about these deals, which are slow or stalled.

        :return: :class:`PaceState` by id of the deal
        :rtype: dict
        """
        if not self:
            return {}
        query = self._as_query(ordered=False)
        lead_id = self._field_to_sql(query.table, "id", query)
        rows = self.env.execute_query(query.select(lead_id, *self._pace_state_columns(query.table, query)))
        return {lead_id: self._pace_state(values) for lead_id, *values in rows}

    def _pace_state(self, values):
        """Return the :class:`PaceState` of a slow or stalled deal from the values of :meth:`_pace_state_columns`."""
        pace, days, progress_at, pushes, limit, source, contact_at, next_day, plans = values
        now = self.env.cr.now()
        today = fields.Date.context_today(self, now)
        return PaceState(
            is_stalled=pace == STALLED,
            is_moving=bool(progress_at) and progress_at + timedelta(days=limit) >= now,
            days=int(days),
            limit=limit,
            progress_days=(now - progress_at).days if progress_at else None,
            contact_days=(now - contact_at).days if contact_at else None,
            next_days=(next_day - today).days if next_day else None,
            plans=plans,
            pushes=pushes or 0,
            limit_source=source if source != SET else "",
        )

    # ------------------------------------------------------------
    # SQL
    # ------------------------------------------------------------

    def _field_to_sql(self, alias, field_expr, query=None):
        """Return the SQL of a field, also of the pace and of the last contact with the customer."""
        if field_expr in ("pace", "last_contact_at"):
            self._check_field_access(self._fields[field_expr], "read")
        if field_expr == "pace":
            return self._pace_to_sql(alias, query)
        if field_expr == "last_contact_at":
            return self._contact_sql(self._field_to_sql(alias, "id", query))
        return super()._field_to_sql(alias, field_expr, query)

    def _pace_state_columns(self, alias, query):
        """Return the SQL of the values of :meth:`_pace_state`, in their order."""
        lead_id, *columns = (
            self._field_to_sql(alias, name, query)
            for name in ("id", "pace", "stage_days", "last_progress_at", "push_count")
        )
        return [
            *columns,
            self._limit_sql(alias, query),
            self._limit_sql(alias, query, "source"),
            self._contact_sql(lead_id),
            SQL("(SELECT min(planned.date_deadline) %s)", self._next_activity_sql(lead_id)),
            self._plans_sql(alias, query),
        ]

    def _pace_to_sql(self, alias, query):
        """Return the SQL of the pace. This is its only definition (docs/definitions.md, Pace)."""
        stage = self._join_limit(alias, query)
        kind, active, won_status, entered_at = (
            self._field_to_sql(alias, name, query) for name in ("type", "active", "won_status", "stage_entered_at")
        )
        return SQL(
            """
            CASE WHEN %s > 0 AND %s = 'opportunity' AND %s AND %s = 'pending'
            THEN CASE WHEN %s IS NULL OR %s >= %s THEN 'on_pace' WHEN %s THEN 'stalled' ELSE 'slow' END
            END
            """,
            SQL.identifier(stage, "days"),
            kind,
            active,
            won_status,
            entered_at,
            entered_at,
            SQL.identifier(stage, "late_before"),
            self._is_stalled_sql(alias, query),
        )

    def _is_stalled_sql(self, alias, query):
        """Return the SQL condition that an open deal past its limit is stalled.

        It is stalled if its last progress is older than the limit, and it has no next activity that counts.
        """
        lead_id, progress_at = (self._field_to_sql(alias, name, query) for name in ("id", "last_progress_at"))
        return SQL(
            "(CASE WHEN %s >= %s THEN FALSE WHEN EXISTS (SELECT %s) AND %s <= %s THEN FALSE ELSE TRUE END)",
            progress_at,
            SQL.identifier(self._join_limit(alias, query), "late_before"),
            self._next_activity_sql(lead_id),
            self._plans_sql(alias, query),
            MOST_PLANS,
        )

    def _is_late_sql(self, alias, query):
        """Return the SQL condition that an open deal is past the limit of its stage, thus slow or stalled."""
        stage = self._join_limit(alias, query)
        return SQL(
            "%s > 0 AND %s < %s AND %s",
            SQL.identifier(stage, "days"),
            self._field_to_sql(alias, "stage_entered_at", query),
            SQL.identifier(stage, "late_before"),
            # Implied by the rest, and answered by an index.
            self._may_be_late_sql(alias, query),
        )

    def _join_limit(self, alias, query):
        """Join the limit of the deal's stage to a query.

        :return: alias of the joined table with `days` (the limit, 0 for none), `source` (of the limit), `span` (the
            limit as an interval) and `late_before` (deals that entered the stage before this instant are past the
            limit)
        :rtype: str
        """
        stage_alias = query.make_alias(alias, "pace_stage")
        stage_id = self._field_to_sql(alias, "stage_id", query)
        # sudo: the pace of a deal rests on the limit of its stage, which users without rights in Sales may not read.
        stages = self.env["crm.stage"].sudo()
        # OFFSET 0 keeps PostgreSQL from computing the limit once a deal instead of once a stage.
        limits = SQL(
            """
            (SELECT id, days, source, span, %s - span AS late_before
             FROM crm_stage
             CROSS JOIN LATERAL (SELECT %s AS days, %s AS source, %s * INTERVAL '86400 s' AS span) stage_limit
             OFFSET 0)
            """,
            self.env.cr.now(),
            *(stages._field_to_sql("crm_stage", f"pace_limit_{name}") for name in ("days", "source", "days")),
        )
        query.add_join("LEFT JOIN", stage_alias, limits, SQL("%s = %s", stage_id, SQL.identifier(stage_alias, "id")))
        return stage_alias

    def _limit_sql(self, alias, query, column="days"):
        """Return the SQL of the limit of the deal's stage in days, or of its source."""
        return SQL.identifier(self._join_limit(alias, query), column)

    def _limit_passed_at_sql(self, alias, query):
        """Return the SQL of the instant at which the deal passed, or will pass, the limit of its stage."""
        return SQL(
            "%s + %s",
            self._field_to_sql(alias, "stage_entered_at", query),
            SQL.identifier(self._join_limit(alias, query), "span"),
        )

    def _next_activity_sql(self, lead_id):
        """Return the SQL, from FROM on, that finds the next activities of a deal in `planned`.

        They are due today, in the user's time zone, or later.

        :param SQL lead_id: id of the deal
        """
        return SQL(
            "%s AND %s >= %s",
            self._activities_sql(lead_id),
            self.env["mail.activity"]._field_to_sql("planned", "date_deadline"),
            fields.Date.context_today(self, self.env.cr.now()),
        )

    def _activities_sql(self, lead_id):
        """Return the SQL, from FROM on, that finds the next actions of a deal in `planned`, also overdue ones.

        :param SQL lead_id: id of the deal
        """
        activity = self.env["mail.activity"]
        return SQL(
            "FROM mail_activity planned WHERE %s = 'crm.lead' AND %s = %s AND %s",
            activity._field_to_sql("planned", "res_model"),
            activity._field_to_sql("planned", "res_id"),
            lead_id,
            activity._is_next_action_sql("planned"),
        )

    def _contact_sql(self, lead_id):
        """Return the SQL of the instant of the last contact with the customer.

        An activity marked as done without feedback or reaction is no contact.

        :param SQL lead_id: id of the deal
        """
        return SQL(
            """
            (SELECT max(date) FROM crm_lead_progress contact WHERE contact.lead_id = %s AND %s)
            """,
            lead_id,
            self._is_contact_sql("contact"),
        )

    @api.model
    def _is_contact_sql(self, alias):
        """Return the SQL condition that progress of an alias is a contact with the customer.

        :param str alias: alias of a query of `source`, `feedback` and `reaction`
        """
        source, feedback, reaction = (SQL.identifier(alias, name) for name in ("source", "feedback", "reaction"))
        return SQL("(%s NOT IN ('activity', 'recorded') OR %s <> '' OR %s IS NOT NULL)", source, feedback, reaction)

    def _plans_sql(self, alias, query):
        """Return the SQL of how often next activities were planned, or put off, since the limit passed.

        Several at one instant count once.
        """
        return SQL(
            """
            (SELECT count(DISTINCT plan.planned_at) FROM crm_planned_activity plan
             WHERE plan.lead_id = %s AND plan.planned_at > %s)
            """,
            self._field_to_sql(alias, "id", query),
            self._limit_passed_at_sql(alias, query),
        )

    def _may_be_late_sql(self, alias, query):
        """Return a necessary SQL condition for slow and stalled deals, which an index answers."""
        active, kind, won_status, entered_at = (
            self._field_to_sql(alias, name, query) for name in ("active", "type", "won_status", "stage_entered_at")
        )
        return SQL(
            """
            %s AND %s = 'opportunity' AND %s = 'pending' AND %s < (
                SELECT %s - min(pace_limit_days) * INTERVAL '86400 s'
                FROM crm_stage WHERE pace_limit_days > 0
            )
            """,
            active,
            kind,
            won_status,
            entered_at,
            self.env.cr.now(),
        )
