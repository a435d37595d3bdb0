from typing import NamedTuple

from odoo import models
from odoo.fields import Domain

from ...const import GROUP_ALL_DOCUMENTS
from ..screen.crm_screen_block import OPEN_DEAL
from .forecast_snapshot import Snapshot
from .sales_targets import Target, TargetReader, against_target

#: How many teams and salespeople the block shows at most.
MOST = 30
TEAM, SELLER = "team_id", "user_id"
#: What of an owner without deals is in a forecast.
NOTHING = {"deals": [], "arrivals": [], "wins": []}


class Owner(NamedTuple):
    """A team or a salesperson, with the forecast of the deals.

    :param id: False for deals without one
    :param parts: see :meth:`~.forecast_parts.ForecastMaker.make`
    :param open_amount: of the open deals, whatever their chances
    """

    id: int | bool
    name: str
    parts: dict
    open_amount: float
    target: Target | None

    def order(self):
        """Return the key by which the rows are sorted: nobody at the end, the largest forecast first."""
        amount = self.parts["total_amount"]
        return not self.id, -(self.parts["won_amount"] if amount is None else amount), -self.open_amount, self.name


class CrmForecastOwners(models.AbstractModel):
    """The forecast by team and by salesperson, against their targets.

    A row adds up the deals that the reader may read. Teams are shown to readers of all documents only: who reads own
    deals would compare the target of a team with them.
    """

    _name = "crm.forecast.owners"
    _inherit = "crm.forecast.block"
    _description = "Forecast: By Team and by Salesperson"

    _block_key = "owners"
    _block_sequence = 40

    def _read_block(self, scope):
        forecast = scope.forecast(self.env)
        sees_all = self.env.user.has_group(GROUP_ALL_DOCUMENTS)
        # The target of a team is no target of one of its salespeople.
        teams = self._describe(scope, forecast, TEAM) if sees_all and not scope.user_id and not scope.team_id else None
        return {
            "teams": teams if teams and len(teams["rows"]) > 1 else False,
            "sellers": self._describe(scope, forecast, SELLER, only=None if sees_all else self.env.uid),
            "is_known": forecast.parts["is_known"],
            "currency_id": forecast.parts["currency_id"],
            "left_out": self._describe_left_out(forecast),
        }

    def _describe(self, scope, forecast, by, only=None):
        """Return the rows of owners, the largest forecast first.

        :param str by: `team_id` or `user_id`
        :param int only: id of the only owner whose targets are compared, None for all
        """
        snapshots = self._snapshots(forecast.snapshot, by)
        targets = self._targets(scope, by, only)
        names = self._names(by, {*snapshots, *targets})
        owners = []
        for owner_id, name in names.items():
            snapshot = snapshots.get(owner_id) or forecast.snapshot._replace(**NOTHING)
            parts = forecast.maker.make(scope.period, snapshot)
            open_amount = sum(deal.amount for deal in snapshot.deals)
            owners.append(Owner(owner_id, name, parts, open_amount, targets.get(owner_id)))
        owners.sort(key=Owner.order)
        return {
            "rows": [self._row(scope, forecast, Domain(by, "=", owner.id), owner) for owner in owners[:MOST]],
            "more": max(len(owners) - MOST, 0),
            "has_targets": any(target.amount is not None for target in targets.values()),
            "left_out": self._describe_targets_left_out(targets.values()),
        }

    @staticmethod
    def _snapshots(snapshot, by) -> dict[int | bool, Snapshot]:
        """Return the snapshots of the deals of each owner by id, False for deals without one."""
        found = snapshot.by(by)
        nobodys = {kind: [row for row in getattr(snapshot, kind) if not getattr(row, by)] for kind in NOTHING}
        if any(nobodys.values()):
            found[False] = snapshot._replace(**nobodys)
        return {key: one for key, one in found.items() if one.deals or one.wins or one.arrivals}

    def _targets(self, scope, by, only):
        owner = Domain(by, "!=", False) if only is None else Domain(by, "=", only)
        if by == SELLER and scope.user_id:
            owner &= Domain(by, "=", scope.user_id)
        elif by == SELLER and scope.team_id:
            owner &= Domain("user_id.crm_team_ids", "in", [scope.team_id])
        return TargetReader(self.env, scope).find(owner, by)

    def _names(self, by, ids):
        model = "crm.team" if by == TEAM else "res.users"
        nobody = self.env._("No team") if by == TEAM else self.env._("Unassigned")
        # sudo: only names are read, of owners of deals and targets that the reader may read.
        records = self.env[model].sudo().browse(key for key in ids if key)
        names = {record.id: record.name for record in records}
        return names | {False: nobody} if False in ids else names

    def _row(self, scope, forecast, is_owner, owner):
        return {
            "id": owner.id,
            "name": owner.name,
            "won": self._number(
                owner.parts["won_count"],
                self.env._("Won in the Period: %s", owner.name),
                "crm.win.report",
                forecast.won_domain & is_owner,
                views=["list"],
                amount=owner.parts["won_amount"],
            ),
            "open": self._open_number(
                OPEN_DEAL & scope.domain() & is_owner,
                owner.parts["open_count"],
                self.env._("Open Deals: %s", owner.name),
                scope,
                amount=owner.open_amount,
            ),
            "expected": owner.parts["expected_amount"],
            "to_come": owner.parts["to_come_amount"],
            "total": owner.parts["total_amount"],
            **self._against_target(scope, is_owner, owner),
        }

    def _against_target(self, scope, is_owner, owner):
        """Return the target of an owner, how far the forecast is from it, and how often open deals cover the rest."""
        target = owner.target if owner.target and owner.target.amount is not None else None
        described = against_target(target and target.amount, owner.parts, owner.open_amount)
        if not target:
            return {"target": False, **described}
        reader = TargetReader(self.env, scope)
        return {
            "target": self._number(
                target.count,
                self.env._("Sales Targets: %s", owner.name),
                "crm.sales.target",
                reader.domain(is_owner),
                views=["list"],
                amount=target.amount,
            ),
            "target_months": target.months,
            "all_months": reader.all_months,
            "incomplete": self._describe_incomplete(target),
            **described,
        }
