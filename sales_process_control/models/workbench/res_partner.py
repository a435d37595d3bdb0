from odoo import models

#: What the workbench shows of customers, and what decides whether they stand on it.
SHOWN_FIELDS = frozenset(("active", "is_company", "is_key_customer", "name", "parent_id", "user_id"))


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        if not SHOWN_FIELDS.isdisjoint(vals):
            # In superuser mode: who is told is told nothing but that something has changed.
            before = self.sudo().user_id.ids if "user_id" in vals else ()
            self.env["crm.workbench.live"]._touch(before, partner_ids=self.ids)
        return super().write(vals)

    def unlink(self):
        # In superuser mode, as above; afterwards their deals do not know them any more.
        partners = self.sudo()
        deals = partners.env["crm.lead"].search([("partner_id", "in", self.ids)])
        self.env["crm.workbench.live"]._touch(partners.user_id.ids, deals.ids)
        return super().unlink()
