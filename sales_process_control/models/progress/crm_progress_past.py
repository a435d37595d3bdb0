"""The progress of the past: what this database knows of activities, meetings and messages from before the module."""

import logging
import time

from odoo import api, models
from odoo.tools import SQL

from .crm_progress_messages import MESSAGE_INSTANT
from .progress_statements import LAST_PROGRESS

_logger = logging.getLogger(__name__)

#: Above so many messages it is quicker to check all keys at the end than one by one.
MANY_MESSAGES = 20000
#: The words of the customer in a message about a done activity: behind the last title, up to the end.
FEEDBACK = r'<div class="[^"]*(?:fw-bold|font-weight-bold)[^"]*">[^<]*</div>((?:[^<]|<br ?/?>)*)</div>\s*</div>\s*$'


class CrmProgressPast(models.AbstractModel):
    """Reads the progress of the past, in sets, and has it recorded as if it happened now."""

    _name = "crm.progress.past"
    _description = "Past Progress"

    @api.private
    def rebuild(self):
        """Record all progress that is not recorded yet, and when next activities were planned.

        Running it again changes nothing. In SQL and without record rules: the progress of every deal is recorded.

        :return: how many rows were written
        :rtype: int
        """
        self.env.flush_all()
        started = time.monotonic()
        recorder = self.env["crm.progress.recorder"]
        tables = ("crm_lead_progress", "crm_planned_activity")
        with self.env["crm.pipeline.loader"].keys_checked_at_the_end(self._is_big(), tables, indexes=False):
            # Activities first: a meeting whose activity was marked done is recorded by that.
            number = recorder._record(self._activities_source(), is_past=True)
            number += recorder._record_meetings(is_past=True)
            number += recorder._record(recorder._messages_source(), is_past=True)
            self._record_plans()
        self._count_all()
        self.env.invalidate_all()
        _logger.info("Read %s signs of progress from the past in %.0f s", number, time.monotonic() - started)
        return number

    def _is_big(self):
        [(number,)] = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM (SELECT FROM mail_message WHERE model = 'crm.lead' LIMIT %s) AS found",
                MANY_MESSAGES,
            )
        )
        return number == MANY_MESSAGES

    def _activities_source(self):
        """Activities on deals that were marked done, and are not recorded yet.

        Odoo posts a message about each, and from 18 on archives the activity, which older ones delete: it knows the
        meeting, and the feedback as it was written. The two are found to belong together by deal, type and day.
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
            WHERE NOT EXISTS (SELECT FROM crm_lead_progress known WHERE known.message_id = posted.id)
            """,
            instant=SQL(MESSAGE_INSTANT),
            subtype_id=self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_activities"),
            feedback=self._feedback_of(SQL("posted.body")),
        )

    @staticmethod
    def _feedback_of(body):
        """The customer's words in a message about a done activity, as the plain text that they were."""
        text = SQL("(regexp_match(%s, %s))[1]", body, FEEDBACK)
        text = SQL(r"regexp_replace(btrim(%s, E' \n\t'), '\s*<br ?/?>\s*', E'\n', 'g')", text)
        # The ampersand comes last: it begins the others.
        for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&#34;", '"'), ("&#39;", "'"), ("&amp;", "&")):
            text = SQL("replace(%s, %s, %s)", text, entity, character)
        return SQL("NULLIF(%s, '')", text)

    def _record_plans(self):
        """When activities were made; of older ones one cannot know whether they were put off, or cancelled."""
        self.env.cr.execute(
            SQL("""
                INSERT INTO crm_planned_activity (lead_id, planned_at, activity_ref)
                SELECT lead.id, activity.create_date, activity.id
                FROM mail_activity activity
                JOIN crm_lead lead ON lead.id = activity.res_id
                WHERE activity.res_model = 'crm.lead' AND activity.create_date IS NOT NULL
                ON CONFLICT DO NOTHING
            """)
        )

    def _count_all(self):
        """Store the latest progress, with moves forward, on all deals."""
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
