"""The six-stage process: what its stages are called, what they expect, and where they stand. Values, no models."""

from typing import NamedTuple

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

CALL = "mail.mail_activity_data_call"
EMAIL = "mail.mail_activity_data_email"
MEETING = "mail.mail_activity_data_meeting"
TO_DO = "mail.mail_activity_data_todo"


class StepPlan(NamedTuple):
    """A sales action. Texts are translated when they are needed; `activity_type` is the type's XML id."""

    name: object
    activity_type: str
    is_required: bool = False
    guidance: object = ""


class StagePlan(NamedTuple):
    """A stage with its sales actions. `days_to_rot` is its limit in days, 0 for none."""

    name: object
    days_to_rot: int
    steps: tuple[StepPlan, ...]
    leaving_rule: str = "nothing"
    is_won: bool = False


SIX_STAGES = (
    StagePlan(
        _lt("First Contact"),
        14,
        (
            StepPlan(_lt("Call to introduce us"), CALL, True, _lt("Ask what made them think of us, and why now.")),
            StepPlan(_lt("Find out who decides"), TO_DO, False, _lt("Who decides, who is asked, and who signs?")),
        ),
    ),
    StagePlan(
        _lt("Project Evaluation"),
        21,
        (
            StepPlan(_lt("First meeting"), MEETING, True, _lt("See the place, and talk to those who will use it.")),
            StepPlan(_lt("Check budget and time frame"), CALL, True, _lt("What may it cost, and when must it run?")),
            StepPlan(_lt("Decide whether to go on"), TO_DO, False, _lt("Can we win this, and do we want to?")),
        ),
    ),
    StagePlan(
        _lt("Needs Analysis"),
        30,
        (
            StepPlan(_lt("Needs workshop"), MEETING, True, _lt("Go through a working day of theirs, step by step.")),
            StepPlan(_lt("Get the requirements in writing"), EMAIL, True, _lt("Have the customer confirm the list.")),
        ),
    ),
    StagePlan(
        _lt("Bidding"),
        30,
        (
            StepPlan(_lt("Send the offer"), EMAIL, True, _lt("Name the price, and the day until which it holds.")),
            StepPlan(_lt("Present the offer"), MEETING, True, _lt("To those who decide, before they compare prices.")),
            StepPlan(_lt("Ask how we compare"), CALL, False, _lt("Whom else do they ask, and where are we behind?")),
        ),
        leaving_rule="warning",
    ),
    StagePlan(
        _lt("Negotiation"),
        21,
        (
            StepPlan(_lt("Go through the terms"), MEETING, True, _lt("Give nothing away without getting something.")),
            StepPlan(_lt("Agree on a date of signing"), CALL, True, _lt("And on what has to happen until then.")),
        ),
    ),
    StagePlan(
        _lt("Signed"),
        0,
        (
            StepPlan(_lt("Thank the customer"), CALL),
            StepPlan(_lt("Hand over to delivery"), TO_DO, False, _lt("What was promised, by when, and to whom?")),
        ),
        is_won=True,
    ),
)


def places_of(known, last):
    """Where new stages stand so that those of the process follow one another, with stages that stay where they are.

    Before the next one that exists; those that none follows, behind the open stages of the team.

    :param list known: the sequence of each stage of the process that exists, None for new ones
    :param last: the highest sequence of the team's open stages, None where it has none
    :return: a sequence a stage, those that exist unchanged. Where there is no room between two, new ones share one:
        they then stand in the order in which they are made
    """
    places = []
    for number, place in enumerate(known):
        before = places[-1] if places else None
        places.append(_place(known[number:], before, last) if place is None else place)
    return places


def _place(known, before, last):
    """Where the first one of those that are left stands.

    :param known: as of :func:`places_of`, from this one on
    :param before: the sequence of the one before it in the process, None for the first
    """
    following = next((place for place in known if place is not None), None)
    if following is None:
        return max(place for place in (before, last, 0) if place is not None) + 1
    behind = [place for place in (before, last) if place is not None and place < following]
    # As many as are still to come before the one that exists want a place each.
    place = following - known.index(following)
    if behind:
        place = min(max(behind) + 1, place)
    if before is None:
        return place
    return max(min(max(place, before + 1), following - 1), before)
