from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.fields import Domain

from ...statistics import ENOUGH, wilson_interval
from .crm_workbench_block import TEAM

#: How many rows the block has at most.
MOST = 30
#: Hot flags raised in so many months count as promises.
MONTHS = 12
#: Which open deals of each salesperson are counted, as the filters of the pipeline do.
COUNTED = {
    "open": Domain.TRUE,
    "hot": Domain("is_hot", "=", True),
    "stalled": Domain("pace", "=", "stalled"),
    "idle": Domain("activity_ids", "not any", [("active", "=", True)]),
}


class CrmWorkbenchSellers(models.AbstractModel):
    """Salespeople of a scope: their open deals, and the promises of their customers."""

    _name = "crm.workbench.sellers"
    _inherit = "crm.workbench.block"
    _description = "Workbench: Sellers"

    _block_key = "sellers"
    _block_sequence = 60
    _block_is_later = True
    _block_is_for_several = True

    def _read_block(self, scope):
        counts = {name: self._count_deals(self._open_deals(scope) & domain) for name, domain in COUNTED.items()}
        promises = self._read_promises(scope)
        open_counts = {**dict.fromkeys(self._member_ids(scope), 0), **counts["open"]}
        # sudo: only names are read, of users who have a deal that the reader may read or are members of his teams.
        users = self.env["res.users"].sudo().browse(user_id for user_id in open_counts if user_id)
        names = {False: self.env._("Nobody"), **{user.id: user.name for user in users}}
        user_ids = sorted(
            open_counts, key=lambda user_id: (not user_id, -open_counts[user_id], names[user_id], user_id)
        )
        labels = self._labels()
        return {
            "sellers": [
                {
                    "user_id": user_id,
                    "name": names[user_id],
                    **{
                        name: self._number(
                            counts[name].get(user_id, 0),
                            self.env._("%(what)s: %(seller)s", what=labels[name], seller=names[user_id]),
                            "crm.lead",
                            self._open_deals(scope) & domain & Domain("user_id", "=", user_id),
                        )
                        for name, domain in COUNTED.items()
                    },
                    "promises": self._describe_promises(scope, user_id, *promises.get(user_id, (0, 0))),
                }
                for user_id in user_ids[:MOST]
            ],
            "more": max(len(user_ids) - MOST, 0),
        }

    def _labels(self):
        return {
            "open": self.env._("Open Deals"),
            "hot": self.env._("Hot"),
            "stalled": self.env._("Stalled"),
            "idle": self.env._("No Next Action"),
        }

    def _member_ids(self, scope):
        """Return the ids of the members of the teams of a scope, also of members without a deal."""
        if scope.name != TEAM:
            return ()
        members = self.env["crm.team.member"].search([("crm_team_id", "in", scope.team_ids)])
        return members.user_id.ids

    def _count_deals(self, domain):
        """Return the count of deals by id of the salesperson, False for deals without one."""
        return {user.id: count for user, count in self.env["crm.lead"]._read_group(domain, ["user_id"], ["__count"])}

    def _promises_domain(self, scope):
        """Return the flags of the last twelve months, as a domain on the report Hot Customers.

        The scope applies to the team and the salesperson of the flag (docs/definitions.md, Hot Customers).
        """
        since = self._today() - relativedelta(months=MONTHS)
        return scope.domain() & Domain("raised_at", ">=", fields.Date.to_string(since))

    def _read_promises(self, scope):
        """Return (kept, settled) promises of customers by id of the salesperson."""
        rows = self.env["crm.hot.report"]._read_group(
            self._promises_domain(scope), ["user_id"], ["promises_kept:sum", "promise_count:sum"]
        )
        return {user.id: (kept or 0, settled or 0) for user, kept, settled in rows}

    def _describe_promises(self, scope, user_id, kept, settled):
        domain = self._promises_domain(scope) & Domain("user_id", "=", user_id)
        is_enough = settled >= ENOUGH
        return {
            "kept": self._number(
                kept, self.env._("Promises Kept"), "crm.hot.report", domain & Domain("promises_kept", "=", 1)
            ),
            "settled": self._number(
                settled, self.env._("Promises"), "crm.hot.report", domain & Domain("promise_count", "=", 1)
            ),
            "rate": kept / settled if is_enough else False,
            "interval": wilson_interval(kept, settled) if is_enough else False,
        }
