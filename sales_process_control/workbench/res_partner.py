from odoo import models

#: What the workbench shows of customers, and what decides whether they stand on it.
SHOWN_FIELDS = frozenset(("active", "is_company", "is_key_customer", "name", "parent_id", "user_id"))


class ResPartner(models.Model):
    # Beside what models/res_partner.py does for hot flags: another matter.
    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    def write(self, vals):
        is_seen = not SHOWN_FIELDS.isdisjoint(vals)
        if is_seen:
            self._tell_sellers()
        result = super().write(vals)
        if is_seen:
            self._tell_sellers()
        return result

    def unlink(self):
        # Their deals do not know them afterwards.
        deals = self.env["crm.lead"].sudo().search([("partner_id", "in", self.ids)])
        self.env["crm.workbench.live"]._touch(self.sudo().user_id.ids, deals.ids)
        return super().unlink()

    def _tell_sellers(self):
        """Have the workbenches of those told who sell to these customers."""
        # In superuser mode: who is told is told nothing but that something has changed.
        self.env["crm.workbench.live"]._touch(self.sudo().user_id.ids, partner_ids=self.ids)
