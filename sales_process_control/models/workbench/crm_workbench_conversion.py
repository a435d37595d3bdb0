from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.fields import Domain

from ...report.crm_stage_conversion_statistics import DECIDED, REMOVED, SKIPPED, STAYED, WENT_ON, count_settled
from .workbench_scope import ALL, MINE, TEAM

#: Deals that entered a stage in so many months are counted.
MONTHS = 12
#: Whose deals these are, beside the names of scopes: those of teams that the reader has chosen.
CHOSEN = "chosen"
#: With whose rates the rates of the scope are compared.
BESIDE_TEAM, BESIDE_COMPANY = "team", "company"


class CrmWorkbenchConversion(models.AbstractModel):
    """Conversion of the deals of a scope by stage, beside the rates of others (docs/definitions.md, Conversion).

    Rates are those of the deals that stayed in the stage. Skips and removed deals are named beside them. The deals and
    stages are those of one process, see :class:`.Process`.
    """

    _name = "crm.workbench.conversion"
    _inherit = "crm.workbench.block"
    _description = "Workbench: Conversion"

    _block_key = "conversion"
    _block_sequence = 80
    _block_is_later = True

    def _read_block(self, scope):
        since = self._today() - relativedelta(months=MONTHS)
        process = scope.process(self.env)
        entered = Domain("entered_at", ">=", fields.Date.to_string(since))
        own, beside, rates_beside = self._read_rates(scope, entered, process)
        by_stage = {
            statistics["stage_id"]: statistics
            for statistics in own
            if statistics["stage_id"] in process.stage_ids and (statistics["stayed"] or statistics["removed"])
        }
        stages = self.env["crm.stage"].browse(by_stage)
        ordered = stages.filtered(lambda stage: not stage.is_won).sorted(lambda stage: (stage.sequence, stage.id))
        domain = entered & scope.domain() & process.domain()
        return {
            "since": fields.Date.to_string(since),
            "of": CHOSEN if scope.is_chosen else scope.name,
            "beside": beside,
            "stages": [
                {
                    **self._describe_stage(stage, domain, by_stage[stage.id]),
                    "beside": rates_beside.get(stage.id, False),
                }
                for stage in ordered
            ],
        }

    def _watched(self, scope):
        return [*super()._watched(scope), self._watched_movements(scope)]

    def _describe_stage(self, stage, domain, statistics):
        report, in_stage = self.env["crm.stage.conversion.report"], domain & Domain("stage_id", "=", stage.id)

        def number(value, name, condition):
            return self._number(value, name, report._name, in_stage & condition)

        went_on, settled = statistics["stayed_converted"], count_settled(statistics)
        return {
            "stage_id": stage.id,
            "name": stage.name,
            "stayed": number(statistics["stayed"], self.env._("Stayed in %s", stage.name), STAYED),
            "converted": number(went_on, self.env._("Moved on from %s", stage.name), WENT_ON),
            "settled": number(settled, self.env._("Moved on from %s, or were lost", stage.name), DECIDED),
            "skipped": number(statistics["skipped"], self.env._("Skipped %s", stage.name), SKIPPED),
            "removed": number(statistics["removed"], self.env._("Removed in %s", stage.name), REMOVED),
            **report._shown_rate(statistics),
            **report._shown_bounds(statistics),
        }

    def _read_rates(self, scope, entered, process):
        """Return the statistics of a scope, and the rates with which they are compared.

        Salespeople who may read all documents are compared with the deals of the same process of their teams, or of the
        company. Others are compared with their company, whatever the process: which teams are in a rate would tell
        about few deals of others (docs/definitions.md, Comparison rates).

        :param Domain entered: limits the time in which deals entered a stage
        :param Process process: the process
        :return: list of statistics of the scope; BESIDE_TEAM, BESIDE_COMPANY or False; rates beside, by stage id
        """
        report, leads = self.env["crm.stage.conversion.report"], self.env["crm.lead"]
        entered_in = entered & process.domain()
        if scope.name == ALL and not scope.is_chosen:
            return report._stage_statistics(entered_in), False, {}
        if ALL not in leads._workbench_scopes():
            own = report._stage_statistics(entered_in & scope.domain())
            return own, BESIDE_COMPANY, report._read_company_rates(entered)
        team_ids = scope.team_ids or leads._workbench_teams(TEAM)._ids
        company_id = self.env.company.id
        beside, domain = BESIDE_COMPANY, Domain("company_id", "=", company_id)
        if scope.name == MINE and team_ids:
            beside, domain = BESIDE_TEAM, Domain("team_id", "in", team_ids)

        def is_own(user, team, _company):
            return user.id == scope.user_id if scope.name == MINE else team.id in scope.team_ids

        def is_beside(_user, team, company):
            return team.id in team_ids if beside == BESIDE_TEAM else company.id == company_id

        # Both are read with one statement, since most deals of the scope are in the comparison as well.
        own, of_others = report._stage_statistics_of_parts(
            entered_in & (scope.domain() | domain), ("user_id", "team_id", "company_id"), [is_own, is_beside]
        )
        rates = {
            statistics["stage_id"]: {**report._shown_rate(statistics), "settled": count_settled(statistics)}
            for statistics in of_others
        }
        return own, beside, rates
