from odoo import fields, models
from odoo.tools import SQL

from ...statistics import MOST_PLANS


class CrmLead(models.Model):
    """The pace of deals as the database tells it: for searches, groups, counts, and what is shown (D10)."""

    _inherit = "crm.lead"

    def _field_to_sql(self, alias, field_expr, query=None):
        """Return the SQL of a field. The pace changes as time passes, so that the database computes it."""
        if field_expr == "pace":
            return self._pace_to_sql(alias, query)
        return super()._field_to_sql(alias, field_expr, query)

    def _pace_to_sql(self, alias, query):
        """The pace: the one definition of it, for searches, groups, and what is shown (D10)."""
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
        """Whether an open deal that is past its limit has neither progress nor a next activity that excuses it."""
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
        """Whether an open deal is past the limit of its stage: slow or stalled."""
        stage = self._join_limit(alias, query)
        return SQL(
            "%s > 0 AND %s < %s AND %s",
            SQL.identifier(stage, "days"),
            self._field_to_sql(alias, "stage_entered_at", query),
            SQL.identifier(stage, "late_before"),
            # What follows from it, and an index can answer.
            self._is_perhaps_late_sql(alias, query),
        )

    def _join_limit(self, alias, query):
        """Join the limit of the deal's stage.

        :return: the alias of the joined table: of `days`, the same as an interval, `span`, and `late_before`; a deal
            that has been in the stage since before that instant is past the limit
        :rtype: str
        """
        stage_alias = query.make_alias(alias, "pace_stage")
        stage_id = self._field_to_sql(alias, "stage_id", query)
        # OFFSET has PostgreSQL compute it once a stage, and not once a deal.
        stages = SQL(
            """
            (SELECT id, days, span, %s - span AS late_before
             FROM crm_stage
             CROSS JOIN LATERAL (SELECT %s AS days, %s * INTERVAL '86400 s' AS span) stage_limit
             OFFSET 0)
            """,
            self.env.cr.now(),
            *(self.env["crm.stage"]._field_to_sql("crm_stage", "rotting_threshold_days") for _use in range(2)),
        )
        query.add_join("LEFT JOIN", stage_alias, stages, SQL("%s = %s", stage_id, SQL.identifier(stage_alias, "id")))
        return stage_alias

    def _limit_sql(self, alias, query):
        """The limit of the deal's stage in days."""
        return SQL.identifier(self._join_limit(alias, query), "days")

    def _limit_passed_at_sql(self, alias, query):
        """When the deal has been, or will have been, in its stage as long as the limit."""
        return SQL(
            "%s + %s",
            self._field_to_sql(alias, "stage_entered_at", query),
            SQL.identifier(self._join_limit(alias, query), "span"),
        )

    def _next_activity_sql(self, lead_id):
        """Next activities, which are due today, as the reader has it, or later: the part of a query after SELECT."""
        activity = self.env["mail.activity"]
        columns = ("date_deadline", "res_model", "res_id", "active")
        date_deadline, res_model, res_id, active = (activity._field_to_sql("planned", name) for name in columns)
        return SQL(
            "FROM mail_activity planned WHERE %s = 'crm.lead' AND %s = %s AND %s AND %s >= %s",
            res_model,
            res_id,
            lead_id,
            active,
            date_deadline,
            fields.Date.context_today(self, self.env.cr.now()),
        )

    def _contact_sql(self, lead_id):
        """When the customer was last heard of; what was ticked off without a word may have been no talk at all."""
        return SQL(
            """
            (SELECT max(date) FROM crm_lead_progress
             WHERE lead_id = %s
               AND (source NOT IN ('activity', 'recorded') OR feedback <> '' OR reaction IS NOT NULL))
            """,
            lead_id,
        )

    def _plans_sql(self, alias, query):
        """How often next activities were planned, or put off, since the limit passed; several at once count once."""
        return SQL(
            """
            (SELECT count(DISTINCT plan.planned_at) FROM crm_planned_activity plan
             WHERE plan.lead_id = %s AND plan.planned_at > %s)
            """,
            self._field_to_sql(alias, "id", query),
            self._limit_passed_at_sql(alias, query),
        )

    def _is_perhaps_late_sql(self, alias, query):
        """What is true of each deal that is slow or stalled."""
        active, kind, won_status, entered_at = (
            self._field_to_sql(alias, name, query) for name in ("active", "type", "won_status", "stage_entered_at")
        )
        return SQL(
            """
            %s AND %s = 'opportunity' AND %s = 'pending' AND %s < (
                SELECT %s - min(rotting_threshold_days) * INTERVAL '86400 s'
                FROM crm_stage WHERE rotting_threshold_days > 0
            )
            """,
            active,
            kind,
            won_status,
            entered_at,
            self.env.cr.now(),
        )
