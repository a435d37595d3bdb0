from odoo import models
from odoo.fields import Domain

from ...statistics import ENOUGH, wilson_interval

#: How many salespeople a block shows at most.
MOST = 30


class CrmScreenSellers(models.AbstractModel):
    """Rows of salespeople, which several screens show: open deals, and the promises of their customers."""

    _name = "crm.screen.sellers"
    _inherit = "crm.screen.block"
    _description = "Salespeople on a Screen"

    def _ordered_sellers(self, open_counts):
        """Return (id, name) of the salespeople that are shown: those with the most open deals, Nobody at the end.

        :param dict open_counts: open deals by id of the salesperson, False for deals without one
        """
        # sudo: only names are read, of users who have a deal that the reader may read or are members of his teams.
        users = self.env["res.users"].sudo().browse(user_id for user_id in open_counts if user_id)
        names = {False: self.env._("Unassigned"), **{user.id: user.name for user in users}}
        user_ids = sorted(
            open_counts, key=lambda user_id: (not user_id, -open_counts[user_id], names[user_id], user_id)
        )
        return [(user_id, names[user_id]) for user_id in user_ids[:MOST]]

    def _count_deals(self, domain):
        """Return the count of deals by id of the salesperson, False for deals without one."""
        return {user.id: count for user, count in self.env["crm.lead"]._read_group(domain, ["user_id"], ["__count"])}

    def _deals_number(self, counts, label, user_id, name, domain, **more):
        """Return a count of the deals of a salesperson.

        :param dict counts: result of :meth:`_count_deals` for the domain
        :param str label: what the deals are
        :param more: see :meth:`_number`
        """
        return self._number(
            counts.get(user_id, 0),
            self.env._("%(what)s: %(seller)s", what=label, seller=name),
            "crm.lead",
            domain & Domain("user_id", "=", user_id),
            **more,
        )

    def _read_promises(self, domain):
        """Return (kept, settled) promises of customers by id of the salesperson.

        :param Domain domain: the flags, as a domain on the report Hot Customers
        """
        rows = self.env["crm.hot.report"]._read_group(domain, ["user_id"], ["promises_kept:sum", "promise_count:sum"])
        return {user.id: (kept or 0, settled or 0) for user, kept, settled in rows}

    def _describe_promises(self, domain, user_id, kept, settled):
        """Return the promises of the customers of a salesperson."""
        domain = domain & Domain("user_id", "=", user_id)
        is_enough = settled >= ENOUGH
        return {
            "kept": self._number(
                kept, self.env._("Promises Kept in Time"), "crm.hot.report", domain & Domain("promises_kept", "=", 1)
            ),
            "settled": self._number(
                settled, self.env._("Promises"), "crm.hot.report", domain & Domain("promise_count", "=", 1)
            ),
            "rate": kept / settled if is_enough else False,
            "interval": wilson_interval(kept, settled) if is_enough else False,
        }
