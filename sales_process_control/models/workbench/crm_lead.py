from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...const import GROUP_ALL_DOCUMENTS
from .crm_workbench_block import ALL, MINE, TEAM, Scope
from .workbench_messages import Concerned, notify_workbenches

#: Fields that the workbench shows of a deal. Changes of fields that the ledgers record are reported by the recorder.
SHOWN_FIELDS = frozenset(("name", "partner_id", "partner_name", "contact_name", "priority"))


class CrmLead(models.Model):
    _inherit = "crm.lead"

    # With these indexes the open deals of a person or a team are found without the closed ones, which become more each
    # year. The conditions are spelled as Odoo spells a domain, so that PostgreSQL matches them.
    _open_user_index = models.Index(
        "(user_id, date_deadline) WHERE active IS TRUE AND type = 'opportunity' AND won_status = 'pending'"
    )
    _open_team_index = models.Index(
        "(team_id, date_deadline) WHERE active IS TRUE AND type = 'opportunity' AND won_status = 'pending'"
    )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        """Remember who changes what the workbench shows: a flush may happen in the name of another user."""
        if not SHOWN_FIELDS.isdisjoint(vals):
            self._note_mover()
        return super().write(vals)

    def _write_multi(self, vals_list):
        """Notify the workbenches of the salespeople of deals of which a colleague has changed what they show."""
        result = super()._write_multi(vals_list)
        movers = self.env["crm.pipeline.recorder"]._memory().movers
        sellers_by_mover = defaultdict(set)
        # sudo: only ids of users are read, for messages without content.
        for lead in self._written(vals_list, SHOWN_FIELDS).sudo():
            sellers_by_mover[movers.get(lead.id)].add(lead.user_id.id)
        for mover_id, seller_ids in sellers_by_mover.items():
            notify_workbenches(self.env, Concerned(user_ids=seller_ids), mover_id)
        return result

    # ------------------------------------------------------------
    # WORKBENCH
    # ------------------------------------------------------------

    @api.model
    @api.readonly
    def get_workbench(self, scope="mine", blocks=None):
        """Return the workbench of the reader, or some blocks of it.

        :param str scope: `mine`, `team` (the teams that the reader leads or is a member of) or `all`
        :param list blocks: keys of the blocks to read; by default those with which the page is painted
        :return: a dictionary:

            - ``scope``; ``scopes``: scopes that the reader may choose from; ``today``: the reader's day, YYYY-MM-DD
            - ``later``: keys of the blocks to be read in a second call
            - ``blocks``: content of each block by its key, or ``{"error": reason}`` where it could not be read. Each
              count in it comes with ``model``, ``domain``, ``context`` and ``name`` of the records that it counts
        :raises UserError: for an unknown scope or block
        :raises AccessError: for a scope beyond the reader's rights, and for a user without rights in CRM
        """
        self.env["res.users"]._check_sells()
        wanted = self._workbench_scope(scope)
        base = self.env["crm.workbench.block"]
        of_scope = base._find_blocks(scope)
        later = [key for key, block in of_scope.items() if block._block_is_later]
        keys = [key for key in of_scope if key not in later] if blocks is None else blocks
        # Keys come from the browser and need not be hashable.
        if not isinstance(keys, list | tuple) or not all(key in list(of_scope) for key in keys):
            raise UserError(self.env._("The workbench has no such block."))
        return {
            "scope": scope,
            "scopes": self._workbench_scopes(),
            "today": fields.Date.to_string(base._today()),
            "later": later,
            "blocks": base._read_blocks({key: of_scope[key] for key in keys}, wanted),
        }

    def _workbench_scopes(self):
        """Return the names of the scopes that the reader may choose from."""
        return [MINE, TEAM, ALL] if self.env.user.has_group(GROUP_ALL_DOCUMENTS) else [MINE]

    def _workbench_scope(self, name):
        """Return the scope of a name.

        :rtype: Scope
        :raises UserError: for an unknown name
        :raises AccessError: for a scope beyond the reader's rights
        """
        if name not in (MINE, TEAM, ALL):
            raise UserError(self.env._("The workbench shows your own deals, those of your teams, or all."))
        if name not in self._workbench_scopes():
            raise AccessError(self.env._("You may see your own deals only."))
        team_ids = ()
        if name == TEAM:
            user = self.env.user
            team_ids = (
                self.env["crm.team"].search(["|", ("user_id", "=", user.id), ("member_ids", "in", user.ids)])._ids
            )
        return Scope(name, self.env.uid, team_ids)
