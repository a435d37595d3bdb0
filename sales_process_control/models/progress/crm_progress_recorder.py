import json

from odoo import models
from odoo.tools import SQL

from .progress_statements import DONE_COLUMNS, LAST_PROGRESS, NO_STEP, RECORD, TAKEN_STEP, TURN, VISIT

#: What of a deal is read anew after progress was written.
READ_FIELDS = ("last_progress_at", "merged_progress_at", "pace", "pace_reason", "progress_ids")
#: What of a deal its progress keeps, and what says which steps are expected of it.
KEPT_FIELDS = (
    "active",
    "company_id",
    "customer_budget",
    "date_deadline",
    "probability",
    "stage_id",
    "team_id",
    "type",
)


class CrmProgressRecorder(models.AbstractModel):
    """Writes the progress of deals and their planned activities, in one statement whatever their number.

    In SQL and without record rules: also what is done by somebody who may not read the deal is progress of it. Nothing
    that is read here reaches a reader's screen.
    """

    _name = "crm.progress.recorder"
    _description = "Progress Recorder"

    def _record_activities(self, activities, messages, feedback, said=None):
        """Record activities on deals that were marked done, and the steps that are taken by them.

        :param list activities: (id, number of the lead, id of the type, id of the meeting, reaction) of each, in the
            order in which they were done
        :param messages: what Odoo has posted about them, in that order
        :param str feedback: what the customer said
        :param Recorded said: what a person has said of the only one by the dialog, if it came that way
        """
        posted = {}
        for message in messages:
            if message.model == "crm.lead":
                posted.setdefault(message.res_id, []).append(message.id)
        rows = []
        for activity_id, lead_id, type_id, event_id, reaction in activities:
            if not posted.get(lead_id):
                continue  # the deal is gone, and the activity with it
            values = (
                lead_id,
                self.env.cr.now(),
                self.env.uid,
                type_id or None,
                "recorded" if said else "activity",
                feedback or None,
                activity_id,
                event_id or None,
                posted[lead_id].pop(0),
                said.step_id if said else None,
                reaction or None,
            )
            rows.append(dict(zip(DONE_COLUMNS, values, strict=True)))
        if not rows:
            return
        if any(row["event_id"] for row in rows):
            self.env["calendar.event"].flush_model(["active", "stop"])
        types = SQL(", ").join(SQL("%s %s", SQL.identifier(name), SQL(kind)) for name, kind in DONE_COLUMNS.items())
        source = SQL("SELECT * FROM json_to_recordset(%s) AS done (%s)", json.dumps(rows, default=str), types)
        lead_ids = {row["lead_id"] for row in rows}
        self.env["crm.lead"].browse(lead_ids).flush_recordset(KEPT_FIELDS)
        self._record(source, lead_ids, takes_steps=True)

    def _record_meetings(self, event_ids=None, limit=None, is_past=False):
        """Record meetings that are over.

        :param event_ids: of these only
        :param int limit: no more than so many, the earliest first
        :param bool is_past: whether they took place before the module was there: no steps are taken by them then
        :return: how many were recorded
        """
        self.env["calendar.event"].flush_model(["active", "opportunity_id", "stop", "user_id"])
        self.env["crm.lead"].flush_model(KEPT_FIELDS)
        source = self._meetings_source()
        if event_ids is not None:
            source = SQL("%s AND event.id = ANY(%s)", source, list(event_ids))
        if limit:
            source = SQL("%s ORDER BY event.stop, event.id LIMIT %s", source, limit)
        return self._record(source, takes_steps=not is_past, is_past=is_past)

    def _review_meetings(self, event_ids):
        """Look again at meetings that have changed: cancelled, put off, or about another deal.

        What is still, or again, a meeting that took place is recorded at once.
        """
        self.env["calendar.event"].flush_model(["active", "opportunity_id", "stop", "user_id"])
        self._take_back_meetings(
            event_ids,
            SQL("""
                NOT EXISTS (
                    SELECT FROM calendar_event event
                    WHERE event.id = progress.event_id AND event.active AND event.stop = progress.date
                      AND event.opportunity_id = progress.lead_id
                )
            """),
        )
        self._record_meetings(event_ids)

    def _take_back_meetings(self, event_ids, condition=None):
        """Take back the progress of meetings.

        One whose activity was marked done keeps it: somebody said that it was held.
        """
        rows = self.env.execute_query(
            SQL(
                """
                DELETE FROM crm_lead_progress progress
                WHERE event_id = ANY(%s) AND activity_id IS NULL AND message_id IS NULL AND %s
                RETURNING lead_id
                """,
                list(event_ids),
                condition or SQL("TRUE"),
            )
        )
        if rows:
            lead_ids = [lead_id for (lead_id,) in rows]
            self._count_anew(lead_ids)
            self._after_progress(lead_ids)

    def _after_progress(self, lead_ids):
        """Hook that runs after progress of deals was recorded or taken back. Extensions override it and call super().

        :param lead_ids: ids of the deals
        """

    def _move(self, lead_ids, target_id):
        """Give the progress of deals, and their planned activities, to the one that they are merged into."""
        for table in ("crm_lead_progress", "crm_planned_activity"):
            self.env.cr.execute(
                SQL("UPDATE %s SET lead_id = %s WHERE lead_id = ANY(%s)", SQL.identifier(table), target_id, lead_ids)
            )
        # Their stays keep the numbers of the deals that go: when they last moved forward has to be kept by itself.
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_lead target SET merged_progress_at = GREATEST(target.merged_progress_at, gone.moved_at)
                FROM (
                    SELECT GREATEST(
                        (SELECT max(merged_progress_at) FROM crm_lead WHERE id = ANY(%(lead_ids)s)),
                        (SELECT max(left_at) FROM crm_stage_visit
                         WHERE lead_ref = ANY(%(lead_ids)s) AND outcome = 'advanced')
                    ) AS moved_at
                ) gone
                WHERE target.id = %(target_id)s AND gone.moved_at IS NOT NULL
                """,
                lead_ids=list(lead_ids),
                target_id=target_id,
            )
        )
        self._forget_read([*lead_ids, target_id])

    def _count_anew(self, lead_ids):
        """Store the latest progress on deals of which some was taken back."""
        self.env["crm.lead"].flush_model(["last_progress_at"])
        self.env.cr.execute(
            SQL("UPDATE crm_lead lead SET last_progress_at = %s WHERE id = ANY(%s)", SQL(LAST_PROGRESS), list(lead_ids))
        )
        self._forget_read(lead_ids)

    def _meetings_source(self):
        """Meetings about a deal that are over, and not recorded yet."""
        return SQL(
            """
            SELECT event.opportunity_id AS lead_id, event.stop AS done_at, event.user_id, planned.activity_type_id,
                   'meeting' AS source, NULL::text AS feedback, NULL::int AS activity_id, event.id AS event_id,
                   NULL::int AS message_id, NULL::int AS step_id, NULL::varchar AS reaction
            FROM calendar_event event
            LEFT JOIN LATERAL (
                SELECT activity.activity_type_id
                FROM mail_activity activity
                WHERE activity.calendar_event_id = event.id AND activity.res_model = 'crm.lead'
                  AND activity.res_id = event.opportunity_id
                ORDER BY activity.id LIMIT 1
            ) planned ON TRUE
            WHERE event.opportunity_id IS NOT NULL AND event.active AND event.stop < %s
              AND NOT EXISTS (SELECT FROM crm_lead_progress known WHERE known.event_id = event.id)
            """,
            self.env.cr.now(),
        )

    def _record(self, source, lead_ids=None, takes_steps=False, is_past=False):
        """Write rows of progress, and the latest on their deals.

        A meeting and its activity are one: what is done about a meeting that took place has the meeting's end as its
        date, and goes into the meeting's row where there is one already.

        :param SQL source: a query with the columns of :data:`DONE_COLUMNS`
        :param lead_ids: the deals that it can be about; all, if not given
        :param bool takes_steps: whether what was done takes steps that the stages of the deals expect now
        :param bool is_past: whether it was done before the module was there: no seller waits to be told of it
        :return: how many rows were written
        """
        if takes_steps:
            self.env["crm.stage.step"].flush_model()
        [(number, recorded_ids)] = self.env.execute_query(
            SQL(
                RECORD,
                source=source,
                turn=SQL(TURN if takes_steps else "1"),
                step=SQL(TAKEN_STEP if takes_steps else NO_STEP),
                # The array says how many there are: of JSON the planner expects a hundred, and reads all deals.
                chosen=SQL("lead.id = ANY(%s)", list(lead_ids)) if lead_ids else SQL("TRUE"),
            )
        )
        self._forget_read(lead_ids)
        if recorded_ids and not is_past:
            self._after_progress(recorded_ids)
        return number

    def _find_visits_again(self, lead_ids):
        """Link what was done in this transaction with its stays again, after the recorder has written those anew."""
        self.env.cr.execute(
            SQL(
                "UPDATE crm_lead_progress progress SET visit_id = %s "
                "WHERE lead_id = ANY(%s) AND date = %s AND visit_id IS NULL",
                SQL(VISIT.format(row="progress")),
                list(lead_ids),
                self.env.cr.now(),
            )
        )
        self.env["crm.lead.progress"].invalidate_model(["visit_id"], flush=False)

    def _forget_read(self, lead_ids=None):
        """Rows are written behind the back of the ORM: what it has read of them is no longer true."""
        self.env["crm.lead.progress"].invalidate_model(flush=False)
        if lead_ids is None:
            self.env["crm.lead"].invalidate_model(READ_FIELDS)
        else:
            self.env["crm.lead"].browse(lead_ids).invalidate_recordset(READ_FIELDS)

    def _record_plans(self, activities):
        """Remember that next activities were planned on deals, or put off, now."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_planned_activity (lead_id, planned_at, activity_ref)
                SELECT lead.id, %s, planned.activity_ref
                FROM unnest(%s::int[], %s::int[]) AS planned (activity_ref, lead_id)
                JOIN crm_lead lead ON lead.id = planned.lead_id
                ON CONFLICT DO NOTHING
                """,
                self.env.cr.now(),
                activities.ids,
                activities.mapped("res_id"),
            )
        )
        self.env["crm.planned.activity"].invalidate_model(flush=False)
