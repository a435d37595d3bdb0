"""Progress from before the module was installed: done activities, meetings and messages of this database."""

import logging
import time

from odoo import api, models
from odoo.tools import SQL

from .progress_statements import MESSAGE_INSTANT

_logger = logging.getLogger(__name__)

#: From this number of messages on, all foreign keys are checked at the end, which is faster than one by one.
MANY_MESSAGES = 20000
#: Regular expression for the feedback in Odoo's message about a done activity: it follows the last title.
FEEDBACK = r'<div class="[^"]*(?:fw-bold|font-weight-bold)[^"]*">[^<]*</div>((?:[^<]|<br ?/?>)*)</div>\s*</div>\s*$'


class CrmProgressPast(models.AbstractModel):
    """Read the progress of the past in sets, for `crm.progress.recorder` to write."""

    _name = "crm.progress.past"
    _description = "Past Progress"

    @api.private
    def rebuild(self):
        """Record all progress that is not recorded yet, and when next activities were planned.

        Running it again changes nothing. SQL without record rules: the progress of every deal is recorded.

        :return: how many rows were written
        :rtype: int
        """
        self.env.flush_all()
        started = time.monotonic()
        recorder = self.env["crm.progress.recorder"]
        tables = ("crm_lead_progress", "crm_planned_activity")
        with self.env["crm.pipeline.loader"].keys_checked_at_the_end(self._is_big(), tables, indexes=False):
            # Activities first: the row of an activity includes its meeting.
            count = recorder._record(self._activities_source(), is_past=True)
            count += recorder._record_meetings(is_past=True)
            # Nothing tells messages that a merge has moved from those whose author was changed: both are left out.
            count += recorder._record(recorder._untouched_messages_source(), is_past=True)
            self._record_plans()
        recorder._update_last_progress_of_all()
        self.env.invalidate_all()
        _logger.info("Read %s signs of progress from the past in %.0f s", count, time.monotonic() - started)
        return count

    def _is_big(self):
        [(count,)] = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM (SELECT FROM mail_message WHERE model = 'crm.lead' LIMIT %s) AS found",
                MANY_MESSAGES,
            )
        )
        return count == MANY_MESSAGES

    def _activities_source(self):
        """Return the query for activities on deals that were marked as done and are not recorded, with `DONE_COLUMNS`.

        Odoo posts a message about each. Odoo 18 and later archive the activity, which has the meeting and the feedback;
        older versions deleted the activity. Message and activity are matched by deal, type and day.

        :rtype: SQL
        """
        return SQL(
            """
            WITH posted AS (
                SELECT message.*, message.instant::date AS day,
                       row_number() OVER (
                           PARTITION BY message.res_id, message.mail_activity_type_id, message.instant::date
                           ORDER BY message.instant, message.id
                       ) AS number
                FROM (
                    SELECT id, res_id, mail_activity_type_id, create_uid, body, %(instant)s AS instant
                    FROM mail_message message
                    WHERE model = 'crm.lead' AND mail_activity_type_id IS NOT NULL AND subtype_id = %(subtype_id)s
                      AND mail_activity_type_id <> %(alert_type_id)s
                ) message
            ), archived AS (
                SELECT activity.id, activity.res_id, activity.activity_type_id, activity.calendar_event_id,
                       activity.feedback, activity.customer_reaction, activity.date_done AS day,
                       row_number() OVER (
                           PARTITION BY activity.res_id, activity.activity_type_id, activity.date_done
                           ORDER BY activity.write_date, activity.id
                       ) AS number
                FROM mail_activity activity
                WHERE activity.res_model = 'crm.lead' AND activity.active IS NOT TRUE
            )
            SELECT posted.res_id AS lead_id, posted.instant AS done_at, posted.create_uid AS user_id,
                   posted.mail_activity_type_id AS activity_type_id, 'activity' AS source,
                   CASE WHEN archived.id IS NULL THEN %(feedback)s ELSE archived.feedback END AS feedback,
                   archived.id AS activity_id, archived.calendar_event_id AS event_id, posted.id AS message_id,
                   NULL::int AS step_id, archived.customer_reaction AS reaction
            FROM posted
            LEFT JOIN archived ON archived.res_id = posted.res_id AND archived.day = posted.day
                 AND archived.activity_type_id = posted.mail_activity_type_id AND archived.number = posted.number
            WHERE NOT EXISTS (SELECT FROM crm_lead_progress recorded WHERE recorded.message_id = posted.id)
            """,
            instant=SQL(MESSAGE_INSTANT),
            subtype_id=self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_activities"),
            alert_type_id=self.env["mail.activity"]._alert_type_id(),
            feedback=self._feedback_of(SQL("posted.body")),
        )

    @staticmethod
    def _feedback_of(body):
        """Return the feedback in the HTML body of a message about a done activity, as plain text.

        :param SQL body: the body
        :rtype: SQL
        """
        text = SQL("(regexp_match(%s, %s))[1]", body, FEEDBACK)
        text = SQL(r"regexp_replace(btrim(%s, E' \n\t'), '\s*<br ?/?>\s*', E'\n', 'g')", text)
        # The ampersand is last, since the other entities begin with it.
        for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&#34;", '"'), ("&#39;", "'"), ("&amp;", "&")):
            text = SQL("replace(%s, %s, %s)", text, entity, character)
        return SQL("NULLIF(%s, '')", text)

    def _record_plans(self):
        """Record when existing activities were created. Postponements and cancelled activities are not known."""
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_planned_activity (lead_id, planned_at, activity_ref)
                SELECT lead.id, activity.create_date, activity.id
                FROM mail_activity activity
                JOIN crm_lead lead ON lead.id = activity.res_id
                WHERE activity.res_model = 'crm.lead' AND activity.create_date IS NOT NULL
                  AND activity.activity_type_id IS DISTINCT FROM %s
                ON CONFLICT DO NOTHING
                """,
                self.env["mail.activity"]._alert_type_id(),
            )
        )
