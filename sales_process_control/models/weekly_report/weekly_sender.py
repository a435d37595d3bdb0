"""The hourly job: finds the reports that are due, and puts each into the mail queue once.

A report is a row before it is sent. The unique index of rows decides that there is one; the row is locked while it is
made, and the mail is created in the transaction that marks the row. A job that is killed leaves the row waiting.

The job also looks after what it has put into the queue: a mail that is not wanted any more is taken out of it, and a
report whose mail was deleted says so.
"""

import logging
from datetime import timedelta

from odoo.tools import SQL

from ...const import GROUP_SALESPERSON
from ..funnel.funnel_reader import ONE_WEEK
from .row_locks import locked_rows
from .row_sender import RowSender
from .weekly_scope import OF_OWN, OF_TEAM, due_week
from .weekly_states import FAILED, NOT_SENT, QUEUED, WAITING

_logger = logging.getLogger(__name__)

#: How often a report is begun before it counts as failed.
MOST_ATTEMPTS = 3
#: Most reports of one run. The job runs again at once if more are waiting.
MOST_REPORTS = 200
#: A report is tried again after so long. The job runs hourly, and again at once while there is something left to try.
PAUSE = timedelta(minutes=50)
#: Most users, and most teams, that are looked at; and most reports in the mail queue.
MOST_READERS = 10000
MOST_QUEUED = 2000
#: A mail in these states is not going to be sent.
DEAD_MAILS = ("cancel", "exception")


class WeeklySender(RowSender):
    """Sends reports."""

    def __init__(self, env):
        super().__init__(env)
        self.reports = env["crm.weekly.report"]

    def _after_run(self):
        if self.reports.search_count([("state", "=", QUEUED)], limit=1):
            self.reports._trigger_mail_queue()

    # ------------------------------------------------------------
    # WHAT IS IN THE MAIL QUEUE
    # ------------------------------------------------------------

    def _look_after_sent(self):
        """Take mails out of the queue that are not wanted any more, and note which ones were deleted.

        Mails that failed are deleted, too: they hold what the reader may read. A report is made anew for *Send Again*.
        """
        for report in self.reports.search([("state", "=", QUEUED)], order="id", limit=MOST_QUEUED):
            if not report.mail_id or report.mail_id.state == "cancel":
                report.write({"state": FAILED, "reason": self._words(report)._("The email was deleted.")})
            elif (reason := self._reason_not_to_send(report)) and self._lock_mail(report.mail_id):
                report.mail_id.unlink()
                report.write({"state": NOT_SENT, "reason": reason})
        failed = [("state", "=", FAILED), ("mail_id.state", "in", DEAD_MAILS)]
        self.reports.search(failed, order="id", limit=MOST_QUEUED).mail_id.unlink()

    def _lock_mail(self, mail):
        """Return whether a mail is still to be sent, and nobody is sending it just now."""
        query = "SELECT id FROM mail_mail WHERE id = %s AND state = 'outgoing' FOR UPDATE SKIP LOCKED"
        return bool(locked_rows(self.env, SQL(query, mail.id)))

    # ------------------------------------------------------------
    # WHAT IS DUE
    # ------------------------------------------------------------

    def _add_due(self):
        now = self.started
        context = self.env["crm.pipeline.reader"]._read_context()
        rows = []
        for user, team in self.find_wanted():
            companies = [None, *(company_id for company_id in user.company_ids.ids if company_id in context.companies)]
            zone = user.tz or user.company_id.resource_calendar_id.tz
            week = due_week(now, zone, [context.day_of(now, company_id) for company_id in companies])
            if week:
                rows.append((user.id, team.id or None, user.company_id.id, week))
        if rows:
            values = SQL(", ").join(SQL("(%s, %s, %s, %s, %s, FALSE, 0, %s)", *row, WAITING, now) for row in rows)
            locked_rows(
                self.env,
                SQL(
                    "INSERT INTO crm_weekly_report "
                    "(user_id, team_id, company_id, week, state, is_sample, attempts, create_date) "
                    "VALUES %s ON CONFLICT DO NOTHING RETURNING id",
                    values,
                ),
            )
            self.reports.invalidate_model()

    def find_wanted(self):
        """Return (user, team) of the reports that people want; no team for own deals."""
        sellers = self.env.ref(GROUP_SALESPERSON)
        can_read = [("share", "=", False), ("all_group_ids", "in", sellers.ids)]
        users = self.env["res.users"].search(
            [*can_read, ("weekly_report", "=", OF_OWN)], order="id", limit=MOST_READERS
        )
        wanted = [(user, self.env["crm.team"]) for user in users]
        teams = self.env["crm.team"].search([("user_id", "any", can_read)], order="id", limit=MOST_READERS)
        if MOST_READERS in (len(users), len(teams)):
            _logger.warning("Only the first %s readers of weekly reports are looked at", MOST_READERS)
        return wanted + [
            (team.user_id, team)
            for team in teams
            if team.user_id._weekly_kind() == OF_TEAM and team.user_id._may_enter(team)
        ]

    def _find_waiting(self):
        # Those with the fewest attempts first.
        tried = ["|", ("tried_at", "=", False), ("tried_at", "<", self.started - PAUSE)]
        domain = [("state", "=", WAITING), *tried]
        found = self.reports.search(domain, order="attempts, week, id", limit=MOST_REPORTS)
        return found, self.reports.search_count(domain)

    # ------------------------------------------------------------
    # ONE REPORT
    # ------------------------------------------------------------

    def _reader_of(self, report):
        return report.user_id

    def _claim(self, report):
        rows = locked_rows(
            self.env,
            SQL(
                """
                UPDATE crm_weekly_report SET attempts = COALESCE(attempts, 0) + 1, tried_at = %s
                WHERE id IN (SELECT id FROM crm_weekly_report
                             WHERE id = %s AND state = %s AND (tried_at IS NULL OR tried_at < %s)
                             FOR UPDATE SKIP LOCKED)
                RETURNING attempts
                """,
                self.started,
                report.id,
                WAITING,
                self.started - PAUSE,
            ),
        )
        report.invalidate_recordset()
        if not rows or rows[0][0] <= MOST_ATTEMPTS:
            return bool(rows)
        # The last attempts have left no reason: the job was killed during them.
        reason = report.reason or self._words(report)._(
            "The job was stopped %s times while it created the report.", MOST_ATTEMPTS
        )
        report.write({"state": FAILED, "reason": reason})
        return False

    def _send(self, report):
        """Make a report and put its mail into the queue. A failure is stored as the reason."""
        is_free = SQL(
            "SELECT id FROM crm_weekly_report WHERE id = %s AND state = %s FOR UPDATE SKIP LOCKED", report.id, WAITING
        )
        if not locked_rows(self.env, is_free):
            return
        if reason := self._reason_not_to_send(report):
            report.write({"state": NOT_SENT, "reason": reason})
            return
        if reason := report.with_env(self._words(report))._reason_of_address():
            report.write({"state": FAILED, "reason": reason})
            return
        try:
            with self.env.cr.savepoint():
                content = report._make_content()
                if content["is_empty"]:
                    report.write({"state": NOT_SENT, "reason": self._words(report)._("There is nothing to report.")})
                else:
                    report._queue(content)
        except Exception as error:
            self._raise_if_lost(error)
            _logger.exception("The weekly report %s could not be made", report.id)
            self._note_failure(report, error)

    def _note_failure(self, report, error):
        general = self._words(report)._("The report could not be created (%s). See the log.")
        reason = self._readable_reason(error, general)
        report.write({"reason": reason, "state": FAILED if report.attempts >= MOST_ATTEMPTS else WAITING})

    def _reason_not_to_send(self, report):
        """Return why a report is not wanted any more, empty if it is."""
        user, words = report.user_id, self._words(report)
        if not report.is_sample and report.week + 2 * ONE_WEEK <= self.started.date():
            return words._("The week is too long ago.")
        if not user.active:
            return words._("The user was archived.")
        if user.share or not user.has_group(GROUP_SALESPERSON):
            return words._("The user no longer has sales rights.")
        if report.team_id and (reason := self._reason_of_team(words, user, report.team_id)):
            return reason
        if not report.is_sample and user._weekly_kind() != (OF_TEAM if report.team_id else OF_OWN):
            return words._("The user no longer wants the report.")
        return ""

    @staticmethod
    def _reason_of_team(words, user, team):
        """Return why a user gets no report of a team, empty if he does.

        :param Environment words: that of the text
        """
        if not team.active or team.user_id != user:
            return words._("The user no longer leads the team.")
        if not user._may_enter(team):
            return words._("The user has no access to the company of the team.")
        return ""
