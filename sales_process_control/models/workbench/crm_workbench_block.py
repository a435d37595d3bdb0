from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain

from ..screen.crm_screen_block import OPEN_DEAL

#: Names of the scopes.
MINE, TEAM, ALL = "mine", "team", "all"


class Scope(NamedTuple):
    """The deals that a workbench is about.

    :param name: MINE, TEAM or ALL
    :param user_id: id of the reader
    :param team_ids: ids of the teams that the reader leads or is a member of; empty unless the name is TEAM
    """

    name: str
    user_id: int
    team_ids: tuple[int, ...] = ()

    def domain(self, user="user_id", team="team_id") -> Domain:
        """Return the scope as a domain on a model.

        :param str user: name of the field that holds the salesperson
        :param str team: name of the field that holds the sales team
        """
        if self.name == MINE:
            return Domain(user, "=", self.user_id)
        if self.name == TEAM:
            return Domain(team, "in", self.team_ids)
        return Domain.TRUE


class CrmWorkbenchBlock(models.AbstractModel):
    """Base of the blocks of the workbench."""

    _name = "crm.workbench.block"
    _inherit = "crm.screen.block"
    _description = "Workbench Block"

    #: Whether the block compares several salespeople, so that the scope MINE does not have it.
    _block_is_for_several = False

    @api.model
    def _find_blocks(self, scope_name):
        """Return the blocks of a scope in their order.

        :param str scope_name: MINE, TEAM or ALL
        :return: models of blocks by their keys
        :rtype: dict[str, crm.workbench.block]
        """
        return {
            key: block
            for key, block in self._blocks_of_screen().items()
            if not (block._block_is_for_several and scope_name == MINE)
        }

    def _open_deals(self, scope):
        """Return the open deals of a scope, as a domain on `crm.lead`."""
        return OPEN_DEAL & scope.domain()
