from odoo import api, models
from odoo.exceptions import UserError

from .crm_hot_flag_chatter import SUBTYPES


class MailMessageSubtype(models.Model):
    """Headings of messages: those about hot flags stay."""

    _inherit = "mail.message.subtype"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_of_hot_flags(self):
        """Keep the headings of messages about hot flags, by which portal users are kept from reading them.

        :raises UserError: if one of them is about to be deleted
        """
        find = self.env["ir.model.data"]._xmlid_to_res_id
        kept = {find(name, raise_if_not_found=False) for name in SUBTYPES.values()}
        if kept.intersection(self.ids):
            raise UserError(self.env._("Messages about hot flags need this subtype. It cannot be deleted."))
