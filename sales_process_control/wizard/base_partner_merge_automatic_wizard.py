from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Keep all hot flags: Odoo moves them by SQL, without a thought of what may be open only once."""
        # In superuser mode: who may merge contacts need not be able to read what was said of them.
        flags = self.env["crm.hot.flag"].sudo()
        flags._prepare_merged_partners(src_partners | dst_partner)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        flags._follow_merged_partners(dst_partner)
        return result
