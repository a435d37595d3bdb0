"""The hourly job: finds the reports that are due, and puts each into the mail queue once.

A report is a row before it is sent. The unique index of rows decides that there is one; the row is locked while it is
made, and the mail is created in the transaction that marks the row. A job that is killed leaves the row waiting.
"""

import logging

import psycopg2

from odoo.exceptions import UserError
from odoo.tools import SQL

from ...const import GROUP_SALESPERSON
from ..funnel.funnel_reader import ONE_WEEK
from .weekly_scope import OF_OWN, OF_TEAM, due_week
from .weekly_states import FAILED, NOT_SENT, WAITING

_logger = logging.getLogger(__name__)

#: How often a report is begun before it counts as failed.
MOST_ATTEMPTS = 3
#: Most reports of one run. The job runs again at once if more are waiting.
MOST_REPORTS = 200


class WeeklySender:
    """Sends reports.

    :param Environment env: in superuser mode
    """

    def __init__(self, env):
        self.env = env
        self.reports = env["crm.weekly.report"]
        #: The instant at which the run began, naive in UTC.
        self.started = env.cr.now()

    def run(self, progress):
        """Send what is due, each report in a transaction of its own.

        :param progress: commits, and returns how many seconds are left, see `ir.cron._commit_progress`
        """
        self._add_due()
        waiting = self._find_waiting()
        progress(remaining=len(waiting))
        for report in waiting[:MOST_REPORTS]:
            if self._claim(report):
                progress()  # commits: an attempt counts also if the job is killed during it
                self._send(report)
            self.env.invalidate_all()
            if not progress(1):
                break

    # ------------------------------------------------------------
    # WHAT IS DUE
    # ------------------------------------------------------------

    def _add_due(self):
        """Add a row for each report that is due, unless there is one."""
        now = self.started
        context = self.env["crm.pipeline.reader"]._read_context()
        rows = []
        for user, team in self._find_wanted():
            companies = [None, *(company_id for company_id in user.company_ids.ids if company_id in context.companies)]
            zone = user.tz or user.company_id.resource_calendar_id.tz
            week = due_week(now, zone, [context.day_of(now, company_id) for company_id in companies])
            if week:
                rows.append((user.id, team.id or None, user.company_id.id, week))
        if rows:
            values = SQL(", ").join(SQL("(%s, %s, %s, %s, %s, FALSE, 0, %s)", *row, WAITING, now) for row in rows)
            self.env.cr.execute(
                SQL(
                    "INSERT INTO crm_weekly_report "
                    "(user_id, team_id, company_id, week, state, is_sample, attempts, create_date) "
                    "VALUES %s ON CONFLICT DO NOTHING",
                    values,
                )
            )
            self.reports.invalidate_model()

    def _find_wanted(self):
        """Return (user, team) of the reports that people want; no team for own deals."""
        sellers = self.env.ref(GROUP_SALESPERSON)
        can_read = [("share", "=", False), ("all_group_ids", "in", sellers.ids)]
        users = self.env["res.users"].search([*can_read, ("weekly_report", "=", OF_OWN)])
        wanted = [(user, self.env["crm.team"]) for user in users]
        teams = self.env["crm.team"].search([("user_id", "any", can_read)])
        return wanted + [(team.user_id, team) for team in teams if team.user_id._weekly_kind() == OF_TEAM]

    def _find_waiting(self):
        """Return the reports that were not tried in this run."""
        tried = ["|", ("tried_at", "=", False), ("tried_at", "<", self.started)]
        return self.reports.search([("state", "=", WAITING), *tried], order="week, id")

    # ------------------------------------------------------------
    # ONE REPORT
    # ------------------------------------------------------------

    def _claim(self, report):
        """Count an attempt at a report. The caller commits.

        :return: whether to go on: no other worker has the report, and it was not begun too often
        """
        rows = self._lock(
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
                self.started,
            )
        )
        report.invalidate_recordset()
        if not rows or rows[0][0] <= MOST_ATTEMPTS:
            return bool(rows)
        # The last attempts have left no reason: the job was killed during them.
        reason = report.reason or self.env._("The job was stopped %s times while it made the report.", MOST_ATTEMPTS)
        report.write({"state": FAILED, "reason": reason})
        return False

    def _lock(self, query):
        """Return the rows of a query that locks rows, none if another worker has changed them meanwhile."""
        try:
            with self.env.cr.savepoint(flush=False):
                return self.env.execute_query(query)
        except psycopg2.errors.SerializationFailure:
            return []

    def _send(self, report):
        """Make a report and put its mail into the queue. A failure is stored as the reason."""
        is_free = SQL(
            "SELECT id FROM crm_weekly_report WHERE id = %s AND state = %s FOR UPDATE SKIP LOCKED", report.id, WAITING
        )
        if not self._lock(is_free):
            return
        if reason := self._reason_not_to_send(report):
            report.write({"state": NOT_SENT, "reason": reason})
            return
        if reason := report._reason_of_address():
            report.write({"state": FAILED, "reason": reason})
            return
        try:
            with self.env.cr.savepoint():
                content = report._make_content()
                if content["is_empty"]:
                    report.write({"state": NOT_SENT, "reason": self.env._("There is nothing to report.")})
                else:
                    report._queue(content)
        except Exception as error:
            if self.env.cr.closed or isinstance(error, psycopg2.InterfaceError):
                raise  # the connection is lost
            _logger.exception("The weekly report %s could not be made", report.id)
            self._note_failure(report, error)

    def _note_failure(self, report, error):
        # Other messages may tell something that those who read the reason may not read. They are in the log.
        is_plain = type(error) is UserError  # pylint: disable=unidiomatic-typecheck
        kind = type(error).__name__
        reason = str(error) if is_plain else self.env._("The report could not be made (%s), see the log.", kind)
        report.write({"reason": reason, "state": FAILED if report.attempts >= MOST_ATTEMPTS else WAITING})

    def _reason_not_to_send(self, report):
        """Return why a report is not wanted any more, empty if it is."""
        user = report.user_id
        if report.week + 2 * ONE_WEEK <= self.started.date():
            return self.env._("The week is too long ago.")
        if not user.active:
            return self.env._("The user was archived.")
        if user.share or not user.has_group(GROUP_SALESPERSON):
            return self.env._("The user has no sales rights any more.")
        if report.team_id and (not report.team_id.active or report.team_id.user_id != user):
            return self.env._("The user does not lead the team any more.")
        if user._weekly_kind() != (OF_TEAM if report.team_id else OF_OWN):
            return self.env._("The user does not want the report any more.")
        return ""
