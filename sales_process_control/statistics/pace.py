"""The facts that explain why a deal is slow or stalled (docs/definitions.md, Pace). Texts are in ``models/pace``."""

from typing import NamedTuple

#: A next activity keeps a deal from being stalled if it was planned at most so many times since the limit passed.
MOST_PLANS = 2


class PaceState(NamedTuple):
    """State of a deal that is past the limit of its stage. All lengths are whole calendar days that have passed.

    :param is_stalled: whether the deal is stalled, otherwise it is slow
    :param is_moving: whether the last progress is no older than the limit, so that the deal is only slow
    :param days: days in the stage
    :param limit: limit of the stage
    :param limit_source: where the limit comes from, see ``models/pace/crm_stage.py``; empty for a limit that was set
    :param progress_days: days since the last progress, None without progress
    :param contact_days: days since the last message, meeting or activity with feedback, None without any
    :param next_days: days until the next activity, 0 for today, None if none is planned
    :param plans: how often a next activity was planned since the limit passed
    :param pushes: how often the expected closing was moved to a later date
    """

    is_stalled: bool
    is_moving: bool
    days: int
    limit: int
    progress_days: int | None = None
    contact_days: int | None = None
    next_days: int | None = None
    plans: int = 0
    pushes: int = 0
    limit_source: str = ""


class Fact(NamedTuple):
    """One part of the explanation.

    :param key: days, just_over, progress, silence, next, plans or pushes
    :param number: days or times, None for silence without any contact
    """

    key: str
    number: int | None = None


def pace_facts(state: PaceState) -> list[Fact]:
    """Return the facts that explain the pace of a deal, in the order of the sentence.

    Example: 18 days in a stage with a limit of 12, no contact for 15 days and two pushes give ``days 18``,
    ``silence 15``, ``pushes 2``.
    """
    # A fraction of a day over the limit is not visible in whole days.
    facts = [Fact("days", state.days) if state.days > state.limit else Fact("just_over", state.limit)]
    if state.is_moving:
        facts.append(Fact("progress", state.progress_days))
    else:
        facts.append(Fact("silence", state.contact_days))
        if state.next_days is not None:
            facts.append(Fact("plans", state.plans) if state.is_stalled else Fact("next", state.next_days))
    if state.pushes:
        facts.append(Fact("pushes", state.pushes))
    return facts
