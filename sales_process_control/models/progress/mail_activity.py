from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..recording.text_lists import labelled
from .crm_lead_progress import REACTIONS
from .recorded_progress import RecordedProgress

#: External id of the type of activities by which Odoo alerts somebody to a deal.
ALERT_TYPE = "sales_process_control.mail_activity_type_deal_alert"
#: Deals for which a next action is planned, and those for which none is.
WITH_NEXT_ACTION = Domain("activity_ids", "any", [("is_next_action", "=", True)])
NO_NEXT_ACTION = Domain("activity_ids", "not any", [("is_next_action", "=", True)])


class MailActivity(models.Model):
    # Fields that rooms above this one compute are not to be written.
    _name = "mail.activity"
    _inherit = ["mail.activity", "crm.computed.fields.mixin"]

    customer_reaction = fields.Selection(
        REACTIONS, copy=False, help="How the customer reacted; kept with the progress of the opportunity."
    )
    takes_reaction = fields.Boolean(
        compute="_compute_takes_reaction",
        help="Whether the activity is about an opportunity, so that a reaction of the customer can be recorded.",
    )
    is_next_action = fields.Boolean(
        compute="_compute_is_next_action",
        search="_search_is_next_action",
        help="The activity is planned, and it is not a deal alert.",
    )

    # ------------------------------------------------------------
    # NEXT ACTION
    # ------------------------------------------------------------

    # The next three methods are the only definition of a next action (docs/definitions.md, Attention).
    @api.depends("active", "activity_type_id")
    def _compute_is_next_action(self):
        alert_type_id = self._alert_type_id()
        for activity in self:
            activity.is_next_action = activity.active and activity.activity_type_id.id != alert_type_id

    def _search_is_next_action(self, operator, value):
        if operator != "in":
            return NotImplemented
        if len(set(value)) != 1:
            return Domain.TRUE if value else Domain.FALSE
        found = Domain("active", "=", True) & Domain("activity_type_id", "!=", self._alert_type_id())
        return found if True in value else ~found

    @api.model
    def _is_next_action_sql(self, alias):
        """Return the SQL condition that an activity is a next action.

        :param str alias: alias of the table `mail_activity`
        """
        active, type_id = (self._field_to_sql(alias, name) for name in ("active", "activity_type_id"))
        return SQL("%s AND %s IS DISTINCT FROM %s", active, type_id, self._alert_type_id())

    @api.model
    def _planned_sql(self):
        """Return a query of the next actions of deals: `id`, `res_id`, `summary`, `date_deadline`, `icon`.

        Only the record rules of activities apply. The caller joins deals that the reader may read, since the check of
        Odoo reads the deals of all activities.
        """
        rule = self.env["ir.rule"]._compute_domain(self._name, "read")
        planned = Domain("res_model", "=", "crm.lead") & Domain("is_next_action", "=", True)
        query = self._search(planned & rule, bypass_access=True)
        kind = query.left_join(query.table, "activity_type_id", "mail_activity_type", "id", "activity_type_id")
        columns = {
            name: self._field_to_sql(query.table, name, query) for name in ("id", "res_id", "summary", "date_deadline")
        }
        types = self.env["mail.activity.type"]
        name, icon = (types._field_to_sql(kind, name, query) for name in ("name", "icon"))
        columns["summary"] = SQL("COALESCE(NULLIF(%s, ''), %s, '')", columns["summary"], name)
        columns["icon"] = SQL("COALESCE(NULLIF(%s, ''), 'fa-tasks')", icon)
        return query.select(*(SQL("%s AS %s", column, SQL.identifier(name)) for name, column in columns.items()))

    @api.model
    def _alert_type_id(self):
        """Return the id of the type of deal alerts; 0 while the type is missing, as during the installation."""
        return self.env["ir.model.data"]._xmlid_to_res_id(ALERT_TYPE, raise_if_not_found=False) or 0

    @api.model
    def _computed_field_names(self):
        return super()._computed_field_names() | {"is_next_action"}

    # ------------------------------------------------------------
    # REACTION
    # ------------------------------------------------------------

    @api.depends("res_model", "res_id", "activity_type_id")
    def _compute_takes_reaction(self):
        alert_type_id = self._alert_type_id()
        lead_ids = {activity.res_id for activity in self if activity.res_model == "crm.lead" and activity.res_id}
        deal_ids = set()
        if lead_ids:
            # sudo: a user may finish activities on deals that he may not read. Only the type of the deal is shown.
            leads = self.env["crm.lead"].sudo().with_context(active_test=False)
            deal_ids = set(leads.search([("id", "in", list(lead_ids)), ("type", "=", "opportunity")])._ids)
        for activity in self:
            is_on_deal = activity.res_model == "crm.lead" and activity.res_id in deal_ids
            activity.takes_reaction = is_on_deal and activity.activity_type_id.id != alert_type_id

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_reaction(vals.get("customer_reaction"))
        activities = super().create(vals_list)
        activities._record_plans()
        return activities

    def write(self, vals):
        self._check_reaction(vals.get("customer_reaction"))
        due_before = {}
        if vals.get("date_deadline"):
            due_before = {activity.id: activity.date_deadline for activity in self if activity.res_model == "crm.lead"}
        result = super().write(vals)
        if due_before:
            put_off = self.filtered(
                lambda activity: activity.date_deadline > due_before.get(activity.id, activity.date_deadline)
            )
            put_off._record_plans()
        return result

    def _record_plans(self):
        """Record that these activities were planned or put off, as far as they are next activities of deals."""
        planned = self.filtered(lambda activity: activity.res_model == "crm.lead" and activity.is_next_action)
        if planned:
            self.env["crm.progress.recorder"]._record_plans(planned)

    def action_feedback_schedule_next(self, feedback=False, attachment_ids=None):
        """Remove the reaction from the context, which Odoo passes on to the next activity."""
        action = super().action_feedback_schedule_next(feedback, attachment_ids)
        if action:
            action["context"].pop("customer_reaction", None)
        return action

    def _action_done(self, feedback=False, attachment_ids=None):
        """Record the activities on deals as progress.

        The context key `customer_reaction` is the customer's reaction to all of these activities.

        :raises ValidationError: for an unknown reaction
        """
        self._store_reaction(self.env.context.get("customer_reaction"))
        alert_type_id = self._alert_type_id()
        # Before the call: an activity is deleted if its document is.
        done = [
            (
                activity.id,
                activity.res_id,
                activity.activity_type_id.id,
                activity.calendar_event_id.id,
                activity.customer_reaction,
            )
            for activity in self
            if activity.res_model == "crm.lead" and activity.activity_type_id.id != alert_type_id
        ]
        messages, next_activities = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if done:
            entry = RecordedProgress.from_context(self.env)
            messages_of_deals = messages.filtered(lambda message: message.mail_activity_type_id.id != alert_type_id)
            self.env["crm.progress.recorder"]._record_activities(done, messages_of_deals, feedback, entry)
        return messages, next_activities

    def _store_reaction(self, reaction):
        """Store a reaction on those of the activities that belong to an opportunity."""
        if reaction:
            self._check_reaction(reaction)
            self.filtered("takes_reaction").customer_reaction = reaction

    def _check_reaction(self, reaction):
        """Check a reaction as it comes through RPC.

        :raises ValidationError: for an unknown reaction
        """
        if reaction and reaction not in list(dict(REACTIONS)):
            raise ValidationError(self.env._("The reaction of a customer must be positive, neutral or negative."))

    def _progress_lines(self):
        """Return what Odoo's message about this activity says in addition, if the activity belongs to a deal.

        Called by the template of the message.

        :return: texts, each after its label
        """
        self.ensure_one()
        lines = []
        if self.res_model == "crm.lead":
            entry = RecordedProgress.from_context(self.env)
            if entry:
                # An activity that the dialog has made has the name of its step as summary.
                lines += [line for line in entry.chatter_lines if line[1] != self.summary]
            if self.customer_reaction:
                reactions = dict(self._fields["customer_reaction"]._description_selection(self.env))
                lines.append((self.env._("Reaction"), reactions[self.customer_reaction]))
        return [labelled(self.env, label, text) for label, text in lines]

    def _to_store_defaults(self, target):
        return [*super()._to_store_defaults(target), "takes_reaction"]
