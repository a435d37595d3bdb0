from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.fields import Domain

from ..progress.mail_activity import NO_NEXT_ACTION
from ..screen.crm_screen_sellers import MOST
from .crm_workbench_block import Watched

#: Hot flags raised in so many months count as promises.
MONTHS = 12
#: Which open deals of each salesperson are counted, as the filters of the pipeline do.
COUNTED = {
    "open": Domain.TRUE,
    "hot": Domain("is_hot", "=", True),
    "stalled": Domain("pace", "=", "stalled"),
    "idle": NO_NEXT_ACTION,
}


class CrmWorkbenchSellers(models.AbstractModel):
    """Salespeople of a scope: their open deals, and the promises of their customers."""

    _name = "crm.workbench.sellers"
    _inherit = ["crm.workbench.block", "crm.screen.sellers"]
    _description = "Workbench: Salespeople"

    _block_key = "sellers"
    _block_sequence = 8
    _block_is_later = True
    _block_is_for_several = True

    def _read_block(self, scope):
        domains = {name: self._open_deals(scope) & domain for name, domain in COUNTED.items()}
        counts = {name: self._count_deals(domain) for name, domain in domains.items()}
        promised = self._promises_domain(scope)
        promises = self._read_promises(promised)
        open_counts = {**dict.fromkeys(self._member_ids(scope), 0), **counts["open"]}
        labels = self._labels()
        return {
            "sellers": [
                {
                    "user_id": user_id,
                    "name": seller,
                    **{
                        name: self._deals_number(counts[name], labels[name], user_id, seller, domain)
                        for name, domain in domains.items()
                    },
                    "promises": self._describe_promises(promised, user_id, *promises.get(user_id, (0, 0))),
                }
                for user_id, seller in self._ordered_sellers(open_counts)
            ],
            "more": max(len(open_counts) - MOST, 0),
            "all": self._number(
                sum(counts["open"].values()),
                self.env._("Open Deals by Salesperson"),
                "crm.lead",
                domains["open"],
                context={"group_by": ["user_id"]},
            ),
        }

    def _watched(self, scope):
        members = Domain.TRUE if scope.team_ids is None else Domain("crm_team_id", "in", scope.team_ids)
        return [*super()._watched(scope), self._watched_activities(scope), Watched("crm.team.member", members)]

    def _labels(self):
        return {
            "open": self.env._("Open Deals"),
            "hot": self.env._("Hot"),
            "stalled": self.env._("Stalled"),
            "idle": self.env._("No Next Action"),
        }

    def _member_ids(self, scope):
        """Return the ids of the members of the teams of a scope, also of members without a deal."""
        if scope.team_ids is None:
            return ()
        members = self.env["crm.team.member"].search([("crm_team_id", "in", scope.team_ids)])
        return members.user_id.ids

    def _promises_domain(self, scope):
        """Return the flags of the last twelve months, as a domain on the report Hot Customers.

        The scope applies to the team and the salesperson of the flag (docs/definitions.md, Hot Customers).
        """
        since = self._today() - relativedelta(months=MONTHS)
        return scope.domain() & Domain("raised_at", ">=", fields.Date.to_string(since))
