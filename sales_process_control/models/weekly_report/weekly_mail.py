"""The mail of a weekly report: its page, its plain text, its picture and its headers. No models."""

import base64
import re
from textwrap import indent
from urllib.parse import urlencode

from markupsafe import Markup

from odoo import SUPERUSER_ID, fields, tools
from odoo.fields import Command
from odoo.tools import format_datetime

from .weekly_picture import draw_trail
from .weekly_rows import WeeklyRows
from .weekly_texts import describe_week

#: Header that marks the mails of reports.
REPORT_HEADER = "X-Sales-Weekly-Report"
#: Name of the picture in the mail, and what the page calls it by.
PICTURE_NAME = "sales-process-control-weekly-report.png"
#: Space between tags and at the ends of lines. Google Mail cuts mails off at 102 KB. Non-breaking spaces stay.
SPACE_BETWEEN_TAGS, SPACE_OF_LINES = re.compile(r">[ \t\r\n]+<"), re.compile(r"[ \t\r]*\n[ \t\r\n]*")
TEMPLATE = "sales_process_control.crm_weekly_report_page"
LINE_ACTION = "sales_process_control.crm_weekly_line_action"
OFF_PATH = "/sales_process_control/weekly_report/off"
#: Purpose of the token that switches reports off.
OFF_PURPOSE = "sales_process_control-weekly-report-off"


def off_token(env, user_id):
    """Return the secret with which the reports of a user are switched off without logging in.

    :param int user_id: id of the user
    :rtype: str
    """
    # sudo: the secret of the database signs the token.
    return tools.hmac(env(su=True), OFF_PURPOSE, user_id)


class WeeklyMail(WeeklyRows):
    """Writes the mail of a report.

    :param Environment env: the reader with his language and time zone
    :param report: the report in superuser mode
    :param dict content: see :meth:`.WeeklyContent.make`
    """

    def __init__(self, env, report, content):
        super().__init__(env)
        self.report, self.content = report, content
        self._base_url = report.get_base_url()

    # ------------------------------------------------------------
    # MAIL
    # ------------------------------------------------------------

    def mail_values(self):
        """Return the values of the `mail.mail` that brings the report.

        The mail is deleted once it was sent: its content is what its reader may read. Until then administrators can
        read it in the mail queue. The job deletes it if it could not be sent.
        """
        user, company = self.report.user_id, self.report.company_id
        root = self.report.env["res.users"].browse(SUPERUSER_ID)
        picture = self._picture()
        attachment = {"name": PICTURE_NAME, "raw": picture, "mimetype": "image/png", "res_model": "mail.message"}
        return {
            "subject": self.content["subject"],
            "body_html": self.page(f"cid:{PICTURE_NAME}"),
            "email_from": company.partner_id.email_formatted or root.email_formatted,
            "email_to": user.email_formatted,
            "author_id": root.partner_id.id,
            "auto_delete": True,
            "state": "outgoing",
            "attachment_ids": [Command.create(attachment)] if picture else [],
            "headers": {
                REPORT_HEADER: str(self.report.id),
                # RFC 8058: mail programs show a button that switches the report off.
                "List-Unsubscribe": f"<{self.off_url()}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "Auto-Submitted": "auto-generated",
                "X-Auto-Response-Suppress": "OOF",
            },
        }

    def page(self, picture_url=None):
        """Return the report as an HTML page.

        :param str picture_url: where the page finds its picture, by default in the page itself
        :rtype: Markup
        """
        html = self.env["ir.qweb"]._render(TEMPLATE, self.values(picture_url))
        html = SPACE_OF_LINES.sub("\n", SPACE_BETWEEN_TAGS.sub("><", html))
        return Markup("<!DOCTYPE html>\n") + Markup(html)  # noqa: S704 - only space was taken out

    def text(self):
        """Return the report as plain text.

        :rtype: str
        """
        values = self.values()
        lines = [values["title"], values["week"], values["note"], ""]
        for section in values["sections"]:
            lines += [section["title"].upper(), *section["sentences"]]
            for row in section["rows"]:
                lines.append(f"- {self._text_of_row(section, row)}")
                if row["detail"]:
                    lines.append(indent(row["detail"], "  "))
            lines.append("")
        page_link, off_link = self.env._("Open in the browser"), self.env._("Switch this report off")
        lines += [self.labelled(page_link, values["page_url"]), self.labelled(off_link, values["off_url"])]
        return "\n".join(lines).replace("\N{NO-BREAK SPACE}", " ")

    def _text_of_row(self, section, row):
        facts = self.joined_facts(row)
        if not facts:
            return row["label"]
        if row["then"]:
            facts = self.with_remark(facts, self.labelled(section["then"], self.joined_facts(row["then"])))
        return self.labelled(row["label"], facts)

    # ------------------------------------------------------------
    # VALUES OF THE TEMPLATES
    # ------------------------------------------------------------

    def values(self, picture_url=None):
        """Return what the templates show, as texts in the language of the reader.

        :param str picture_url: where the page finds its picture, by default in the page itself
        :rtype: dict
        """
        lang = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        read_at = fields.Datetime.to_datetime(self.content["read_at"])
        is_rtl = lang.direction == "rtl"
        return {
            "subject": self.content["subject"],
            "title": self.env._("Weekly report: %s", self.content["name"]),
            "week": describe_week(self.env, self.content),
            "read_at": format_datetime(self.env, read_at, dt_format="short"),
            "note": self._note(),
            "language": (self.env.lang or "en_US").replace("_", "-"),
            "direction": "rtl" if is_rtl else "ltr",
            "start": "right" if is_rtl else "left",
            "end": "left" if is_rtl else "right",
            "sections": [
                self._section(section, picture_url)
                for section in self.content["sections"]
                if section["rows"] or section["sentences"]
            ],
            "page_url": f"{self._base_url}{self.report._page_url()}",
            "print_url": f"{self._base_url}/report/pdf/sales_process_control.crm_weekly_report_print/{self.report.id}",
            "off_url": self.off_url(),
        }

    def off_url(self):
        """Return the address that switches the reports of the reader off."""
        query = {"user": self.report.user_id.id, "token": off_token(self.report.env, self.report.user_id.id)}
        return f"{self._base_url}{OFF_PATH}?{urlencode(query)}"

    def _note(self):
        if not self.content["is_partial"]:
            return ""
        return self.env._("You may read your own deals only. These are the numbers of your deals in the team.")

    def _section(self, section, picture_url):
        return {
            **self.describe_section(section),
            "picture_url": self._picture_url(section, picture_url),
            "picture_text": self.env._(
                "The forecast of each night with its range, what was won, and the target as a dashed line."
            ),
        }

    # ------------------------------------------------------------
    # ADDRESSES AND THE PICTURE
    # ------------------------------------------------------------

    def line_url(self, number):
        if not number or not number["key"]:
            return ""
        query = urlencode({"weekly_report": self.report.id, "line": number["key"]})
        return f"{self._base_url}/odoo/action-{LINE_ACTION}?{query}"

    def _picture(self):
        """Return the picture of the report, None if there is nothing to draw."""
        trails = (section.get("trail") for section in self.content["sections"])
        trail = next(filter(None, trails), None)
        return draw_trail(trail) if trail else None

    def _picture_url(self, section, picture_url):
        if not section.get("trail"):
            return ""
        if picture_url:
            return picture_url
        return f"data:image/png;base64,{base64.b64encode(self._picture()).decode()}"
