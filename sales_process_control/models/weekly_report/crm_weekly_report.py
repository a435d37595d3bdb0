import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ...const import GROUP_ALL_DOCUMENTS, GROUP_SALES_MANAGER, GROUP_SALESPERSON
from ..funnel.funnel_reader import FunnelReader
from ..recording.numbers import is_id
from ..recording.text_lists import joined_phrases, with_remark
from .weekly_content import WeeklyContent
from .weekly_mail import WeeklyMail
from .weekly_scope import OF_TEAM, WeeklyScope, last_week
from .weekly_sender import WeeklySender
from .weekly_states import FAILED, NOT_SENT, QUEUED, SENT, STATES, WAITING
from .weekly_texts import describe_week

_logger = logging.getLogger(__name__)

#: Samples are deleted after so many days.
SAMPLE_DAYS = 30
#: The content of a report is deleted so many months after its week: a year can be compared with the one before.
CONTENT_MONTHS = 13
#: Models whose rows are of days in the past: of the week, or of the day that the name of the number says.
MODELS_OF_WEEK, MODELS_OF_DAY = ("crm.pipeline.movement",), ("crm.pipeline.day",)
#: Views of deals, as the screens open them.
DEAL_VIEWS = {
    "list_view_ref": "sales_process_control.crm_lead_view_list_deals",
    "kanban_view_ref": "sales_process_control.crm_lead_view_kanban_deals",
}


class CrmWeeklyReport(models.Model):
    """A weekly report of one reader: that it is to be sent, what became of it, and its content.

    The content is what the reader may read. Nobody else reads it here; a link of the mail opens the records behind a
    number for the reader alone. The exception is the mail: while it is in the mail queue, administrators can read it
    there. Users read rows, only the module writes them.
    """

    _name = "crm.weekly.report"
    _description = "Weekly Report"
    _order = "week desc, id desc"

    user_id = fields.Many2one("res.users", "Reader", readonly=True, required=True, ondelete="cascade", index=True)
    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
        help="Empty for a report on own opportunities.",
    )
    company_id = fields.Many2one("res.company", readonly=True, required=True, ondelete="cascade")
    week = fields.Date(readonly=True, required=True, help="The first day of the week of the report.")
    is_sample = fields.Boolean(
        "Sample", readonly=True, help="Created by its reader, as a preview or to get it at once. Deleted after 30 days."
    )
    state = fields.Selection(STATES, readonly=True, required=True, default=WAITING)
    reason = fields.Char("Why It Was Not Sent", readonly=True)
    attempts = fields.Integer(readonly=True, default=0, help="How often the job has started to create the report.")
    tried_at = fields.Datetime("Last Attempt", readonly=True)
    sent_at = fields.Datetime(readonly=True)
    mail_id = fields.Many2one(
        "mail.mail", "Email", readonly=True, ondelete="set null", index="btree_not_null", groups=fields.NO_ACCESS
    )
    content = fields.Json(readonly=True, groups=fields.NO_ACCESS)
    has_content = fields.Boolean(compute="_compute_has_content", store=True)

    _one_report = models.UniqueIndex(
        "(user_id, week, COALESCE(team_id, 0)) WHERE is_sample IS NOT TRUE", "This report already exists."
    )

    @api.depends("week", "team_id", "user_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for report in self:
            # sudo: a reader of the row may see whose it is, also if the team is one of another company by now.
            owner = report.sudo().team_id.name or report.sudo().user_id.name or ""
            week = format_date(self.env, report.week) if report.week else ""
            report.display_name = joined_phrases(self.env, (owner, week))

    @api.depends("content")
    def _compute_has_content(self):
        for report in self:
            # sudo: only whether there is a content, which nobody may read.
            report.has_content = bool(report.sudo().content)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open(self):
        """Open the report of this row as a page.

        :raises AccessError: if it is the report of somebody else
        """
        self.ensure_one()
        self._read_own_content()
        return {"type": "ir.actions.act_url", "url": self._page_url(), "target": "new"}

    def action_retry(self):
        """Have reports made and sent anew that failed. The job looks again whether they are wanted, and at the address.

        Samples are left out: their reader can have a new one at any time.

        :raises AccessError: if the user is neither a sales manager nor an administrator
        """
        if not self.env.user.has_group(GROUP_SALES_MANAGER) and not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Only sales managers and administrators can send a report again."))
        self.check_access("read")
        # sudo: users do not write these rows; the user may read them, and only failed ones are sent.
        failed = self.sudo().filtered(lambda report: report.state == FAILED and not report.is_sample)
        failed.mail_id.unlink()
        failed.write({"state": WAITING, "attempts": 0, "tried_at": False, "reason": False})
        self.env.ref("sales_process_control.ir_cron_send_weekly_reports").sudo()._trigger()

    # ------------------------------------------------------------
    # CALLS OF THE BROWSER
    # ------------------------------------------------------------

    @api.model
    def open_line(self, report_id, line):
        """Return the action that shows the records behind a number of a report.

        :param int report_id: a report of the current user
        :param str line: key of the number, as the link in the mail has it
        :return: a window action; its name says of which day or week the records are
        :raises UserError: if there is no such report or number
        :raises AccessError: if it is the report of somebody else
        """
        report = self._find_own(report_id)
        content = report._read_own_content()
        number = content["numbers"].get(line) if isinstance(line, str) else None
        if not number:
            raise UserError(self.env._("The report has no such number."))
        return self._describe_action(number, content, self._describe_list(number, content))

    def _describe_list(self, number, content):
        """Return the title of the list of the records behind a number: what they are, and when."""
        if number["model"] in MODELS_OF_DAY:
            return number["name"]
        if not number["is_exact"]:
            when = self.env._("now")
        elif number["model"] in MODELS_OF_WEEK:
            when = describe_week(self.env, content)
        else:
            read_at = fields.Datetime.to_datetime(content["read_at"])
            when = format_date(self.env, fields.Datetime.context_timestamp(self, read_at).date())
        return with_remark(self.env, number["name"], when)

    def _describe_action(self, number, content, name):
        companies = [company for company in content["company_ids"] if company in self.env.user.company_ids.ids]
        is_of_deals = number["model"] == "crm.lead" and not number["context"].get("list_view_ref")
        views = number["views"] or (["list", "kanban", "form"] if is_of_deals else ["list", "form"])
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": number["model"],
            "domain": number["domain"],
            "context": {
                **number["context"],
                **(DEAL_VIEWS if is_of_deals else {}),
                # The report is about these companies, whichever are selected in the browser.
                "allowed_company_ids": companies,
                "search_disable_custom_filters": True,
            },
            "views": [(False, view) for view in views],
            **({"mobile_view_mode": "kanban"} if is_of_deals else {}),
            "target": "current",
        }

    # ------------------------------------------------------------
    # SAMPLES
    # ------------------------------------------------------------

    @api.model
    def _make_sample(self, kind):
        """Make the report of the last week for the current user, as it is sent.

        :param str kind: OF_TEAM or OF_OWN. Of several teams, the first one is shown
        :return: a report
        :raises UserError: if the user leads no team
        :raises AccessError: if the user does not sell
        """
        user = self.env.user
        if not user.has_group(GROUP_SALESPERSON):
            raise AccessError(self.env._("The weekly report is available to salespeople only."))
        team = user._led_teams()[:1] if kind == OF_TEAM else self.env["crm.team"]
        if kind == OF_TEAM and not team:
            raise UserError(self.env._("You do not lead a sales team. The team leader is set on the form of the team."))
        # sudo: users do not write these rows; this one is the user's own, and its content is read with his rights.
        report = self.sudo().create(
            {
                "user_id": user.id,
                "team_id": team.id,
                "company_id": user.company_id.id,
                "week": last_week(FunnelReader(self._reader_env(user)).today()),
                "is_sample": True,
                "state": NOT_SENT,
            }
        )
        report.content = report._make_content()
        return report

    def _send_sample(self):
        """Send a sample to its reader.

        :raises UserError: if the reader has no address
        """
        reason = self._reason_of_address()
        if reason:
            raise UserError(reason)
        # sudo: nobody may read this field; the mail goes to the reader of the report alone.
        self._queue(self.sudo().content)
        self._trigger_mail_queue()

    @api.autovacuum
    def _gc_samples(self):
        before = fields.Datetime.subtract(fields.Datetime.now(), days=SAMPLE_DAYS)
        self.search([("is_sample", "=", True), ("create_date", "<", before)], limit=1000).unlink()

    @api.autovacuum
    def _gc_contents(self):
        before = fields.Date.subtract(fields.Date.today(), months=CONTENT_MONTHS)
        self.search([("has_content", "=", True), ("week", "<", before)], limit=1000).write({"content": False})

    # ------------------------------------------------------------
    # CONTENT
    # ------------------------------------------------------------

    @api.model
    def _find_own(self, report_id):
        """Return a report by its id.

        :raises UserError: if there is none
        :raises AccessError: if it is the report of somebody else, or the user does not sell any more
        """
        if not self.env.user.has_group(GROUP_SALESPERSON):
            raise AccessError(self.env._("The weekly report is available to salespeople only."))
        # sudo: who asks for the report of somebody else is refused below, and learns nothing of it.
        report = self.sudo().browse(report_id if is_id(report_id) else None).exists()
        if not report or not report.content:
            raise UserError(self.env._("This report no longer exists."))
        if report.user_id != self.env.user:
            raise AccessError(
                self.env._(
                    "This is the report of another person. Open your own in CRM > Reporting > Results > Weekly Reports."
                )
            )
        own = self.browse(report.id)
        own.check_access("read")
        return own

    def _read_own_content(self):
        """Return the content of a report of the current user, see :meth:`.WeeklyContent.make`.

        :raises AccessError: if it is the report of somebody else
        :raises UserError: if it has no content
        """
        self.ensure_one()
        # sudo: nobody may read the field; the content is what this user could read.
        return self._find_own(self.id).sudo().content

    @api.model
    def _reads_all(self):
        """Return whether the reader may read the deals of others."""
        return self.env.user.has_group(GROUP_ALL_DOCUMENTS)

    @api.model
    def _reader_env(self, user):
        """Return the environment of a reader, not in superuser mode: language, time zone, and companies.

        The first company is that of the user, so that amounts are in its currency.
        """
        companies = user.company_id + (user.company_ids - user.company_id)
        context = {
            "lang": user.lang or "en_US",
            "tz": user.tz or user.company_id.resource_calendar_id.tz or "UTC",
            "allowed_company_ids": companies.filtered("active").ids or user.company_id.ids,
        }
        return self.env(user=user.id, su=False, context=context)

    def _scope(self):
        return WeeklyScope(self.week, self.user_id.id, self.team_id.id, False if self.team_id else self.user_id.id)

    def _make_content(self):
        """Return the content of this report, read with the rights of its reader."""
        self.ensure_one()
        return WeeklyContent(self._reader_env(self.user_id), self._scope()).make()

    def _page_url(self):
        return f"/sales_process_control/weekly_report/{self.id}"

    def _mail(self):
        """Return what writes the mail and the page of this report, in superuser mode, for the reader.

        :rtype: WeeklyMail
        """
        # sudo: nobody may read the content; the callers pass it on to its reader alone.
        report = self.sudo()
        # The names in the content are in the language in which it was made, whichever the reader has chosen since.
        env = self.with_env(self._reader_env(report.user_id)).with_context(lang=report.content["lang"]).env
        return WeeklyMail(env, report, report.content)

    def _get_printed(self):
        """Return what the printed page shows.

        :raises AccessError: if it is the report of somebody else
        """
        self._read_own_content()
        return self._mail().values()

    # ------------------------------------------------------------
    # SENDING
    # ------------------------------------------------------------

    @api.model
    def _cron_send(self):
        """Send the reports that are due."""
        WeeklySender(self.env).run(self.env["ir.cron"]._commit_progress)

    def _reason_of_address(self):
        """Return why the reader cannot get mail, empty if he can."""
        if not self.user_id.email_normalized:
            return self.env._("%s has no valid email address.", self.user_id.name)
        return ""

    def _queue(self, content):
        """Put the mail of a report into the mail queue, in the same transaction in which the report is marked.

        :param dict content: the content
        """
        self.ensure_one()
        # sudo: the caller is the job or the reader; users may neither write reports nor mails.
        report = self.sudo()
        report.content = content
        mail = self.env["mail.mail"].sudo().create(report._mail().mail_values())
        report.write({"mail_id": mail.id, "state": QUEUED, "reason": False})

    @api.model
    def _trigger_mail_queue(self):
        """Have the mail queue run as soon as this transaction is committed."""
        # sudo: the job of Odoo sends what is in the queue, whoever asks for it.
        if job := self.env.ref("mail.ir_cron_mail_scheduler_action", raise_if_not_found=False):
            job.sudo()._trigger()

    def _note_delivery(self, failure):
        """Note what became of the mails of these reports.

        :param str failure: why it was not delivered, empty if it was
        """
        if failure:
            self.write({"state": FAILED, "reason": failure})
        else:
            self.write({"state": SENT, "reason": False, "sent_at": self.env.cr.now()})
