from odoo import api, models

from ..models.workbench.res_partner import KEY_CUSTOMER


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Withdraw hot flags that could not be open together, and let the others follow the contact.

        Odoo moves references by SQL, which would violate a unique index.
        """
        # sudo: all flags of the contacts move, also flags that the user may not read.
        flags = self.env["crm.hot.flag"].sudo()
        flags._prepare_merged_partners(src_partners | dst_partner)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        flags._follow_merged_partners(dst_partner)
        return result

    @api.model
    def _update_values(self, src_partners, dst_partner):
        """Keep the star of a key customer. Odoo copies only fields that the user may read."""
        # sudo: a user who may merge contacts need not have sales rights.
        is_starred = (src_partners | dst_partner).sudo().filtered_domain(KEY_CUSTOMER)
        result = super()._update_values(src_partners, dst_partner)
        if is_starred:
            dst_partner.sudo().commercial_partner_id.is_key_customer = True
        return result
