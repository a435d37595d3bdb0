from odoo.addons.mail.tests.common import MailCommon
from odoo.tests import tagged
from odoo.tools import mute_logger

from .progress_common import ProgressCase
from .workbench_common import WorkbenchMixin

MAIL = """From: Buyer <{author}>
To: sales@example.com
Subject: Re: offer
Message-ID: <process-control-{number}@customer.example>
In-Reply-To: {parent}
References: {parent}
{headers}

{body}
"""
CALENDAR_REPLY = """MIME-Version: 1.0
Content-Type: text/calendar; method=REPLY; charset=utf-8

BEGIN:VCALENDAR
METHOD:REPLY
END:VCALENDAR"""
REPORT = """MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind}; boundary=part

--part
Content-Type: text/plain

A machine says
--part--"""


class AutomaticMailCase(WorkbenchMixin, ProgressCase, MailCommon):
    """Mails on a deal that has been in its stage for 19 days, with a limit of 10."""

    def setUp(self):
        super().setUp()
        self.contact.rotting_threshold_days = 10
        self.deal = self.make_deal(partner_id=self.customer.id)
        self.pass_time(days=19)
        self.number = 0

    def receive(self, headers="", author="buyer@example.com", deal=None, body="I am away until 9 November."):
        """Have Odoo's gateway process a mail that replies to a message on the deal; return its message."""
        deal = deal or self.deal
        asked = deal.message_post(body="Seen our offer?", message_type="comment", subtype_xmlid="mail.mt_comment")
        known = deal.message_ids
        self.number += 1
        mail = MAIL.format(author=author, number=self.number, parent=asked.message_id, headers=headers, body=body)
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].message_process(False, mail)
        self.env.cr.flush()
        deal.invalidate_recordset()
        return deal.message_ids - known

    def assertWord(self, is_word, headers, **values):
        """Assert whether a mail with these headers is progress."""
        before = len(self.rows_of(self.deal))
        message = self.receive(headers, **values)
        self.run_job()
        self.assertEqual(len(self.rows_of(self.deal)) - before, int(is_word), headers)
        return message


@tagged("post_install", "-at_install")
class TestAutomaticMail(AutomaticMailCase):
    """A mail that no person has written is no word from the customer, and no progress."""

    def test_out_of_office(self):
        """The deal stays stalled: there was no contact from the customer yet."""
        message = self.receive("Auto-Submitted: auto-replied")
        self.assertEqual((message.message_type, message.is_automatic), ("email", True))
        self.assertEqual((self.deal.pace, self.deal.last_progress_at), ("stalled", False))
        self.assertIn("no contact from the customer yet", self.deal.pace_reason)
        self.assertEqual(self.rows_of(self.deal), [])
        self.run_job()
        self.env["crm.progress.past"].rebuild()
        self.assertEqual(self.rows_of(self.deal), [])
        [row] = self.block_of(self.seller, "customers")["customers"]
        self.assertIs(row["contact_days"], False)

    def test_a_person(self):
        message = self.receive("Auto-Submitted: no", body="We shall sign.")
        self.assertFalse(message.is_automatic)
        self.assertEqual((self.deal.pace, self.deal.last_progress_at), ("slow", self.env.cr.now()))
        [row] = self.block_of(self.seller, "customers")["customers"]
        self.assertEqual(row["contact_days"], 0)
        self.pass_time(days=3)
        self.receive("Auto-Submitted: auto-replied")
        [row] = self.block_of(self.seller, "customers")["customers"]
        self.assertEqual(row["contact_days"], 3)

    def test_which_headers(self):
        for headers, is_word in (
            ("X-Nothing: of it", True),
            ("Auto-Submitted: no", True),
            ("auto-submitted: NO (written by hand)", True),
            ("Auto-Submitted:", True),
            ("Auto-Submitted: auto-generated", False),
            ('AUTO-SUBMITTED: Auto-Replied; owner-email="a@b.example"', False),
            ("Auto-Submitted: no\nAuto-Submitted: auto-notified", False),
            ("Precedence: bulk", False),
            ("Precedence: LIST", False),
            ("Precedence: auto_reply", False),
            ("Precedence: first-class", True),
            ("X-Auto-Response-Suppress: All", True),
            ("Return-Path: <>", False),
            ("Return-Path: <buyer@example.com>", True),
        ):
            with self.subTest(headers=headers):
                self.assertWord(is_word, headers)

    def test_mailing_lists(self):
        """A list says so by its precedence. The id of a list alone does not make a mail automatic."""
        self.assertWord(False, "List-Id: <users.example.com>\nPrecedence: list")
        self.assertWord(True, "List-Id: <users.example.com>")

    def test_calendar_replies(self):
        """A person has accepted or declined, unless the calendar says that it has answered by itself."""
        self.assertWord(True, CALENDAR_REPLY, body="")
        self.assertWord(False, f"Auto-Submitted: auto-replied\n{CALENDAR_REPLY}", body="")

    def test_reports(self):
        """Odoo takes delivery reports and read receipts as such: no message comes of them."""
        for kind in ("delivery-status", "disposition-notification"):
            self.assertFalse(self.assertWord(False, REPORT.format(kind=kind), body=""))
        self.assertFalse(self.assertWord(False, "", author="MAILER-DAEMON@example.com"))
        self.assertTrue(self.assertWord(False, "Return-Path: <>", author="postmaster@example.com"))

    def test_deal_that_an_automatic_mail_makes(self):
        """As a web form sends it: the deal is made, without progress."""
        team = self.env["crm.team"].create(
            {"name": "Offers", "alias_name": "process.offers", "use_opportunities": True, "use_leads": False}
        )
        rows = []
        for number, headers in enumerate(("Auto-Submitted: auto-generated", "X-Nothing: of it")):
            mail = (
                f"From: form{number}@example.com\nTo: {team.alias_id.display_name}\nSubject: Please offer\n"
                f"Message-ID: <process-control-form-{number}@example.com>\n{headers}\n\nTen pieces."
            )
            deal = self.Lead.browse(self.env["mail.thread"].message_process("crm.lead", mail))
            rows.append(len(self.rows_of(deal)))
        self.assertEqual(rows, [0, 1])

    def test_automatic_mail_on_other_records(self):
        """Odoo posts it as before."""
        for record in (self.customer, self.team):
            with self.subTest(model=record._name):
                [message] = self.receive("Auto-Submitted: auto-replied", deal=record)
                self.assertEqual((message.message_type, message.model), ("email", record._name))

    def test_customer_on_the_portal(self):
        self.receive("Auto-Submitted: auto-replied")
        self.hear(self.deal)
        self.assertEqual(len(self.rows_of(self.deal)), 1)
