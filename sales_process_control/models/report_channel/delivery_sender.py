"""The job that posts digests: finds those that are due, and posts each at most once.

A digest is a row before it is posted; the unique index of rows decides that there is one. The job takes a row for some
minutes and commits, makes the message, marks the row as being sent and commits, and only then posts. A job that is
killed before the mark tries again. One that is killed after it leaves a row that says so: the message may have arrived,
so that it is not posted a second time by itself. A post to Discuss is part of the transaction that marks the row.
"""

import logging
import time
from contextlib import contextmanager
from datetime import timedelta

from odoo.tools import SQL

from ..weekly_report.row_locks import locked_rows
from ..weekly_report.row_sender import RowSender
from . import webhook_answers as answers
from . import webhook_post
from .crm_report_destination import DISCUSS
from .delivery_states import FAILED, GIVEN_UP, NOT_SENT, SENDING, SENT, WAITING
from .delivery_texts import describe_verdict
from .message_formats import DINGTALK, format_message
from .webhook_answers import Verdict

_logger = logging.getLogger(__name__)

#: Pauses after failed attempts. After the last one the digest is given up.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (5, 30, 120, 360))
MOST_ATTEMPTS = len(PAUSES) + 1
#: How long a row belongs to the worker that took it.
LEASE = timedelta(minutes=10)
#: A digest that was not sent so long after its day, and after somebody asked for it, is of no use any more.
TOO_LATE = timedelta(days=2)
#: Most digests of one run. The job runs again at once if more are waiting.
MOST_DELIVERIES = 200
#: States from which a digest is posted.
TO_POST = (WAITING, FAILED)


class DeliverySender(RowSender):
    """Posts digests, each in transactions of its own."""

    def __init__(self, env):
        super().__init__(env)
        self.deliveries = env["crm.report.delivery"]

    # ------------------------------------------------------------
    # WHAT IS DUE
    # ------------------------------------------------------------

    def _look_after_sent(self):
        """Give up digests during whose post the job was killed."""
        lost = [("state", "=", SENDING), ("tried_at", "<", self.started - LEASE)]
        for delivery in self.deliveries.search(lost, order="id", limit=MOST_DELIVERIES):
            self._settle(delivery, Verdict(answers.LOST, answers.NO_ANSWER))

    def _add_due(self):
        destinations = self.env["crm.report.destination"]._switched_on()
        latest = self._latest(destinations)
        rows = []
        for destination in destinations:
            with self._guarded("Whether a digest of the channel %s is due could not be found out", destination.id):
                written = destination.write_date
                latest_day, last_day, created = latest.get(destination.id, (None, None, written))
                due = destination._find_due(self.started, last_day if created >= written else None)
                # PostgreSQL would wait for the worker that has the row.
                if due and due.day != latest_day:
                    rows.append((destination.id, destination.company_id.id, destination.reader_id.id, *due))
        if rows:
            values = [SQL("(%s, %s, %s, %s, %s, %s, %s, FALSE, 0, %s)", *row, WAITING, self.started) for row in rows]
            locked_rows(
                self.env,
                SQL(
                    "INSERT INTO crm_report_delivery (destination_id, company_id, reader_id, day, first_day, last_day, "
                    "state, is_sample, attempts, create_date) VALUES %s ON CONFLICT DO NOTHING RETURNING id",
                    SQL(", ").join(values),
                ),
            )
            self.deliveries.invalidate_model()

    def _latest(self, destinations):
        """Return (day, last day, creation) of the latest digest of each destination by its id."""
        groups = self.deliveries._read_group(
            [("destination_id", "in", destinations.ids), ("is_sample", "=", False)],
            ["destination_id"],
            ["day:max", "last_day:max", "create_date:max"],
        )
        return {destination.id: latest for destination, *latest in groups}

    @contextmanager
    def _guarded(self, message, *arguments):
        """Log errors of something that others do not depend on, and take back what it did."""
        try:
            with self.env.cr.savepoint():
                yield
        except Exception as error:
            self._raise_if_lost(error)
            _logger.exception(message, *arguments)

    def _find_waiting(self):
        domain = [
            ("state", "in", TO_POST),
            "|",
            ("next_try", "=", False),
            ("next_try", "<=", self.started),
        ]
        found = self.deliveries.search(domain, order="attempts, day, id", limit=MOST_DELIVERIES)
        return found, self.deliveries.search_count(domain)

    def _after_run(self):
        # The job runs when the next attempt is due.
        planned = [("state", "in", TO_POST), ("next_try", ">", self.started)]
        if first := self.deliveries.search(planned, order="next_try", limit=1):
            self.env.ref("sales_process_control.ir_cron_send_digests")._trigger(at=first.next_try)

    # ------------------------------------------------------------
    # ONE DIGEST
    # ------------------------------------------------------------

    def _reader_of(self, delivery):
        return delivery.destination_id._caretaker()

    def _claim(self, delivery):
        now = self.env.cr.now()
        rows = locked_rows(
            self.env,
            SQL(
                """
                UPDATE crm_report_delivery
                SET attempts = COALESCE(attempts, 0) + 1, tried_at = %(now)s, next_try = %(until)s
                WHERE id IN (SELECT id FROM crm_report_delivery
                             WHERE id = %(id)s AND state = ANY(%(states)s) AND (next_try IS NULL OR next_try <= %(now)s)
                             FOR UPDATE SKIP LOCKED)
                RETURNING attempts
                """,
                now=now,
                until=now + LEASE,
                id=delivery.id,
                states=list(TO_POST),
            ),
        )
        delivery.invalidate_recordset()
        if not rows or rows[0][0] <= MOST_ATTEMPTS:
            return bool(rows)
        stopped = self._words(delivery)._("The job was stopped %s times while it created the digest.", MOST_ATTEMPTS)
        self._give_up(delivery, delivery.reason or stopped)
        return False

    def _send(self, delivery):
        """Make a digest and post it. A failure is stored as the reason."""
        asked, words = delivery.asked_at, self._words(delivery)
        if self.started.date() - max(delivery.day, asked.date() if asked else delivery.day) > TOO_LATE:
            delivery.write({"state": NOT_SENT, "reason": words._("The day is too long ago.")})
            return
        destination = delivery.destination_id
        # Whoever has changed the settings meanwhile: nobody can have a digest with the rights of another person brought
        # to a channel of the own choice.
        if delivery.reader_id != destination.reader_id:
            delivery.reader_id = destination.reader_id
        if not destination.is_on and not delivery.is_sample:
            delivery.write({"state": NOT_SENT, "reason": words._("The channel was switched off.")})
            return
        told = destination.with_env(words)
        if reason := told._reason_not_ready() or told._reason_of_reader():
            self._give_up(delivery, reason)
            return
        try:
            with self.env.cr.savepoint():
                message = self._prepare(delivery)
        except Exception as error:
            self._raise_if_lost(error)
            _logger.exception("The digest %s could not be made", delivery.id)
            self._note_failure(delivery, error)
            return
        # Read before the commit: somebody else may choose another address as soon as it is done.
        url = destination.webhook_url
        secret = destination.webhook_secret if delivery.kind == DINGTALK else False
        if message and self._mark_sending(delivery):
            self.commit()  # whatever happens from here on, the message is not posted a second time
            self._settle(delivery, self._post(delivery, message, url, secret))

    def _prepare(self, delivery):
        """Make the content. Post it to Discuss, or return the message for a webhook.

        :return: a dictionary; None if nothing is left to be posted
        """
        content = delivery._make_content()
        if content["is_empty"]:
            delivery.write({"state": NOT_SENT, "reason": self._words(delivery)._("There is nothing to report.")})
            return None
        delivery.content = content
        digest = delivery._digest(content)
        if delivery.kind != DISCUSS:
            return format_message(delivery.kind, digest)
        if self._mark_sending(delivery):
            delivery._post_to_discuss(digest)
            self._settle(delivery, Verdict(answers.ARRIVED))
        return None

    def _mark_sending(self, delivery):
        """Mark a digest as being sent. Return False if another worker has taken it over after the lease."""
        delivery.flush_recordset()
        rows = locked_rows(
            self.env,
            SQL(
                """
                UPDATE crm_report_delivery SET state = %s, tried_at = %s
                WHERE id IN (SELECT id FROM crm_report_delivery
                             WHERE id = %s AND state = ANY(%s) AND attempts = %s FOR UPDATE SKIP LOCKED)
                RETURNING id
                """,
                SENDING,
                self.env.cr.now(),
                delivery.id,
                list(TO_POST),
                delivery.attempts,
            ),
        )
        delivery.invalidate_recordset(["state", "tried_at"], flush=False)
        return bool(rows)

    def _post(self, delivery, message, url, secret):
        """Post a message to the webhook.

        :rtype: Verdict
        """
        destination = delivery.destination_id
        if secret:
            url = webhook_post.sign_dingtalk(url, secret, int(time.time() * 1000))
        try:
            answer = webhook_post.post_json(url, message, destination._inside_hosts())
        except webhook_post.ForbiddenAddressError:
            return Verdict(answers.REFUSED, answers.FORBIDDEN)
        except webhook_post.UnreachableError:
            return Verdict(answers.LATER, answers.UNREACHABLE)
        except webhook_post.AnswerLostError:
            return Verdict(answers.LOST, answers.NO_ANSWER)
        return answers.judge(delivery.kind, answer.status, answer.body, answer.headers, self.env.cr.now())

    # ------------------------------------------------------------
    # WHAT BECAME OF IT
    # ------------------------------------------------------------

    def _settle(self, delivery, verdict):
        """Note what the answer of a service means."""
        if verdict.outcome == answers.ARRIVED:
            delivery.write({"state": SENT, "reason": False, "next_try": False, "sent_at": self.env.cr.now()})
            delivery.destination_id._warnings().unlink()
            return
        reason = describe_verdict(self._words(delivery), verdict)
        _logger.info("The digest %s was not sent: %s %s", delivery.id, verdict.outcome, verdict.code)
        if verdict.outcome == answers.LATER:
            self._try_later(delivery, reason, verdict.wait)
        else:
            self._give_up(delivery, reason)

    def _try_later(self, delivery, reason, wait=timedelta()):
        """Plan the next attempt, or give up after the last one.

        :param timedelta wait: how long the service wants to be left alone at least
        """
        if delivery.attempts >= MOST_ATTEMPTS:
            self._give_up(delivery, reason)
            return
        pause = max(PAUSES[delivery.attempts - 1], wait)
        delivery.write({"state": FAILED, "reason": reason, "next_try": self.env.cr.now() + pause})

    def _give_up(self, delivery, reason):
        delivery.write({"state": GIVEN_UP, "reason": reason, "next_try": False})
        with self._guarded("Nobody could be told that the digest %s was given up", delivery.id):
            delivery._tell_given_up()

    def _note_failure(self, delivery, error):
        general = self._words(delivery)._("The digest could not be created (%s). See the log.")
        self._try_later(delivery, self._readable_reason(error, general))
