from contextlib import suppress
from datetime import datetime
from unittest.mock import patch

from odoo.addons.mail.tests.common import MockEmail
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.weekly_report.weekly_content import WeeklyContent
from ..models.weekly_report.weekly_mail import WeeklyMail
from .weekly_common import MONDAY, WEEK, WeeklyCase

SENDER = "odoo.addons.sales_process_control.models.weekly_report.weekly_sender"


@tagged("post_install", "-at_install")
class TestWeeklySending(MockEmail, WeeklyCase):
    """Each report is sent once, to its reader alone, and what is not sent says why."""

    def setUp(self):
        super().setUp()
        self.leader.weekly_report = "team"
        self.seller.weekly_report = "own"

    def run_job(self):
        self.Report._cron_send()
        self.env.cr.flush()

    def states(self):
        """Return the state of the reports by login."""
        return {report.user_id.login: report.state for report in self.reports_of(self.leader, self.seller)}

    def send_mails(self):
        """Send what is in the queue, and return the mails that went out."""
        with self.mock_mail_gateway():
            mails = self.env["mail.mail"].search([("state", "=", "outgoing"), ("id", "in", self.mails().ids)])
            mails.send()
        return self._mails

    def mails(self):
        return self.reports_of(self.leader, self.seller).sudo().mail_id

    def test_sent_once(self):
        self.make_week()
        self.run_job()
        self.assertEqual(self.states(), {"weekly_leader": "queued", "process_seller": "queued"})
        mails = self.mails()
        self.assertEqual({mail.email_to for mail in mails}, {self.leader.email_formatted, self.seller.email_formatted})
        sent = self.send_mails()
        self.assertEqual(len(sent), 2)
        self.assertEqual(self.states(), {"weekly_leader": "sent", "process_seller": "sent"})
        for hours in (1, 2, 30):
            self.set_time(MONDAY.replace(hour=8) + (datetime(2026, 3, 16, hours % 24) - datetime(2026, 3, 16)))
            self.run_job()
        self.assertEqual(len(self.reports_of(self.leader, self.seller)), 2)
        self.assertFalse(self.send_mails())
        self.set_time(datetime(2026, 3, 23, 8))
        self.run_job()
        self.assertEqual(len(self.reports_of(self.leader, self.seller)), 4)

    def test_not_before_monday(self):
        self.make_week()
        self.set_time(datetime(2026, 3, 15, 23))
        self.run_job()
        self.assertFalse(self.reports_of(self.leader, self.seller))

    def test_each_gets_the_own_one(self):
        self.make_deal(name="Of another seller", user_id=self.manager.id, expected_revenue=12345)
        self.make_week()
        self.run_job()
        by_address = {mail.email_to: mail for mail in self.mails()}
        own = by_address[self.seller.email_formatted]
        self.assertNotIn("12,345", own.body_html)
        self.assertIn("14,322.75", by_address[self.leader.email_formatted].body_html)

    def test_several_teams(self):
        """A leader of two teams gets a report of each."""
        self.make_week()
        self.other_team.user_id = self.leader
        self.run_job()
        reports = self.reports_of(self.leader)
        self.assertEqual(reports.team_id, self.team | self.other_team)
        self.assertEqual(set(reports.mapped("state")), {"queued"})

    def test_default_of_the_company(self):
        """The company decides for leaders who have not chosen; off at first."""
        self.make_week()
        self.leader.weekly_report = False
        self.assertFalse(self.company.weekly_report_for_leaders)
        self.run_job()
        self.assertNotIn("weekly_leader", self.states())
        self.company.weekly_report_for_leaders = True
        self.run_job()
        self.assertEqual(self.states()["weekly_leader"], "queued")
        self.leader.weekly_report = "none"
        self.set_time(datetime(2026, 3, 23, 8))
        self.run_job()
        self.assertEqual(len(self.reports_of(self.leader)), 1)

    def test_own_preference(self):
        """Everybody chooses for oneself; only an administrator chooses for others."""
        own = self.seller.with_user(self.seller)
        own.weekly_report = "none"
        self.assertEqual(own.read(["weekly_report"])[0]["weekly_report"], "none")
        for user in (self.seller, self.manager):
            with self.assertRaises(AccessError):
                self.colleague.with_user(user).weekly_report = "own"

    # ------------------------------------------------------------
    # FAULTS
    # ------------------------------------------------------------

    def test_no_address(self):
        self.make_week()
        self.leader.email = False
        self.run_job()
        report = self.reports_of(self.leader)
        self.assertEqual((report.state, bool(report.mail_id)), ("failed", False))
        self.assertIn("no valid e-mail address", report.reason)
        self.assertEqual(self.states()["process_seller"], "queued")
        self.leader.email = "leader@example.com"
        with self.assertRaises(AccessError):
            report.with_user(self.leader).action_retry()
        report.with_user(self.manager).action_retry()
        self.pass_time(hours=1)
        self.run_job()
        self.assertEqual(report.state, "queued")

    def test_empty_team(self):
        self.run_job_on_monday()
        self.assertEqual(set(self.states().values()), {"not_sent"})
        self.assertEqual(
            set(self.reports_of(self.leader, self.seller).mapped("reason")), {"There is nothing to report."}
        )

    def run_job_on_monday(self):
        self.set_time(MONDAY)
        self.run_job()

    def test_week_without_change(self):
        """Open deals are worth a report, also in a week in which nothing happened."""
        self.make_deal()
        self.run_job_on_monday()
        self.assertEqual(set(self.states().values()), {"queued"})

    def test_archived_meanwhile(self):
        self.make_week()
        reports = self.Report.create(
            [
                {"user_id": user.id, "team_id": team.id, "company_id": self.company.id, "week": WEEK}
                for user, team in ((self.leader, self.team), (self.seller, self.env["crm.team"]))
            ]
        )
        self.leader.active = False
        self.seller.weekly_report = "none"
        self.run_job()
        self.assertEqual(reports.mapped("state"), ["not_sent"] * 2)
        self.assertEqual(
            reports.mapped("reason"), ["The user was archived.", "The user does not want the report any more."]
        )

    def test_not_the_leader_any_more(self):
        self.make_week()
        values = {"user_id": self.leader.id, "team_id": self.team.id, "company_id": self.company.id, "week": WEEK}
        report = self.Report.create(values)
        self.team.user_id = self.manager
        self.run_job()
        self.assertEqual((report.state, report.reason), ("not_sent", "The user does not lead the team any more."))

    def test_too_late(self):
        """A report that a stopped job has left is sent until the next one is due."""
        self.make_week()
        values = {"user_id": self.leader.id, "team_id": self.team.id, "company_id": self.company.id, "week": WEEK}
        report = self.Report.create(values)
        self.set_time(datetime(2026, 3, 23, 5))
        self.run_job()
        self.assertEqual((report.state, report.reason), ("not_sent", "The week is too long ago."))

    @mute_logger(SENDER)
    def test_failing_template(self):
        """A failure of one report does not stop the others, is tried three times, and says what it was."""
        self.make_week()
        page = WeeklyMail.page

        def failing(mail, *arguments):
            if mail.report.user_id == self.leader:
                raise ValueError("Deal Top Secret")
            return page(mail, *arguments)

        with patch.object(WeeklyMail, "page", failing):
            for hour, state in ((9, "waiting"), (10, "waiting"), (11, "failed"), (12, "failed")):
                self.set_time(MONDAY.replace(hour=hour))
                self.run_job()
                self.assertEqual(self.states(), {"weekly_leader": state, "process_seller": "queued"})
        report = self.reports_of(self.leader)
        self.assertEqual(report.attempts, 3)
        self.assertIn("ValueError", report.reason)
        self.assertNotIn("Secret", report.reason)
        self.assertFalse(report.content or report.mail_id)

    def test_killed_job(self):
        """A job that is killed during a report leaves it waiting; one that kills the job three times fails."""
        self.make_week()

        class Killed(BaseException):
            pass

        def kill(_content):
            raise Killed

        with patch.object(WeeklyContent, "make", kill):
            for hour in (9, 10, 11):
                self.set_time(MONDAY.replace(hour=hour))
                # Not `assertRaises`, which rolls back.
                with suppress(Killed):
                    self.run_job()
        first = self.reports_of(self.leader, self.seller).sorted("id")[:1]
        self.assertEqual((first.state, first.attempts), ("waiting", 3))
        self.set_time(MONDAY.replace(hour=12))
        self.run_job()
        self.assertEqual(sorted(self.states().values()), ["failed", "queued"])
        self.assertIn("stopped 3 times", first.reason)

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_no_mail_server(self):
        """The mail stays, the report says why, and it goes out when it is sent again."""
        self.make_week()
        self.seller.weekly_report = "none"
        self.run_job()
        report = self.reports_of(self.leader)
        with patch.object(type(self.env["ir.mail_server"]), "_connect__", side_effect=UserError("Missing SMTP Server")):
            self.mails().send()
        self.assertEqual(report.state, "failed")
        self.assertIn("Missing SMTP Server", report.reason)
        self.assertEqual(self.mails().state, "exception")
        report.with_user(self.manager).action_retry()
        self.assertEqual((report.state, self.mails().state), ("queued", "outgoing"))
        self.assertEqual(len(self.send_mails()), 1)
        self.assertEqual((report.state, report.reason), ("sent", False))

    def test_other_mails_cost_nothing(self):
        """Mails that are no reports cost no query, and are built as ever."""
        mail = self.env["mail.mail"].create({"email_to": "x@example.com", "body_html": "<p>Hello</p>"})
        with self.assertQueryCount(0):
            self.assertEqual(mail._weekly_reports(), {})

    # ------------------------------------------------------------
    # AT ONCE
    # ------------------------------------------------------------

    def test_send_me_one_now(self):
        """A sample is sent as often as its reader wants, and is not the report of the week."""
        self.make_week()
        for _time in range(2):
            action = self.seller.with_user(self.seller).action_send_weekly_report()
            self.assertIn("seller@example.com", action["params"]["message"])
        samples = self.Report.search([("user_id", "=", self.seller.id), ("is_sample", "=", True)])
        self.assertEqual(samples.mapped("state"), ["queued"] * 2)
        self.run_job()
        self.assertEqual(self.states()["process_seller"], "queued")
        self.seller.email = False
        with self.assertRaises(UserError):
            self.seller.with_user(self.seller).action_send_weekly_report()

    def test_samples_are_deleted(self):
        self.make_week()
        sample = self.Report.with_user(self.seller)._make_sample("own")
        self.Report._gc_samples()
        self.assertTrue(sample.exists())
        self.env.cr.execute("UPDATE crm_weekly_report SET create_date = '2026-01-01' WHERE id = %s", [sample.id])
        self.env.invalidate_all()
        self.Report._gc_samples()
        self.assertFalse(sample.exists())
