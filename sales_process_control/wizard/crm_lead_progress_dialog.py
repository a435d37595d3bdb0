import math

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.misc import clean_context

from ..models.progress.crm_lead_budget import as_number
from ..models.progress.crm_lead_progress import REACTIONS

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
        help="How likely the opportunity is to be won, in percent. What is not touched stays, "
        "also if Odoo estimates it.",
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
        dialog = self._without_defaults()
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
        values = {"lead_id": lead.id, "step_id": step_id if step_id in choices else False}
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
        """Defaults that a caller has for the dialog are none of the activities that come of it."""
        # Some keys have to go, which keywords cannot say.
        return self.with_context(clean_context(self.env.context))  # pylint: disable=context-overridden

    @api.model
    def _values_of(self, lead_id):
        """What the dialog on a deal begins with: also another program's, which gives what has changed only."""
        lead = self.env["crm.lead"].browse(lead_id)
        if not lead:
            return {}
        said = {name: lead[there] for name, there in DEAL_FIELDS.items()}
        said["date_deadline"] = fields.Date.to_string(lead.date_deadline)
        return {**said, "currency_id": lead.company_currency.id, "opened_with": said}

    @api.model
    def _checked_values(self, vals):
        """Refuse at once what the database could not keep.

        :raises UserError: for a sales action that was deleted meanwhile
        :raises ValidationError: for numbers that are none
        """
        self.env["crm.lead"]._check_budget(vals.get("customer_budget"))
        if not math.isfinite(as_number(vals.get("likelihood"))):
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
