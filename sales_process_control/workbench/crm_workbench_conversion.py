from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.fields import Domain

from ..statistics import ENOUGH

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
        own = cohort & scope.domain()
        report = self.env["crm.stage.conversion.report"]
        found = [told for told in report._stage_statistics(own) if told["stage_id"]]
        beside, others = self._read_beside(scope, cohort)
        stages = self.env["crm.stage"].browse([told["stage_id"] for told in found])
        ordered = stages.filtered(lambda stage: not stage.is_won).sorted(lambda stage: (stage.sequence, stage.id))
        by_stage = {told["stage_id"]: told for told in found}
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

    def _read_beside(self, scope, cohort):
        """What stands beside the reader's own rates: his teams', or his company's (D12).

        :param Domain cohort: the time that is looked at
        :return: team, company or false; what is told of each stage, by its number
        """
        if scope.name == "all":
            return False, {}
        if "all" not in self.env["crm.lead"]._workbench_scopes():
            return "company", self._read_company(cohort)
        report = self.env["crm.stage.conversion.report"]
        team_ids = scope.team_ids or self.env["crm.lead"]._workbench_scope("team").team_ids
        name, domain = "company", Domain("company_id", "=", self.env.company.id)
        if scope.name == "mine" and team_ids:
            name, domain = "team", Domain("team_id", "in", team_ids)
        return name, {
            told["stage_id"]: {**self._rate(told), "settled": told["converted"] + told["lost"]}
            for told in report._stage_statistics(cohort & domain)
        }

    def _read_company(self, cohort):
        """The rates of one's own company, for who may read his own deals only."""
        company_id = self.env.company.id  # that the reader belongs to it is checked here, not in superuser mode
        # In superuser mode: D12 lets a seller compare himself. What leaves this method is safe: rates of one company,
        # resting on ten settled deals or more of others, without a name, a deal, a count, or a way to any; where others
        # have settled fewer, nothing at all: with one's own the rate would tell theirs.
        report = self.env["crm.stage.conversion.report"].sudo()
        of_company = cohort & Domain("company_id", "=", company_id)
        enough = {
            told["stage_id"]
            for told in report._stage_statistics(of_company & Domain("user_id", "!=", self.env.uid))
            if told["converted"] + told["lost"] >= ENOUGH
        }
        return {
            told["stage_id"]: {**self._rate(told), "settled": False}
            for told in report._stage_statistics(of_company)
            if told["stage_id"] in enough
        }
