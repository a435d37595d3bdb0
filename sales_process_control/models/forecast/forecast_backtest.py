"""Repeats the forecasts of past days, with nothing known of what came later. No models."""

from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from odoo.tools import SQL

from ...statistics import ENOUGH, PastForecast, forecast_number, is_comparable, spread, variance
from ..chance.crm_stage_chance import NO_COMPANY
from .forecast_parts import won_weight
from .forecast_snapshot import SnapshotReader

#: The range of a forecast rests on so many past ones at most, which were made so many days apart.
PAST, PAST_STEP = 12, 7

#: The deals that were open at the end of a day, by what their chance rests on, and how many were won by a later day.
#: What became of a deal is read without record rules, whoever had it then.
OPEN_CASES = """
    SELECT deal.company_id, deal.stage_id, %(day)s - deal.entered_day, count(*), count(*) FILTER (WHERE EXISTS (
        SELECT FROM crm_stage_visit later
        WHERE later.lead_ref = deal.lead_ref AND later.outcome = 'won' AND later.entered_at >= deal.entered_at
          AND %(later_day)s > %(day)s AND %(later_day)s <= %(until)s
    ))
    FROM (%(visits)s) deal
    WHERE deal.entered_day <= %(day)s AND (deal.left_day > %(day)s) IS NOT FALSE
    GROUP BY 1, 2, 3
"""
#: Decided deals of each company that had been in each stage by the end of a day, and of all stages (1 in `is_overall`).
STAGE_SHARES = """
    WITH visit AS MATERIALIZED (SELECT * FROM (%(visits)s) known WHERE known.entered_day <= %(day)s),
    deal AS (
        SELECT DISTINCT ON (lead_ref) lead_ref, company_id, outcome, left_day
        FROM visit ORDER BY lead_ref, entered_at DESC, id DESC
    ),
    decided AS (
        SELECT lead_ref, company_id, (outcome = 'won')::int AS won FROM deal
        WHERE outcome IN ('won', 'lost') AND left_day <= %(day)s
    )
    SELECT 0, decided.company_id, stage.stage_id, sum(won)::int, count(*)::int
    FROM decided JOIN (SELECT DISTINCT lead_ref, stage_id FROM visit) stage USING (lead_ref)
    GROUP BY 2, 3
    UNION ALL
    SELECT 1, company_id, NULL, sum(won)::int, count(*)::int FROM decided GROUP BY 2
"""


class Case(NamedTuple):
    """Open deals of one stage and age.

    :param count: number of deals
    :param won: how many of them were won within the horizon
    :param chance: None if it is not known
    """

    company_id: int
    stage_id: int | None
    count: int
    won: int
    chance: float | None


class Origin(NamedTuple):
    """The forecast that was made at the end of a day, and what came of it."""

    cases: list[Case]
    won_weight: float

    @property
    def chances(self):
        """The chance of each deal of which it is known."""
        return [case.chance for case in self.cases if case.chance is not None for _deal in range(case.count)]

    @property
    def known_won(self):
        """How many of these deals were won."""
        return sum(case.won for case in self.cases if case.chance is not None)


class Backtest:
    """Forecasts of past days for one horizon, of the deals of the companies that the user has selected.

    :param Environment env: the user and the allowed companies
    :param int horizon: days
    """

    def __init__(self, env, horizon):
        self.env, self.horizon = env, horizon
        self._reader = SnapshotReader(env)
        self._first_day = self._reader.first_day()
        self._company_ids = [NO_COMPANY, *env.companies.ids]
        self._origins = {}

    def describe(self, day):
        """Return the forecast of a day and what came of it, see :meth:`~.crm.forecast.backtest`."""
        origin = self._origin(day)
        # Days are those of each company: in some of them the last day of the horizon may go on.
        is_over = day + timedelta(days=self.horizon) < min(map(self._reader.today, self._company_ids))
        found = {
            "day": day.isoformat(),
            "horizon": self.horizon,
            "deals": sum(case.count for case in origin.cases),
            **dict.fromkeys(("expected", "low", "high", "won", "brier", "brier_stage_share")),
        }
        chances = origin.chances
        if chances:
            past = self._past(day)
            forecast = forecast_number(chances, spread=spread(past, origin.won_weight))
            found |= forecast._asdict()
        if is_over:
            found["won"] = sum(case.won for case in origin.cases)
            if chances:
                shares = self._stage_shares(day)
                found["brier"] = self._brier(origin.cases, lambda case: case.chance)
                found["brier_stage_share"] = self._brier(origin.cases, shares)
        return found

    def _past(self, day):
        """Return the forecasts whose horizon was over at the end of a day."""
        days = (day - timedelta(days=self.horizon + PAST_STEP * index) for index in range(PAST))
        past = []
        for earlier in days:
            if not self._first_day or not is_comparable((earlier - self._first_day).days, self.horizon):
                break
            chances = self._origin(earlier).chances
            if chances:
                past.append(PastForecast(sum(chances), variance(chances), self._origin(earlier).known_won))
        return past

    def _origin(self, day):
        if day not in self._origins:
            self._origins[day] = self._read_origin(day)
        return self._origins[day]

    def _read_origin(self, day):
        chances = self.env["crm.stage.chance"]._chances_by_company(self._company_ids, day)
        visits = self.env["crm.stage.visit"]
        later_day = self.env["crm.company.day.mixin"]._day_to_sql(SQL("later.left_at"), SQL("later.company_id"))
        rows = self.env.execute_query(
            SQL(
                OPEN_CASES,
                visits=self._reader.visits_sql(visits, day),
                day=SQL("%s::date", day),
                until=day + timedelta(days=self.horizon),
                later_day=later_day,
            )
        )
        cases = []
        for company_id, stage_id, age, count, won in rows:
            of_company = chances.get(company_id)
            chance = of_company.within(stage_id, age, self.horizon) if of_company else None
            cases.append(Case(company_id, stage_id, count, won, chance))
        return Origin(cases, won_weight(chances))

    def _stage_shares(self, day):
        """Return a function from a case to the share of won deals of its stage, as known at the end of a day."""
        visits = self._reader.visits_sql(self.env["crm.stage.visit"], day)
        by_stage, overall = {}, defaultdict(lambda: None)
        for is_overall, company_id, stage_id, won, decided in self.env.execute_query(
            SQL(STAGE_SHARES, visits=visits, day=day)
        ):
            if is_overall:
                overall[company_id] = won / decided
            elif decided >= ENOUGH:
                by_stage[company_id, stage_id] = won / decided
        return lambda case: by_stage.get((case.company_id, case.stage_id), overall[case.company_id])

    @staticmethod
    def _brier(cases, chance_of):
        """Return the mean of the squares of what chances were off; of the deals whose chance is known."""
        total = count = 0
        for case in cases:
            chance = chance_of(case)
            if case.chance is not None and chance is not None:
                total += case.won * (1 - chance) ** 2 + (case.count - case.won) * chance**2
                count += case.count
        return total / count if count else None
