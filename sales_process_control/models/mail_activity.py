from odoo import api, fields, models

from .crm_lead_progress import REACTIONS


class MailActivity(models.Model):
    _inherit = "mail.activity"

    customer_reaction = fields.Selection(
        REACTIONS, copy=False, help="How the customer took it; kept with the opportunity's progress."
    )

    @api.model_create_multi
    def create(self, vals_list):
        activities = super().create(vals_list)
        activities._note_plans()
        return activities

    def write(self, vals):
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

    def _action_done(self, feedback=False, attachment_ids=None):
        # An activity whose document is gone is gone itself afterwards.
        done = [
            (activity.id, activity.res_id, activity.activity_type_id.id, activity.calendar_event_id.id)
            for activity in self
            if activity.res_model == "crm.lead"
        ]
        messages, next_activities = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if done:
            self.env["crm.progress.recorder"]._record_activities(done, messages, feedback)
        return messages, next_activities
