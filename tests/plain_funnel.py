"""What the funnel must say of a log of events between two days, computed from `plain_pipeline` alone."""

from collections import Counter
from decimal import Decimal


def waterfall(pipeline, before, day):
    """What changed after one day up to another, by kind: number of lines, sum of counts, sum of amounts."""
    found = {}
    for deal in pipeline.deals.values():
        for at, kind, count, amount, _is_correction in deal.lines:
            if before < pipeline.day(at) <= day:
                lines, counts, amounts = found.get(kind, (0, 0, Decimal(0)))
                found[kind] = lines + 1, counts + count, amounts + amount
    return found


def flow(pipeline, before, day):
    """Where deals that were open at the end of a day, or came in since, had gone by another: {(from, to): count}."""
    found = Counter()
    for deal in pipeline.deals.values():
        stood, stands = place(pipeline, deal, before), place(pipeline, deal, day)
        if stood or any(line[2] and before < pipeline.day(line[0]) <= day for line in deal.lines):
            status = [state[1] for state in deal.states if pipeline.day(state[0]) <= day][-1]
            found[stood or "entered", stands or status] += 1
    return found


def place(pipeline, deal, day):
    """The stage in which a deal is open at the end of a day."""
    known = [state for state in deal.states if pipeline.day(state[0]) <= day]
    return known[-1][2] if known and known[-1][1] == "open" else None


def days_of_log(pipeline):
    """The first day and the last one."""
    days = [pipeline.day(state[0]) for deal in pipeline.deals.values() for state in deal.states]
    return min(days), max(days)
