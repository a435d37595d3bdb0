from odoo import fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import float_compare, format_date

from ..models.progress.recorded_progress import RECORDED, Recorded
from .crm_lead_progress_dialog import DEAL_FIELDS


class CrmLeadProgressDialog(models.TransientModel):
    """What saving the dialog checks and does."""

    _inherit = "crm.lead.progress.dialog"

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
        """Mark as done what was planned, or never planned, with all that was said: one entry in the chatter."""
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
            yield (
                self.env._("Next action"),
                self.env._(
                    "%(action)s, due %(date)s, %(user)s",
                    action=(self.next_summary or "").strip() or self._next_type().name or self.env._("To-Do"),
                    date=format_date(self.env, self.next_date),
                    user=self.next_user_id.name or self.env._("nobody yet"),
                ),
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
