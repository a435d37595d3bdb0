from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.fields import Domain

from ...statistics import ENOUGH

MONTHS = 12
SETTLED = Domain("converted", "=", 1) | Domain("lost", "=", 1)


class CrmWorkbenchConversion(models.AbstractModel):
    """What becomes of the deals that come into each stage, beside what becomes of those of others."""

    _name = "crm.workbench.conversion"
    _inherit = "crm.workbench.block"
    _description = "Workbench: Conversion"

    def _read_block(self, scope):
        since = self._today() - relativedelta(months=MONTHS)
        cohort = Domain("entered_at", ">=", f"{fields.Date.to_string(since)} 00:00:00")
        told, beside, others = self._read_rates(scope, cohort)
        by_stage = {one["stage_id"]: one for one in told if one["stage_id"]}
        stages = self.env["crm.stage"].browse(by_stage)
        ordered = stages.filtered(lambda stage: not stage.is_won).sorted(lambda stage: (stage.sequence, stage.id))
        own = cohort & scope.domain()
        return {
            "since": fields.Date.to_string(since),
            "of": scope.name,
            "beside": beside,
            "stages": [
                {**self._describe_stage(stage, own, by_stage[stage.id]), "beside": others.get(stage.id, False)}
                for stage in ordered
            ],
        }

    def _describe_stage(self, stage, domain, told):
        in_stage = domain & Domain("stage_id", "=", stage.id)
        model = "crm.stage.conversion.report"
        settled = told["converted"] + told["lost"]
        return {
            "stage_id": stage.id,
            "name": stage.name,
            "converted": self._number(
                told["converted"],
                self.env._("Went on from %s", stage.name),
                model,
                in_stage & Domain("converted", "=", 1),
            ),
            "settled": self._number(
                settled, self.env._("Went on from %s, or were lost", stage.name), model, in_stage & SETTLED
            ),
            **self._rate(told),
        }

    def _rate(self, told):
        """The rate and its interval, from ten settled deals on."""
        is_enough = told["converted"] + told["lost"] >= ENOUGH
        return {
            "rate": told["settled_rate"] if is_enough else False,
            "interval": told["settled_interval"] if is_enough else False,
        }

    def _read_rates(self, scope, cohort):
        """What is told of the stages in a scope, and what stands beside it: the rates of one's teams or company (D12).

        :param Domain cohort: the time that is looked at
        :return: the statistics of the scope; team, company or false; what is told of each stage beside, by its number
        """
        report = self.env["crm.stage.conversion.report"]
        if scope.name == "all":
            return report._stage_statistics(cohort), False, {}
        if "all" not in self.env["crm.lead"]._workbench_scopes():
            return report._stage_statistics(cohort & scope.domain()), "company", self._read_company(cohort)
        team_ids = scope.team_ids or self.env["crm.lead"]._workbench_scope("team").team_ids
        company_id = self.env.company.id
        beside, domain = "company", Domain("company_id", "=", company_id)
        if scope.name == "mine" and team_ids:
            beside, domain = "team", Domain("team_id", "in", team_ids)
        # In one statement: what stands beside holds most of what is one's own.
        own, others = report._stage_statistics_of_parts(
            cohort & (scope.domain() | domain),
            ("user_id", "team_id", "company_id"),
            [
                lambda user, team, _company: (
                    user.id == scope.user_id if scope.name == "mine" else team.id in scope.team_ids
                ),
                lambda _user, team, company: team.id in team_ids if beside == "team" else company.id == company_id,
            ],
        )
        return (
            own,
            beside,
            {told["stage_id"]: {**self._rate(told), "settled": told["converted"] + told["lost"]} for told in others},
        )

    def _read_company(self, cohort):
        """The rates of one's own company, for who may read his own deals only."""
        company_id = self.env.company.id  # that the reader belongs to it is checked here, not in superuser mode
        # In superuser mode: D12 lets a seller compare himself. What leaves this method is safe: rates of one company,
        # resting on ten settled deals or more of others, without a name, a deal, a count, or a way to any; where others
        # have settled fewer, nothing at all: with one's own the rate would tell theirs.
        of_company, of_others = (
            self.env["crm.stage.conversion.report"]
            .sudo()
            ._stage_statistics_of_parts(
                cohort & Domain("company_id", "=", company_id),
                ("user_id",),
                [lambda _user: True, lambda user: user.id != self.env.uid],
            )
        )
        enough = {told["stage_id"] for told in of_others if told["converted"] + told["lost"] >= ENOUGH}
        return {
            told["stage_id"]: {**self._rate(told), "settled": False}
            for told in of_company
            if told["stage_id"] in enough
        }
