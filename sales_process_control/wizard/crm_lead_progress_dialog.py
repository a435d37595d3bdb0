import math

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import float_compare, format_date
from odoo.tools.misc import clean_context

from ..models.progress.crm_lead_progress import REACTIONS
from ..models.progress.recorded_progress import RECORDED_PROGRESS, RecordedProgress
from ..models.recording.numbers import as_float

#: Fields that the dialog writes on the deal: name in the dialog to name on the deal.
DEAL_FIELDS = {"likelihood": "probability", "date_deadline": "date_deadline", "customer_budget": "customer_budget"}


class CrmLeadProgressDialog(models.TransientModel):
    """Dialog that records what was done on a deal, changes of its values, and the next action."""

    _name = "crm.lead.progress.dialog"
    _inherit = "crm.lead.row.mixin"
    _description = "Record Progress"

    lead_id = fields.Many2one("crm.lead", "Opportunity", readonly=True, ondelete="set null")
    is_closed = fields.Boolean(compute="_compute_is_closed")
    step_id = fields.Many2one("crm.stage.step", "Sales Action", ondelete="set null")
    # Keeps its value if the step is deleted, so that saving fails instead of recording no step.
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
        help="The planned activity that was done. If empty, no planned activity is marked as done.",
    )
    planned_ids = fields.Many2many("mail.activity", compute="_compute_planned_ids", compute_sudo=False)
    feedback = fields.Text("What the Customer Said")
    reaction = fields.Selection(REACTIONS)
    likelihood = fields.Float(
        digits=(16, 2),
        help="How likely the opportunity is won, in percent. The likelihood is changed only if you edit it.",
    )
    date_deadline = fields.Date("Expected Closing", help="When the customer is expected to decide.")
    customer_budget = fields.Monetary("Budget", help="What the customer can spend, if known.")
    currency_id = fields.Many2one("res.currency", readonly=True)
    next_type_id = fields.Many2one(
        "mail.activity.type",
        "Next Action",
        domain="[('res_model', 'in', (False, 'crm.lead'))]",
        ondelete="set null",
    )
    next_summary = fields.Char("Summary")
    next_date = fields.Date("Due", compute="_compute_next_date", store=True, readonly=False)
    next_user_id = fields.Many2one(
        "res.users", "Responsible", default=lambda self: self.env.user, domain="[('share', '=', False)]"
    )
    # Values of the deal when the dialog was opened. Saving writes only what the user has changed.
    opened_with = fields.Json(readonly=True)

    @api.depends("lead_id")
    def _compute_is_closed(self):
        for dialog in self:
            lead = dialog.lead_id
            dialog.is_closed = bool(lead) and (not lead.active or lead.won_status in ("won", "lost"))

    # Also when a kind of activity is chosen: then a step that was deleted no longer matters.
    @api.depends("step_id", "activity_type_id")
    def _compute_step_ref(self):
        for dialog in self:
            dialog.step_ref = dialog.step_id.id

    @api.depends("lead_id")
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_step_choices(self):
        for dialog in self:
            dialog.step_choices = dialog.lead_id._step_choices()

    @api.depends("step_id")
    def _compute_activity_type_id(self):
        for dialog in self:
            dialog.activity_type_id = dialog.step_id.activity_type_id

    @api.depends("lead_id")
    @api.depends_context("lang")
    def _compute_type_choices(self):
        types = self.env["mail.activity.type"].search([("res_model", "in", (False, "crm.lead"))])
        alert_type_id = self.env["mail.activity"]._alert_type_id()
        choices = [
            {"id": kind.id, "label": kind.name, "icon": kind.icon or ""}
            for kind in types
            if kind.category != "upload_file" and kind.id != alert_type_id
        ]
        for dialog in self:
            dialog.type_choices = choices

    @api.depends("lead_id", "activity_type_id")
    @api.depends_context("uid", "allowed_company_ids")
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
        # After the creation, since the context may have defaults for these fields.
        dialogs._check_links(("lead_id", "step_id", "planned_activity_id"))
        return dialogs

    def write(self, vals):
        result = super().write(self._checked_values(vals))
        self._check_links(vals)
        return result

    def action_save(self):
        """Record what was done, write the changed values of the deal, and plan the next action: all of it, or nothing.

        :return: the action that closes the dialog
        :rtype: dict
        :raises AccessError: for a deal that the user may not write any more
        :raises UserError: for a deal that was deleted, for a sales action that was deleted or is no longer expected,
            and if neither a sales action nor a kind of activity is chosen
        :raises ValidationError: for an invalid likelihood, budget or next action
        """
        self.ensure_one()
        dialog = self._without_defaults()
        lead = dialog._checked_lead()
        step = dialog._checked_step(lead)
        dialog._check_next_action()
        dialog._record(lead, step)
        dialog._plan_next(lead)
        return {"type": "ir.actions.act_window_close"}

    @api.model
    def _open_for(self, lead):
        """Open the dialog on a deal. The context key `default_step_id` preselects a step that can be recorded.

        :param lead: a deal that the user may write
        :return: the action
        :rtype: dict
        """
        # Compared one by one, since a remote caller can send a value that is no id, or has no hash.
        wanted = self.env.context.get("default_step_id")
        step_id = next((choice["id"] for choice in lead._step_choices() if choice["id"] == wanted), False)
        values = {"lead_id": lead.id, "step_id": step_id}
        dialog = self._without_defaults().create(values)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Record Progress"),
            "res_model": self._name,
            "res_id": dialog.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    def _without_defaults(self):
        """Return the dialog without defaults in the context, which would also apply to activities that it creates."""
        # Keys are removed, which `with_context(**overrides)` cannot do.
        return self.with_context(clean_context(self.env.context))  # pylint: disable=context-overridden

    @api.model
    def _values_of(self, lead_id):
        """Return the initial values of a dialog on a deal. Programs may create a dialog with other values only."""
        lead = self.env["crm.lead"].browse(lead_id)
        if not lead:
            return {}
        values = {name: lead[lead_field] for name, lead_field in DEAL_FIELDS.items()}
        values["date_deadline"] = fields.Date.to_string(lead.date_deadline)
        return {**values, "currency_id": lead.company_currency.id, "opened_with": values}

    @api.model
    def _checked_values(self, vals):
        """Check values as they come through RPC.

        :return: the values, without a planned activity that was deleted
        :rtype: dict
        :raises UserError: for a sales action that was deleted
        :raises ValidationError: for values that are no finite numbers
        """
        self.env["crm.lead"]._check_budget(vals.get("customer_budget"))
        if not math.isfinite(as_float(vals.get("likelihood"))):
            raise ValidationError(self.env._("The likelihood must be a percentage."))
        if vals.get("step_id") and not self.env["crm.stage.step"].browse(vals["step_id"]).exists():
            raise self._gone_step_error()
        planned_id = vals.get("planned_activity_id")
        if planned_id and not self.env["mail.activity"].browse(planned_id).exists():
            # A colleague has cancelled the activity. Progress is recorded without it.
            return {**vals, "planned_activity_id": False}
        return vals

    def _check_links(self, names):
        """Check that the user may read the records whose names the dialog shows.

        :raises AccessError: for another record
        """
        for name in {"lead_id", "step_id", "planned_activity_id"}.intersection(names):
            self[name].check_access("read")

    def _gone_step_error(self):
        return UserError(
            self.env._("The sales action was deleted in the meantime. Choose another one. Your text is kept.")
        )

    # ------------------------------------------------------------
    # SAVING
    # ------------------------------------------------------------

    def _checked_lead(self):
        """Return the deal.

        :raises AccessError: for a deal that the user may not write
        :raises UserError: for a deal that was deleted
        """
        lead = self.lead_id.exists()
        if not lead:
            raise UserError(
                self.env._(
                    "This opportunity was deleted or merged in the meantime. Copy your text, and close this dialog."
                )
            )
        if not lead.has_access("write"):
            raise AccessError(self.env._("You cannot record progress on an opportunity without write access to it."))
        return lead

    def _checked_step(self, lead):
        """Return the chosen step, empty if a kind of activity was chosen.

        :raises UserError: for a step that was deleted or cannot be recorded on the deal, and if nothing was chosen
        """
        step = self.step_id.exists()
        if self.step_ref and not step:
            raise self._gone_step_error()
        if not step and not self.activity_type_id.exists():
            raise UserError(self.env._("Choose what was done: a sales action, or a kind of activity."))
        if step and step not in lead._expected_steps():
            raise UserError(
                self.env._(
                    "“%(step)s” is not a sales action of this opportunity, which is now in the stage %(stage)s. Copy "
                    "your text, close this dialog and open it again.",
                    step=step.name,
                    stage=lead.stage_id.display_name,
                )
                if lead.active
                else self.env._("This opportunity was closed in the meantime. Choose a kind of activity instead.")
            )
        return step

    def _check_next_action(self):
        """Check the due date of the next action.

        :raises ValidationError: for a missing date, or a date in the past
        """
        if not self._has_next_action():
            return
        if not self.next_date:
            raise ValidationError(self.env._("Enter the due date of the next action."))
        if self.next_date < self._today():
            raise ValidationError(self.env._("The next action cannot be due in the past. Choose today or a later day."))

    def _today(self):
        return fields.Date.context_today(self, self.env.cr.now())

    def _has_next_action(self):
        return bool(self.next_type_id or self.next_date or (self.next_summary or "").strip())

    def _deal_values(self):
        """Return the values of the deal in the dialog, by name in the dialog, in the form of `opened_with`."""
        return {
            "likelihood": self.likelihood,
            "date_deadline": fields.Date.to_string(self.date_deadline),
            "customer_budget": self.customer_budget,
        }

    def _changed_values(self, lead):
        """Return the values of the deal that the user has changed, to be written on the deal.

        Other values stay: a colleague may have changed them while the dialog was open.

        :rtype: dict
        :raises UserError: for a likelihood or expected closing of a closed deal
        :raises ValidationError: for a likelihood outside of 0 to 100 percent
        """
        opened_with = self.opened_with or {}
        changes = {}
        for name, value in self._deal_values().items():
            lead_value = lead[DEAL_FIELDS[name]]
            current = fields.Date.to_string(lead_value) if name == "date_deadline" else lead_value
            if self._differ(value, opened_with.get(name, current)) and self._differ(value, current):
                changes[DEAL_FIELDS[name]] = value
        if self.is_closed and not changes.keys().isdisjoint(("probability", "date_deadline")):
            raise UserError(
                self.env._(
                    "This opportunity is closed. Its likelihood and expected closing cannot be changed any more."
                )
            )
        if "probability" in changes and not 0 < changes["probability"] < 100:
            raise ValidationError(
                self.env._(
                    "The likelihood must be more than 0 and less than 100 percent. Use the buttons Won and Lost to "
                    "close the opportunity."
                )
            )
        return changes

    @staticmethod
    def _differ(one, other):
        if isinstance(one, float):
            return float_compare(one, other or 0, precision_digits=2) != 0
        return (one or False) != (other or False)

    def _record(self, lead, step):
        """Write the changed values and mark the activity as done, with one message in the chatter."""
        changes = self._changed_values(lead)
        before = {name: lead[name] for name in changes}
        if changes:
            # Without tracking: the message of the activity gets the tracked values.
            lead.with_context(mail_notrack=True).write(changes)
        entry = RecordedProgress(step.id or None, tuple(self._chatter_lines(step)))
        activity = self._done_activity(lead, step).with_context(**{RECORDED_PROGRESS: entry})
        if self.reaction:
            activity.customer_reaction = self.reaction
        messages, _triggered = activity._action_done(feedback=(self.feedback or "").strip() and self.feedback)
        _changed, tracked = lead._mail_track(lead.fields_get(list(changes)), before)
        if tracked:
            # sudo: users may not create tracking values. Odoo creates its own in superuser mode, too.
            messages.sudo().tracking_value_ids = tracked

    def _done_activity(self, lead, step):
        """Return the planned activity that was done, or a new one."""
        kind = self._kind_of(step)
        planned = self.planned_activity_id & lead._planned_activities(kind)
        if planned:
            return planned
        # Archived, so that Odoo notifies nobody, and the activity is not counted as a plan.
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

    def _chatter_lines(self, step):
        """Yield the additional lines of the message in the chatter: (label, text)."""
        if step:
            yield self.env._("Sales action"), step.name
        if self._has_next_action():
            yield (
                self.env._("Next action"),
                self.env._(
                    "%(action)s, due %(date)s, %(user)s",
                    action=(self.next_summary or "").strip() or self._next_type().name or self.env._("To-Do"),
                    date=format_date(self.env, self.next_date),
                    user=self.next_user_id.name or self.env._("unassigned"),
                ),
            )

    def _next_type(self):
        """Return the type of the next action, by default Odoo's."""
        return self.next_type_id or self.env["mail.activity"]._default_activity_type_for_model("crm.lead")

    def _plan_next(self, lead):
        """Plan the next action, if there is one."""
        if self._has_next_action():
            self.env["mail.activity"].create(
                {
                    **self._values_of_activity(lead, self._next_type()),
                    "summary": (self.next_summary or "").strip(),
                    "date_deadline": self.next_date,
                    "user_id": self.next_user_id.id,
                }
            )
