from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ...const import GROUP_SALES_MANAGER, GROUP_SETTINGS
from ..recording.text_lists import joined_names
from . import message_formats as formats
from .delivery_states import FAILED, GIVEN_UP, NOT_SENT, WAITING
from .digest_schedule import DAILY, WEEKLY, Schedule, find_due
from .webhook_post import ForbiddenAddressError, parse_target

DISCUSS = "discuss"
KINDS = [
    (DISCUSS, "Discuss channel"),
    (formats.SLACK, "Slack"),
    (formats.TEAMS, "Microsoft Teams"),
    (formats.WECOM, "WeCom"),
    (formats.DINGTALK, "DingTalk"),
]
INTERVALS = [(DAILY, "Every working day"), (WEEKLY, "Every week")]
WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]
#: System parameter: hosts in the own network that webhooks may call, also without encryption, separated by commas.
INSIDE_HOSTS = "sales_process_control.webhook_internal_hosts"
#: Channels that a digest can go to. Chats of two people are none.
CHANNEL_TYPES = ("channel", "group")
#: Fields that may change where the digest goes or what is in it: whoever writes one becomes its reader.
SETTINGS = frozenset(
    (
        "company_id",
        "team_id",
        "kind",
        "channel_id",
        "webhook_url",
        "webhook_url_input",
        "webhook_secret_input",
        "lang",
        "interval",
        "weekday",
        "hour",
        "is_on",
    )
)
#: Type of the activities that say that a digest was not sent.
WARNING = "mail.mail_activity_data_warning"
#: Longest address and secret.
MOST_CHARACTERS = 2000
#: Most channels that a message names.
MOST_NAMED = 3


class CrmReportDestination(models.Model):
    """A channel that a digest goes to, every week or every working day.

    What the members of the channel see is what one person may read: the reader, who is the sales manager that has
    changed the settings last. Nobody can make somebody else the reader.
    """

    _name = "crm.report.destination"
    _inherit = ["crm.write.check.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Report Channel"
    _order = "name, id"

    name = fields.Char(required=True)
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        domain="[('company_id', 'in', (company_id, False))]",
        ondelete="restrict",
        help="Empty for all opportunities of the company.",
    )
    kind = fields.Selection(KINDS, "Goes to", required=True, default=DISCUSS)
    channel_id = fields.Many2one(
        "discuss.channel",
        domain=[("channel_type", "in", CHANNEL_TYPES)],
        ondelete="set null",
        help="Everyone who can open the channel sees what the reader may read.",
    )
    webhook_url = fields.Char("Stored Address", groups=GROUP_SETTINGS, copy=False)
    webhook_url_input = fields.Char(
        "Address of the Webhook",
        compute="_compute_inputs",
        inverse="_inverse_webhook_url_input",
        help="Paste the address that the program shows. The address is secret and is not shown again.",
    )
    webhook_host = fields.Char("Stored for", compute="_compute_webhook_host", compute_sudo=True)
    webhook_secret = fields.Char(groups=fields.NO_ACCESS, copy=False)
    webhook_secret_input = fields.Char(
        "Signature Secret",
        compute="_compute_inputs",
        inverse="_inverse_webhook_secret_input",
        help="The secret of a DingTalk robot with the security setting Additional Signature; it begins with SEC.",
    )
    has_secret = fields.Boolean("Secret Is Stored", compute="_compute_webhook_host", compute_sudo=True)
    interval = fields.Selection(INTERVALS, required=True, default=WEEKLY)
    weekday = fields.Selection(WEEKDAYS, required=True, default="0")
    hour = fields.Integer(
        required=True,
        default=8,
        help="The digest is sent from this hour on (0 to 23), in the time zone of the reader.",
        aggregator=None,
    )
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        "Language",
        required=True,
        default=lambda self: self.env.user.lang or "en_US",
    )
    is_on = fields.Boolean("Switched On", copy=False)
    reader_id = fields.Many2one(
        "res.users",
        readonly=True,
        required=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
        copy=False,
        help="The digest contains what this user may read: the sales manager who last changed these settings. "
        "Nothing is sent if the user is archived or is no longer a sales manager.",
    )
    delivery_ids = fields.One2many("crm.report.delivery", "destination_id", readonly=True)
    trouble = fields.Char("Not Sent", compute="_compute_trouble", help="Why the last digest was not sent.")

    _hour_check = models.Constraint("CHECK (hour BETWEEN 0 AND 23)", "The hour must be between 0 and 23.")

    # ------------------------------------------------------------
    # CONSTRAINTS
    # ------------------------------------------------------------

    @api.constrains("team_id", "company_id")
    def _check_team(self):
        for destination in self:
            company = destination.team_id.company_id
            if company and company != destination.company_id:
                raise ValidationError(self.env._("The sales team belongs to another company."))

    def _check_switched_on(self):
        """Check that what is switched on can be sent. No constraint: Odoo checks those before it stores the address.

        :raises ValidationError: if not
        """
        for destination in self.filtered("is_on"):
            # sudo: whether there is an address, and who may read the channel.
            if reason := destination.sudo()._reason_not_ready() or destination.sudo()._reason_of_reader():
                raise ValidationError(reason)

    # ------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------

    def _compute_inputs(self):
        self.webhook_url_input = False
        self.webhook_secret_input = False

    @api.depends("webhook_url", "webhook_secret")
    def _compute_webhook_host(self):
        for destination in self:
            destination.webhook_host = urlsplit(destination.webhook_url or "").hostname
            destination.has_secret = bool(destination.webhook_secret)

    def _inverse_webhook_url_input(self):
        for destination in self:
            if not destination.webhook_url_input:
                continue
            url = destination.webhook_url_input.strip()
            self._check_length(url)
            try:
                parse_target(url, self._inside_hosts())
            except ForbiddenAddressError:
                raise ValidationError(
                    self.env._(
                        "This is not the address of a webhook: it must begin with https:// and must not "
                        "contain a user name."
                    )
                ) from None
            # sudo: the address is written by those who may configure the destination, and read by administrators only.
            destination.sudo().webhook_url = url

    def _inverse_webhook_secret_input(self):
        for destination in self.filtered("webhook_secret_input"):
            secret = destination.webhook_secret_input.strip()
            self._check_length(secret)
            # sudo: nobody may read the secret.
            destination.sudo().webhook_secret = secret

    @api.model
    def _check_length(self, text):
        if len(text) > MOST_CHARACTERS:
            raise ValidationError(
                self.env._(
                    "The address and the secret of a webhook have up to %s characters. This text is too long.",
                    f"{MOST_CHARACTERS:,}",
                )
            )

    @api.depends("delivery_ids.state", "delivery_ids.reason")
    def _compute_trouble(self):
        last = {}
        deliveries = self.env["crm.report.delivery"]
        for destination, ids in deliveries._read_group(
            # Previews and days without anything to report say nothing about what was to be sent.
            [("destination_id", "in", self.ids), ("state", "!=", NOT_SENT)],
            ["destination_id"],
            ["id:max"],
        ):
            last[destination] = deliveries.browse(ids)
        for destination in self:
            delivery = last.get(destination._origin, deliveries)
            destination.trouble = delivery.reason if delivery.state in (FAILED, GIVEN_UP) else False

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [{**vals, "reader_id": self.env.uid} for vals in vals_list]
        destinations = super().create(vals_list)
        destinations._check_switched_on()
        return destinations

    def write(self, vals):
        if not self.env.su:
            vals = {name: value for name, value in vals.items() if name != "reader_id"}
            if SETTINGS.intersection(vals):
                vals["reader_id"] = self.env.uid
        result = super().write(vals)
        if SETTINGS.intersection(vals):
            self._check_switched_on()
        return result

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_switch_on(self):
        """Send digests from now on. The current user becomes their reader.

        :return: the action that says when the first one is posted
        :rtype: dict
        :raises ValidationError: if a setting is missing
        """
        self.ensure_one()
        self.is_on = True
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self._describe_first_digest(),
                "type": "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_switch_off(self):
        """Send no more digests, also none of those that wait. A digest that was sent by hand is still posted."""
        self.is_on = False

    def action_preview(self):
        """Show the current user the last digest, as it would be posted with the rights of this user.

        :return: the action
        :rtype: dict
        """
        self.ensure_one()
        self._check_manager()
        delivery = self.env["crm.report.delivery"]._make_preview(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Preview"),
            "res_model": "crm.report.delivery",
            "res_id": delivery.id,
            "views": [(self.env.ref("sales_process_control.crm_report_delivery_view_form").id, "form")],
            "target": "new",
        }

    def action_send_now(self):
        """Have the last digest posted now, with the rights of the reader, as the job posts it.

        :raises UserError: if a setting is missing
        """
        self.ensure_one()
        self._check_manager()
        # sudo: whether there is an address, and who may read the channel.
        own = self.sudo()
        if reason := own._reason_not_ready() or own._reason_of_reader():
            raise UserError(reason)
        self.env["crm.report.delivery"]._add_by_hand(self, self.reader_id)._wait()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": self.env._("The digest is being sent to %s.", self.name), "type": "success"},
        }

    def _check_manager(self):
        """Check that the user may configure this destination.

        :raises AccessError: if not
        """
        self.check_access("write")
        if not self.env.user.has_group(GROUP_SALES_MANAGER):
            raise AccessError(self.env._("Only sales managers can send digests to channels."))

    # ------------------------------------------------------------
    # READER AND CHANNEL
    # ------------------------------------------------------------

    @api.model
    def _inside_hosts(self):
        """Return the hosts in the own network that webhooks may call."""
        # sudo: the setting of the administrator says what is allowed; it is not shown.
        names = self.env["ir.config_parameter"].sudo().get_param(INSIDE_HOSTS) or ""
        return tuple(name.strip().lower() for name in names.split(",") if name.strip())

    def _reason_not_ready(self):
        """Return what is missing to post a digest, empty if nothing is. In superuser mode."""
        self.ensure_one()
        if self.kind != DISCUSS:
            return "" if self.webhook_url else self.env._("The address of the webhook is missing.")
        return "" if self.channel_id else self.env._("The channel is missing, or was deleted.")

    def _reason_of_reader(self):
        """Return why nothing may be posted with the rights of the reader, empty if it may. In superuser mode."""
        self.ensure_one()
        reader = self.reader_id
        if not reader.active:
            return self.env._("The reader %s was archived.", reader.name)
        if reader.share or not reader.has_group(GROUP_SALES_MANAGER):
            return self.env._("The reader %s is no longer a sales manager.", reader.name)
        if self.company_id not in reader.company_ids or not self.company_id.active:
            return self.env._("The reader %s no longer has access to the company.", reader.name)
        return self._reason_of_channel(reader)

    def _reason_of_channel(self, reader):
        """Return why a user may not post to the channel, empty if he may, and for webhooks. In superuser mode."""
        if self.kind != DISCUSS or not self.channel_id:
            return ""
        channel = self.channel_id.with_user(reader)
        if self.channel_id.channel_type not in CHANNEL_TYPES or not channel.has_access("read"):
            return self.env._("The reader %s cannot open the channel.", reader.name)
        if not self.channel_id.active:
            return self.env._("The channel was archived.")
        return ""

    def _reader_env(self, reader=None):
        """Return the environment of a reader, not in superuser mode, with the company and language of the digest."""
        self.ensure_one()
        reader = reader or self.reader_id
        context = {
            "lang": self.lang,
            "tz": self._zone(reader),
            "allowed_company_ids": self.company_id.ids,
        }
        return self.env(user=reader.id, su=False, context=context)

    def _zone(self, reader=None):
        return (reader or self.reader_id).tz or self.company_id.resource_calendar_id.tz or "UTC"

    def _schedule(self):
        """Return when digests are due.

        :rtype: Schedule
        """
        self.ensure_one()
        return Schedule(self.interval, int(self.weekday), self.hour, self._zone(), self._works_on)

    def _find_due(self, now, covered=None):
        """Return the digest that is due, see :func:`~.digest_schedule.find_due`.

        :param datetime now: naive, in UTC
        :param date covered: the last day of the digest before, if the settings are the same since then
        """
        day = self.env["crm.pipeline.reader"]._read_context().day_of(now, self.company_id.id)
        return find_due(self._schedule(), now, day, self.write_date, covered)

    def _describe_first_digest(self):
        """Return when the first digest of a channel is made that was just switched on.

        :rtype: str
        """
        due = self._find_due(self.env.cr.now())
        of_today = [("destination_id", "=", self.id), ("is_sample", "=", False), ("day", "=", due and due.day)]
        done = [*of_today, ("state", "not in", (WAITING, FAILED))]
        if due and not self.env["crm.report.delivery"].search_count(done, limit=1):
            return self.env._("Switched on. The first digest is sent within 15 minutes.")
        return self.env._("Switched on. The first digest is sent on the next scheduled day.")

    @api.model
    def _check_unused(self, domain, message):
        """Check that no channel rests on records that are about to be deleted.

        :param domain: the channels that rest on them
        :param str message: with a place for the names of channels
        :raises UserError: if there is any; channels that the user may not read are named by their id
        """
        # sudo: channels of other companies rest on the records, too. Of these the message tells their ids alone.
        channels = self.sudo().search(domain, limit=MOST_NAMED)
        if channels:
            readable = channels.sudo(False)._filtered_access("read")
            names = (one.name if one in readable else f"#{one.id}" for one in channels)
            raise UserError(message % joined_names(self.env, names))

    def _works_on(self, day):
        """Return whether the company works on a day, by its working calendar; every day without a calendar.

        :param date day: day in the time zone of the calendar
        """
        company = self.env["crm.pipeline.reader"]._read_context().company(self.company_id.id)
        return company.works_on(self.env, day)

    def _warnings(self):
        """Return the activities that the job has planned, and none of those that people have."""
        return self.activity_search([WARNING])

    def _caretaker(self):
        """Return who is told that a digest was not sent: the reader, else whoever has made or changed the channel.

        Else the first sales manager of the company: the reader may be gone, or no manager any more. In superuser mode.
        """
        self.ensure_one()
        managers = Domain("all_group_ids", "in", self.env.ref(GROUP_SALES_MANAGER).ids)
        managers &= Domain("active", "=", True) & Domain("company_ids", "in", self.company_id.ids)
        known = (self.reader_id | self.create_uid | self.write_uid).filtered_domain(managers)
        return known[:1] or self.env["res.users"].search(managers, order="id", limit=1)

    @api.model
    def _switched_on(self):
        """Return the destinations that are switched on."""
        return self.search(Domain("is_on", "=", True), order="id")
