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
