"""The deals that a workbench is about: whose, of which teams, and in which process. No models."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..recording.numbers import is_id
from ..recording.text_lists import joined_first_names
from ..screen.crm_screen_block import OPEN_DEAL

#: Names of the scopes.
MINE, TEAM, ALL = "mine", "team", "all"
#: How many teams of a process its name has at most.
MOST_NAMES = 3
#: So many stages of a choice count at most. No team has as many.
MOST_STAGES = 1000
#: More than so much of a chosen process must be left, see :meth:`Process.likeness`.
LEAST_LIKENESS = 0.5
#: Teams with the stages that they use, and the number of their open deals in a scope. The team without an id stands for
#: deals without a team, which use the stages that all teams share.
TEAMS = """
    WITH counted AS MATERIALIZED (%(counts)s), stage AS MATERIALIZED (%(stages)s), readable AS MATERIALIZED (%(teams)s),
    team AS (SELECT id FROM readable UNION SELECT team_id FROM counted UNION SELECT NULL)
    SELECT COALESCE(team.id, 0) AS id, readable.name, COALESCE(counted.deals, 0)::int AS deals,
           COALESCE(readable.is_own, FALSE) AS is_own, COALESCE(readable.is_active, FALSE) AS is_active,
           ARRAY(
               SELECT DISTINCT id FROM stage WHERE stage.team_id IS NULL OR stage.team_id = team.id ORDER BY id
           ) AS stage_ids
    FROM team
    LEFT JOIN readable ON readable.id = team.id
    LEFT JOIN counted ON counted.team_id IS NOT DISTINCT FROM team.id
"""


def own_teams(user_id):
    """Return the teams that a user leads or is a member of, as a domain on `crm.team`."""
    return Domain("user_id", "=", user_id) | Domain("member_ids", "in", [user_id])


class Process(NamedTuple):
    """The stages that some teams use. Stages without a team are used by all teams.

    :param stage_ids: ids of the stages in ascending order, which no other process of the scope has
    :param team_ids: ids of the teams, in any scope; False for deals without a team
    :param deals: number of open deals of the scope
    :param name: names of teams of the scope
    :param is_only: whether no other team has another process
    """

    stage_ids: tuple[int, ...]
    team_ids: tuple[int | bool, ...]
    deals: int
    name: str
    is_only: bool

    def likeness(self, stage_ids, shared):
        """Return how like the stages of this process are to other stages: 1 for the same, 0 without any in common.

        The Jaccard index: stages in common by stages of either.

        :param stage_ids: ids of the other stages
        :param set shared: ids of stages that tell nothing
        """
        own, other = {*self.stage_ids} - shared, {*stage_ids} - shared
        return len(own & other) / len(own | other) if own | other else 1

    def domain(self, team="team_id") -> Domain:
        """Return the deals of the process as a domain on a model.

        :param str team: name of the field that holds the sales team
        """
        return Domain.TRUE if self.is_only else Domain(team, "in", self.team_ids)


@dataclass(frozen=True)
class Scope:
    """The deals that a workbench is about.

    :param name: MINE, TEAM or ALL
    :param user_id: id of the reader
    :param team_ids: ids of the teams whose deals these are: the chosen ones, or those that the reader leads or is a
        member of; None for all teams
    :param is_chosen: whether the reader has chosen the teams
    :param stage_ids: stages of the process that the reader has chosen, None for the one with the most open deals
    :param teams: (id, name) of the teams that the reader may choose from
    """

    name: str
    user_id: int
    team_ids: tuple[int, ...] | None = None
    is_chosen: bool = False
    stage_ids: tuple[int, ...] | None = None
    teams: tuple[tuple[int, str], ...] = ()
    #: What blocks of one call share: rows of deals that blocks have found, by the key of the block; deals that are
    #: described for the browser, by their ids; the activities that the page watches, of which there is one set.
    found_rows: dict = field(default_factory=dict, compare=False, repr=False)
    described_deals: dict = field(default_factory=dict, compare=False, repr=False)
    watched_activities: list = field(default_factory=list, compare=False, repr=False)
    _processes: list = field(default_factory=list, compare=False, repr=False)

    def domain(self, user="user_id", team="team_id") -> Domain:
        """Return the scope as a domain on a model.

        :param str user: name of the field that holds the salesperson
        :param str team: name of the field that holds the sales team
        """
        if self.name == MINE:
            return Domain(user, "=", self.user_id)
        if self.team_ids is not None:
            return Domain(team, "in", self.team_ids)
        return Domain.TRUE

    def processes(self, env):
        """Return the processes of the teams in the scope, the one with the most open deals first; at least one.

        All blocks of one call share them.

        :param Environment env: the reader and the allowed companies
        :rtype: list[Process]
        """
        if not self._processes:
            self._processes.extend(ProcessReader(env, self).find())
        return self._processes

    def process(self, env):
        """Return the chosen process, by default the one with the most open deals.

        Stages may have been added to the chosen process or removed from it since: then it is the process that is most
        like it, by the stages that are not those of every process.

        :param Environment env: the reader and the allowed companies
        :raises UserError: for a process that no team in the scope has, and none that is like it
        :rtype: Process
        """
        processes = self.processes(env)
        if self.stage_ids is None:
            return processes[0]
        stage_ids = self._existing_stages(env, processes)
        shared = set.intersection(*(set(process.stage_ids) for process in processes)) if processes[1:] else set()
        likeness = {process: process.likeness(stage_ids, shared) for process in processes}
        first, *others = sorted(processes, key=likeness.get, reverse=True)
        if likeness[first] <= LEAST_LIKENESS or any(likeness[other] == likeness[first] for other in others):
            raise UserError(env._("No team has this process. Choose another one."))
        return first

    def _existing_stages(self, env, processes):
        """Return the chosen stages without those that were deleted since: they tell nothing about what is left."""
        known = {stage_id for process in processes for stage_id in process.stage_ids}
        if known.issuperset(self.stage_ids):
            return self.stage_ids
        possible = [stage_id for stage_id in self.stage_ids if is_id(stage_id)]
        return env["crm.stage"].browse(possible[:MOST_STAGES]).exists()._ids or self.stage_ids


class ProcessReader:
    """Reads which processes the teams of a scope have, with one statement.

    :param Environment env: the reader and the allowed companies
    :param Scope scope: the deals
    """

    def __init__(self, env, scope):
        self.env, self.scope = env, scope

    def find(self):
        """Return the processes, see :meth:`Scope.processes`."""
        by_stages = defaultdict(list)
        for team in self._read_teams():
            by_stages[tuple(team["stage_ids"])].append(team)
        in_scope = [stages for stages, teams in by_stages.items() if any(map(self._is_in_scope, teams))]
        found = [
            self._make(stage_ids, by_stages[stage_ids], len(by_stages) == 1) for stage_ids in in_scope or by_stages
        ]
        return sorted(found, key=lambda process: (-process.deals, process.name, process.stage_ids))

    def _make(self, stage_ids, teams, is_only):
        return Process(
            stage_ids=stage_ids,
            team_ids=tuple(sorted(team["id"] or False for team in teams)),
            deals=sum(team["deals"] for team in teams),
            name=self._name_of(teams),
            is_only=is_only,
        )

    def _is_in_scope(self, team):
        if team["deals"]:
            return True
        if self.scope.team_ids is not None:
            return team["id"] in self.scope.team_ids
        return team["is_own"] if self.scope.name == MINE else team["is_active"]

    def _name_of(self, teams):
        """Return the name of a process: its teams in the scope, those with the most deals first."""
        teams = [team for team in teams if self._is_in_scope(team)] or teams
        teams = sorted(teams, key=lambda team: (not team["id"], -team["deals"], team["name"] or "", team["id"]))
        names = [self._name_of_team(team) for team in teams]
        return joined_first_names(self.env, names[:MOST_NAMES], len(names))

    def _name_of_team(self, team):
        if not team["id"]:
            return self.env._("No team")
        return team["name"] or self.env._("Another team")

    def _read_teams(self):
        """Return the teams that the reader may read, archived ones included, and those of deals in the scope."""
        return self.env.execute_query_dict(
            SQL(TEAMS, counts=self._counts_sql(), stages=self._stages_sql(), teams=self._teams_sql())
        )

    def _counts_sql(self):
        leads = self.env["crm.lead"]
        query = leads._search(OPEN_DEAL & self.scope.domain())
        team_id = query.groupby = leads._field_to_sql(query.table, "team_id", query)
        query.order = None
        return query.select(SQL("%s AS team_id", team_id), SQL("count(*) AS deals"))

    def _stages_sql(self):
        """Return a query of stages, with a row for each team of a stage, or one without a team."""
        stages = self.env["crm.stage"]
        query, teams = stages._search(Domain.TRUE), stages._fields["team_ids"]
        link = query.left_join(query.table, "id", teams.relation, teams.column1, "team_ids")
        query.order = None
        return query.select(
            SQL("%s AS id", stages._field_to_sql(query.table, "id", query)),
            SQL("%s AS team_id", SQL.identifier(link, teams.column2)),
        )

    def _teams_sql(self):
        teams = self.env["crm.team"].with_context(active_test=False)
        query, own = teams._search(Domain.TRUE), teams._search(own_teams(self.scope.user_id))
        team_id, name, active = (teams._field_to_sql(query.table, column, query) for column in ("id", "name", "active"))
        query.order = None
        return query.select(
            SQL("%s AS id, %s AS name, %s AS is_active", team_id, name, active),
            SQL("%s IN %s AS is_own", team_id, own.subselect()),
        )
