"""Compare the reports, as their pivots show them, with `plain_pipeline`."""

from collections import Counter

import plain_dwell
from ledger_tables import TOLERANCE
from plain_pipeline import DAY

COHORT = ("cohort:sum", "converted:sum", "lost:sum", "is_open:sum", "is_skipped:sum")
RATES = ("settled_rate:avg", "floor_rate:avg", "ceiling_rate:avg")
DWELL = ("__count", "is_open:sum", "lead_ref:count_distinct", "days_total:sum", "days:avg", "days_in_all:avg")


def cohorts_of(deals):
    """Return {stage: [deals, converted, lost, open, skipped at first]} of the deals that have been in the stage."""
    found = {}
    for deal in deals:
        for row in deal.rows:
            if row.is_first:
                fate = 1 if row.converted else 2 if deal.status == "lost" else 3
                counts = found.setdefault(row.stage, [0] * 5)
                for place in (0, fate, *([4] if row.outcome == "skipped" else [])):
                    counts[place] += 1
    return found


def dwell_of(deals, until):
    """Return {stage: (visits, open visits, deals, days in all)}."""
    found = {}
    for number, deal in enumerate(deals):
        for row in deal.rows:
            if row.outcome not in ("skipped", "correction"):
                visits = found.setdefault(row.stage, [])
                visits.append((number, row.outcome == "open", (row.left or max(until, row.entered)) - row.entered))
    return {
        stage: (
            len(visits),
            sum(lasts for _number, lasts, _length in visits),
            len({number for number, _lasts, _length in visits}),
            sum(length / DAY for _number, _lasts, length in visits),
        )
        for stage, visits in found.items()
    }


def differences_of_reports(tables, expected, until):
    """Yield a text for each difference between the reports of a database and a log.

    :param tables: :class:`~ledger_tables.LedgerTables`, reading at the instant `until`
    :param expected: :class:`~plain_pipeline.Pipeline`
    """
    deals = expected.deals.values()
    yield from _differences_of_conversion(tables, cohorts_of(deals))
    yield from _differences_of_dwell(tables, dwell_of(deals, until))
    yield from _differences_of_statistics(tables, expected, until)
    ends = Counter(deal.status for deal in deals)
    [(won, lost, rate)] = tables.env["crm.win.report"]._read_group([], [], ["won:sum", "lost:sum", "win_rate:avg"])
    if (won, lost) != (ends["won"], ends["lost"]) or _differ(rate, won / (won + lost) if won + lost >= 10 else None):
        yield f"ends: {won}, {lost}, {rate} in the report, {ends} in the log"


def _differences_of_conversion(tables, expected):
    # Without a condition on skips, screens leave out stages that all deals skipped.
    every = [("is_skipped", "in", (0, 1))]
    found = tables.grouped("crm.stage.conversion.report", every, ["stage_id"], [*COHORT, *RATES])
    if found.keys() != {(stage,) for stage in expected}:
        yield f"conversion: stages {sorted(found)} in the report, {sorted(expected)} in the log"
    for (stage,), numbers in found.items():
        cohort, converted, lost, *_others = counts = expected[stage]
        decided = converted + lost
        # Groups of less than ten deals have no rate, nor have decided deals that are less than 80% of all.
        rates = [
            converted / decided if decided >= 10 and 100 * decided >= 80 * cohort else None,
            *(part / cohort if cohort >= 10 else None for part in (converted, cohort - lost)),
        ]
        if list(numbers[:5]) != counts or any(map(_differ, numbers[5:], rates)):
            yield f"conversion in {stage}: {numbers} in the report, {counts} and {rates} in the log"


def _differences_of_dwell(tables, expected):
    found = tables.grouped("crm.stage.dwell.report", [], ["stage_id"], list(DWELL))
    if found.keys() != {(stage,) for stage in expected}:
        yield f"dwell: stages {sorted(found)} in the report, {sorted(expected)} in the log"
    for (stage,), numbers in found.items():
        visits, lasting, deals, days = expected[stage]
        if numbers[:3] != (visits, lasting, deals) or any(
            map(_differ, numbers[3:], (days, days / visits, days / deals))
        ):
            yield f"dwell in {stage}: {numbers} in the report, {expected[stage]} in the log"


def _differences_of_statistics(tables, expected, until):
    visits = {row.stage: [] for row in expected.rows() if row.is_first}
    for row in expected.rows():
        if row.outcome not in ("skipped", "correction"):
            days = plain_dwell.whole_days((row.left or max(until, row.entered)) - row.entered, row.outcome)
            visits.setdefault(row.stage, []).append((days, row.outcome))
    found = {row["stage_name"]: row for row in tables.env["crm.stage.visit"].stage_statistics()}
    if found.keys() != visits.keys():
        yield f"statistics: stages {sorted(found)} in the answer, {sorted(visits)} in the log"
    for stage, row in found.items():
        for text in plain_dwell.differences(row, visits[stage]):
            yield f"statistics of {stage}: {text}"


def _differ(one, other):
    if one is None or other is None or one is False:
        return bool(one) != bool(other)
    return abs(one - other) > TOLERANCE * max(abs(other), 1)
