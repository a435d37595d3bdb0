"""The six-stage process that can be loaded for a team: stages, sales actions, and sequences. No models."""

from typing import NamedTuple

from odoo.tools import LazyTranslate

from .crm_stage import NO_RULE, WARNING

_lt = LazyTranslate(__name__)

CALL = "mail.mail_activity_data_call"
EMAIL = "mail.mail_activity_data_email"
MEETING = "mail.mail_activity_data_meeting"
TO_DO = "mail.mail_activity_data_todo"


class StepPlan(NamedTuple):
    """A sales action. `name` and `guidance` are lazy translations; `activity_type` is an XML id."""

    name: object
    activity_type: str
    is_required: bool = False
    guidance: object = ""


class StagePlan(NamedTuple):
    """A stage with its sales actions. `days_to_rot` is its limit in days, 0 for none."""

    name: object
    days_to_rot: int
    steps: tuple[StepPlan, ...]
    leaving_rule: str = NO_RULE
    is_won: bool = False


SIX_STAGES = (
    StagePlan(
        _lt("First Contact"),
        14,
        (
            StepPlan(_lt("Call to introduce us"), CALL, True, _lt("Ask what made them contact us, and why now.")),
            StepPlan(_lt("Find out who decides"), TO_DO, False, _lt("Who decides, who is asked, and who signs?")),
        ),
    ),
    StagePlan(
        _lt("Project Evaluation"),
        21,
        (
            StepPlan(_lt("First meeting"), MEETING, True, _lt("See the site, and talk to the people who will use it.")),
            StepPlan(_lt("Check budget and time frame"), CALL, True, _lt("What may it cost, and when must it run?")),
            StepPlan(_lt("Decide whether to continue"), TO_DO, False, _lt("Can we win this, and do we want to?")),
        ),
    ),
    StagePlan(
        _lt("Needs Analysis"),
        30,
        (
            StepPlan(_lt("Needs workshop"), MEETING, True, _lt("Go through one of their working days, step by step.")),
            StepPlan(_lt("Get the requirements in writing"), EMAIL, True, _lt("Ask the customer to confirm the list.")),
        ),
    ),
    StagePlan(
        _lt("Bidding"),
        30,
        (
            StepPlan(_lt("Send the offer"), EMAIL, True, _lt("State the price and how long it is valid.")),
            StepPlan(
                _lt("Present the offer"),
                MEETING,
                True,
                _lt("Present to the people who decide, before they compare prices."),
            ),
            StepPlan(
                _lt("Ask how we compare with competitors"),
                CALL,
                False,
                _lt("Which other suppliers do they ask, and where are we behind?"),
            ),
        ),
        leaving_rule=WARNING,
    ),
    StagePlan(
        _lt("Negotiation"),
        21,
        (
            StepPlan(_lt("Go through the terms"), MEETING, True, _lt("Get something in return for every concession.")),
            StepPlan(_lt("Agree on a date of signing"), CALL, True, _lt("Agree on the steps until then, too.")),
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


def new_sequences(existing, last):
    """Return the sequences of all stages of the process, so that they follow one another.

    New stages go before the next stage of the process that exists. Those without a next one go behind the open stages
    of the team.

    :param list existing: the sequence of each stage of the process that exists, None for new ones
    :param last: the highest sequence of the team's open stages, None without any
    :return: a sequence for each stage; existing ones are unchanged. New stages share a sequence where there are too few
        between two existing ones, and then stand in the order in which they are created
    :rtype: list
    """
    sequences = []
    for index, sequence in enumerate(existing):
        before = sequences[-1] if sequences else None
        sequences.append(_new_sequence(existing[index:], before, last) if sequence is None else sequence)
    return sequences


def _new_sequence(existing, before, last):
    """Return the sequence of a new stage.

    :param existing: as of :func:`new_sequences`, from this stage on
    :param before: the sequence of the stage before it in the process, None for the first
    :param last: as of :func:`new_sequences`
    """
    following = next((sequence for sequence in existing if sequence is not None), None)
    if following is None:
        return max(sequence for sequence in (before, last, 0) if sequence is not None) + 1
    lower = [sequence for sequence in (before, last) if sequence is not None and sequence < following]
    # Leaves a sequence for each new stage up to the next existing one.
    sequence = following - existing.index(following)
    if lower:
        sequence = min(max(lower) + 1, sequence)
    if before is None:
        return sequence
    return max(min(max(sequence, before + 1), following - 1), before)
