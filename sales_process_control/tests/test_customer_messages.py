from odoo.addons.mail.tests.common import MailCommon
from odoo.tests import new_test_user, tagged
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
        cls.buyer = new_test_user(cls.env, "process_buyer", groups="base.group_portal", partner_id=cls.customer.id)
        cls.customer.email = "buyer@example.com"
        cls.settings_manager = new_test_user(
            cls.env, "process_settings", groups="sales_team.group_sale_manager,base.group_system"
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
        self.env.cr.flush()
        self.run_job()
        self.assertEqual(self.rows_of(deal), [])

    def test_colleagues_do_not_call_the_gateway(self):
        deal = self.make_deal()
        self.receive(deal, self.seller)
        self.assertTrue(deal.message_ids.filtered(lambda message: message.author_id == self.customer))
        self.assertHeard(deal, 0)

    def test_the_gateway(self):
        deal = self.make_deal()
        self.receive(deal, self.env.ref("base.user_root"))
        self.assertHeard(deal, 1)
        # A script that passes mails to Odoo uses the account of an administrator.
        self.receive(deal, self.settings_manager, number=2)
        self.assertHeard(deal, 2)

    def test_the_portal_and_public_forms(self):
        for user in (self.buyer, self.env.ref("base.public_user")):
            deal = self.make_deal()
            self.hear(deal.with_user(user))
            with self.subTest(user=user.login):
                self.assertHeard(deal, 1)
