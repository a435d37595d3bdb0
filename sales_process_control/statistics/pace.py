"""What makes a deal slow or stalled, as facts (D10); the words for them are found elsewhere."""

from typing import NamedTuple

#: So often a next activity that is planned since the limit passed can excuse a deal; once more excuses it no longer.
MOST_PLANS = 2


class PaceState(NamedTuple):
    """What is known of a deal that is past the limit of its stage. Days are calendar days, whole ones that have passed.

    :param is_stalled: whether it is stalled, or only slow
    :param is_moving: whether its last progress is no older than the limit: what makes it slow only
    :param days: days in its stage
    :param limit: the stage's limit in days
    :param progress_days: days since the last progress, None where there was none
    :param contact_days: days since the last message, meeting or activity with feedback, None where there was none
    :param next_days: days until the next activity, 0 for today, None where none is planned
    :param plans: how often next activities were planned since the limit passed
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


class Fact(NamedTuple):
    """One part of the sentence; `number` is what it counts, None where it counts nothing."""

    key: str
    number: int | None = None


def pace_facts(state: PaceState) -> list[Fact]:
    """Choose the facts that tell why a deal is slow or stalled, in the order of the sentence."""
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
