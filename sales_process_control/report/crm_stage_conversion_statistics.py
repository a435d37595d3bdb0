from collections import defaultdict
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.recording.readable_rows import known_rows
from ..statistics import ENOUGH, is_mature, whole_percents, wilson_interval

#: Counts of :meth:`CrmStageConversionReport._stage_statistics`, with the fields whose sums they are.
COUNTED = {
    "cohort": "cohort",
    "converted": "converted",
    "lost": "lost",
    "open": "is_open",
    "skipped": "is_skipped",
    "removed": "is_removed",
}
#: The same with the aggregates that give them.
STATISTICS = {name: f"{field}:sum" for name, field in COUNTED.items()}
#: Rows that the counts of screens open.
STAYED, SKIPPED, REMOVED = Domain("stayed", "=", 1), Domain("is_skipped", "=", 1), Domain("is_removed", "=", 1)
WENT_ON, LOST, OPEN = Domain("stayed_converted", "=", 1), Domain("lost", "=", 1), Domain("is_open", "=", 1)
DECIDED = WENT_ON | LOST


class Losses(NamedTuple):
    """Lost deals of one stage with one currency, and with one reason where reasons are asked for.

    :param currency_id: id of the currency of the amount, None for a deleted one
    :param deals: number of deals
    :param amount: their expected revenue when they were lost
    :param reason_id: id of the reason of loss; None without a reason, and where the reader may not read the deal
    """

    currency_id: int | None
    deals: int
    amount: float
    reason_id: int | None = None


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
    def _stage_statistics_of_periods(self, domain, start, names, parts):
        """Return the conversion of each stage for two periods and several sets of rows, with what was lost.

        Reads all with one query: most of its time goes into finding the deals that are lost or removed by now.

        :param domain: domain on the rows of this report, of both periods
        :param date start: first day of the later period
        :param names: many2one fields that decide which sets a row belongs to
        :param parts: for each set a function that takes the ids of these fields (None without a record) and returns
            whether rows with such ids belong to the set
        :return: for the later and the earlier period, in this order, for each set: a list of statistics, and lists of
            :class:`Losses` by stage id (False for deleted stages)
        :rtype: list
        """
        sums = [[{} for _part in parts] for _period in range(2)]
        losses = [[defaultdict(list) for _part in parts] for _period in range(2)]
        for is_before, stage_id, *values in self._read_counts_of_periods(domain, start, names):
            keys = values[: len(names)]
            currency_id, amount, *counts = values[len(names) :]
            for number, is_in in enumerate(parts):
                if not is_in(*keys):
                    continue
                _add_up(sums[is_before][number], stage_id or False, counts)
                lost = counts[list(STATISTICS).index("lost")]
                if lost:
                    losses[is_before][number][stage_id or False].append(Losses(currency_id, lost, amount))
        stages = self._stages_in_order({stage_id for period in sums for by_stage in period for stage_id in by_stage})
        return [
            [
                (
                    self._statistics_by_stage({stage: found[stage.id] for stage in stages if stage.id in found}),
                    dict(lost),
                )
                for found, lost in zip(*period, strict=True)
            ]
            for period in zip(sums, losses, strict=True)
        ]

    @api.model
    def _read_counts_of_periods(self, domain, start, names):
        """Return counts of rows by period, stage, some fields, and the currency of lost deals.

        :return: tuples of a boolean (before `start`), stage id, ids of `names`, id of the currency, amount that was
            lost, and the counts of :data:`STATISTICS`
        """
        query = self._search(domain)
        if query.is_empty():
            return []

        def column(name):
            return self._field_to_sql(query.table, name, query)

        is_lost = SQL("%s = 1", column("lost"))
        keys = {
            "is_before": SQL("%s < %s", column("entered_at"), start),
            **{name: column(name) for name in ("stage_id", *names)},
            "currency_id": SQL("CASE WHEN %s THEN %s END", is_lost, column("currency_id")),
        }
        values = {"lost_amount": SQL("CASE WHEN %s THEN %s END", is_lost, column("amount"))}
        values |= {field: column(field) for field in COUNTED.values()}
        rows = query.select(*(SQL("%s AS %s", value, SQL.identifier(name)) for name, value in (keys | values).items()))
        by = SQL(", ").join(map(SQL.identifier, keys))
        return self.env.execute_query(
            SQL(
                # OFFSET 0: otherwise PostgreSQL expects a group for each deal, and sorts all rows.
                "SELECT %s, COALESCE(sum(lost_amount), 0)::float8, %s FROM (%s OFFSET 0) row GROUP BY %s",
                by,
                SQL(", ").join(SQL("sum(%s)::int", SQL.identifier(field)) for field in COUNTED.values()),
                rows,
                by,
            )
        )

    @api.model
    def _losses_by_reason(self, domain):
        """Return the lost deals of each stage by the reason of loss.

        :param domain: domain on the rows of this report
        :return: lists of :class:`Losses` by stage id (False for deleted stages)
        :rtype: dict
        """
        groups = self._read_group(
            Domain(domain) & Domain("lost", "=", 1),
            ["stage_id", "lost_reason_id", "currency_id"],
            ["lost:sum", "amount:sum"],
        )
        found = defaultdict(list)
        for stage, reason, currency, deals, amount in groups:
            found[stage.id].append(Losses(currency.id or None, deals, amount or 0.0, reason.id or None))
        return found

    @api.model
    def _stages_in_order(self, stage_ids):
        """Return stages in their order, deleted ones (False) last, as empty records."""
        stages = list(self.env["crm.stage"].search([("id", "in", [stage_id for stage_id in stage_ids if stage_id])]))
        return [*stages, self.env["crm.stage"]] if False in stage_ids else stages

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
        # of one company are returned, in whole percents, without interval, names, deals, counts or domains. A stage
        # where less than ten deals that the reader may not read are settled is left out, since the rate and those that
        # he may read would reveal them.
        report, domain = self.sudo(), entered & Domain("company_id", "=", company_id)
        known = {one["stage_id"]: count_settled(one) for one in report._stage_statistics(domain & known_rows(self))}
        rates = {
            statistics["stage_id"]: self._shown_rate(statistics)["rate"]
            for statistics in report._stage_statistics(domain)
            if count_settled(statistics) - known.get(statistics["stage_id"], 0) >= ENOUGH
        }
        return {
            stage_id: {"rate": rate and whole_percents(rate), "interval": False, "settled": False}
            for stage_id, rate in rates.items()
        }


def _add_up(by_stage, stage, counts):
    """Add the counts of a group to those of its stage."""
    totals = by_stage.setdefault(stage, dict.fromkeys(STATISTICS, 0))
    for name, count in zip(STATISTICS, counts, strict=True):
        totals[name] += count


def _share(part, whole):
    return part / whole if whole else False
