import logging
from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from ..recording.crm_pipeline_recorder import RETRY_ERRORS
from .crm_progress_recorder import READ_FIELDS

_logger = logging.getLogger(__name__)

#: The messages that a customer can have written.
CUSTOMER_MESSAGE_TYPES = ("email", "comment")
#: When a message was written. Its date has no fractions of a second; when it was stored has, and is the transaction's
#: time. A mail bears the date that its sender gave it, which may lie in the future.
MESSAGE_INSTANT = """
    CASE WHEN message.date - message.create_date BETWEEN INTERVAL '-1 s' AND INTERVAL '1 min' THEN message.create_date
         ELSE LEAST(message.date, message.create_date) END
"""
#: How far the job looks back for messages that could not be recorded when they came.
MISSED_FOR = timedelta(days=2)
#: What of a message decides whether it is progress, and when.
MESSAGE_FIELDS = ("author_id", "create_date", "date", "message_type", "model", "res_id")


class CrmProgressRecorder(models.AbstractModel):
    """Records what customers write, and never at the price of the message itself."""

    _inherit = "crm.progress.recorder"

    def _record_messages(self, messages):
        """Record those of the messages that are a customer's.

        Whatever fails is logged and left to the job, also what PostgreSQL wants to be tried again: a mail that is
        fetched is not tried again but dropped, and CRM alone would not have touched the deal.
        """
        messages.flush_recordset(MESSAGE_FIELDS)
        lead_ids = set(messages.mapped("res_id"))
        # What waits to be written must not be lost with the savepoint, so it is not left to be flushed inside it.
        self.env["crm.lead"].browse(lead_ids).flush_recordset(READ_FIELDS)
        try:
            with self.env.cr.savepoint(flush=False):
                self._record(SQL("%s AND message.id = ANY(%s)", self._messages_source(), messages.ids), lead_ids)
        except RETRY_ERRORS:
            _logger.info("Somebody else writes opportunities %s: their messages are left to the job", lead_ids)
        except Exception:
            _logger.exception("Could not record the messages %s, left to the hourly job", messages.ids)

    def _record_missed_messages(self):
        """Record customers' messages of the last days that could not be recorded when they came.

        :return: how many were recorded
        """
        self.env["mail.message"].flush_model(MESSAGE_FIELDS)
        # Numbers rise with time and are indexed, which the time is not. As a number of its own, and not within the
        # statement below, it tells the planner how few messages come after it.
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM mail_message WHERE create_date < %s ORDER BY id DESC LIMIT 1",
                self.env.cr.now() - MISSED_FOR,
            )
        )
        last_old_id = rows[0][0] if rows else 0
        return self._record(SQL("%s AND message.id > %s", self._messages_source(), last_old_id))

    def _messages_source(self):
        """Messages on deals that a customer has written, and that are not recorded yet: the fact, without the text.

        A customer is who is not, and was not, an internal user. A mail may come from somebody whom Odoo does not know.
        """
        return SQL(
            """
            SELECT message.res_id AS lead_id, %s AS done_at, NULL::int AS user_id, NULL::int AS activity_type_id,
                   'message' AS source, NULL::text AS feedback, NULL::int AS activity_id, NULL::int AS event_id,
                   message.id AS message_id, NULL::int AS step_id, NULL::varchar AS reaction
            FROM mail_message message
            WHERE message.model = 'crm.lead' AND message.message_type = ANY(%s)
              AND (message.author_id IS NOT NULL OR message.message_type = 'email')
              AND NOT EXISTS (
                  SELECT FROM res_users colleague
                  WHERE colleague.partner_id = message.author_id AND colleague.share IS NOT TRUE
              )
              AND NOT EXISTS (SELECT FROM crm_lead_progress known WHERE known.message_id = message.id)
            """,
            SQL(MESSAGE_INSTANT),
            list(CUSTOMER_MESSAGE_TYPES),
        )
