from odoo import api, fields, models
from odoo.fields import Domain

from ...const import GROUP_SALESPERSON, PREFETCH_FOR_DISPLAY

#: Customers starred by hand. The star is that of a commercial entity: on a contact of a company it says nothing.
KEY_CUSTOMER = Domain("is_key_customer", "=", True) & (
    Domain("is_company", "=", True) | Domain("parent_id", "=", False)
)


class ResPartner(models.Model):
    _inherit = "res.partner"

    is_key_customer = fields.Boolean(
        "Key Customer",
        copy=False,
        prefetch=PREFETCH_FOR_DISPLAY,
        groups=GROUP_SALESPERSON,
        help="Starred by hand: the workbench shows the customer among the first. A company speaks for its contacts.",
    )
    customer_deal_ids = fields.One2many(
        "crm.lead",
        string="Opportunities of the Customer",
        compute="_compute_customer_deal_ids",
        search="_search_customer_deal_ids",
        groups=GROUP_SALESPERSON,
        help="Opportunities of the customer and, for a company, of its contacts.",
    )

    # Few are starred, of how many contacts there ever may be.
    _key_customer_index = models.Index("(id) WHERE is_key_customer IS TRUE")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_customer_deal_ids(self):
        domain = [("type", "=", "opportunity"), ("partner_id.commercial_partner_id", "in", self.ids)]
        deals = self.env["crm.lead"].search(domain).grouped(lambda deal: deal.partner_id.commercial_partner_id.id)
        for partner in self:
            partner.customer_deal_ids = deals.get(partner._origin.id, False)

    def _search_customer_deal_ids(self, operator, value):
        """Find commercial entities by the opportunities of all their contacts, in one query."""
        if operator not in ("any", "any!", "in"):
            return NotImplemented
        leads = self.env["crm.lead"]
        if isinstance(value, Domain):
            found = leads._search(value & Domain("type", "=", "opportunity"), bypass_access=operator == "any!")
        elif operator == "in":
            found = leads._search([("id", "in", [number for number in value if number])])
            if not all(value):
                having_any = self._search_customer_deal_ids("any", Domain.TRUE)
                return self._search_customer_deal_ids("any", found) | ~having_any
        else:
            found = value
        contacts = self.with_context(active_test=False)._search(
            [("id", "in", found.subselect(leads._field_to_sql(found.table, "partner_id", found)))]
        )
        customers = contacts.subselect(self._field_to_sql(contacts.table, "commercial_partner_id", contacts))
        return Domain("id", "in", customers)
