from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain

from ...const import GROUP_SALESPERSON, PREFETCH_FOR_DISPLAY
from .workbench_messages import Concerned, notify_workbenches

#: Customers starred by hand. The star belongs to the commercial entity: on a contact of a company it has no effect.
KEY_CUSTOMER = Domain("is_key_customer", "=", True) & (
    Domain("is_company", "=", True) | Domain("parent_id", "=", False)
)
#: Fields that decide which customers a workbench shows, and what it shows of them.
SHOWN_FIELDS = frozenset(("active", "is_company", "is_key_customer", "name", "parent_id", "user_id"))


class ResPartner(models.Model):
    _inherit = "res.partner"

    is_key_customer = fields.Boolean(
        "Key Customer",
        copy=False,
        prefetch=PREFETCH_FOR_DISPLAY,
        groups=GROUP_SALESPERSON,
        help="Starred customers come first on the workbench. Contacts follow their company.",
    )
    customer_deal_ids = fields.One2many(
        "crm.lead",
        string="Opportunities of the Customer",
        compute="_compute_customer_deal_ids",
        search="_search_customer_deal_ids",
        groups=GROUP_SALESPERSON,
        help="Opportunities of the customer and, for a company, of its contacts.",
    )

    # Few of many contacts are starred.
    _key_customer_index = models.Index("(id) WHERE is_key_customer IS TRUE")

    # ------------------------------------------------------------
    # COMPUTES
    # ------------------------------------------------------------

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_customer_deal_ids(self):
        domain = [("type", "=", "opportunity"), ("partner_id.commercial_partner_id", "in", self.ids)]
        deals = self.env["crm.lead"].search(domain).grouped(lambda deal: deal.partner_id.commercial_partner_id.id)
        for partner in self:
            partner.customer_deal_ids = deals.get(partner._origin.id, False)

    def _search_customer_deal_ids(self, operator, value):
        """Return the domain of commercial entities by the opportunities of all their contacts."""
        if operator not in ("any", "any!", "in"):
            return NotImplemented
        leads = self.env["crm.lead"]
        if isinstance(value, Domain):
            found = leads._search(value & Domain("type", "=", "opportunity"), bypass_access=operator == "any!")
        elif operator == "in":
            found = leads._search([("id", "in", [lead_id for lead_id in value if lead_id])])
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

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        """Notify the workbenches of colleagues that show one of these customers."""
        is_shown = not SHOWN_FIELDS.isdisjoint(vals) and self._is_changed_by_seller()
        # sudo: only ids of users are read, for messages without content.
        earlier_user_ids = self.sudo().user_id.ids if is_shown and "user_id" in vals else []
        result = super().write(vals)
        if is_shown:
            notify_workbenches(self.env, Concerned(user_ids=earlier_user_ids, customer_ids=self.ids))
        return result

    def unlink(self):
        """Notify the workbenches of colleagues that show one of these customers."""
        if self._is_changed_by_seller():
            # sudo: only ids of users are read, for messages without content. Their deals are read before the deletion,
            # which clears the customer of a deal.
            partners = self.sudo()
            groups = partners.env["crm.lead"]._read_group([("partner_id", "in", self.ids)], ["user_id"])
            user_ids = [*partners.user_id.ids, *(user.id for [user] in groups)]
            notify_workbenches(self.env, Concerned(user_ids=user_ids))
        return super().unlink()

    @api.model
    def _is_changed_by_seller(self):
        """Return whether the current user sells.

        Workbenches do not follow changes of contacts by jobs and by users of other apps, so that these cost no query.
        """
        return self.env.uid != SUPERUSER_ID and self.env.user.has_group(GROUP_SALESPERSON)
