import math

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import float_compare, format_date
from odoo.tools.misc import clean_context

from ..models.crm_lead_progress import REACTIONS
from ..models.recorded_progress import RECORDED, Recorded

#: What the dialog writes on the deal: the names that it has here and there.
DEAL_FIELDS = {"likelihood": "probability", "date_deadline": "date_deadline", "customer_budget": "customer_budget"}


class CrmLeadProgressDialog(models.TransientModel):
    """The one dialog in which a person records what was done on a deal, what came of it, and what comes next."""

    _name = "crm.lead.progress.dialog"
    _description = "Record Progress"

    lead_id = fields.Many2one("crm.lead", "Opportunity", readonly=True, ondelete="set null")
    is_closed = fields.Boolean(compute="_compute_is_closed")
    step_id = fields.Many2one("crm.stage.step", "Sales Action", ondelete="set null")
    # Stays when the step is deleted meanwhile, so that nobody records something else than was chosen.
    step_ref = fields.Integer(compute="_compute_step_ref", store=True)
    step_choices = fields.Json(compute="_compute_step_choices")
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        "Kind of Activity",
        compute="_compute_activity_type_id",
        store=True,
        readonly=False,
        domain="[('res_model', 'in', (False, 'crm.lead'))]",
        ondelete="set null",
    )
    type_choices = fields.Json(compute="_compute_type_choices")
    planned_activity_id = fields.Many2one(
        "mail.activity",
        "Marks as Done",
        compute="_compute_planned_activity_id",
        compute_sudo=False,
        store=True,
        readonly=False,
        ondelete="set null",
        help="The planned activity that was done by this. Empty: none, it stays planned.",
    )
    planned_ids = fields.Many2many("mail.activity", compute="_compute_planned_ids", compute_sudo=False)
    feedback = fields.Text("What the Customer Said")
    reaction = fields.Selection(REACTIONS)
    likelihood = fields.Float(
        digits=(16, 2),
        help="How likely the opportunity is to be won, in percent. What is not touched stays, also if Odoo estimates it.",
    )
    date_deadline = fields.Date("Expected Closing", help="When the customer is expected to decide.")
    customer_budget = fields.Monetary("Budget", help="What the customer can spend, as far as it is known.")
    currency_id = fields.Many2one("res.currency", readonly=True)
    next_type_id = fields.Many2one(
        "mail.activity.type",
        "Next Action",
        domain="[('res_model', 'in', (False, 'crm.lead'))]",
        ondelete="set null",
    )
    next_summary = fields.Char("About")
    next_date = fields.Date("Due", compute="_compute_next_date", store=True, readonly=False)
    next_user_id = fields.Many2one(
        "res.users", "Responsible", default=lambda self: self.env.user, domain="[('share', '=', False)]"
    )
    # What a colleague writes on the deal meanwhile is not what the person here has changed.
    opened_with = fields.Json(readonly=True)

    @api.depends("lead_id")
    def _compute_is_closed(self):
        for dialog in self:
            lead = dialog.lead_id
            dialog.is_closed = bool(lead) and (not lead.active or lead.won_status in ("won", "lost"))

    # Choosing a kind of activity instead is another choice: the step that is gone is not asked for any more.
    @api.depends("step_id", "activity_type_id")
    def _compute_step_ref(self):
        for dialog in self:
            dialog.step_ref = dialog.step_id.id

    @api.depends("lead_id")
    def _compute_step_choices(self):
        for dialog in self:
            dialog.step_choices = dialog.lead_id._step_choices()

    @api.depends("step_id")
    def _compute_activity_type_id(self):
        for dialog in self:
            dialog.activity_type_id = dialog.step_id.activity_type_id

    @api.depends("lead_id")
    def _compute_type_choices(self):
        types = self.env["mail.activity.type"].search([("res_model", "in", (False, "crm.lead"))])
        choices = [
            {"id": kind.id, "label": kind.name, "icon": kind.icon or ""}
            for kind in types
            if kind.category != "upload_file"
        ]
        for dialog in self:
            dialog.type_choices = choices

    @api.depends("lead_id", "activity_type_id")
    def _compute_planned_ids(self):
        for dialog in self:
            dialog.planned_ids = dialog.lead_id._planned_activities(dialog.activity_type_id)

    @api.depends("lead_id", "activity_type_id")
    def _compute_planned_activity_id(self):
        for dialog in self:
            dialog.planned_activity_id = dialog.lead_id._planned_activities(dialog.activity_type_id)[:1]

    @api.depends("next_type_id")
    def _compute_next_date(self):
        for dialog in self:
            if dialog.next_type_id and not dialog.next_date:
                dialog.next_date = dialog.next_type_id._get_date_deadline()

    @api.model_create_multi
    def create(self, vals_list):
        dialogs = super().create(
            [{**self._values_of(vals.get("lead_id")), **self._checked_values(vals)} for vals in vals_list]
        )
        # Afterwards, as they may come in as defaults of the context.
        dialogs._check_links(("lead_id", "step_id", "planned_activity_id"))
        return dialogs

    def write(self, vals):
        result = super().write(self._checked_values(vals))
        self._check_links(vals)
        return result

    def action_save(self):
        """Record what was done, write what has changed on the deal, and plan what comes next; all or nothing.

        :return: the action that closes the dialog
        :rtype: dict
        :raises AccessError: for an opportunity that the person may not write any more
        :raises UserError: for one, or a sales action, that was deleted or is expected no more; for nothing done
        :raises ValidationError: for a likelihood, a budget or a next action that cannot be
        """
        self.ensure_one()
        dialog = self.with_context(clean_context(self.env.context))
        lead = dialog._checked_lead()
        step = dialog._checked_step(lead)
        dialog._check_next_action()
        dialog._record(lead, step)
        dialog._plan_next(lead)
        return {"type": "ir.actions.act_window_close"}

    @api.model
    def _open_for(self, lead):
        """Open the dialog on a deal, with a step that the context may name.

        :param lead: a deal that the person may write
        :return: the action
        """
        choices = {choice["id"] for choice in lead._step_choices()}
        step_id = self.env.context.get("default_step_id")
        dialogs = self.with_context(clean_context(self.env.context))
        dialog = dialogs.create({"lead_id": lead.id, "step_id": step_id if step_id in choices else False})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Record Progress"),
            "res_model": self._name,
            "res_id": dialog.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def _values_of(self, lead_id):
        """What the dialog on a deal begins with: also another program's, which gives what has changed only."""
        lead = self.env["crm.lead"].browse(lead_id)
        if not lead:
            return {}
        said = {name: lead[there] for name, there in DEAL_FIELDS.items()}
        said["date_deadline"] = fields.Date.to_string(lead.date_deadline)
        return {**said, "currency_id": lead.company_currency.id, "opened_with": said}

    # ------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------

    @api.model
    def _checked_values(self, vals):
        """Refuse at once what the database could not keep.

        :raises UserError: for a sales action that was deleted meanwhile
        :raises ValidationError: for numbers that are none
        """
        self.env["crm.lead"]._check_budget(vals.get("customer_budget"))
        if not math.isfinite(float(vals.get("likelihood") or 0)):
            raise ValidationError(self.env._("The likelihood is a number of percent."))
        if vals.get("step_id") and not self.env["crm.stage.step"].browse(vals["step_id"]).exists():
            raise self._gone_step_error()
        planned_id = vals.get("planned_activity_id")
        if planned_id and not self.env["mail.activity"].browse(planned_id).exists():
            # Cancelled meanwhile: what was done is recorded all the same.
            return {**vals, "planned_activity_id": False}
        return vals

    def _check_links(self, names):
        """Keep the dialog from telling the name of what the person may not read."""
        for name in {"lead_id", "step_id", "planned_activity_id"}.intersection(names):
            self[name].check_access("read")

    def _gone_step_error(self):
        return UserError(
            self.env._("The sales action was deleted meanwhile. Choose another one; what you wrote is still here.")
        )

    def _checked_lead(self):
        lead = self.lead_id.exists()
        if not lead:
            raise UserError(
                self.env._("This opportunity was deleted meanwhile, or merged. Copy what you wrote, and close this.")
            )
        if not lead.has_access("write"):
            raise AccessError(self.env._("You cannot record progress on an opportunity that you may not edit."))
        return lead

    def _checked_step(self, lead):
        """The step that was taken; none if a kind of activity was chosen."""
        step = self.step_id.exists()
        if self.step_ref and not step:
            raise self._gone_step_error()
        if not step and not self.activity_type_id.exists():
            raise UserError(self.env._("Say what was done: choose a sales action, or a kind of activity."))
        if step and step not in lead._expected_steps():
            raise UserError(
                self.env._(
                    "“%(step)s” is not expected of this opportunity, which is in the stage %(stage)s now. Close this "
                    "and open it again to see what is; what you wrote is still here to be copied.",
                    step=step.name,
                    stage=lead.stage_id.display_name,
                )
                if lead.active
                else self.env._("This opportunity was closed meanwhile. Choose a kind of activity instead.")
            )
        return step

    def _check_next_action(self):
        if not self._has_next_action():
            return
        if not self.next_date:
            raise ValidationError(self.env._("When is the next action due? Enter a date."))
        if self.next_date < self._today():
            raise ValidationError(self.env._("The next action cannot be due in the past. Today is early enough."))

    def _today(self):
        return fields.Date.context_today(self, self.env.cr.now())

    def _has_next_action(self):
        return bool(self.next_type_id or self.next_date or (self.next_summary or "").strip())

    # ------------------------------------------------------------
    # RECORDING
    # ------------------------------------------------------------

    def _said(self):
        """What the dialog says of its deal."""
        return {
            "likelihood": self.likelihood,
            "date_deadline": fields.Date.to_string(self.date_deadline),
            "customer_budget": self.customer_budget,
        }

    def _changes(self, lead):
        """What the person has changed of the deal, and nothing else: a colleague may have changed it, too.

        :return: values to be written
        :raises UserError: for what a closed deal does not have
        :raises ValidationError: for a likelihood that is none
        """
        opened_with = self.opened_with or {}
        changes = {}
        for name, said in self._said().items():
            there = lead[DEAL_FIELDS[name]]
            now = fields.Date.to_string(there) if name == "date_deadline" else there
            if self._differ(said, opened_with.get(name, now)) and self._differ(said, now):
                changes[DEAL_FIELDS[name]] = said
        if self.is_closed and not changes.keys().isdisjoint(("probability", "date_deadline")):
            raise UserError(
                self.env._("This opportunity is closed: how likely it is, and when it closes, is settled already.")
            )
        if "probability" in changes and not 0 < changes["probability"] < 100:
            raise ValidationError(
                self.env._(
                    "The likelihood lies between 0 and 100 percent. An opportunity is won by the button Won, and lost "
                    "by the button Lost."
                )
            )
        return changes

    @staticmethod
    def _differ(one, other):
        if isinstance(one, float):
            return float_compare(one, other or 0, precision_digits=2) != 0
        return (one or False) != (other or False)

    def _record(self, lead, step):
        """Mark as done what was planned, or what was never planned, with all that was said: one entry in the chatter."""
        changes = self._changes(lead)
        before = {name: lead[name] for name in changes}
        if changes:
            # What has changed is said in the same entry, not in one of its own.
            lead.with_context(mail_notrack=True).write(changes)
        said = Recorded(step.id or None, tuple(self._lines(step)))
        activity = self._done_activity(lead, step).with_context(**{RECORDED: said})
        if self.reaction:
            activity.customer_reaction = self.reaction
        messages, _triggered = activity._action_done(feedback=(self.feedback or "").strip() and self.feedback)
        _changed, tracked = lead._mail_track(lead.fields_get(list(changes)), before)
        if tracked:
            # In superuser mode, as Odoo writes what it tracks.
            messages.sudo().tracking_value_ids = tracked

    def _done_activity(self, lead, step):
        """The planned activity that was done; one that was done at once, if there is none."""
        kind = self._kind_of(step)
        planned = self.planned_activity_id & lead._planned_activities(kind)
        if planned:
            return planned
        # Archived from the beginning: it is never planned, for nobody to be told of and for no pace to be excused by.
        return (
            self.env["mail.activity"]
            .with_context(mail_activity_quick_update=True)
            .create(
                {
                    **self._values_of_activity(lead, kind),
                    "summary": step.name,
                    "user_id": self.env.uid,
                    "date_deadline": self._today(),
                    "active": False,
                }
            )
        )

    def _kind_of(self, step):
        return step.activity_type_id if step else self.activity_type_id

    def _values_of_activity(self, lead, kind):
        return {
            "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
            "res_id": lead.id,
            "activity_type_id": kind.id,
        }

    def _lines(self, step):
        """What the chatter says besides, as (label, text)."""
        if step:
            yield self.env._("Sales action"), step.name
        if self._has_next_action():
            yield self.env._("Next action"), self.env._(
                "%(action)s, due %(date)s, %(user)s",
                action=(self.next_summary or "").strip() or self._next_type().name or self.env._("To-Do"),
                date=format_date(self.env, self.next_date),
                user=self.next_user_id.name or self.env._("nobody yet"),
            )

    def _next_type(self):
        """The kind of the next action; where none was chosen, the one that Odoo begins with."""
        return self.next_type_id or self.env["mail.activity"]._default_activity_type_for_model("crm.lead")

    def _plan_next(self, lead):
        if self._has_next_action():
            self.env["mail.activity"].create(
                {
                    **self._values_of_activity(lead, self._next_type()),
                    "summary": (self.next_summary or "").strip(),
                    "date_deadline": self.next_date,
                    "user_id": self.next_user_id.id,
                }
            )
