from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ..const import GROUP_SALES_MANAGER
from ..models.playbook.free_moves import free_moves


class CrmStagePassDialog(models.TransientModel):
    """Where a sales manager lets deals leave their stage with required sales actions open, and says why."""

    _name = "crm.stage.pass.dialog"
    _description = "Move Anyway"

    lead_ids = fields.Many2many("crm.lead", string="Opportunities", readonly=True, context={"active_test": False})
    lead_count = fields.Integer(readonly=True)
    next_stage_id = fields.Many2one("crm.stage", "To", readonly=True, ondelete="cascade")
    to_won = fields.Boolean(readonly=True)
    open_steps = fields.Text("Open Sales Actions", readonly=True)
    # Asked for when it is saved: the dialog itself opens without one.
    reason = fields.Text(help="Kept with the opportunity for good, with your name and the sales actions that are open.")
    # A deal that a colleague moves meanwhile is not what the person here has looked at.
    opened_with = fields.Json(readonly=True)

    def action_move(self):
        """Move the deals, and keep why; all or nothing.

        :return: the action that shows the view behind anew
        :raises AccessError: for anybody but a sales manager who may write the deals
        :raises UserError: without a reason; for a deal that was moved, closed or deleted meanwhile; where no required
            sales action is open any more
        """
        self.ensure_one()
        self._check_manager()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why: the reason is kept with the opportunity."))
        leads = self._unchanged_leads()
        leavings = self._leavings(leads)
        stopped = [leaving for leaving in leavings if leaving.is_stopped]
        if not stopped:
            raise UserError(
                self.env._("No required sales action is open any more. Close this, and move on without a reason.")
            )
        with free_moves(self.env.cr):
            if self.to_won:
                leads.action_set_won()
            else:
                leads.write({"stage_id": self.next_stage_id.id})
        self.env["crm.stage.pass"]._keep(stopped, reason)
        self._note(stopped, reason)
        leads._warn_of_open_steps([leaving for leaving in leavings if not leaving.is_stopped])
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _check_manager(self):
        """Nobody else lets anything pass, whatever rights to this dialog he was given."""
        if not self.env.user.has_group(GROUP_SALES_MANAGER):
            raise AccessError(
                self.env._("Only a sales manager lets an opportunity leave its stage while required actions are open.")
            )

    def _unchanged_leads(self):
        """The deals, if they are still what the person has looked at.

        :raises UserError: if one is not
        """
        # In superuser mode: one that the person may not write any more is told from one that is gone.
        leads = self.sudo().lead_ids.sudo(False)
        if len(leads) < self.lead_count:
            raise UserError(self.env._("An opportunity was deleted meanwhile. Close this, and load the page again."))
        leads.check_access("write")
        known = self.opened_with or {}
        changed = leads.filtered(lambda lead: self._state_of(lead) != known.get(str(lead.id)))
        if changed:
            raise UserError(
                self.env._(
                    "%s was moved or closed meanwhile. Close this, and load the page once more.", changed[0].name
                )
            )
        return leads

    def _leavings(self, leads):
        """The deals that leave required steps open, as a list of :class:`~..models.leavings.Leaving`."""
        questions = leads._asked_by_win() if self.to_won else leads._asked_by({"stage_id": self.next_stage_id.id})
        return leads._leavings(questions)

    def _note(self, stopped, reason):
        """Leave a note on each deal."""
        by_lead = defaultdict(list)
        for leaving in stopped:
            by_lead[leaving.lead].append(leaving)
        bodies = {
            lead.id: self.env._(
                "Moved on from %(stage)s with required sales actions open (%(steps)s). Reason: %(reason)s",
                stage=", ".join(leaving.stage.name for leaving in leavings),
                steps=", ".join(step for leaving in leavings for step in leaving.steps),
                reason=reason,
            )
            for lead, leavings in by_lead.items()
        }
        self.env["crm.lead"].concat(*by_lead)._message_log_batch(bodies)

    @api.model
    def _open_for(self, leads, next_stage=None):
        """Open the dialog.

        :param leads: the deals that are to be moved, those included that no rule holds
        :param next_stage: where to; without one they are to be won
        :return: the action
        """
        self._check_manager()
        if len(leads.exists()) < len(leads):
            raise UserError(self.env._("This opportunity was deleted meanwhile. Load the page once more."))
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
        stopped = [leaving for leaving in dialog._leavings(leads) if leaving.is_stopped]
        steps = "\n".join(stopped[0].steps) if len(leads) == len(stopped) == 1 else None
        dialog.open_steps = steps or self.env["crm.leaving.words"]._list(stopped)
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
        return [lead.stage_id.id, lead.active, lead.won_status]
