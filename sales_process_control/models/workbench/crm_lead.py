import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...const import GROUP_ALL_DOCUMENTS
from .crm_workbench_block import Scope

_logger = logging.getLogger(__name__)

#: What paints the page.
FIRST_BLOCKS = ("hot", "attention", "today", "opportunities", "customers")
#: What follows in a second call.
LATER_BLOCKS = ("funnel", "conversion")
#: What follows for those who look at more than their own deals.
LATER_BLOCKS_OF_MANY = ("sellers", *LATER_BLOCKS)
#: PostgreSQL wants the whole call again, and so does Odoo where it has read from a replica.
RETRY_ERRORS = (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError, psycopg2.errors.ReadOnlySqlTransaction)
#: What the workbench shows of a deal besides what the ledgers are about, whose recorder tells of it.
SHOWN_FIELDS = frozenset(("name", "partner_id", "partner_name", "contact_name", "priority"))


class CrmLead(models.Model):
    _inherit = "crm.lead"

    # The open deals of a person or a team are found without passing those that are closed, of which there are more each
    # year. They are written as Odoo writes a domain, or PostgreSQL would not see that they answer it.
    _open_user_index = models.Index(
        "(user_id, date_deadline) WHERE active IS TRUE AND type = 'opportunity' AND won_status = 'pending'"
    )
    _open_team_index = models.Index(
        "(team_id, date_deadline) WHERE active IS TRUE AND type = 'opportunity' AND won_status = 'pending'"
    )

    def write(self, vals):
        if not SHOWN_FIELDS.isdisjoint(vals):
            self._note_mover()
        return super().write(vals)

    def _write_multi(self, vals_list):
        """Have sellers told where somebody else has changed what their workbench shows."""
        result = super()._write_multi(vals_list)
        shown = self._written(vals_list, SHOWN_FIELDS)
        if shown:
            movers = self.env["crm.pipeline.recorder"]._memory().movers
            self.env["crm.workbench.live"]._touch(lead_ids=shown._ids, changed_by=movers.get(shown._ids[0]))
        return result

    @api.model
    @api.readonly
    def get_workbench(self, scope="mine", blocks=None):
        """The workbench of the reader, of what he may see, or some blocks of it.

        :param str scope: `mine`, `team` (of the teams that one leads or is a member of) or `all`
        :param list blocks: names of the blocks to read; without it those that paint the page
        :return: a dictionary:

            - ``scope``; ``scopes``: those that the reader may choose from; ``today``: the reader's day
            - ``later``: names of the blocks to be read in a second call
            - ``blocks``: what each block shows by its name, or ``{"error": reason}`` where it could not be read. Each
              number in it comes with ``model``, ``domain``, ``context`` and ``name`` of the records that it counts
        :raises UserError: for a scope or block that there is none of
        :raises AccessError: for a scope beyond the reader's rights, and for whoever has nothing to do with CRM
        """
        self.browse().check_access("read")
        wanted = self._workbench_scope(scope)
        later = LATER_BLOCKS if scope == "mine" else LATER_BLOCKS_OF_MANY
        names = FIRST_BLOCKS if blocks is None else blocks
        if not isinstance(names, list | tuple) or not all(name in (*FIRST_BLOCKS, *later) for name in names):
            raise UserError(self.env._("The workbench has no such block."))
        return {
            "scope": scope,
            "scopes": self._workbench_scopes(),
            "today": fields.Date.to_string(self.env["crm.workbench.block"]._today()),
            "later": later,
            "blocks": self._read_workbench_blocks(dict.fromkeys(names), wanted),
        }

    def _workbench_scopes(self):
        """Names of the scopes that the reader may choose from."""
        return ["mine", "team", "all"] if self.env.user.has_group(GROUP_ALL_DOCUMENTS) else ["mine"]

    def _workbench_scope(self, name):
        """The scope of that name.

        :rtype: Scope
        :raises UserError: if there is none
        :raises AccessError: if it is beyond the reader's rights
        """
        if name not in ("mine", "team", "all"):
            raise UserError(self.env._("The workbench shows your own deals, those of your teams, or all."))
        if name not in self._workbench_scopes():
            raise AccessError(self.env._("You may see your own deals only."))
        teams = ()
        if name == "team":
            user = self.env.user
            teams = self.env["crm.team"].search(["|", ("user_id", "=", user.id), ("member_ids", "in", user.ids)])._ids
        return Scope(name, self.env.uid, teams)

    def _read_workbench_blocks(self, names, scope):
        """Read blocks one after another. What fails in one fails alone: its reason stands in its place.

        Where the database has failed, those after it are not read any more: they are marked `is_unread`, to be asked
        for once more, each by itself. A savepoint before each would cost more statements than the blocks themselves.
        """
        found, has_failed = {}, False
        for name in names:
            if has_failed:
                found[name] = {"error": self.env._("This part was not read."), "is_unread": True}
                continue
            try:
                found[name] = self.env[f"crm.workbench.{name}"]._read_block(scope)
            except RETRY_ERRORS:
                raise
            except Exception as error:
                has_failed = isinstance(error, psycopg2.Error)
                if self.env.cr.closed or isinstance(error, psycopg2.InterfaceError):
                    raise  # no connection is left that could answer for another block
                _logger.exception("The block %r of the workbench could not be read", name)
                # What other errors say, those of access and of deleted records included, may name what nobody has
                # asked for.
                is_plain = type(error) is UserError  # pylint: disable=unidiomatic-typecheck
                found[name] = {"error": str(error) if is_plain else self.env._("This part could not be read.")}
        return found
