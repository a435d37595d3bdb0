from odoo import models

from .crm_hot_flag_chatter import SUBTYPES


class MailMessage(models.Model):
    """Messages about hot flags: for internal users only.

    Odoo leaves internal notes of the type `notification` out of what portal users find, but lets them be read by id.
    """

    _inherit = "mail.message"

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if not self or self.env.user._is_internal():
            return result
        find = self.env["ir.model.data"]._xmlid_to_res_id
        # Without the false that stands for a subtype that is missing: messages without a subtype are no flags.
        subtype_ids = {find(name, raise_if_not_found=False) for name in SUBTYPES.values()} - {False, None}
        # sudo: reads which kind of message each is, to refuse some.
        hidden = self.sudo().filtered(lambda message: message.subtype_id.id in subtype_ids).sudo(False)
        if not hidden:
            return result
        forbidden = (result[0] | hidden) if result else hidden
        return forbidden, lambda: forbidden._make_access_error(operation)
