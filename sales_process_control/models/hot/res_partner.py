from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...const import GROUP_SALESPERSON
from ...ledger import promises
from ..recording.text_lists import joined_parts


class ResPartner(models.Model):
    """Whether a customer is hot, from open flags that the user may read. Flags of a company include its contacts'."""

    _inherit = "res.partner"

    is_hot = fields.Boolean(
        "Hot",
        compute="_compute_hot",
        search="_search_is_hot",
        groups=GROUP_SALESPERSON,
        help="The customer is about to act: there is an open hot flag, with or without an opportunity. Flags of "
        "contacts count for their company.",
    )
    hot_note = fields.Char(
        "Why Hot",
        compute="_compute_hot",
        groups=GROUP_SALESPERSON,
        help="Notes of the open hot flags, in the order of their due dates.",
    )
    hot_due_date = fields.Date(
        "Promise Due Date",
        compute="_compute_hot",
        groups=GROUP_SALESPERSON,
        help="The first due date of the open hot flags.",
    )
    hot_flag_count = fields.Integer("Number of Hot Flags", compute="_compute_hot_flag_count", groups=GROUP_SALESPERSON)

    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_hot(self):
        flags = defaultdict(list)
        # In the order of flags, by due date.
        for flag in self.env["crm.hot.flag"].search([("outcome", "=", promises.OPEN), *self._hot_flag_domain()]):
            for partner_id in {flag.partner_id.id, flag.commercial_partner_id.id}:
                flags[partner_id].append(flag)
        for partner in self:
            partner_flags = flags.get(partner._origin.id, ())
            partner.is_hot = bool(partner_flags)
            partner.hot_note = joined_parts(self.env, (flag.note for flag in partner_flags)) or False
            partner.hot_due_date = partner_flags[0].due_date if partner_flags else False

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_hot_flag_count(self):
        counts = defaultdict(int)
        for partner, company, count in self.env["crm.hot.flag"]._read_group(
            self._hot_flag_domain(), ["partner_id", "commercial_partner_id"], ["__count"]
        ):
            for partner_id in {partner.id, company.id}:
                counts[partner_id] += count
        for partner in self:
            partner.hot_flag_count = counts[partner._origin.id]

    def _search_is_hot(self, operator, value):
        if operator != "in":
            return NotImplemented
        if len(value) == 2:
            return Domain.TRUE
        model = self.env["crm.hot.flag"]
        partners = []
        for name in ("partner_id", "commercial_partner_id"):
            # Without empty values: `NOT IN` a set with NULL is never true.
            flags = model._search([("outcome", "=", promises.OPEN), (name, "!=", False)])
            partners.append(flags.subselect(model._field_to_sql(flags.table, name, flags)))
        hot = SQL("(%s UNION %s)", *partners)
        return Domain("id", "in" if True in value else "not in", hot)

    def action_open_hot_flags(self):
        """Open all hot flags of this customer, including those on its deals.

        :return: the action
        :rtype: dict
        """
        self.ensure_one()
        self.env["crm.hot.flag"].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("sales_process_control.crm_hot_flag_action_customer")
        return {
            **action,
            "display_name": self.env._("Hot Flags: %s", self.display_name),
            "domain": self._hot_flag_domain(),
        }

    def _hot_flag_domain(self):
        """Return the domain of the flags of these customers, and of contacts of these companies."""
        return ["|", ("partner_id", "in", self.ids), ("commercial_partner_id", "in", self.ids)]

    @api.model
    def _invalidate_hot(self):
        """Invalidate the values of all customers that are computed from flags, after flags have changed."""
        self.invalidate_model(["is_hot", "hot_note", "hot_due_date", "hot_flag_count"], flush=False)
