from collections import defaultdict
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain

from ..statistics import ENOUGH, is_mature, wilson_interval

#: Counts of :meth:`CrmStageConversionReport._stage_statistics`, with the aggregates that give them.
STATISTICS = {
    "cohort": "cohort:sum",
    "converted": "converted:sum",
    "lost": "lost:sum",
    "open": "is_open:sum",
    "skipped": "is_skipped:sum",
    "removed": "is_removed:sum",
}


class Losses(NamedTuple):
    """Lost deals of one stage with one reason and one currency.

    :param reason_id: id of the reason of loss; None without a reason, and where the reader may not read the deal
    :param currency_id: id of the currency of the amount, None for a deleted one
    :param deals: number of deals
    :param amount: their expected revenue when they were lost
    """

    reason_id: int | None
    currency_id: int | None
    deals: int
    amount: float


def count_settled(statistics):
    """Return how many deals that stayed in a stage went on or were lost.

    :param dict statistics: of one stage, as `crm.stage.conversion.report` returns them
    """
    return statistics["stayed_converted"] + statistics["stayed_lost"]


class CrmStageConversionReport(models.Model):
    """Adds the conversion of each stage, for screens and other programs."""

    _inherit = "crm.stage.conversion.report"

    @api.model
    def _stage_statistics(self, domain):
        """Return the conversion of each stage, see :meth:`~.crm.stage.visit.stage_statistics`.

        :param domain: domain on the rows of this report
        :rtype: list
        """
        [statistics] = self._stage_statistics_of_parts(domain, (), [lambda: True])
        return statistics

    @api.model
    def _stage_statistics_of_parts(self, domain, names, parts):
        """Return the conversion of each stage for several sets of rows, which may overlap, with one query.

        :param domain: domain on the rows of this report
        :param names: many2one fields that decide which sets a row belongs to
        :param parts: for each set a function that takes the records of these fields and returns whether rows with such
            records belong to the set
        :return: for each set a list as that of :meth:`_stage_statistics`
        :rtype: list
        """
        sums = [{} for _part in parts]
        # Ordered by stage only: to order by the other records, PostgreSQL would join each row with them.
        groups = self._read_group(domain, ["stage_id", *names], STATISTICS.values(), order="stage_id")
        for stage, *values in groups:
            records, counts = values[: len(names)], values[len(names) :]
            for by_stage, is_in in zip(sums, parts, strict=True):
                if is_in(*records):
                    _add_up(by_stage, stage, counts)
        return [self._statistics_by_stage(by_stage) for by_stage in sums]

    @api.model
    def _stage_statistics_with_losses(self, domain, names, parts):
        """Return the same as :meth:`_stage_statistics_of_parts`, with what was lost, also with one query.

        :return: for each set a list of statistics, and lists of :class:`Losses` by stage id (False for deleted stages)
        :rtype: list
        """
        sums, losses = [{} for _part in parts], [defaultdict(list) for _part in parts]
        groups = self._read_group(
            domain,
            ["stage_id", *names, "lost", "lost_reason_id", "currency_id"],
            [*STATISTICS.values(), "amount:sum"],
            order="stage_id",
        )
        for stage, *values in groups:
            records = values[: len(names)]
            is_lost, reason, currency, *counts, amount = values[len(names) :]
            for by_stage, lost, is_in in zip(sums, losses, parts, strict=True):
                if not is_in(*records):
                    continue
                _add_up(by_stage, stage, counts)
                if is_lost:
                    deals = counts[list(STATISTICS).index("lost")]
                    lost[stage.id].append(Losses(reason.id or None, currency.id or None, deals, amount or 0.0))
        return [(self._statistics_by_stage(by_stage), dict(lost)) for by_stage, lost in zip(sums, losses, strict=True)]

    @api.model
    def _statistics_by_stage(self, sums):
        return [self._statistics_of(stage, totals) for stage, totals in sums.items()]

    @api.model
    def _empty_statistics(self, stage):
        """Return the statistics of a stage that no deal came into for the first time."""
        return self._statistics_of(stage, dict.fromkeys(STATISTICS, 0))

    @api.model
    def _statistics_of(self, stage, counts):
        converted, lost, cohort = counts["converted"], counts["lost"], counts["cohort"]
        skipped, removed = counts["skipped"], counts["removed"]
        # A skipped stage is converted, so that lost and open deals have stayed.
        stayed = {"stayed": cohort - skipped, "stayed_converted": converted - skipped}
        stayed |= {"stayed_lost": lost, "stayed_open": counts["open"]}
        return {
            "stage_id": stage.id,
            "stage_name": stage.name,
            **counts,
            **self._rates_of(converted, lost, cohort),
            "removed_rate": _share(removed, cohort + removed),
            **stayed,
            **{
                f"stayed_{name.removeprefix('settled_')}": value
                for name, value in self._rates_of(converted - skipped, lost, cohort - skipped).items()
            },
        }

    @api.model
    def _rates_of(self, converted, lost, cohort):
        settled = converted + lost
        return {
            "settled_rate": _share(converted, settled),
            "floor_rate": _share(converted, cohort),
            "ceiling_rate": _share(cohort - lost, cohort),
            "settled_interval": wilson_interval(converted, settled) if settled >= ENOUGH else False,
            "is_mature": bool(cohort) and is_mature(settled, cohort),
        }

    # ------------------------------------------------------------
    # RATES ON SCREENS
    # ------------------------------------------------------------

    @api.model
    def _shown_rate(self, statistics):
        """Return the rate of a stage and its interval, False below ten decided deals and in a young stage.

        :param dict statistics: of one stage
        """
        is_shown = count_settled(statistics) >= ENOUGH and statistics["stayed_is_mature"]
        return {
            "rate": statistics["stayed_rate"] if is_shown else False,
            "interval": statistics["stayed_interval"] if is_shown else False,
        }

    @api.model
    def _shown_bounds(self, statistics):
        """Return between which values the rate of a young stage will be, False where the rate or no rate is shown.

        :param dict statistics: of one stage
        """
        is_young = statistics["stayed"] >= ENOUGH and not statistics["stayed_is_mature"]
        return {
            "at_least": statistics["stayed_floor_rate"] if is_young else False,
            "at_most": statistics["stayed_ceiling_rate"] if is_young else False,
        }

    @api.model
    def _read_company_rates(self, entered):
        """Return the rates of the reader's company by stage id, for a reader of the own deals only.

        :param Domain entered: limits the time in which deals entered a stage
        """
        # Odoo checks outside of superuser mode that the reader belongs to the company.
        company_id = self.env.company.id
        # sudo: a salesperson may compare himself with his company (docs/definitions.md, Comparison rates). Only rates
        # of one company are returned, without names, deals, counts or domains. A stage where others have settled less
        # than ten deals is left out, since the own deals and the rate would reveal theirs.
        of_company, of_others = self.sudo()._stage_statistics_of_parts(
            entered & Domain("company_id", "=", company_id),
            ("user_id",),
            [lambda _user: True, lambda user: user.id != self.env.uid],
        )
        safe_stage_ids = {statistics["stage_id"] for statistics in of_others if count_settled(statistics) >= ENOUGH}
        return {
            statistics["stage_id"]: {**self._shown_rate(statistics), "settled": False}
            for statistics in of_company
            if statistics["stage_id"] in safe_stage_ids
        }


def _add_up(by_stage, stage, counts):
    """Add the counts of a group to those of its stage."""
    totals = by_stage.setdefault(stage, dict.fromkeys(STATISTICS, 0))
    for name, count in zip(STATISTICS, counts, strict=True):
        totals[name] += count


def _share(part, whole):
    return part / whole if whole else False
