from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.fields import Domain

from ...statistics import ENOUGH, wilson_interval

#: How many rows the block has, and how far back promises count.
MOST, MONTHS = 30, 12
#: What is counted of the open deals of each seller, as the filters of the pipeline say it.
COUNTED = {
    "open": Domain.TRUE,
    "hot": Domain("is_hot", "=", True),
    "stalled": Domain("pace", "=", "stalled"),
    "idle": Domain("activity_ids", "not any", [("active", "=", True)]),
}


class CrmWorkbenchSellers(models.AbstractModel):
    """How the sellers of a scope stand: their open deals, and the promises of their customers."""

    _name = "crm.workbench.sellers"
    _inherit = "crm.workbench.block"
    _description = "Workbench: Sellers"

    def _read_block(self, scope):
        counts = {name: self._count_deals(self._open_deals(scope) & domain) for name, domain in COUNTED.items()}
        promises = self._read_promises(scope)
        user_ids = {user_id: counts["open"][user_id] for user_id in counts["open"]}
        for user_id in self._members(scope):
            user_ids.setdefault(user_id, 0)
        # In superuser mode: only names of those who have a deal that the reader may read, or are in his teams.
        users = self.env["res.users"].sudo().browse(number for number in user_ids if number)
        names = {False: self.env._("Nobody"), **{user.id: user.name for user in users}}
        ordered = sorted(user_ids, key=lambda number: (not number, -user_ids[number], names[number], number))
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
                for user_id in ordered[:MOST]
            ],
            "more": max(len(ordered) - MOST, 0),
        }

    def _labels(self):
        return {
            "open": self.env._("Open Deals"),
            "hot": self.env._("Hot"),
            "stalled": self.env._("Stalled"),
            "idle": self.env._("No Next Action"),
        }

    def _members(self, scope):
        """Numbers of those who sell for the teams of the scope, whether they have a deal or not."""
        if scope.name != "team":
            return ()
        members = self.env["crm.team.member"].search([("crm_team_id", "in", scope.team_ids)])
        return members.user_id.ids

    def _count_deals(self, domain):
        """Number of deals of each seller, false for nobody's."""
        return {user.id: count for user, count in self.env["crm.lead"]._read_group(domain, ["user_id"], ["__count"])}

    def _promises_domain(self, scope):
        """Promises of the last twelve months, by the team and the seller of their flags (D3)."""
        since = self._today() - relativedelta(months=MONTHS)
        return scope.domain() & Domain("raised_at", ">=", f"{fields.Date.to_string(since)} 00:00:00")

    def _read_promises(self, scope):
        """How many promises of each seller's customers were kept, of how many."""
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
