from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...const import GROUP_ALL_DOCUMENTS
from .workbench_messages import Concerned, notify_workbenches
from .workbench_scope import ALL, MINE, TEAM, Scope, own_teams

#: Fields that the workbench shows of a deal. Changes of fields that the ledgers record are reported by the recorder.
SHOWN_FIELDS = frozenset(("name", "partner_id", "partner_name", "contact_name", "priority"))
#: How many teams are listed for a reader who may choose from all of them.
MOST_TEAMS = 500


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
    def get_workbench(self, scope="mine", blocks=None, team_ids=None, process=None):
        """Return the workbench of the reader, or some blocks of it.

        :param str scope: `mine`, `team` (the teams that the reader leads or is a member of) or `all`
        :param list blocks: keys of the blocks to read; by default those with which the page is painted
        :param list team_ids: ids of teams to which `team` and `all` are narrowed; by default all teams of the scope
        :param list process: ids of the stages of the process that funnel and conversion show, as block `funnel` lists
            them, or listed them before stages were added or removed; by default the process with the most open deals
        :return: a dictionary:

            - ``scope``; ``scopes``: scopes that the reader may choose from; ``today``: the reader's day, YYYY-MM-DD
            - ``teams``: teams that the reader may choose from, with ``id`` and ``name``; ``team_ids``: the chosen ones
            - ``read_at``: when the blocks were read, YYYY-MM-DD HH:MM:SS in UTC
            - ``later``: keys of the blocks to be read in a second call
            - ``blocks``: content of each block by its key, or ``{"error": reason}`` where it could not be read. Each
              count in it comes with ``model``, ``domain``, ``context`` and ``name`` of the records that it counts
        :raises UserError: for an unknown scope, block or process, and for teams that are no ids
        :raises AccessError: for a scope or teams beyond the reader's rights, and for a user without rights in CRM
        """
        self.env["res.users"]._check_sells()
        wanted = self._workbench_scope(scope, team_ids, process)
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
            "teams": [{"id": team_id, "name": name} for team_id, name in wanted.teams],
            "team_ids": list(wanted.team_ids) if wanted.is_chosen else [],
            "read_at": fields.Datetime.to_string(self.env.cr.now()),
            "later": later,
            "blocks": base._read_blocks({key: of_scope[key] for key in keys}, wanted),
        }

    def _workbench_scopes(self):
        """Return the names of the scopes that the reader may choose from."""
        return [MINE, TEAM, ALL] if self.env.user.has_group(GROUP_ALL_DOCUMENTS) else [MINE]

    def _workbench_scope(self, name, team_ids=None, process=None):
        """Return the scope of a name, see :meth:`get_workbench`.

        :rtype: Scope
        :raises UserError: for an unknown name or process, and for teams that are no ids
        :raises AccessError: for a scope or teams beyond the reader's rights
        """
        if name not in (MINE, TEAM, ALL):
            raise UserError(self.env._("The workbench shows your own deals, those of your teams, or all."))
        if name not in self._workbench_scopes():
            raise AccessError(
                self.env._(
                    "You can see your own deals only. An administrator can give you the access right User: All "
                    "Documents."
                )
            )
        chosen = self._checked_ids(team_ids, self.env._("Teams must be chosen by their IDs."))
        stage_ids = self._checked_ids(process, self.env._("A process must be chosen by the IDs of its stages."))
        teams = self._workbench_teams(name)
        if unlisted := set(chosen or ()) - set(teams.ids):
            teams |= self._unlisted_teams(name, teams, unlisted)
        scope = Scope(
            name,
            self.env.uid,
            team_ids=chosen or (teams._ids if name == TEAM else None),
            is_chosen=bool(chosen),
            stage_ids=stage_ids,
            teams=tuple((team.id, team.name) for team in teams),
        )
        if stage_ids is not None:
            scope.process(self.env)
        return scope

    def _workbench_teams(self, name):
        """Return the teams that the reader may choose from in a scope, with their names.

        The own teams are all of them, since the scope TEAM is about their deals. Of all teams, up to MOST_TEAMS are
        listed.

        :param str name: MINE, TEAM or ALL
        """
        teams = self.env["crm.team"]
        if name == MINE:
            return teams
        if name == TEAM:
            return teams.search_fetch(own_teams(self.env.uid), ["name"])
        return teams.search_fetch([], ["name"], limit=MOST_TEAMS)

    def _unlisted_teams(self, name, listed, team_ids):
        """Return teams that may be chosen although they are not listed, since there are too many.

        :param str name: MINE, TEAM or ALL
        :param listed: teams that are listed in the scope
        :param set team_ids: ids that came from the browser
        :raises AccessError: for other ids
        """
        found = listed.browse()
        if name == ALL and len(listed) >= MOST_TEAMS:
            found = listed.search_fetch([("id", "in", list(team_ids))], ["name"], limit=MOST_TEAMS)
        if set(found.ids) != team_ids:
            raise AccessError(self.env._("You cannot choose this team. Choose a team from the list."))
        return found

    @api.model
    def _checked_ids(self, ids, refusal):
        """Return ids that came from the browser in ascending order, None for no choice.

        :param str refusal: message for anything else
        :raises UserError: for anything else
        """
        if ids is None or ids is False:
            return None
        if not isinstance(ids, list | tuple) or not all(type(record_id) is int for record_id in ids):
            raise UserError(refusal)
        return tuple(sorted(set(ids)))
