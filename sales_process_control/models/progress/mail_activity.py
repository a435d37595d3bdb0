from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .crm_lead_progress import REACTIONS
from .recorded_progress import Recorded


class MailActivity(models.Model):
    _inherit = "mail.activity"

    customer_reaction = fields.Selection(
        REACTIONS, copy=False, help="How the customer took it; kept with the opportunity's progress."
    )
    takes_reaction = fields.Boolean(
        compute="_compute_takes_reaction", help="Whether this is about an opportunity, whose customer may react."
    )

    @api.depends("res_model", "res_id")
    def _compute_takes_reaction(self):
        lead_ids = {activity.res_id for activity in self if activity.res_model == "crm.lead" and activity.res_id}
        deal_ids = set()
        if lead_ids:
            # In superuser mode: one may finish activities on deals that one may not read. Nothing else is told of them.
            leads = self.env["crm.lead"].sudo().with_context(active_test=False)
            deal_ids = set(leads.search([("id", "in", list(lead_ids)), ("type", "=", "opportunity")])._ids)
        for activity in self:
            activity.takes_reaction = activity.res_model == "crm.lead" and activity.res_id in deal_ids

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_reaction(vals.get("customer_reaction"))
        activities = super().create(vals_list)
        activities._note_plans()
        return activities

    def write(self, vals):
        self._check_reaction(vals.get("customer_reaction"))
        earlier = {}
        if vals.get("date_deadline"):
            earlier = {activity.id: activity.date_deadline for activity in self if activity.res_model == "crm.lead"}
        result = super().write(vals)
        if earlier:
            put_off = self.filtered(
                lambda activity: activity.date_deadline > earlier.get(activity.id, activity.date_deadline)
            )
            put_off._note_plans()
        return result

    def _note_plans(self):
        """Remember when next activities of deals are planned or put off: a third one excuses no stalled deal."""
        planned = self.filtered(lambda activity: activity.res_model == "crm.lead" and activity.active)
        if planned:
            self.env["crm.progress.recorder"]._record_plans(planned)

    def action_feedback_schedule_next(self, feedback=False, attachment_ids=None):
        """The reaction was to this activity: the next one, which Odoo opens with the same context, has none yet."""
        action = super().action_feedback_schedule_next(feedback, attachment_ids)
        if action:
            action["context"].pop("customer_reaction", None)
        return action

    def _action_done(self, feedback=False, attachment_ids=None):
        """Record what is done on deals, with the reaction that the context key `customer_reaction` may name.

        :raises ValidationError: for a reaction that is none
        """
        self._take_reaction(self.env.context.get("customer_reaction"))
        # An activity whose document is gone is gone itself afterwards.
        done = [
            (
                activity.id,
                activity.res_id,
                activity.activity_type_id.id,
                activity.calendar_event_id.id,
                activity.customer_reaction,
            )
            for activity in self
            if activity.res_model == "crm.lead"
        ]
        messages, next_activities = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if done:
            said = Recorded.of(self.env)
            self.env["crm.progress.recorder"]._record_activities(done, messages, feedback, said)
        return messages, next_activities

    def _take_reaction(self, reaction):
        """Keep what was said when activities are marked done; those about no opportunity have no use for it."""
        if reaction:
            self._check_reaction(reaction)
            self.filtered("takes_reaction").customer_reaction = reaction

    def _check_reaction(self, reaction):
        if reaction and reaction not in list(dict(REACTIONS)):
            raise ValidationError(self.env._("A customer's reaction is positive, neutral or negative."))

    def _progress_lines(self):
        """What the chatter says of an activity on a deal besides what Odoo says, as (label, text)."""
        self.ensure_one()
        lines = []
        if self.res_model == "crm.lead":
            said = Recorded.of(self.env)
            # Of an activity that was made for it the step's name is the summary already.
            lines += [line for line in said.lines if line[1] != self.summary] if said else []
            if self.customer_reaction:
                reactions = dict(self._fields["customer_reaction"]._description_selection(self.env))
                lines.append((self.env._("Reaction"), reactions[self.customer_reaction]))
        return lines

    def _to_store_defaults(self, target):
        return [*super()._to_store_defaults(target), "takes_reaction"]
