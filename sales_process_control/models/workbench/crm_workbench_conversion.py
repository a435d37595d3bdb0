from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.fields import Domain

from ...statistics import ENOUGH
from .crm_workbench_block import ALL, MINE, TEAM

#: Deals that entered a stage in so many months are counted.
MONTHS = 12
STAYED, SKIPPED, REMOVED = Domain("stayed", "=", 1), Domain("is_skipped", "=", 1), Domain("is_removed", "=", 1)
CONVERTED = Domain("stayed_converted", "=", 1)
SETTLED = CONVERTED | Domain("lost", "=", 1)
#: With whose rates the rates of the scope are compared.
BESIDE_TEAM, BESIDE_COMPANY = "team", "company"


def count_settled(statistics):
    """Return how many deals that stayed in a stage went on or were lost.

    :param dict statistics: of one stage, as `crm.stage.conversion.report` returns them
    """
    return statistics["stayed_converted"] + statistics["stayed_lost"]


class CrmWorkbenchConversion(models.AbstractModel):
    """Conversion of the deals of a scope by stage, beside the rates of others (docs/definitions.md, Conversion).

    Rates are those of the deals that stayed in the stage. Skips and removed deals are named beside them.
    """

    _name = "crm.workbench.conversion"
    _inherit = "crm.workbench.block"
    _description = "Workbench: Conversion"

    _block_key = "conversion"
    _block_sequence = 80
    _block_is_later = True

    def _read_block(self, scope):
        since = self._today() - relativedelta(months=MONTHS)
        entered = Domain("entered_at", ">=", fields.Date.to_string(since))
        own, beside, rates_beside = self._read_rates(scope, entered)
        by_stage = {
            statistics["stage_id"]: statistics
            for statistics in own
            if statistics["stage_id"] and (statistics["stayed"] or statistics["removed"])
        }
        stages = self.env["crm.stage"].browse(by_stage)
        ordered = stages.filtered(lambda stage: not stage.is_won).sorted(lambda stage: (stage.sequence, stage.id))
        domain = entered & scope.domain()
        return {
            "since": fields.Date.to_string(since),
            "of": scope.name,
            "beside": beside,
            "stages": [
                {
                    **self._describe_stage(stage, domain, by_stage[stage.id]),
                    "beside": rates_beside.get(stage.id, False),
                }
                for stage in ordered
            ],
        }

    def _describe_stage(self, stage, domain, statistics):
        in_stage = domain & Domain("stage_id", "=", stage.id)

        def number(value, name, condition):
            return self._number(value, name, "crm.stage.conversion.report", in_stage & condition)

        went_on, settled = statistics["stayed_converted"], count_settled(statistics)
        return {
            "stage_id": stage.id,
            "name": stage.name,
            "stayed": number(statistics["stayed"], self.env._("Stayed in %s", stage.name), STAYED),
            "converted": number(went_on, self.env._("Went on from %s", stage.name), CONVERTED),
            "settled": number(settled, self.env._("Went on from %s, or were lost", stage.name), SETTLED),
            "skipped": number(statistics["skipped"], self.env._("Skipped %s", stage.name), SKIPPED),
            "removed": number(statistics["removed"], self.env._("Removed in %s", stage.name), REMOVED),
            **self._rate(statistics),
            **self._bounds(statistics),
        }

    def _rate(self, statistics):
        """Return the rate of a stage and its interval, False below ten settled deals and in a young stage."""
        is_shown = count_settled(statistics) >= ENOUGH and statistics["stayed_is_mature"]
        return {
            "rate": statistics["stayed_rate"] if is_shown else False,
            "interval": statistics["stayed_interval"] if is_shown else False,
        }

    def _bounds(self, statistics):
        """Return between which values the rate of a young stage will be, False where the rate or no rate is shown."""
        is_young = statistics["stayed"] >= ENOUGH and not statistics["stayed_is_mature"]
        return {
            "at_least": statistics["stayed_floor_rate"] if is_young else False,
            "at_most": statistics["stayed_ceiling_rate"] if is_young else False,
        }

    def _read_rates(self, scope, entered):
        """Return the statistics of a scope, and the rates with which they are compared.

        Salespeople who may read all documents are compared with their teams, others with their company
        (docs/definitions.md, Comparison rates).

        :param Domain entered: limits the time in which deals entered a stage
        :return: list of statistics of the scope; BESIDE_TEAM, BESIDE_COMPANY or False; rates beside, by stage id
        """
        report, leads = self.env["crm.stage.conversion.report"], self.env["crm.lead"]
        if scope.name == ALL:
            return report._stage_statistics(entered), False, {}
        if ALL not in leads._workbench_scopes():
            own = report._stage_statistics(entered & scope.domain())
            return own, BESIDE_COMPANY, self._read_company_rates(entered)
        team_ids = scope.team_ids or leads._workbench_scope(TEAM).team_ids
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
            entered & (scope.domain() | domain), ("user_id", "team_id", "company_id"), [is_own, is_beside]
        )
        rates = {
            statistics["stage_id"]: {**self._rate(statistics), "settled": count_settled(statistics)}
            for statistics in of_others
        }
        return own, beside, rates

    def _read_company_rates(self, entered):
        """Return the rates of the reader's company by stage id, for a reader of the own deals only.

        :param Domain entered: limits the time in which deals entered a stage
        """
        # Odoo checks outside of superuser mode that the reader belongs to the company.
        company_id = self.env.company.id
        # sudo: a salesperson may compare himself with his company (docs/definitions.md, Comparison rates). Only rates
        # of one company are returned, without names, deals, counts or domains. A stage where others have settled less
        # than ten deals is left out, since the own deals and the rate would reveal theirs.
        of_company, of_others = (
            self.env["crm.stage.conversion.report"]
            .sudo()
            ._stage_statistics_of_parts(
                entered & Domain("company_id", "=", company_id),
                ("user_id",),
                [lambda _user: True, lambda user: user.id != self.env.uid],
            )
        )
        safe_stage_ids = {statistics["stage_id"] for statistics in of_others if count_settled(statistics) >= ENOUGH}
        return {
            statistics["stage_id"]: {**self._rate(statistics), "settled": False}
            for statistics in of_company
            if statistics["stage_id"] in safe_stage_ids
        }
