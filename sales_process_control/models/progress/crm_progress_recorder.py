import json
import logging
from datetime import timedelta

from odoo import SUPERUSER_ID, api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...ledger import goes_on
from ..recording.crm_pipeline_loader import is_loading
from ..recording.report_cache import invalidate_reports
from .crm_lead_progress import ACTIVITY, RECORDED
from .progress_statements import (
    CORRECT_ENDS,
    DONE_COLUMNS,
    LAST_PROGRESS,
    LATEST_PROGRESS,
    MESSAGE_INSTANT,
    NO_STEP,
    RECORD,
    TAKEN_STEP,
    TURN,
    VISIT,
)

_logger = logging.getLogger(__name__)

#: Fields of a deal that a row of progress keeps, or that decide which steps are expected of it.
KEPT_FIELDS = (
    "active",
    "automated_probability",
    "company_id",
    "customer_budget",
    "date_deadline",
    "probability",
    "stage_id",
    "team_id",
    "type",
)
#: Types of messages that a customer may have written.
CUSTOMER_MESSAGE_TYPES = ("email", "comment")
#: Fields that decide whether and when a message is progress.
MESSAGE_FIELDS = (
    "author_id",
    "create_date",
    "create_uid",
    "date",
    "is_automatic",
    "message_type",
    "model",
    "res_id",
    "write_uid",
)
#: Fields that decide whether and when a meeting is progress.
MEETING_FIELDS = ("active", "opportunity_id", "stop", "user_id")
#: Age of the oldest messages that the job looks for.
MISSED_FOR = timedelta(days=2)
#: Name in the memory of the pipeline recorder: deals whose last progress was written together with their stage.
STAMPED = "stamped_progress"


class CrmProgressRecorder(models.AbstractModel):
    """Write the rows of progress, the planned activities and the last progress of deals.

    Nothing else writes `crm.lead.last_progress_at`. SQL without record rules: an activity of a user who may not read
    the deal is progress of the deal, too. Nothing that is read here is shown to a user.
    """

    _name = "crm.progress.recorder"
    _description = "Progress Recorder"

    # ------------------------------------------------------------
    # ACTIVITIES
    # ------------------------------------------------------------

    def _record_activities(self, activities, messages, feedback, entry=None):
        """Record activities on deals that were marked as done, and the steps that they take.

        :param list activities: (id, id of the lead, id of the type, id of the meeting, reaction) of each, in the order
            in which they were done
        :param messages: Odoo's messages about them, in that order
        :param str feedback: the feedback of all
        :param RecordedProgress entry: the entry in the dialog, which marks one activity as done
        """
        message_ids = {}
        for message in messages:
            if message.model == "crm.lead":
                message_ids.setdefault(message.res_id, []).append(message.id)
        rows = []
        for activity_id, lead_id, type_id, event_id, reaction in activities:
            if not message_ids.get(lead_id):
                continue  # the deal was deleted together with the activity
            values = (
                lead_id,
                self.env.cr.now(),
                self.env.uid,
                type_id or None,
                RECORDED if entry else ACTIVITY,
                feedback or None,
                activity_id,
                event_id or None,
                message_ids[lead_id].pop(0),
                entry.step_id if entry else None,
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

    def _record_plans(self, activities):
        """Record that next activities on deals were planned, or put off, now.

        :param activities: activities whose document is a deal
        """
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

    # ------------------------------------------------------------
    # MEETINGS
    # ------------------------------------------------------------

    def _record_meetings(self, event_ids=None, limit=None, is_past=False):
        """Record meetings about deals that are over and not recorded yet.

        :param event_ids: ids of the only meetings to record
        :param int limit: the most meetings to record, the earliest first
        :param bool is_past: whether they took place before the module was installed, so that they take no steps
        :return: how many were recorded
        :rtype: int
        """
        self.env["calendar.event"].flush_model(MEETING_FIELDS)
        self.env["crm.lead"].flush_model(KEPT_FIELDS)
        source = self._meetings_source()
        if event_ids is not None:
            source = SQL("%s AND event.id = ANY(%s)", source, list(event_ids))
        if limit:
            source = SQL("%s ORDER BY event.stop, event.id LIMIT %s", source, limit)
        return self._record(source, takes_steps=not is_past, is_past=is_past)

    def _review_meetings(self, event_ids):
        """Bring progress in line with meetings that were cancelled, put off or given to another deal.

        Progress of a meeting whose end was corrected keeps its sales action: the deal may be in another stage by now.
        Progress that no longer fits its meeting is taken back. Meetings that are over are recorded at once.

        :param event_ids: ids of the changed meetings
        """
        self.env["calendar.event"].flush_model(MEETING_FIELDS)
        self._correct_ends(event_ids)
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

    def _correct_ends(self, event_ids):
        """Give progress of meetings that are over the end that its meeting has now, and the visit of that time."""
        self._change_rows(SQL(CORRECT_ENDS, event_ids=list(event_ids), now=self.env.cr.now()))

    def _take_back_meetings(self, event_ids, condition=None):
        """Delete the progress of meetings, except of those whose activity was marked as done.

        :param event_ids: ids of the meetings
        :param SQL condition: which rows of `progress` to delete; all by default
        """
        self._change_rows(
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

    def _change_rows(self, statement):
        """Change or delete rows, and bring the last progress of their deals in line.

        :param SQL statement: it returns the ids of the deals
        """
        rows = self.env.execute_query(statement)
        if rows:
            lead_ids = [lead_id for (lead_id,) in rows]
            self._update_last_progress(lead_ids)
            self._after_progress(lead_ids)

    def _meetings_source(self):
        """Return the query for meetings about a deal that are over and not recorded, with :data:`DONE_COLUMNS`.

        :rtype: SQL
        """
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
              AND NOT EXISTS (SELECT FROM crm_lead_progress recorded WHERE recorded.event_id = event.id)
            """,
            self.env.cr.now(),
        )

    # ------------------------------------------------------------
    # MESSAGES OF CUSTOMERS
    # ------------------------------------------------------------

    def _record_messages(self, messages):
        """Record those of the messages that a customer wrote. Never fail.

        Errors are logged, and the hourly job records the message. That includes serialization failures, which Odoo
        would otherwise answer by trying the transaction again: Odoo's mail gateway does not try again, the mail would
        be lost.
        """
        messages.flush_recordset(MESSAGE_FIELDS)
        lead_ids = set(messages.mapped("res_id"))
        # Flushed here, so that a rollback to the savepoint loses none of the caller's values.
        self.env["crm.lead"].browse(lead_ids).flush_recordset(self._fields_of_leads())
        try:
            with self.env.cr.savepoint(flush=False):
                self._record(SQL("%s AND message.id = ANY(%s)", self._messages_source(), messages.ids), lead_ids)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            _logger.info("Opportunities %s are locked: the hourly job will record their messages", lead_ids)
        except Exception:
            _logger.exception("Could not record the messages %s: the hourly job will try again", messages.ids)

    def _record_missed_messages(self):
        """Record customers' messages of the last two days that could not be recorded when they came.

        :return: how many were recorded
        :rtype: int
        """
        self.env["mail.message"].flush_model(MESSAGE_FIELDS)
        # `id` rises with time and has an index, `create_date` has none. A query of its own, since the planner estimates
        # the number of rows above a constant id, but not above a subquery.
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM mail_message WHERE create_date < %s ORDER BY id DESC LIMIT 1",
                self.env.cr.now() - MISSED_FOR,
            )
        )
        last_old_id = rows[0][0] if rows else 0
        return self._record(SQL("%s AND message.id > %s", self._untouched_messages_source(), last_old_id))

    def _record_before_move(self, messages):
        """Record those of the messages that a customer wrote and that are not recorded yet.

        A merge moves them to another deal in the name of a colleague: the hourly job could not tell them any more from
        messages whose author a colleague has changed.
        """
        recent = self.env.cr.now() - MISSED_FOR
        messages = messages.filtered(
            lambda message: message.message_type in CUSTOMER_MESSAGE_TYPES and message.create_date >= recent
        )
        if messages:
            messages.flush_recordset(MESSAGE_FIELDS)
            lead_ids = set(messages.mapped("res_id"))
            self.env["crm.lead"].browse(lead_ids).flush_recordset(self._fields_of_leads())
            source = SQL("%s AND message.id = ANY(%s)", self._untouched_messages_source(), messages.ids)
            self._record(source, lead_ids)

    def _untouched_messages_source(self):
        """Return :meth:`_messages_source` without messages whose author a colleague may have changed since.

        OdooBot is no colleague: jobs write messages of portal users, too.
        """
        return SQL("%s AND message.write_uid IN (message.create_uid, %s)", self._messages_source(), SUPERUSER_ID)

    def _messages_source(self):
        """Return the query for customers' messages on deals that are not recorded, with :data:`DONE_COLUMNS`.

        An author who is, or was, an internal user is no customer. A mail may have an author whom Odoo does not know.
        An automatic mail is no word of the customer. The text of the message is not kept.

        Colleagues can name any author. Odoo's mail gateway and public forms post as OdooBot, portal and public users
        as themselves. Nobody can set `create_uid`.

        :rtype: SQL
        """
        return SQL(
            """
            SELECT message.res_id AS lead_id, %s AS done_at, NULL::int AS user_id, NULL::int AS activity_type_id,
                   'message' AS source, NULL::text AS feedback, NULL::int AS activity_id, NULL::int AS event_id,
                   message.id AS message_id, NULL::int AS step_id, NULL::varchar AS reaction
            FROM mail_message message
            WHERE message.model = 'crm.lead' AND message.message_type = ANY(%s)
              AND (message.author_id IS NOT NULL OR message.message_type = 'email')
              AND message.is_automatic IS NOT TRUE
              AND EXISTS (
                  SELECT FROM res_users sender WHERE sender.id = message.create_uid AND (sender.id = %s OR sender.share)
              )
              AND NOT EXISTS (
                  SELECT FROM res_users colleague
                  WHERE colleague.partner_id = message.author_id AND colleague.share IS NOT TRUE
              )
              AND NOT EXISTS (SELECT FROM crm_lead_progress recorded WHERE recorded.message_id = message.id)
            """,
            SQL(MESSAGE_INSTANT),
            list(CUSTOMER_MESSAGE_TYPES),
            SUPERUSER_ID,
        )

    # ------------------------------------------------------------
    # ROWS
    # ------------------------------------------------------------

    def _record(self, source, lead_ids=None, takes_steps=False, is_past=False):
        """Write rows of progress and the last progress of their deals, by one statement.

        A meeting and its activity have one row: an activity of a meeting that took place has the end of the meeting as
        its date, and completes the row of the meeting if there is one.

        :param SQL source: a query with the columns of :data:`DONE_COLUMNS`
        :param lead_ids: ids of the deals that the rows may belong to; any deals by default
        :param bool takes_steps: whether rows take steps that the stages of the deals expect now
        :param bool is_past: whether the rows are from before the module was installed
        :return: how many rows were written
        :rtype: int
        """
        if takes_steps:
            self.env["crm.stage.step"].flush_model()
        [(count, recorded_ids)] = self.env.execute_query(
            SQL(
                RECORD,
                source=source,
                turn=SQL(TURN if takes_steps else "1"),
                step=SQL(TAKEN_STEP if takes_steps else NO_STEP),
                # An array, since the planner knows its length. It expects 100 rows of JSON, and would read all deals.
                chosen=SQL("lead.id = ANY(%s)", list(lead_ids)) if lead_ids else SQL("TRUE"),
            )
        )
        self._invalidate(lead_ids)
        if recorded_ids and not is_past:
            self._after_progress(recorded_ids)
        return count

    def _after_progress(self, lead_ids):
        """Hook: called after progress of deals was recorded or taken back, except for progress of the past.

        :param lead_ids: ids of the deals, perhaps several times each
        """

    def _link_visits(self, lead_ids):
        """Link progress of this transaction with its visits again, after visits were deleted and written again.

        :param lead_ids: ids of the deals whose visits were written again
        """
        if not lead_ids:
            return
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

    def _merge(self, lead_ids, target_id):
        """Give the progress and the planned activities of deals to the deal that they are merged into.

        :param lead_ids: ids of the deals that are merged away
        :param target_id: id of the deal that stays
        """
        for table in ("crm_lead_progress", "crm_planned_activity"):
            self.env.cr.execute(
                SQL("UPDATE %s SET lead_id = %s WHERE lead_id = ANY(%s)", SQL.identifier(table), target_id, lead_ids)
            )
        self.env["crm.lead"].flush_model(["last_progress_at", "merged_progress_at"])
        # Visits keep the ids of the deals that are merged away. Their last move forward is stored on the target, where
        # `_update_last_progress` finds it.
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_lead target
                SET merged_progress_at = GREATEST(target.merged_progress_at, merged.moved_at),
                    last_progress_at = GREATEST(target.last_progress_at, merged.progress_at)
                FROM (
                    SELECT GREATEST(
                        (SELECT max(merged_progress_at) FROM crm_lead WHERE id = ANY(%(lead_ids)s)),
                        (SELECT max(left_at) FROM crm_stage_visit
                         WHERE lead_ref = ANY(%(lead_ids)s) AND outcome = 'advanced')
                    ) AS moved_at,
                    (SELECT max(last_progress_at) FROM crm_lead WHERE id = ANY(%(lead_ids)s)) AS progress_at
                ) merged
                WHERE target.id = %(target_id)s AND (merged.moved_at IS NOT NULL OR merged.progress_at IS NOT NULL)
                """,
                lead_ids=list(lead_ids),
                target_id=target_id,
            )
        )
        self._invalidate([*lead_ids, target_id])

    # ------------------------------------------------------------
    # LAST PROGRESS
    # ------------------------------------------------------------

    def _advancing_now(self, leads):
        """Return the ids of deals that certainly move forward now, before the change is recorded.

        The last progress of these deals is written together with their stage. For other deals, as after an undo, the
        ledger has to be read, and :meth:`_update_last_progress` follows once the change is recorded.

        :param leads: deals as they are in the cache
        :rtype: set
        """
        if is_loading(self.env.cr):
            return set()
        recorder = self.env["crm.pipeline.recorder"]
        memory = recorder._memory()
        moved = [lead for lead in leads if recorder._enters_now(lead, memory)]
        if not moved:
            return set()
        stages = self.env["crm.pipeline.reader"]._read_context_for((lead.stage_id.id, None) for lead in moved).stages
        advancing = set()
        for lead in moved:
            old, new = stages.get(memory.places[lead.id].stage_id), stages.get(lead.stage_id.id)
            if old and new and not new.is_won and goes_on(old, new, stages):
                advancing.add(lead.id)
        # The recorder looks at these deals again: the move may be taken back before the transaction ends.
        memory.extras.setdefault(STAMPED, {}).update(dict.fromkeys(advancing, self.env.cr.now()))
        return advancing

    def _update_last_progress(self, lead_ids):
        """Store the last progress of deals as progress and visits say now. It may become earlier.

        :param lead_ids: ids of the deals
        """
        if not lead_ids:
            return
        self.env["crm.lead"].flush_model(["last_progress_at"])
        self.env.cr.execute(
            SQL("UPDATE crm_lead lead SET last_progress_at = %s WHERE id = ANY(%s)", SQL(LAST_PROGRESS), list(lead_ids))
        )
        self._invalidate(lead_ids)

    def _update_last_progress_at_loading(self, advances):
        """Store the last progress of deals whose visits are being loaded.

        While many visits are loaded the table has no index, so that a statement cannot find the moves of a deal.

        :param dict advances: when each deal last moved forward (naive UTC) by id; None for deals that never did
        """
        rows = [{"id": lead_id, "advanced_at": instant} for lead_id, instant in advances.items() if instant]
        if not rows:
            return
        lead_ids = [row["id"] for row in rows]
        self.env.cr.execute(
            SQL(
                f"""
                UPDATE crm_lead lead SET last_progress_at = {LATEST_PROGRESS.format(advanced_at="loaded.advanced_at")}
                FROM json_to_recordset(%s) AS loaded (id int, advanced_at timestamp)
                WHERE lead.id = loaded.id AND lead.id = ANY(%s)
                """,
                json.dumps(rows, default=str),
                lead_ids,
            )
        )
        self._invalidate(lead_ids)

    def _update_last_progress_of_all(self):
        """Store the last progress of all deals after progress of the past was recorded. It never becomes earlier."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_lead lead SET last_progress_at = found.latest
                FROM (SELECT lead.id, GREATEST(lead.last_progress_at, %s) AS latest FROM crm_lead lead) found
                WHERE lead.id = found.id AND found.latest IS DISTINCT FROM lead.last_progress_at
                """,
                SQL(LAST_PROGRESS),
            )
        )
        self.env["crm.lead"].invalidate_model(["last_progress_at"])

    # ------------------------------------------------------------
    # CACHE
    # ------------------------------------------------------------

    @api.model
    def _fields_of_leads(self):
        """Return the names of the deal's fields that follow from progress. Later rooms add theirs."""
        return ["last_progress_at", "merged_progress_at", "progress_ids"]

    def _invalidate(self, lead_ids=None):
        """Invalidate what the ORM has cached of progress, after rows were written by SQL.

        :param lead_ids: ids of the deals; all deals by default
        """
        self.env["crm.lead.progress"].invalidate_model(flush=False)
        invalidate_reports(self.env, "crm.lead.progress")
        names = self._fields_of_leads()
        if lead_ids is None:
            self.env["crm.lead"].invalidate_model(names)
        else:
            self.env["crm.lead"].browse(lead_ids).invalidate_recordset(names)
