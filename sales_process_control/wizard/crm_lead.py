from odoo import models
from odoo.exceptions import AccessError, UserError

from ..ledger import NO_STAGE, promises


class CrmLead(models.Model):
    """Actions that open the dialogs of a deal."""

    _inherit = "crm.lead"

    def action_hot_flag(self):
        """Open the dialog that edits the open hot flag of one deal, or raises a flag on each of several deals.

        :return: the action
        :rtype: dict
        :raises AccessError: for a deal that the user may not read
        :raises UserError: for a deal that was deleted; of several deals, for those with an open flag
        """
        if not self or len(self.exists()) < len(self):
            raise UserError(self.env._("This opportunity was deleted in the meantime. Reload the page."))
        if not self.has_access("read"):
            raise AccessError(self.env._("You cannot raise a hot flag on an opportunity without access to it."))
        dialog = self.env["crm.hot.flag.dialog"]
        flags = self.env["crm.hot.flag"].search([("lead_id", "in", self.ids), ("outcome", "=", promises.OPEN)])
        if len(self) == 1 and flags:
            return dialog._open_for(flag=flags)
        self.env["crm.hot.flag"]._check_leads_not_hot(self)
        return dialog._open_for(leads=self)

    def action_record_progress(self):
        """Open the dialog that records what was done on one deal.

        The context key `default_step_id` preselects a sales action.

        :return: the action
        :rtype: dict
        :raises AccessError: for a deal that the user may not write
        :raises UserError: for a deal that was deleted, or for several deals
        """
        if len(self) > 1:
            raise UserError(self.env._("Progress is recorded on one opportunity at a time. Choose one opportunity."))
        if not self.exists():
            raise UserError(self.env._("This opportunity was deleted in the meantime. Reload the page."))
        if not self.has_access("write"):
            raise AccessError(self.env._("You cannot record progress on an opportunity without write access to it."))
        return self.env["crm.lead.progress.dialog"]._open_for(self)

    def action_pass_stage(self):
        """Open the dialog in which a sales manager moves these deals with required sales actions open.

        The context key `pass_stage_id` is the id of the new stage. Without it the deals are to be won.

        :return: the action
        :rtype: dict
        :raises AccessError: for a user who is no sales manager or may not write the deals
        :raises UserError: for a deal or a stage that was deleted
        """
        stage_id = self.env.context.get("pass_stage_id") or None
        if not self or (stage_id and self._stage_from_value(stage_id) is NO_STAGE):
            raise UserError(self.env._("This stage was deleted in the meantime. Reload the page."))
        return self.env["crm.stage.pass.dialog"]._open_for(self, self.env["crm.stage"].browse(stage_id))
