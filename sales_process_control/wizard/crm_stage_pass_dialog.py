from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ..const import GROUP_SALES_MANAGER
from ..models.playbook.stage_gate import open_steps_by_deal
from ..models.playbook.ungated import ungated
from ..models.recording.text_lists import joined_names


class CrmStagePassDialog(models.TransientModel):
    """Dialog in which a sales manager overrides the stage gate and gives the reason."""

    _name = "crm.stage.pass.dialog"
    _description = "Move Anyway"

    lead_ids = fields.Many2many("crm.lead", string="Opportunities", readonly=True, context={"active_test": False})
    lead_count = fields.Integer(readonly=True)
    next_stage_id = fields.Many2one("crm.stage", "To Stage", readonly=True, ondelete="cascade")
    to_won = fields.Boolean(readonly=True)
    open_steps = fields.Text("Missing Sales Actions", readonly=True)
    # Required by `action_move` only: the dialog opens without a reason.
    reason = fields.Text(help="Kept with the opportunity permanently, with your name and the missing sales actions.")
    # State of each deal when the dialog was opened, by id: see `_state_of`.
    opened_with = fields.Json(readonly=True)

    def action_move(self):
        """Move the deals and record the override. All deals are moved, or none.

        :return: the action that reloads the view behind the dialog
        :rtype: dict
        :raises AccessError: for a user who is no sales manager or may not write the deals
        :raises UserError: without a reason; for a deal that was moved, closed or deleted since the dialog was opened;
            if no required sales action is open any more
        """
        self.ensure_one()
        self._check_manager()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Enter a reason. It is kept with the opportunity."))
        leads = self._unchanged_leads()
        incomplete = self._incomplete_stages(leads)
        blocked = [one for one in incomplete if one.blocks]
        if not blocked:
            raise UserError(
                self.env._(
                    "All required sales actions are done. Close this dialog, and move the opportunity without a reason."
                )
            )
        with ungated(self.env.cr):
            if self.to_won:
                leads.action_set_won()
            else:
                leads.write({"stage_id": self.next_stage_id.id})
        self.env["crm.stage.pass"]._record_override(blocked, reason)
        self._log_notes(blocked, reason)
        leads._warn_of_open_steps([one for one in incomplete if not one.blocks])
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _check_manager(self):
        """Refuse users who are no sales managers. Access rights to the dialog may have been extended.

        :raises AccessError: for such a user
        """
        if not self.env.user.has_group(GROUP_SALES_MANAGER):
            raise AccessError(self.env._("Only sales managers can approve a move with missing required sales actions."))

    def _unchanged_leads(self):
        """Return the deals if they are unchanged since the dialog was opened.

        :raises AccessError: for a deal that the user may not write any more
        :raises UserError: for a deal that was moved, closed or deleted
        """
        # sudo: without it a deal that the user may not read any more would be missing, as a deleted one is. The access
        # check follows.
        leads = self.sudo().lead_ids.sudo(False)
        if len(leads) < self.lead_count:
            raise UserError(
                self.env._("An opportunity was deleted in the meantime. Close this dialog, and reload the page.")
            )
        leads.check_access("write")
        states = self.opened_with or {}
        changed = leads.filtered(lambda lead: self._state_of(lead) != states.get(str(lead.id)))
        if changed:
            raise UserError(
                self.env._(
                    "%s was moved or closed in the meantime. Close this dialog, and reload the page.", changed[0].name
                )
            )
        return leads

    def _incomplete_stages(self, leads):
        """Return the stages that the move leaves with required steps open.

        :return: list of :class:`~..models.playbook.stage_gate.IncompleteStage`
        """
        if self.to_won:
            checks = leads._gate_checks_for_win()
        else:
            checks = leads._gate_checks({"stage_id": self.next_stage_id.id})
        return leads._incomplete_stages(checks)

    def _log_notes(self, blocked, reason):
        """Log an internal note on each deal.

        :param blocked: list of :class:`~..models.playbook.stage_gate.IncompleteStage`
        :param str reason: the manager's reason
        """
        by_lead = defaultdict(list)
        for one in blocked:
            by_lead[one.lead].append(one)
        bodies = {
            lead.id: self.env._(
                "Moved on from %(stage)s with missing required sales actions (%(steps)s). Reason: %(reason)s",
                stage=joined_names(self.env, (one.stage.name for one in left)),
                steps=joined_names(self.env, (name for one in left for name in one.step_names)),
                reason=reason,
            )
            for lead, left in by_lead.items()
        }
        self.env["crm.lead"].concat(*by_lead)._message_log_batch(bodies)

    @api.model
    def _open_for(self, leads, next_stage=None):
        """Open the dialog.

        :param leads: the deals to be moved, including those that are not blocked
        :param next_stage: the new stage; without one the deals are to be won
        :return: the action
        :rtype: dict
        """
        self._check_manager()
        if len(leads.exists()) < len(leads):
            raise UserError(self.env._("This opportunity was deleted in the meantime. Reload the page."))
        leads.check_access("write")
        dialog = self.create(
            {
                "lead_ids": [Command.set(leads.ids)],
                "lead_count": len(leads),
                "next_stage_id": next_stage.id if next_stage else False,
                "to_won": not next_stage,
                "opened_with": {lead.id: self._state_of(lead) for lead in leads},
            }
        )
        blocked = [one for one in dialog._incomplete_stages(leads) if one.blocks]
        steps = "\n".join(blocked[0].step_names) if len(leads) == len(blocked) == 1 else None
        dialog.open_steps = steps or open_steps_by_deal(self.env, blocked)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Move Anyway"),
            "res_model": self._name,
            "res_id": dialog.id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def _state_of(self, lead):
        """Return the values of a deal whose change makes the dialog stale, for `opened_with`."""
        return [lead.stage_id.id, lead.active, lead.won_status]
