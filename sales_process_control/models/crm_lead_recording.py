from odoo import models
from odoo.exceptions import AccessError, UserError


class CrmLead(models.Model):
    """The way to the dialog in which progress is recorded."""

    # Beside what crm_lead.py does for the ledgers: another matter.
    _inherit = "crm.lead"  # pylint: disable=consider-merging-classes-inherited

    def action_record_progress(self):
        """Open the dialog in which a person records what was done on one deal.

        The context key `default_step_id` names the sales action that is chosen to begin with.

        :return: the action
        :rtype: dict
        :raises AccessError: for an opportunity that the person may not write
        :raises UserError: for one that was deleted meanwhile, or for several
        """
        if len(self) > 1:
            raise UserError(self.env._("Progress is recorded on one opportunity at a time. Choose one."))
        if not self.exists():
            raise UserError(self.env._("This opportunity was deleted meanwhile. Load the page once more."))
        if not self.has_access("write"):
            raise AccessError(self.env._("You cannot record progress on an opportunity that you may not edit."))
        return self.env["crm.lead.progress.dialog"]._open_for(self)

    def _expected_steps(self):
        """The sales actions that are expected of a deal now: those of its stage, and of its team.

        A won deal has those of its won stage. A lost or archived one, or a lead, has none.
        """
        if not self or self.type != "opportunity" or not self.active:
            return self.env["crm.stage.step"]
        return self.stage_id.step_ids._applies_to(self)

    def _step_choices(self):
        """What the dialog offers: the expected steps, open ones first, and of these the required ones.

        :return: list of {id, label, title, remark, is_done}
        """
        steps = self._expected_steps()
        if not steps:
            return []
        domain = [("lead_id", "=", self.id), ("step_id", "in", steps.ids)]
        groups = self.env["crm.lead.progress"]._read_group(domain, ["step_id"])
        done = {step for (step,) in groups}
        return [
            {
                "id": step.id,
                "label": step.name,
                "title": step.guidance or "",
                "remark": self.env._("done") if step in done else self.env._("required") if step.is_required else "",
                "is_done": step in done,
            }
            for step in sorted(steps, key=lambda step: (step in done, not step.is_required))
        ]

    def _planned_activities(self, kind):
        """The planned activities of a kind that may have been done now: one's own first, then by their due date.

        A meeting that lies ahead is another matter.
        """
        activities = self.env["mail.activity"]
        if not self or not kind:
            return activities
        domain = [("res_model", "=", "crm.lead"), ("res_id", "=", self.id), ("activity_type_id", "=", kind.id)]
        now = self.env.cr.now()
        # In superuser mode: a meeting may be private, and only its beginning is looked at.
        planned = activities.search(domain, order="date_deadline, id").filtered(
            lambda activity: not (start := activity.sudo().calendar_event_id.start) or start <= now
        )
        return planned.sorted(lambda activity: activity.user_id != self.env.user)
