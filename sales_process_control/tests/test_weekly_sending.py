from contextlib import suppress
from datetime import date, datetime, timedelta
from unittest.mock import patch

from odoo.addons.mail.tests.common import MockEmail
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.weekly_report.weekly_content import WeeklyContent
from ..models.weekly_report.weekly_mail import WeeklyMail
from .weekly_common import MONDAY, WEEK, WeeklyCase

CONTENT = "odoo.addons.sales_process_control.models.weekly_report.weekly_content"
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
        for hours in (1, 2, 14, 24, 39):  # until Tuesday, 23:30
            self.set_time(MONDAY + timedelta(hours=hours))
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
        self.assertFalse(self.env["res.company"].new({}).weekly_report_for_leaders)
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
        self.assertIn("no valid email address", report.reason)
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

    def test_won_before_the_week(self):
        """What was won earlier in the quarter is no news."""
        self.set_time(datetime(2026, 2, 3, 9))
        self.make_deal().action_set_won()
        self.run_job_on_monday()
        self.assertEqual(set(self.states().values()), {"not_sent"})
        self.assertEqual(set(self.reports_of(self.leader, self.seller).mapped("has_content")), {False})

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
        self.assertEqual(reports.mapped("reason"), ["The user was archived.", "The user no longer wants the report."])

    def test_reasons_are_in_the_language_of_the_reader(self):
        """The job has another one."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.seller.lang = "zh_CN"
        (self.leader | self.seller).email = False
        self.make_week()
        self.run_job()
        reasons = {report.user_id: report.reason for report in self.reports_of(self.leader, self.seller)}
        self.assertEqual(reasons[self.seller], f"{self.seller.name} 没有有效的电子邮件地址。")
        self.assertIn("no valid email address", reasons[self.leader])

    def test_not_the_leader_any_more(self):
        self.make_week()
        values = {"user_id": self.leader.id, "team_id": self.team.id, "company_id": self.company.id, "week": WEEK}
        report = self.Report.create(values)
        self.team.user_id = self.manager
        self.run_job()
        self.assertEqual((report.state, report.reason), ("not_sent", "The user no longer leads the team."))

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
                self.pass_time(minutes=20)
                self.run_job()  # too early for another attempt
                self.assertEqual(self.states(), {"weekly_leader": state, "process_seller": "queued"})
                self.assertEqual(self.reports_of(self.leader).attempts, min(hour - 8, 3))
        report = self.reports_of(self.leader)
        self.assertIn("ValueError", report.reason)
        self.assertNotIn("Secret", report.reason)
        self.assertFalse(report.content or report.mail_id)

    def test_killed_job(self):
        """A job that is killed during a report leaves it waiting; one that kills the job three times fails.

        The report of another reader is made before it is tried again.
        """
        self.make_week()

        class Killed(BaseException):
            pass

        make = WeeklyContent.make

        def kill(content):
            if content.scope.team_id:
                raise Killed
            return make(content)

        with patch.object(WeeklyContent, "make", kill):
            for hour in (9, 10, 11):
                self.set_time(MONDAY.replace(hour=hour))
                # Not `assertRaises`, which rolls back.
                with suppress(Killed):
                    self.run_job()
                if hour > 9:
                    self.assertEqual(self.states()["process_seller"], "queued")
        first = self.reports_of(self.leader)
        self.assertEqual((first.state, first.attempts), ("waiting", 3))
        self.set_time(MONDAY.replace(hour=12))
        self.run_job()
        self.assertEqual(self.states(), {"weekly_leader": "failed", "process_seller": "queued"})
        self.assertIn("stopped 3 times", first.reason)

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_no_mail_server(self):
        """The report says why. It is made anew, to the new address, when it is sent again."""
        self.make_week()
        self.seller.weekly_report = "none"
        self.run_job()
        report = self.reports_of(self.leader)
        with patch.object(type(self.env["ir.mail_server"]), "_connect__", side_effect=UserError("Missing SMTP Server")):
            self.mails().send()
        self.assertEqual(report.state, "failed")
        self.assertIn("Missing SMTP Server", report.reason)
        self.assertEqual(self.mails().state, "exception")
        self.leader.email = "new@example.com"
        report.with_user(self.manager).action_retry()
        self.assertEqual((report.state, bool(self.mails())), ("waiting", False))
        self.run_job()
        [sent] = self.send_mails()
        self.assertEqual(sent["email_to"], [self.leader.email_formatted])
        self.assertIn("new@example.com", sent["email_to"][0])
        self.assertEqual((report.state, report.reason), ("sent", False))

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_mail_of_a_failed_report_is_deleted(self):
        """What the reader may read stays in the mail queue for an hour at most, and is not sent to a former leader."""
        self.make_week()
        self.run_job()
        with patch.object(type(self.env["ir.mail_server"]), "_connect__", side_effect=UserError("Missing SMTP Server")):
            self.mails().send()
        mails, report = self.mails(), self.reports_of(self.leader)
        self.run_job()
        self.assertFalse(mails.exists())
        self.assertEqual(set(self.states().values()), {"failed"})
        self.team.user_id = self.manager
        report.with_user(self.manager).action_retry()
        self.run_job()
        self.assertEqual((report.state, report.reason), ("not_sent", "The user no longer leads the team."))

    def test_not_wanted_any_more(self):
        """A mail that waits in the queue is taken out of it when its reader is archived or switches it off."""
        self.make_week()
        self.run_job()
        mails = self.mails()
        self.leader.active = False
        self.seller.weekly_report = "none"
        self.pass_time(hours=1)
        self.run_job()
        self.assertFalse(mails.exists())
        reports = self.reports_of(self.leader, self.seller)
        self.assertEqual(
            set(reports.mapped("reason")), {"The user was archived.", "The user no longer wants the report."}
        )
        self.assertEqual(set(reports.mapped("state")), {"not_sent"})

    def test_deleted_mail(self):
        """A report whose mail was deleted or cancelled does not stay in the queue for ever."""
        self.make_week()
        self.run_job()
        self.reports_of(self.leader).sudo().mail_id.unlink()
        self.reports_of(self.seller).sudo().mail_id.cancel()
        self.pass_time(hours=1)
        self.run_job()
        reports = self.reports_of(self.leader, self.seller)
        self.assertEqual(set(reports.mapped("state")), {"failed"})
        self.assertEqual(set(reports.mapped("reason")), {"The email was deleted."})

    def test_team_of_a_company_without_access(self):
        """No report is made of a team whose company its leader may not enter."""
        self.make_week()
        second, _abroad = self.make_second_company()
        self.leader.company_ids += second
        abroad = self.env["crm.team"].create({"name": "Abroad", "company_id": second.id, "user_id": self.leader.id})
        self.assertEqual(self.leader._led_teams(), self.team | abroad)
        self.leader.company_ids -= second
        self.assertEqual(self.leader._led_teams(), self.team)
        self.run_job()
        self.assertEqual(self.reports_of(self.leader).team_id, self.team)
        values = {"user_id": self.leader.id, "team_id": abroad.id, "company_id": self.company.id, "week": WEEK}
        report = self.Report.create(values)
        self.run_job()
        self.assertEqual(
            (report.state, report.reason), ("not_sent", "The user has no access to the company of the team.")
        )

    @mute_logger(CONTENT)
    def test_failing_block(self):
        """A part that cannot be read says so in its place, a failure of the database too; the others are sent."""
        self.make_week()

        def failing(block, _scope):
            block.env.cr.execute("SELECT 1 FROM no_such_table")

        with (
            patch.object(type(self.env["crm.weekly.forecast"]), "_read_block", failing),
            mute_logger("odoo.sql_db"),
        ):
            self.run_job()
        self.assertEqual(set(self.states().values()), {"queued"})
        text = self.reports_of(self.leader)._mail().text()
        self.assertIn("FORECAST\nThis part could not be read.", text)
        self.assertIn("PIPELINE LAST WEEK", text)

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
        queue = self.env.ref("mail.ir_cron_mail_scheduler_action")
        triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", queue.id)])
        for _time in range(2):
            action = self.seller.with_user(self.seller).action_send_weekly_report()
            self.assertIn("seller@example.com", action["params"]["message"])
        self.assertTrue(self.env["ir.cron.trigger"].search_count([("cron_id", "=", queue.id)]) > triggers)
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

    def test_old_contents_are_deleted(self):
        """What became of a report stays, its content is deleted after 13 months."""
        self.make_week()
        self.run_job()
        old, new = self.reports_of(self.leader), self.reports_of(self.seller)
        today = date.today()
        old.week, new.week = today - timedelta(days=410), today - timedelta(days=380)
        self.Report._gc_contents()
        self.assertEqual((old.has_content, new.has_content), (False, True))
        self.assertFalse(old.content)
        self.assertEqual(old.state, "queued")
        with self.assertRaises(UserError):
            old.with_user(self.leader).action_open()
