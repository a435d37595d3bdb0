"""The steps of the set-up panel, and what is there of each. No models."""

from odoo import fields
from odoo.fields import Domain

from ...const import GROUP_SETTINGS
from ..alert.alert_kinds import SETTINGS
from ..pace.crm_stage import MOST_STAGES
from ..weekly_report.weekly_sender import WeeklySender

STAGES, HISTORY, TEAMS, WEEKLY, ALERTS = STEPS = ("stages", "history", "teams", "weekly", "alerts")
#: States of a step.
DONE, OPEN, SKIPPED = "done", "open", "skipped"
#: Steps that can be skipped. For the stages there is a choice of their own: to keep them.
SKIPPABLE = (HISTORY, TEAMS, WEEKLY, ALERTS)
#: So many teams and members of them are looked at, and so many names of teams are listed.
MOST_TEAMS = 1000
MOST_MEMBERS = 10_000
MOST_NAMES = 5


class SetupReader:
    """Reads how far the current company has come.

    :param block: the model of the panel; its environment is that of a sales manager, in the current company alone
    """

    def __init__(self, block):
        self.block, self.env = block, block.env
        self.company = self.env.company

    def read_steps(self):
        """Return the steps in their order, each a dictionary with its ``key``, its ``state`` and what is there."""
        skipped = self.skipped()
        steps = []
        for key in STEPS:
            facts = getattr(self, f"_read_{key}")()
            state = DONE if facts.pop("is_done") else SKIPPED if key in skipped else OPEN
            steps.append({"key": key, "state": state, **facts})
        return steps

    def skipped(self):
        """Return the keys of the steps that are skipped.

        :rtype: set[str]
        """
        return {*(self.company.skipped_setup_steps or "").split(",")} & {*SKIPPABLE}

    # ------------------------------------------------------------
    # STAGES
    # ------------------------------------------------------------

    def teams(self):
        """Return the active sales teams that work in the company."""
        domain = Domain("company_id", "in", (False, self.company.id))
        return self.env["crm.team"].search(domain, limit=MOST_TEAMS)

    def stages(self):
        """Return the open stages of the teams of the company."""
        of_teams = Domain("team_ids", "=", False) | Domain("team_ids", "in", self.teams().ids)
        return self.env["crm.stage"].search(Domain("is_won", "=", False) & of_teams, limit=MOST_STAGES)

    def suggestions(self, stages):
        """Return the stages to which a limit can be given from the past of the company: those without one of their own.

        A stage has one limit for all companies, so that those are left out that other companies use, too.

        :return: (stage, days, number of ended visits) of each
        """
        free = stages.filtered(lambda stage: not stage.rotting_threshold_days and not stage.is_unlimited)
        # sudo: only whether there is another company.
        if self.env["res.company"].sudo().search_count([], limit=2) > 1:
            free -= free._shared_with_unseen_teams()
            # A team without a company is one of all companies.
            free = free.filtered(lambda stage: {team.company_id for team in stage.team_ids} == {self.company})
        limits = free._suggest_limits() if free else {}
        return [(stage, *limits[stage.id]) for stage in free if limits.get(stage.id, (0, 0))[0]]

    def _read_stages(self):
        stages = self.stages()
        limited = stages.filtered(lambda stage: stage.rotting_threshold_days or stage.is_unlimited)
        with_actions = stages.filtered("step_ids")
        suggestions = self.suggestions(stages)
        without = self._teams_without_stages(stages)
        is_kept = self.company.is_keeping_stages
        return {
            "is_done": bool(stages) and not without and (is_kept or bool(limited or with_actions)),
            "is_kept": is_kept,
            "stages": self._number(stages, self.env._("Stages")),
            "limited": self._number(limited, self.env._("Stages With a Limit")),
            "with_actions": self._number(with_actions, self.env._("Stages With Sales Actions")),
            "suggestions": [
                {"stage_id": stage.id, "name": stage.name, "days": days, "visits": visits}
                for stage, days, visits in suggestions
            ],
            "teams_without": without,
        }

    def _teams_without_stages(self, stages):
        """Return the names of the first teams for which there is no open stage, or none of won opportunities."""
        teams, without = self.teams(), self.env["crm.team"]
        for of_kind in (stages, self.env["crm.stage"].search([("is_won", "=", True)], limit=MOST_STAGES)):
            if all(stage.team_ids for stage in of_kind):
                without |= teams - of_kind.team_ids
        return without[:MOST_NAMES].mapped("name")

    # ------------------------------------------------------------
    # OTHER STEPS
    # ------------------------------------------------------------

    def _read_history(self):
        domain = Domain("imported_history_id.company_id", "=", self.company.id)
        leads = self.env["crm.lead"].with_context(active_test=False)
        count = leads.search_count(domain)
        deals = self.block._number(
            count, self.env._("Imported Opportunities"), "crm.lead", domain, context={"active_test": False}
        )
        return {"is_done": bool(count), "deals": deals}

    def _read_teams(self):
        teams = self.teams()
        members = self.env["crm.team.member"].search(Domain("crm_team_id", "in", teams.ids), limit=MOST_MEMBERS)
        with_members = members.crm_team_id
        month = fields.Date.to_string(self.block._today().replace(day=1))
        domain = Domain("company_id", "=", self.company.id) & Domain("month", "=", month)
        targets = self.env["crm.sales.target"].search_count(domain)
        return {
            "is_done": bool(with_members) and bool(targets),
            "teams": self._number(with_members, self.env._("Sales Teams With Members")),
            "members": self._number(members, self.env._("Members of Sales Teams")),
            "targets": self.block._number(
                targets, self.env._("Sales Targets of This Month"), "crm.sales.target", domain
            ),
        }

    def _read_weekly(self):
        # sudo: the preferences of others are read to count who gets a report; the names of users are no secret.
        wanted = WeeklySender(self.env(su=True)).find_wanted()
        ids = sorted({user.id for user, _team in wanted if user.company_id == self.company})
        readers = self.env["res.users"].browse(ids)
        return {
            "is_done": bool(readers),
            "readers": self._number(readers, self.env._("Readers of the Weekly Report")),
            "can_set": self.env.user.has_group(GROUP_SETTINGS),
        }

    def _read_alerts(self):
        company = self.company.sudo()  # sudo: only how many kinds of alerts are on is read
        count = sum(company[name] for name in SETTINGS.values())
        return {"is_done": bool(count), "kinds": count, "can_set": self.env.user.has_group(GROUP_SETTINGS)}

    def _number(self, records, name):
        return self.block._number(len(records), name, records._name, Domain("id", "in", records.ids))
