from odoo.addons.mail.tests.common import MailCommon
from odoo.tests import tagged


@tagged("post_install", "-at_install")
class TestMailGateway(MailCommon):
    """A mail to the team's alias makes a deal, with the module in between."""

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
