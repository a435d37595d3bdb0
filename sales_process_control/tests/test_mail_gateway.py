from odoo.addons.mail.tests.common import MailCommon
from odoo.tests import tagged
from odoo.tools import mute_logger


@tagged("post_install", "-at_install")
class TestMailGateway(MailCommon):
    """Mails create deals and progress."""

    def test_mail_makes_a_deal(self):
        team = self.env["crm.team"].create(
            {"name": "Offers", "alias_name": "process.offers", "use_opportunities": True, "use_leads": False}
        )
        mail = (
            """From: Buyer <buyer@example.com>
To: %s
Subject: Please offer
Message-ID: <process-control-1@example.com>

We need ten."""
            % team.alias_id.display_name
        )
        lead_id = self.env["mail.thread"].message_process("crm.lead", mail)
        self.env.cr.flush()
        visits = self.env["crm.stage.visit"].search([("lead_ref", "=", lead_id)])
        self.assertEqual(visits.mapped("outcome"), ["open"])
        self.assertEqual(visits.team_id, team)

    def test_mail_of_the_customer_is_progress(self):
        lead = self.env["crm.lead"].create({"name": "Ten pieces", "type": "opportunity"})
        colleague = self.user_employee.email_formatted
        mails = {
            "answer": "Buyer <buyer@example.com>",
            "ours": colleague,
            "bounce": "MAILER-DAEMON@example.com",
        }
        [original] = lead.message_ids[:1]
        for index, (name, author) in enumerate(mails.items()):
            mail = f"""From: {author}
To: catchall@example.com
Subject: Re: Ten pieces
In-Reply-To: {original.message_id}
Message-ID: <process-control-{name}-{index}@example.com>

{name}"""
            with mute_logger("odoo.addons.mail.models.mail_thread"):
                self.env["mail.thread"].message_process(None, mail)
        rows = self.env["crm.lead.progress"].search([("lead_id", "=", lead.id)])
        self.assertEqual(rows.mapped("source"), ["message"])
        self.assertEqual(rows.message_id.email_from, '"Buyer" <buyer@example.com>')
        self.assertFalse(rows.feedback)
        self.assertEqual(lead.last_progress_at, rows.date)
