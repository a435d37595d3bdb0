"""Reads the figures of all stages for the block *Stages* of the Process Review, in a constant number of queries."""

from collections import defaultdict
from typing import NamedTuple

from odoo.fields import Domain

from ...const import GROUP_ALL_DOCUMENTS
from ...ledger import outcomes
from ...report.crm_stage_conversion_report import ENTERED_SINCE
from ...report.crm_stage_conversion_statistics import count_settled
from ...statistics import ENOUGH, Dwell, StageOutcome
from ..funnel.funnel_reader import earliest_begin
from ..recording.company_money import CompanyMoney
from ..recording.readable_rows import known_rows
from ..screen.crm_screen_block import OPEN_DEAL

#: Ages in days of which a card says what becomes of deals, and horizons of what usually happens.
AGES = (30, 60, 90)
#: Losses of young groups are compared within so many days.
EARLY_DAYS = 30


class Money(NamedTuple):
    """Lost deals with one reason, in the currency of the reader's company.

    :param deals: number of deals
    :param amount: their expected revenue, without currencies that have no rate
    """

    deals: int
    amount: float


class StageCounts:
    """What happened in one stage in one period.

    :param dict statistics: conversion of the stage, as `crm.stage.conversion.report` returns it
    :param lengths: lengths of the visits, as `crm.stage.visit` returns them
    :param float lost_amount: expected revenue of the lost deals, in the currency of the reader's company
    """

    def __init__(self, statistics, lengths=(), lost_amount=0.0):
        self.statistics = statistics
        self.dwell = Dwell(lengths)
        self.lost_amount = lost_amount
        self._ends = defaultdict(int)
        for _days, outcome, number in lengths:
            self._ends[outcome] += number

    def __bool__(self):
        """Whether a deal stayed in the stage, or was removed from it."""
        return bool(self.statistics["stayed"] or self.statistics["removed"] or self.dwell.visits)

    @property
    def decided(self):
        return count_settled(self.statistics)

    @property
    def lost(self):
        return self.statistics["stayed_lost"]

    @property
    def moved_back(self):
        return self._ends[outcomes.MOVED_BACK]

    @property
    def came_back(self):
        """Number of visits of deals that had been in the stage, or had skipped it."""
        return self.dwell.visits - self.statistics["stayed"] - self.statistics["removed"]

    @property
    def median(self):
        """Days within which half of the visits end, False under ten visits and while it is not known."""
        return self.dwell.shown_median

    @property
    def p90(self):
        """Days within which nine of ten visits end, False likewise."""
        return self.dwell.shown_p90

    def at(self, days):
        """Return what has happened to the visits within so many days, as a row of `Dwell.incidence`.

        :return: None under ten visits, and if no visit has lasted so long while some are still here
        """
        if self.dwell.visits < ENOUGH:
            return None
        row = self.dwell.at(days)
        is_known = days <= self.dwell.observed_days or not self.dwell.open_visits
        return row if is_known else None

    def outcome(self):
        """Return what :func:`~.statistics.costs.compare_losses` compares.

        :rtype: StageOutcome
        """
        early = self.at(EARLY_DAYS)
        return StageOutcome(
            entered=self.statistics["stayed"],
            decided=self.decided,
            lost=self.lost,
            lost_amount=self.lost_amount,
            is_young=not self.statistics["stayed_is_mature"],
            early_loss=early["lost"] if early else None,
        )


class StagesReader:
    """Reads the figures of all stages, by the id of the stage. Deleted stages have the key False.

    :param Environment env: the reader
    :param ReviewScope scope: time and deals
    """

    def __init__(self, env, scope):
        self.env = env
        self.scope = scope
        self.report = env["crm.stage.conversion.report"]
        self.visits = env["crm.stage.visit"]
        self.money = CompanyMoney(env)
        #: Amounts in currencies without a rate, by currency id.
        self.amounts_left_out = defaultdict(float)
        #: Whether the reader may read all documents.
        self._reads_all = env.user.has_group(GROUP_ALL_DOCUMENTS)

    # ------------------------------------------------------------
    # PERIODS
    # ------------------------------------------------------------

    def read_periods(self):
        """Return the counts of the period and of the period before, and the figures of the company.

        :return: three dictionaries: :class:`StageCounts`, :class:`StageCounts`, both with a value for each stage, and
            dictionaries with `rate`, `median` and `decided` of the company, none without a comparison
        """
        own = self.scope.domain()
        conversion, conversion_before, of_company = self._read_conversion()
        day, day_before = self.scope.in_period("entered_day"), self.scope.in_period_before("entered_day")
        now = self._counts(conversion, self.visits._read_lengths(day & own), is_shown=True)
        before = self._counts(conversion_before, self.visits._read_lengths(day_before & own))
        if of_company:
            medians = self._read_company_medians(day)
            of_company = {
                stage_id: {"median": medians.get(stage_id, False), "decided": rate["settled"], "rate": rate["rate"]}
                for stage_id, rate in of_company.items()
            }
        return now, before, of_company

    def _counts(self, conversion, lengths, is_shown=False):
        statistics, losses = conversion
        by_stage = {one["stage_id"]: one for one in statistics}
        nothing = self.report._empty_statistics(self.env["crm.stage"])
        found = defaultdict(lambda: StageCounts(nothing))
        for stage_id in by_stage.keys() | lengths.keys():
            amounts = self._by_reason(losses.get(stage_id, ()), is_shown).values()
            found[stage_id] = StageCounts(
                by_stage.get(stage_id, nothing), lengths.get(stage_id, ()), sum(money.amount for money in amounts)
            )
        return found

    def read_reasons(self, stages):
        """Return why deals of the period were lost: :class:`Money` by the id of the reason, by stage id.

        :param stages: stages whose losses are read
        """
        domain = self.scope.in_period("entered_at") & self.scope.domain() & Domain("stage_id", "in", stages.ids)
        losses = self._report_since(self.scope.start)._losses_by_reason(domain)
        return {stage_id: self._by_reason(of_stage) for stage_id, of_stage in losses.items()}

    def _by_reason(self, losses, is_shown=False):
        """Return :class:`Money` by the id of the reason of loss.

        :param bool is_shown: whether the screen shows the amounts, so that it has to name those left out
        """
        rates = self.money.rates({loss.currency_id for loss in losses})
        deals, amounts = defaultdict(int), defaultdict(float)
        for loss in losses:
            deals[loss.reason_id] += loss.deals
            rate = rates[loss.currency_id]
            if rate is not None:
                amounts[loss.reason_id] += loss.amount * rate
            elif is_shown and loss.amount:
                self.amounts_left_out[loss.currency_id] += loss.amount
        return {reason_id: Money(count, amounts[reason_id]) for reason_id, count in deals.items()}

    def _report_since(self, day):
        """Return the conversion report without rows from before a day, which spares it to read the whole ledger."""
        return self.report.with_context(**{ENTERED_SINCE: earliest_begin(day)})

    # ------------------------------------------------------------
    # COMPANY
    # ------------------------------------------------------------

    def _company_id(self):
        return self.scope.company_id or self.env.company.id

    def _read_conversion(self):
        """Return the conversion of the scope in both periods, and the rates of the company in the period.

        :return: two pairs as `_stage_statistics_of_periods` returns them for a set; rates by stage id, empty without a
            comparison
        """
        own, company_id = self.scope.domain(), self._company_id()
        filters = {"user_id": self.scope.user_id, "team_id": self.scope.team_id, "company_id": self.scope.company_id}
        is_compared = self._reads_all and self.scope.is_filtered
        names = [name for name, record_id in filters.items() if record_id or (is_compared and name == "company_id")]

        def is_own(*ids):
            return all(not filters[name] or key == filters[name] for name, key in zip(names, ids, strict=True))

        # Both are read with one statement, since most deals of the filter are those of the company as well.
        parts = [is_own, lambda *ids: ids[-1] == company_id] if is_compared else [is_own]
        domain = own | Domain("company_id", "=", company_id) if is_compared else own
        report = self._report_since(self.scope.before_start)
        (now, *of_company), (before, *_before) = report._stage_statistics_of_periods(
            self.scope.in_both_periods("entered_at") & domain, self.scope.start, names, parts
        )
        if is_compared:
            [(statistics, _losses)] = of_company
            rates = {
                one["stage_id"]: {**self.report._shown_rate(one), "settled": count_settled(one)} for one in statistics
            }
        elif self._reads_all:
            rates = {}
        else:
            report = self._report_since(self.scope.start).with_company(company_id)
            rates = report._read_company_rates(self.scope.in_period("entered_at"))
        return now, before, rates

    def _read_company_medians(self, day):
        """Return the days within which half of the visits of the company end, by stage id.

        :param Domain day: limits the time in which visits began
        """
        domain = day & Domain("company_id", "=", self._company_id())
        if self._reads_all:
            lengths = self.visits._read_lengths(domain)
        else:
            # sudo: a salesperson may compare himself with his company (docs/definitions.md, Comparison rates). Only
            # medians of one company are returned. A stage where less than ten visits that he may not read have ended is
            # left out.
            visits = self.visits.sudo()
            known = visits._read_lengths(domain & known_rows(self.visits))
            lengths = {
                stage_id: counts
                for stage_id, counts in visits._read_lengths(domain).items()
                if Dwell(counts).ended - Dwell(known.get(stage_id, ())).ended >= ENOUGH
            }
        return {stage_id: Dwell(counts).shown_median for stage_id, counts in lengths.items()}

    # ------------------------------------------------------------
    # NOW
    # ------------------------------------------------------------

    def open_deals(self):
        """Return the open deals of the scope, as a domain on `crm.lead`."""
        return OPEN_DEAL & self.scope.domain()

    def read_here(self):
        """Return how many open deals of the scope are in each stage, by stage id."""
        groups = self.env["crm.lead"]._read_group(self.open_deals(), ["stage_id"], ["__count"])
        return {stage.id: count for stage, count in groups}

    def read_missing_steps(self, stages):
        """Return the required sales actions that open deals miss, in their order, by stage id.

        :return: lists of (sales action, deals that miss it, deals of which it is required)
        :rtype: dict
        """
        found = self.env["crm.lead"]._count_open_steps(self.open_deals() & Domain("stage_id", "in", stages.ids))
        steps = self.env["crm.stage.step"].search([("id", "in", [step_id for step_id in found if found[step_id][0]])])
        by_stage = defaultdict(list)
        for step in steps:
            by_stage[step.stage_id.id].append((step, *found[step.id]))
        return by_stage

    def read_ages(self):
        """Return what became of deals that stayed at least so many days, see `_outcomes_from_age`."""
        domain = self.scope.in_period("entered_day") & self.scope.domain()
        return self.visits._outcomes_from_age(domain, AGES, earliest_begin(self.scope.start))
