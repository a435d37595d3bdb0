from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain

from ..screen.crm_screen_block import OPEN_DEAL, OPPORTUNITY
from .workbench_scope import MINE


class Watched(NamedTuple):
    """Records whose changes a block shows.

    :param model: name of the model, which has a table
    :param domain: the records; archived ones count if they are in it
    :param is_checked: whether access is part of the domain, so that it is not checked again
    """

    model: str
    domain: Domain
    is_checked: bool = False


class CrmWorkbenchBlock(models.AbstractModel):
    """Base of the blocks of the workbench."""

    _name = "crm.workbench.block"
    _inherit = "crm.screen.block"
    _description = "Workbench Block"

    #: Whether the block compares several salespeople, so that the scope MINE does not have it.
    _block_is_for_several = False

    @api.model
    def _find_blocks(self, scope_name):
        """Return the blocks of a scope that the reader has, in their order.

        :param str scope_name: MINE, TEAM or ALL
        :return: models of blocks by their keys
        :rtype: dict[str, crm.workbench.block]
        """
        return {
            key: block
            for key, block in self._blocks_of_screen().items()
            if not (block._block_is_for_several and scope_name == MINE) and block._is_wanted()
        }

    def _is_wanted(self):
        """Return whether the reader has the block. The browser knows it of blocks of the second call only."""
        return True

    def _open_deals(self, scope):
        """Return the open deals of a scope, as a domain on `crm.lead`."""
        return OPEN_DEAL & scope.domain()

    def _watched(self, scope):
        """Return the records whose changes the block shows, for :class:`~.crm_workbench_state.CrmWorkbenchState`.

        :rtype: list[Watched]
        """
        return [
            Watched("crm.lead", self._open_deals(scope)),
            Watched("crm.stage", Domain.TRUE),
            Watched("crm.team", Domain.TRUE),
            # The reader's own memberships say which teams, processes and customers are his.
            Watched("crm.team.member", Domain("user_id", "=", scope.user_id)),
        ]

    def _watched_activities(self, scope):
        """Return the planned activities on deals of a scope, open and closed ones, that the reader may read."""
        if not scope.watched_activities:
            # Odoo's own check of access reads the records of all activities. The deals are checked by the search.
            rule = self.env["ir.rule"]._compute_domain("mail.activity", "read")
            deals = self.env["crm.lead"].with_context(active_test=False)._search(OPPORTUNITY & scope.domain())
            activities = rule & Domain("active", "=", True) & Domain("lead_id", "any", deals)
            scope.watched_activities.append(Watched("mail.activity", activities, is_checked=True))
        return scope.watched_activities[0]

    def _watched_movements(self, scope):
        """Return the movements of deals of a scope since the day before the reader's day.

        Earlier movements were read when the page was opened, or when the day began.
        """
        yesterday = fields.Date.to_string(self._today() - timedelta(days=1))
        return Watched("crm.pipeline.movement", Domain("date", ">=", yesterday) & scope.domain())
