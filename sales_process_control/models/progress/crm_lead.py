from odoo import models
from odoo.exceptions import AccessError, UserError


class CrmLead(models.Model):
    """The way to the dialog in which progress is recorded."""

    _inherit = "crm.lead"

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

        A won deal has those of its won stage; a lost or archived one, or a lead, has none. Besides, each has those that
        it would be held by on its way on, also in stages that it went back from: what a stop names can be recorded.
        """
        steps = self.env["crm.stage.step"]
        if self and self.type == "opportunity" and self.active:
            steps = self.stage_id.step_ids._applies_to(self)
        return steps | self._steps_in_the_way()

    def _steps_in_the_way(self):
        """The steps that this deal would be held by, or warned of, before it were won, as far as one may read them."""
        open_steps = self.env["crm.stage.step"]._open_required_of(self._asked_by_win()).values()
        steps = self.env["crm.stage.step"].browse(step_id for names in open_steps for step_id in names)
        return steps._filtered_access("read")

    def _step_choices(self):
        """What the dialog offers: the expected steps, open ones first, of these the required ones of its stage first.

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
                "remark": self.env._("done") if step in done else self._remark_on(step),
                "is_done": step in done,
            }
            for step in sorted(
                steps.sorted(),
                key=lambda step: (step in done, not step.is_required, step.stage_id != self.stage_id),
            )
        ]

    def _remark_on(self, step):
        """What is said of an open step beside its name."""
        if step.stage_id != self.stage_id:
            return self.env._("required in %s", step.stage_id.name)
        return self.env._("required") if step.is_required else ""

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
