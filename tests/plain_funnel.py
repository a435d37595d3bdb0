"""Compute the funnel between two days of a log from `plain_pipeline` alone."""

from collections import Counter
from decimal import Decimal


def waterfall(pipeline, before, day):
    """Return {kind: (lines, sum of counts, sum of amounts)} of the lines after one day up to another.

    Corrections are left out.
    """
    found = {}
    for deal in pipeline.deals.values():
        for at, kind, count, amount, is_correction in deal.lines:
            if before < pipeline.day(at) <= day and not is_correction:
                lines, counts, amounts = found.get(kind, (0, 0, Decimal(0)))
                found[kind] = lines + 1, counts + count, amounts + amount
    return found


def flow(pipeline, before, day):
    """Return {(from, to): deals} of the deals that were open at the end of a day or entered the pipeline later.

    `from` is a stage or "entered", `to` is a stage or the status.
    """
    found = Counter()
    for deal in pipeline.deals.values():
        stood, stands = stage_at(pipeline, deal, before), stage_at(pipeline, deal, day)
        if stood or any(line[2] and before < pipeline.day(line[0]) <= day for line in deal.lines):
            status = [state[1] for state in deal.states if pipeline.day(state[0]) <= day][-1]
            found[stood or "entered", stands or status] += 1
    return found


def stage_at(pipeline, deal, day):
    """Return the stage in which a deal is open at the end of a day, None if it is not open."""
    states = [state for state in deal.states if pipeline.day(state[0]) <= day]
    return states[-1][2] if states and states[-1][1] == "open" else None


def days_of_log(pipeline):
    """Return the first and the last day of a log."""
    days = [pipeline.day(state[0]) for deal in pipeline.deals.values() for state in deal.states]
    return min(days), max(days)
