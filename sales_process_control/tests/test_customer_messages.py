from unittest.mock import patch

from odoo.addons.mail.tests.common import MailCommon
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .progress_common import ProgressCase

MAIL = """From: Buyer <{author}>
To: sales@example.com
Subject: Re: offer
Message-ID: <process-control-{number}@customer.example>
In-Reply-To: {parent}

Yes."""


@tagged("post_install", "-at_install")
class TestCustomerMessages(ProgressCase, MailCommon):
    """A word of the customer is what came in by the mail gateway, the portal or a public form."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls.make_user("process_buyer", groups="base.group_portal", partner_id=cls.customer.id)
        cls.customer.email = "buyer@example.com"
        cls.internal = cls.make_user("process_no_sales", groups="base.group_user")
        cls.settings_manager = cls.make_user(
            "process_settings", groups="sales_team.group_sale_manager,base.group_system"
        )

    def assertHeard(self, deal, number):
        """Assert how many messages are progress: when they come, by the hourly job, and at an installation."""
        self.env.cr.flush()
        self.assertEqual(len(self.rows_of(deal)), number)
        self.run_job()
        self.assertEqual(len(self.rows_of(deal)), number)
        self.env.cr.execute("DELETE FROM crm_lead_progress WHERE lead_id = %s", [deal.id])
        self.env["crm.progress.past"].rebuild()
        self.assertEqual(len(self.rows_of(deal)), number)

    def receive(self, deal, user, number=1):
        asked = deal.sudo().message_post(body="Well?", message_type="comment", subtype_xmlid="mail.mt_comment")
        mail = MAIL.format(author=self.customer.email, number=number, parent=asked.message_id)
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].with_user(user).message_process("crm.lead", mail, thread_id=deal.id)

    def test_colleagues_do_not_speak_for_the_customer(self):
        for user in (self.seller, self.manager, self.settings_manager):
            deal = self.make_deal().with_user(user)
            for values in (
                {"message_type": "comment"},
                {"message_type": "email"},
                {
                    "message_type": "email",
                    "incoming_email_to": "sales@example.com",
                    "message_id": "<a@customer.example>",
                },
            ):
                self.hear(deal, **values)
                deal.message_post(body="Yes", author_id=self.customer.id, subtype_xmlid="mail.mt_comment", **values)
            deal.message_post(body="Yes", author_id=False, email_from="buyer@example.com", message_type="email")
            self.env["mail.message"].with_user(user).create(
                {
                    "model": "crm.lead",
                    "res_id": deal.id,
                    "author_id": self.customer.id,
                    "message_type": "email",
                    "body": "Yes",
                    "create_uid": self.env.ref("base.user_root").id,
                }
            )
            with self.subTest(user=user.login):
                self.assertHeard(deal, 0)
                self.assertFalse(self.progress_of(deal))

    def test_colleagues_do_not_change_the_author(self):
        deal = self.make_deal()
        note = deal.message_post(body="By a job", message_type="comment", subtype_xmlid="mail.mt_comment")
        note.with_user(self.seller).write({"author_id": self.customer.id, "message_type": "email"})
        self.assertHeard(deal, 0)

    def test_colleagues_do_not_call_the_gateway(self):
        for user in (self.seller, self.manager, self.internal):
            deal = self.make_deal()
            self.receive(deal, user, number=deal.id)
            with self.subTest(user=user.login):
                self.assertTrue(deal.message_ids.filtered(lambda message: message.author_id == self.customer))
                self.assertHeard(deal, 0)
        for user in (self.buyer, self.env.ref("base.public_user")):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.receive(self.make_deal(), user)

    def test_the_gateway(self):
        deal = self.make_deal()
        self.receive(deal, self.env.ref("base.user_root"))
        self.assertHeard(deal, 1)
        # A script that passes mails to Odoo uses the account of an administrator.
        self.receive(deal, self.settings_manager, number=2)
        self.assertHeard(deal, 2)

    def test_a_merge_does_not_lose_a_word_that_could_not_be_recorded(self):
        """The hourly job would take the moved message for one whose author was changed."""
        recorder = self.env.registry["crm.progress.recorder"]
        deal, kept = self.make_deal(), self.make_deal(stage_id=self.talks.id)
        changed = self.make_deal()
        with patch.object(recorder, "_record_messages", lambda *_args: None):
            for one in (deal, changed):
                self.receive(one, self.env.ref("base.user_root"), number=one.id)
        self.env.cr.flush()
        [word] = deal.message_ids.filtered(lambda message: message.author_id == self.customer)
        note = changed.message_ids.filtered(lambda message: message.author_id == self.customer)
        note.with_user(self.seller).sudo().write({"subject": "By a colleague"})
        self.assertEqual(self.rows_of(deal) + self.rows_of(changed), [])
        self.pass_time(minutes=20)
        head = (deal | kept | changed).with_user(self.manager).merge_opportunity()
        self.env.cr.flush()
        self.assertEqual(head, kept)
        self.assertEqual(self.env["crm.lead.progress"].search([("lead_id", "=", head.id)]).message_id, word)
        self.assertEqual(self.progress_of(head), self.start)
        self.run_job()
        self.assertEqual(len(self.rows_of(head)), 1)

    def test_the_portal_and_public_forms(self):
        for user in (self.buyer, self.env.ref("base.public_user")):
            deal = self.make_deal()
            self.hear(deal.with_user(user))
            with self.subTest(user=user.login):
                self.assertHeard(deal, 1)
