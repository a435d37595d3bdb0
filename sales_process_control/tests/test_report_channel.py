import re
from datetime import date, datetime, timedelta
from unittest.mock import patch

from lxml import html

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ..models.report_channel.webhook_post import Answer, AnswerLostError
from ..models.weekly_report.weekly_content import WeeklyContent
from ..models.weekly_report.weekly_scope import WeeklyScope
from .weekly_common import MONDAY, WEEK, WeeklyCase

SENDER = "odoo.addons.sales_process_control.models.report_channel.delivery_sender"
POST = f"{SENDER}.webhook_post.post_json"
URL = "https://hooks.example.com/services/SECRET"


@tagged("post_install", "-at_install")
class TestReportChannel(WeeklyCase):
    """Digests in channels: numbers of the weekly report, read with the rights of one manager, posted at most once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Delivery = cls.env["crm.report.delivery"]
        cls.env["crm.report.destination"].search([]).unlink()
        cls.channel = cls.env["discuss.channel"].create({"name": "Sales", "channel_type": "channel"})
        cls.destination = cls.as_manager().create(
            {"name": "Sales every Monday", "team_id": cls.team.id, "channel_id": cls.channel.id}
        )

    @classmethod
    def as_manager(cls):
        return cls.env["crm.report.destination"].with_user(cls.manager).with_company(cls.company)

    def run_job(self):
        self.Delivery._cron_send()
        self.env.cr.flush()
        self.env.invalidate_all()

    def make_webhook(self, kind="slack", **values):
        return self.as_manager().create(
            {"name": "Hook", "kind": kind, "webhook_url_input": URL, "is_on": True, **values}
        )

    def deliveries(self, destination=None):
        return self.Delivery.search([("destination_id", "=", (destination or self.destination).id)], order="id")

    def posted(self):
        """Return the bodies of the messages in the channel."""
        domain = [("model", "=", "discuss.channel"), ("res_id", "=", self.channel.id), ("message_type", "=", "comment")]
        return self.env["mail.message"].search(domain, order="id").mapped("body")

    # ------------------------------------------------------------
    # DISCUSS
    # ------------------------------------------------------------

    def test_the_first_digest_is_announced(self):
        """Switching on says whether people get a digest at once: it is due from its hour on, until the next day."""
        for instant, expected in (
            (MONDAY - timedelta(days=1), "next scheduled day"),
            (MONDAY + timedelta(hours=14), "sent within 15 minutes"),
        ):
            self.set_time(instant)
            self.assertIn(expected, self.destination.action_switch_on()["params"]["message"])
        self.run_job()
        self.assertIn("next scheduled day", self.destination.action_switch_on()["params"]["message"])

    def test_deleted_team_and_reader(self):
        """What a channel rests on is not deleted with it unnoticed: the message names the channel."""
        for record in (self.team, self.manager):
            with self.assertRaisesRegex(UserError, "Sales every Monday"):
                record.unlink()

    def test_off_by_default(self):
        self.make_week()
        self.assertFalse(self.destination.is_on)
        self.run_job()
        self.assertFalse(self.deliveries())

    def test_once_a_week(self):
        """The digest has the numbers of the weekly report of a leader, and comes once."""
        self.make_week()
        self.destination.action_switch_on()
        for hours in range(3):
            self.set_time(MONDAY + timedelta(hours=hours))
            self.run_job()
        delivery = self.deliveries()
        self.assertEqual((delivery.state, delivery.reason), ("sent", False))
        self.assertEqual((delivery.first_day, delivery.last_day), (WEEK, date(2026, 3, 15)))
        [body] = self.posted()
        self.assertIn("Sales: ", body)
        self.assertIn("Mar 9", body)
        env = self.destination._reader_env()
        scope = WeeklyScope(WEEK, self.manager.id, self.team.id)
        report = WeeklyContent(env, scope).make()
        for section, own in zip(report["sections"], delivery.sudo().content["sections"], strict=True):
            self.assertEqual(section["rows"], own["rows"])
        rows = self.rows(report, "changes")
        self.assertEqual(rows["won"]["number"]["value"], -1)
        self.assertIn(f"digest={delivery.id}&amp;line=changes.won", body)
        self.set_time(MONDAY + timedelta(days=7))
        self.run_job()
        self.assertEqual(len(self.posted()), 2)

    def test_daily(self):
        """On a Monday the digest of a day is about all days since the working day before; titles name no week."""
        self.make_week()
        self.company.resource_calendar_id = self.env["resource.calendar"].create(
            {
                "name": "Week",
                "tz": "UTC",
                "attendance_ids": [
                    Command.create({"name": str(day), "dayofweek": str(day), "hour_from": 9, "hour_to": 17})
                    for day in range(5)
                ],
            }
        )
        self.destination.write({"interval": "daily", "is_on": True})
        self.set_time(datetime(2026, 3, 13, 8, 30))
        self.run_job()
        [delivery] = self.deliveries()
        self.assertEqual((delivery.first_day, delivery.last_day), (date(2026, 3, 12), date(2026, 3, 12)))
        content = delivery.sudo().content
        self.assertEqual(self.rows(content, "changes")["lost"]["number"]["value"], -1)
        self.assertNotIn("Last Week", self.posted()[0])
        self.set_time(datetime(2026, 3, 14, 8, 30))
        self.run_job()
        self.assertEqual(len(self.deliveries()), 1)
        self.set_time(MONDAY)
        self.run_job()
        self.assertEqual(self.deliveries()[-1].first_day, date(2026, 3, 13))

    def test_job_that_did_not_run(self):
        """A weekly digest comes a day late, and a daily one is about the days of the one that was left out, too."""
        self.make_week()
        self.set_time(MONDAY - timedelta(days=1))
        self.destination.action_switch_on()
        self.set_time(MONDAY + timedelta(hours=20))
        self.run_job()
        self.set_time(MONDAY + timedelta(days=1))
        self.run_job()
        self.assertEqual(self.deliveries().day, MONDAY.date())
        self.assertEqual(len(self.posted()), 1)
        self.destination.interval = "daily"
        for days in (1, 4):
            self.set_time(MONDAY + timedelta(days=days))
            self.run_job()
        self.assertEqual(
            [(one.first_day.day, one.last_day.day) for one in self.deliveries()], [(9, 15), (16, 16), (17, 19)]
        )

    def test_all_of_the_company(self):
        """Without a team, all deals of the company are in the numbers, and none of another company."""
        second, _abroad = self.make_second_company()
        self.make_week()
        self.make_deal(name="Abroad", company_id=second.id, team_id=False, user_id=False, expected_revenue=98765)
        self.manager.company_ids += second
        self.destination.team_id = False
        self.destination.action_switch_on()
        self.run_job()
        content = self.deliveries().sudo().content
        self.assertEqual(content["name"], self.company.name)
        shown = self.rows(content, "changes")["closing"]["number"]
        funnel = (
            self.env["crm.pipeline.movement"]
            .with_user(self.manager)
            .with_context(allowed_company_ids=self.company.ids)
            .get_funnel("2026-03-15", "2026-03-08")
        )
        self.assertEqual(shown["value"], funnel["totals"]["day"]["value"])
        self.assertNotIn("98,765", self.posted()[0])

    def test_links(self):
        """A link shows its records to everybody who may see the channel, as far as record rules let them."""
        self.make_deal(name="Of the colleague", user_id=self.colleague.id, team_id=self.team.id)
        self.make_week()
        self.destination.action_switch_on()
        self.run_job()
        delivery = self.deliveries()
        numbers = delivery.sudo().content["numbers"]
        self.assertIn("next_action.all", numbers)
        counts = {}
        for user in (self.manager, self.seller):
            action = self.Delivery.with_user(user).open_line(delivery.id, "next_action.all")
            env = self.Report._reader_env(user)
            counts[user] = len(env[action["res_model"]].with_context(**action["context"]).search(action["domain"]))
        content = delivery.sudo().content
        self.assertEqual(counts[self.manager], self.rows(content, "next_action")["all"]["number"]["value"])
        self.assertLess(counts[self.seller], counts[self.manager])
        # Nobody learns how many deals there are that he may not read.
        self.assertEqual(len(action["domain"][0][2]), counts[self.seller])
        # Names of numbers are those of deals and of people.
        name = self.Delivery.with_user(self.seller).open_line(delivery.id, "next_action.all")["name"]
        self.assertTrue(name.startswith("Sales every Monday"))
        portal = new_test_user(self.env, "channel_portal", groups="base.group_portal")
        plain = new_test_user(self.env, "channel_plain", groups="base.group_user")
        _second, abroad = self.make_second_company()
        for user, error in ((portal, AccessError), (plain, AccessError), (abroad, UserError)):
            with self.assertRaises(error):
                self.Delivery.with_user(user).open_line(delivery.id, "next_action.all")
        for key in ("nothing", False, 7, {"a": 1}):
            with self.assertRaises(UserError):
                self.Delivery.with_user(self.seller).open_line(delivery.id, key)
        self.channel.group_public_id = self.env.ref("sales_team.group_sale_manager")
        with self.assertRaises(UserError):
            self.Delivery.with_user(self.seller).open_line(delivery.id, "next_action.all")

    def test_preview(self):
        """A preview is read with the rights of whoever asks for it, and shown to nobody else."""
        self.make_week()
        hook = self.make_webhook("wecom", is_on=False)
        action = hook.action_preview()
        delivery = self.Delivery.with_user(self.manager).browse(action["res_id"])
        self.assertIn("Sales: ", delivery.preview)
        self.assertIn('"msgtype": "markdown"', delivery.message_json)
        other = new_test_user(self.env, "channel_manager", groups="sales_team.group_sale_manager")
        self.env.invalidate_all()
        self.assertFalse(delivery.with_user(other).preview)
        self.assertFalse(delivery.with_user(other).message_json)
        with self.assertRaises(AccessError):
            delivery.with_user(other).read(["content"])
        self.run_job()
        self.assertEqual(delivery.state, "not_sent")

    def test_chinese(self):
        """In Chinese, separators and parentheses are full-width in every message."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.manager.lang = "zh_CN"
        self.make_week()
        for kind in ("slack", "teams", "wecom", "dingtalk"):
            hook = self.make_webhook(kind, is_on=False)
            delivery = self.Delivery.with_user(self.manager).browse(hook.action_preview()["res_id"])
            for text in (html.fromstring(delivery.preview).text_content(), delivery.message_json):
                with self.subTest(kind=kind):
                    self.assertIn("销售\uff1a", text)
                    self.assertIn("\uff08", text)
                    # Without addresses, the JSON's own signs and names of users.
                    words = re.sub(r'https?:[^\s<>)|"]*|"[^"]*": |", |process\S+ \S*\(sales\S+?\)', " ", text)
                    self.assertFalse(re.findall(r"\w+[,;:] |\w+ \(|[\w%]\)(?!\w)", words), text)

    def test_send_now(self):
        self.make_week()
        self.destination.action_send_now()
        self.run_job()
        self.assertEqual(len(self.posted()), 1)
        self.assertEqual(self.deliveries().state, "sent")
        hook = self.as_manager().create({"name": "Empty", "kind": "slack"})
        with self.assertRaises(UserError):
            hook.action_send_now()

    def test_other_channel_meanwhile(self):
        """A digest that waits is posted with the rights of whoever has chosen the channel where it goes now."""
        self.make_week()
        other = new_test_user(
            self.env, "channel_manager", groups="sales_team.group_sale_manager", company_id=self.company.id
        )
        hook = self.make_webhook()
        hook.action_send_now()
        with patch(POST, return_value=Answer(500, {}, b"")):
            self.run_job()
        self.assertEqual(self.deliveries(hook).reader_id, self.manager)
        hook.with_user(other).webhook_url_input = "https://elsewhere.example.com/x"
        with patch(POST, return_value=Answer(200, {}, b"ok")):
            self.set_time(MONDAY + timedelta(minutes=6))
            self.run_job()
        self.assertEqual(set(self.deliveries(hook).mapped("state")), {"sent"})
        self.assertEqual(self.deliveries(hook).reader_id, other)

    # ------------------------------------------------------------
    # WHO CONFIGURES, AND WHOSE RIGHTS COUNT
    # ------------------------------------------------------------

    def test_configured_by_managers(self):
        for user in (self.seller, self.leader):
            with self.assertRaises(AccessError):
                self.destination.with_user(user).read(["name"])
            with self.assertRaises(AccessError):
                self.destination.with_user(user).action_switch_on()
            with self.assertRaises(AccessError):
                self.destination.with_user(user).action_preview()
        _second, abroad = self.make_second_company()
        theirs = self.destination.with_user(abroad).with_context(allowed_company_ids=abroad.company_ids.ids)
        self.assertFalse(theirs.search([("id", "=", self.destination.id)]))
        with self.assertRaises(AccessError):
            theirs.action_preview()
        with self.assertRaises(AccessError):
            self.as_manager().create({"name": "Abroad", "company_id": abroad.company_id.id, "channel_id": 1})

    def test_reader(self):
        """The reader is who has changed the settings last; nobody chooses another one."""
        other = new_test_user(
            self.env, "channel_manager", groups="sales_team.group_sale_manager", company_id=self.company.id
        )
        self.assertEqual(self.destination.reader_id, self.manager)
        theirs = self.destination.with_user(other)
        theirs.name = "Renamed"
        self.assertEqual(theirs.reader_id, self.manager)
        theirs.write({"team_id": False, "reader_id": self.manager.id})
        self.assertEqual(theirs.reader_id, other)
        made = self.as_manager().create({"name": "Made", "reader_id": other.id})
        self.assertEqual(made.reader_id, self.manager)
        # A channel that the manager cannot open.
        hidden = self.env["discuss.channel"].create({"name": "Hidden", "channel_type": "group"})
        with self.assertRaises(ValidationError):
            self.destination.write({"channel_id": hidden.id, "is_on": True})

    def test_secrets(self):
        """Nobody but an administrator reads the address, and nobody the secret."""
        hook = self.make_webhook("dingtalk", webhook_secret_input="SECabc")
        self.assertEqual(hook.webhook_host, "hooks.example.com")
        self.assertTrue(hook.has_secret)
        self.env.invalidate_all()
        self.assertFalse(hook.webhook_url_input)
        self.assertFalse(hook.webhook_secret_input)
        for name in ("webhook_url", "webhook_secret"):
            with self.assertRaises(AccessError):
                hook.read([name])
            with self.assertRaises(AccessError):
                hook.search([(name, "like", "SECRET")])
        self.assertNotIn("SECRET", str(hook.read()))
        administrator = new_test_user(
            self.env, "channel_admin", groups="base.group_system,sales_team.group_sale_manager"
        )
        self.assertEqual(hook.with_user(administrator).webhook_url, URL)
        with self.assertRaises(AccessError):
            hook.with_user(administrator).read(["webhook_secret"])
        for url in ("http://hooks.example.com/x", "https://a:b@hooks.example.com/x", "nonsense"):
            with self.assertRaises(ValidationError) as caught:
                hook.webhook_url_input = url
            self.assertNotIn(url, str(caught.exception))

    def test_texts_that_are_too_long_are_refused_and_not_cut(self):
        hook = self.make_webhook("dingtalk", webhook_secret_input="SECabc")
        for name, text in (("webhook_url_input", f"{URL}/{'x' * 2000}"), ("webhook_secret_input", "x" * 2001)):
            with self.assertRaisesRegex(ValidationError, "up to 2,000 characters"):
                hook[name] = text
        hook.webhook_secret_input = "x" * 2000
        self.assertEqual((hook.sudo().webhook_url, hook.sudo().webhook_secret), (URL, "x" * 2000))

    # ------------------------------------------------------------
    # FAULTS
    # ------------------------------------------------------------

    def test_nothing_happened(self):
        self.Lead.search([]).action_archive()
        self.set_time(MONDAY)
        self.destination.action_switch_on()
        self.run_job()
        self.assertEqual(self.deliveries().state, "not_sent")
        self.assertFalse(self.posted())

    def test_reader_archived(self):
        self.make_week()
        self.destination.action_switch_on()
        self.manager.active = False
        self.run_job()
        self.assertEqual(self.deliveries().state, "given_up")
        self.assertIn("archived", self.deliveries().reason)
        self.assertFalse(self.posted())
        told = self.destination.activity_ids.user_id
        self.assertTrue(told.active and told.has_group("sales_team.group_sale_manager"))
        self.assertIn(self.company, told.company_ids)

    def test_reasons_are_in_the_language_of_who_is_told(self):
        """The job has another one."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.manager.lang = "zh_CN"
        self.make_week()
        hook = self.make_webhook()
        with patch(POST, return_value=Answer(404, {}, b"")):
            self.run_job()
        reason = "服务返回状态 404。"
        self.assertEqual(self.deliveries(hook).reason, reason)
        [activity] = hook.activity_ids
        self.assertEqual((activity.user_id, activity.summary), (self.manager, "有一份简报未发送"))
        self.assertIn(reason, activity.note)

    def test_no_manager_any_more(self):
        self.make_week()
        self.destination.action_switch_on()
        self.manager.group_ids = [Command.set(self.env.ref("sales_team.group_sale_salesman").ids)]
        self.run_job()
        self.assertEqual(self.deliveries().state, "given_up")

    def test_channel_deleted(self):
        """A person is told, and the next digest that arrives takes this back."""
        self.make_week()
        self.destination.action_switch_on()
        self.channel.unlink()
        self.run_job()
        self.assertEqual(self.deliveries().state, "given_up")
        self.assertIn("deleted", self.destination.trouble)
        self.assertEqual(self.destination.activity_ids.user_id, self.manager)
        self.destination.action_preview()
        self.assertIn("deleted", self.destination.trouble)
        own = self.destination.activity_schedule("mail.mail_activity_data_todo", summary="Ask for a channel")
        own.automated = False
        channel = self.env["discuss.channel"].create({"name": "New", "channel_type": "channel"})
        self.destination.channel_id = channel
        self.deliveries().with_user(self.manager).action_retry()
        self.run_job()
        self.assertEqual(self.deliveries().mapped("state"), ["sent", "not_sent"])
        self.assertEqual(self.destination.activity_ids, own)
        self.assertFalse(self.destination.trouble)
        # The activity of a person hides no warning.
        channel.unlink()
        self.set_time(MONDAY + timedelta(days=7))
        self.run_job()
        self.assertEqual(len(self.destination.activity_ids - own), 1)

    def test_failing_template(self):
        """A digest that cannot be made is tried again, and does not stop the others."""
        self.make_week()
        self.destination.action_switch_on()
        hook = self.make_webhook()
        with (
            patch(f"{SENDER}.format_message", side_effect=ZeroDivisionError),
            mute_logger(SENDER),
        ):
            self.run_job()
        self.assertEqual(self.deliveries().state, "sent")
        delivery = self.deliveries(hook)
        self.assertEqual((delivery.state, delivery.attempts), ("failed", 1))
        self.assertIn("ZeroDivisionError", delivery.reason)
        with patch(POST, return_value=Answer(200, {}, b"ok")) as post:
            self.run_job()
            post.assert_not_called()
            self.set_time(MONDAY + timedelta(minutes=6))
            self.run_job()
            self.run_job()
        post.assert_called_once()
        self.assertEqual(delivery.state, "sent")

    def test_faults_outside_of_digests(self):
        """A channel whose settings make no sense, and an activity that cannot be planned, stop no other channel."""
        self.make_week()
        broken = self.make_webhook(name="Broken")
        gone = self.make_webhook(name="Gone")
        self.destination.action_switch_on()
        plan = type(self.destination)._schedule

        def schedule(destination):
            return 1 / 0 if destination == broken else plan(destination)

        with (
            patch.object(type(self.destination), "_schedule", schedule),
            patch.object(type(self.Delivery), "_tell_given_up", side_effect=ZeroDivisionError),
            patch(POST, return_value=Answer(404, {}, b"")),
            self.assertLogs(SENDER, "ERROR"),
        ):
            self.run_job()
        self.assertEqual(
            [self.deliveries(one).state for one in (broken, gone, self.destination)], [False, "given_up", "sent"]
        )

    def test_pauses(self):
        """After 5 minutes, 30 minutes, 2 hours and 6 hours it is tried again, then given up."""
        self.make_week()
        hook = self.make_webhook()
        at = []
        with patch(POST, return_value=Answer(500, {}, b"")):
            # Just before, at and after the end of each pause.
            for minute in (0, 4, 5, 6, 34, 35, 36, 154, 155, 156, 514, 515, 516, 600):
                self.set_time(MONDAY + timedelta(minutes=minute))
                before = self.deliveries(hook).attempts
                self.run_job()
                if self.deliveries(hook).attempts != before:
                    at.append(minute)
        self.assertEqual(at, [0, 5, 35, 155, 515])
        self.assertEqual(self.deliveries(hook).state, "given_up")
        self.assertIn("500", self.deliveries(hook).reason)

    def test_retry_after(self):
        self.make_week()
        hook = self.make_webhook()
        with patch(POST, return_value=Answer(429, {"Retry-After": "3600"}, b"")):
            self.run_job()
        self.assertEqual(self.deliveries(hook).next_try, MONDAY + timedelta(hours=1))

    def test_answer_lost(self):
        """A message that may have arrived is not posted again by itself."""
        self.make_week()
        hook = self.make_webhook()
        with patch(POST, side_effect=AnswerLostError) as post:
            self.run_job()
            self.set_time(MONDAY + timedelta(hours=9))
            self.run_job()
        post.assert_called_once()
        self.assertEqual(self.deliveries(hook).state, "given_up")
        self.assertIn("may have arrived", self.deliveries(hook).reason)

    def test_switched_off_meanwhile(self):
        self.make_week()
        hook = self.make_webhook()
        with patch(POST, return_value=Answer(500, {}, b"")):
            self.run_job()
        hook.action_switch_off()
        with patch(POST, return_value=Answer(200, {}, b"ok")) as post:
            self.set_time(MONDAY + timedelta(minutes=6))
            self.run_job()
        post.assert_not_called()
        self.assertEqual(self.deliveries(hook).state, "not_sent")
        # It is not lost: a person has it sent, also days later. A preview stays one.
        hook.action_switch_on()
        hook.action_preview()
        self.set_time(MONDAY + timedelta(days=4))
        self.deliveries(hook).with_user(self.manager).action_retry()
        with patch(POST, return_value=Answer(200, {}, b"ok")):
            self.run_job()
        self.assertEqual(self.deliveries(hook).mapped("state"), ["sent", "not_sent"])
