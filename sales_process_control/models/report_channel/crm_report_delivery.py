import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ...const import GROUP_SALES_MANAGER, GROUP_SALESPERSON, GROUP_SETTINGS
from ..recording.numbers import is_id
from ..recording.text_lists import joined_phrases
from ..weekly_report.weekly_content import MOST_IDS, WeeklyContent
from ..weekly_report.weekly_scope import WeeklyScope
from ..weekly_report.weekly_texts import describe_week
from .crm_report_destination import DISCUSS, WARNING
from .delivery_sender import DeliverySender
from .delivery_states import FAILED, GIVEN_UP, NOT_SENT, STATES, WAITING
from .digest_schedule import local_now, period_before
from .digest_texts import DigestWriter, digest_html
from .message_formats import format_message

#: Samples are deleted after so many days.
SAMPLE_DAYS = 30
#: Contents are deleted after so many months, as those of weekly reports.
CONTENT_MONTHS = 13


class CrmReportDelivery(models.Model):
    """A digest on its way to a channel: that it is to be posted, what became of it, and its content.

    Nobody reads the content here. A link in the channel opens the records behind a number with the rights of whoever
    opens it. Users read rows, only the module writes them.
    """

    _name = "crm.report.delivery"
    _description = "Channel Digest"
    _order = "day desc, id desc"

    destination_id = fields.Many2one(
        "crm.report.destination", "Channel", readonly=True, required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="destination_id.company_id", store=True, index=True)
    kind = fields.Selection(related="destination_id.kind")
    reader_id = fields.Many2one(
        "res.users",
        readonly=True,
        required=True,
        ondelete="cascade",
        index=True,
        help="The digest contains what this user may read.",
    )
    day = fields.Date("Due On", readonly=True, required=True)
    first_day = fields.Date("From", readonly=True, required=True)
    last_day = fields.Date("To", readonly=True, required=True)
    is_sample = fields.Boolean("Manual", readonly=True, help="A preview, or sent with Send Now.")
    state = fields.Selection(STATES, "Status", readonly=True, required=True, default=WAITING, index=True)
    reason = fields.Char("Why It Was Not Sent", readonly=True)
    attempts = fields.Integer(readonly=True, default=0)
    tried_at = fields.Datetime("Last Attempt", readonly=True)
    next_try = fields.Datetime("Next Attempt", readonly=True)
    asked_at = fields.Datetime("Requested At", readonly=True, help="When the digest was requested.")
    sent_at = fields.Datetime(readonly=True)
    content = fields.Json(readonly=True, groups=fields.NO_ACCESS)
    has_content = fields.Boolean(compute="_compute_has_content", store=True)
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    message_json = fields.Text("Message as Posted", compute="_compute_preview")

    _one_digest = models.UniqueIndex("(destination_id, day) WHERE is_sample IS NOT TRUE", "This digest already exists.")

    @api.depends("destination_id", "first_day", "last_day")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for delivery in self:
            # sudo: a reader of the row may see where it goes.
            name = delivery.sudo().destination_id.name or ""
            day = format_date(self.env, delivery.last_day) if delivery.last_day else ""
            delivery.display_name = joined_phrases(self.env, filter(None, (name, day)))

    @api.depends("content")
    def _compute_has_content(self):
        for delivery in self:
            # sudo: only whether there is a content, which nobody may read.
            delivery.has_content = bool(delivery.sudo().content)

    @api.depends("content")
    @api.depends_context("uid")
    def _compute_preview(self):
        for delivery in self:
            # sudo: the content is shown to the reader with whose rights it was read, and to nobody else.
            own = delivery.sudo()
            if own.reader_id != self.env.user or not own.content:
                delivery.preview = delivery.message_json = False
                continue
            digest = own._digest(own.content)
            delivery.preview = digest_html(digest)
            message = False if own.kind == DISCUSS else format_message(own.kind, digest)
            delivery.message_json = message and json.dumps(message, ensure_ascii=False, indent=2)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_retry(self):
        """Have digests made and posted anew that were given up, or that were not needed then, of channels switched on.

        :raises AccessError: if the user is neither a sales manager nor an administrator
        """
        if not self.env.user.has_group(GROUP_SALES_MANAGER) and not self.env.user.has_group(GROUP_SETTINGS):
            raise AccessError(self.env._("Only sales managers and administrators can send a digest again."))
        self.check_access("read")
        # sudo: users do not write these rows; the user may read them, and only those are sent that were not.
        self.sudo().filtered(lambda delivery: delivery.state in (FAILED, GIVEN_UP) or delivery._was_left_out())._wait()

    def _was_left_out(self):
        """Return whether this was found not to be needed, and may be by now. In superuser mode."""
        return self.state == NOT_SENT and not self.is_sample and self.destination_id.is_on

    def _wait(self):
        """Have the job post these deliveries."""
        # sudo: users do not write these rows; the callers have checked what the user may do.
        deliveries = self.sudo()
        deliveries.write(
            {"state": WAITING, "attempts": 0, "next_try": False, "reason": False, "asked_at": self.env.cr.now()}
        )
        if deliveries:
            # sudo: users do not read jobs; what this one does, the rows above say.
            self.env.ref("sales_process_control.ir_cron_send_digests").sudo()._trigger()

    # ------------------------------------------------------------
    # CALLS OF THE BROWSER
    # ------------------------------------------------------------

    @api.model
    def open_line(self, delivery_id, line):
        """Return the action that shows the records behind a number, as far as the current user may read them.

        :param int delivery_id: a digest
        :param str line: key of the number, as the link in the channel has it
        :return: a window action. Its name is that of the number for the reader of the digest alone: names of numbers
            may be those of deals
        :raises UserError: if there is no such digest or number for the user
        :raises AccessError: if the user does not sell
        """
        if not self.env.user.has_group(GROUP_SALESPERSON):
            raise AccessError(self.env._("Digests are available to salespeople only."))
        # sudo: users do not read these rows; what is given away are a model and a domain, read with the user's rights.
        delivery = self.sudo().browse(delivery_id if is_id(delivery_id) else None).exists()
        if not delivery.content or not delivery._is_for(self.env.user):
            raise UserError(self.env._("This digest no longer exists."))
        number = delivery.content["numbers"].get(line) if isinstance(line, str) else None
        if not number:
            raise UserError(self.env._("The digest has no such number."))
        reports = self.env["crm.weekly.report"]
        if delivery.reader_id == self.env.user:
            name = reports._describe_list(number, delivery.content)
            return reports._describe_action(number, delivery.content, name)
        name = joined_phrases(self.env, (delivery.destination_id.name, describe_week(self.env, delivery.content)))
        action = reports._describe_action(number, delivery.content, name)
        return {**action, "domain": self._readable_domain(action)}

    def _readable_domain(self, action):
        """Return the domain of an action with those ids alone that the user may read: others say how many there are."""
        domain = Domain(action["domain"])
        if not any(condition.field_expr == "id" for condition in domain.iter_conditions()):
            return action["domain"]
        records = self.env[action["res_model"]].with_context(**action["context"])
        return [("id", "in", records.search(domain, limit=MOST_IDS).ids)]

    def _is_for(self, user):
        """Return whether links of this digest, in superuser mode, work for a user."""
        channel = self.destination_id.channel_id
        if self.reader_id == user:
            return True
        is_preview = self.is_sample and not self.attempts
        if self.company_id not in user.company_ids or is_preview:
            return False
        return self.kind != DISCUSS or bool(channel and channel.with_user(user).has_access("read"))

    # ------------------------------------------------------------
    # CONTENT
    # ------------------------------------------------------------

    @api.model
    def _make_preview(self, destination):
        """Make the last digest of a destination with the rights of the current user.

        :return: a delivery that is not sent
        """
        delivery = self._add_by_hand(destination, self.env.user)
        delivery.content = delivery._make_content()
        return delivery.with_env(self.env)

    @api.model
    def _add_by_hand(self, destination, user):
        """Add a delivery of the last digest of a destination, which the job does not send by itself.

        :param user: the reader
        :return: a delivery in superuser mode
        """
        # sudo: users do not write these rows. The callers have checked that the user may configure the destination.
        destination = destination.sudo()
        day = local_now(self.env.cr.now(), destination._zone(user)).date()
        due = period_before(day, destination.interval, destination._works_on)
        return self.sudo().create(
            {
                "destination_id": destination.id,
                "reader_id": user.id,
                "is_sample": True,
                "state": NOT_SENT,
                "day": due.day,
                "first_day": due.first_day,
                "last_day": due.last_day,
            }
        )

    def _make_content(self):
        """Return the content, read with the rights of the reader: that of the weekly report about these days."""
        self.ensure_one()
        days = (self.last_day - self.first_day).days + 1
        scope = WeeklyScope(self.first_day, self.reader_id.id, self.destination_id.team_id.id, days=days)
        return WeeklyContent(self.destination_id._reader_env(self.reader_id), scope).make()

    def _digest(self, content):
        """Return what is posted, in the language in which the content was made.

        :rtype: Digest
        """
        env = self.destination_id._reader_env(self.reader_id)
        return DigestWriter(self.with_env(env).with_context(lang=content["lang"]).env, self, content).digest()

    @api.autovacuum
    def _gc_samples(self):
        before = fields.Datetime.subtract(fields.Datetime.now(), days=SAMPLE_DAYS)
        self.search([("is_sample", "=", True), ("create_date", "<", before)], limit=1000).unlink()

    @api.autovacuum
    def _gc_contents(self):
        before = fields.Date.subtract(fields.Date.today(), months=CONTENT_MONTHS)
        self.search([("has_content", "=", True), ("day", "<", before)], limit=1000).write({"content": False})

    # ------------------------------------------------------------
    # SENDING
    # ------------------------------------------------------------

    @api.model
    def _cron_send(self):
        """Post the digests that are due."""
        DeliverySender(self.env).run(self.env["ir.cron"]._commit_progress)

    def _post_to_discuss(self, digest):
        """Post a digest to the channel of its destination, in the transaction that marks the delivery."""
        root = self.env.ref("base.partner_root")
        self.destination_id.channel_id.message_post(
            body=digest_html(digest), author_id=root.id, message_type="comment", subtype_xmlid="mail.mt_comment"
        )

    def _tell_given_up(self):
        """Plan an activity so that somebody looks after it."""
        for delivery in self:
            destination = delivery.destination_id
            if destination._warnings() or not (person := destination._caretaker()):
                continue
            own = destination.with_context(lang=person.lang)
            own.activity_schedule(
                WARNING,
                user_id=person.id,
                summary=own.env._("A digest was not sent"),
                note=delivery.reason,
            )
