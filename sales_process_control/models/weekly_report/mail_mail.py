from odoo import models

from .weekly_mail import REPORT_HEADER


class MailMail(models.Model):
    """Notes what became of the mails of weekly reports, and gives them a plain-text part of their own."""

    _inherit = "mail.mail"

    def _weekly_reports(self):
        """Return the reports that these mails bring, by the id of the mail.

        Only mails with the header of a report are looked up, so that other mails cost no query.
        """
        mails = self.filtered(lambda mail: mail.headers and REPORT_HEADER in mail.headers)
        # sudo: mails are sent by whoever runs the queue, who may not read the reports.
        reports = self.env["crm.weekly.report"].sudo().search([("mail_id", "in", mails.ids)]) if mails else ()
        return {report.mail_id.id: report for report in reports}

    def _postprocess_sent_message(self, success_pids, success_emails, failure_reason=False, failure_type=None):
        for mail_id, report in self._weekly_reports().items():
            mail = self.browse(mail_id)
            failure = (failure_reason or mail.failure_reason or failure_type) if failure_type else ""
            report._note_delivery(failure)
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        """Give the mail of a weekly report its own plain text: that which Odoo makes of tables is hard to read."""
        found = super()._prepare_outgoing_list(mail_server=mail_server, doc_to_followers=doc_to_followers)
        if report := self._weekly_reports().get(self.id):
            text = report._mail().text()
            found = [{**email, "body_alternative": text} for email in found]
        return found
