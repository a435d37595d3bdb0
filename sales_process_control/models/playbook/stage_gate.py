"""Values and messages of the stage gate: what it checks, what it finds, and what it says. No models.

`incomplete` is a list of :class:`IncompleteStage` throughout.
"""

from typing import NamedTuple

from odoo import models

from ..recording.text_lists import joined_names, joined_parts, labelled
from .crm_stage import STOP

#: Kind of the message to the screen of a person who has moved deals on with required steps open.
OPEN_STEPS_MESSAGE = "sales_process_control/open_steps"
#: How many stages of deals a message lists. It counts the others.
MOST_LISTED = 10


class GateCheck(NamedTuple):
    """One stage whose required steps are checked before a deal moves past it.

    :param lead: the deal
    :param stage_id: id of a stage with a rule
    :param needs_visit: whether the stage counts only if the deal has visited it. It is true for stages between the
        deal's stage and the new one: a deal may jump over a stage. It is true for leads: one that never was a deal has
        no open steps.
    """

    lead: models.BaseModel
    stage_id: int
    needs_visit: bool


class IncompleteStage(NamedTuple):
    """A stage that a deal leaves behind with required steps open.

    :param lead: the deal
    :param stage: the deal's stage, or one that the deal went back from and now moves past
    :param open_steps: names of the open required steps by id, in their order
    :param from_stage_id: id of the deal's stage before the move, None for none
    """

    lead: models.BaseModel
    stage: models.BaseModel
    open_steps: dict[int, str]
    from_stage_id: int | None

    @property
    def step_names(self) -> list[str]:
        return list(self.open_steps.values())

    @property
    def blocks(self) -> bool:
        """Whether the stage's rule forbids the move."""
        return self.stage.leaving_rule == STOP

    @property
    def was_left_before(self) -> bool:
        """Whether the deal is in an earlier stage at present."""
        return self.stage != self.lead.stage_id


def blocked_message(env, incomplete, *, can_override, is_batch=False):
    """Return why nothing was moved, and what to do about it.

    :param env: environment of the person, whose language counts
    :param bool can_override: whether the person may move the deals anyway
    :param bool is_batch: whether other deals were to be moved, too
    :rtype: str
    """
    lead_count = len({one.lead for one in incomplete})
    if len(incomplete) == 1:
        text = _blocked_by_one(env, incomplete[0])
    elif lead_count == 1:
        stages = (labelled(env, one.stage.name, joined_names(env, one.step_names)) for one in incomplete)
        text = env._(
            "%(deal)s cannot move on yet. Missing required sales actions:\n%(stages)s",
            deal=incomplete[0].lead.name,
            stages="\n".join(f"- {stage}" for stage in stages),
        )
    else:
        text = env._(
            "Nothing was moved: %(count)s opportunities cannot leave their stage yet. Missing required sales "
            "actions:\n"
            "%(deals)s",
            count=lead_count,
            deals=open_steps_by_deal(env, incomplete),
        )
    if is_batch and lead_count == 1:
        others = env._("The other opportunities were not moved either.")
        text = f"{text}\n\n{others}"
    if can_override:
        remedy = env._("Record what was done, or move the opportunity anyway and give a reason.")
    else:
        remedy = env._("Record what was done, or ask a sales manager to approve the move.")
    return f"{text}\n\n{remedy}"


def _blocked_by_one(env, one):
    values = {
        "deal": one.lead.name,
        "stage": one.stage.name,
        "steps": "\n".join(f"- {name}" for name in one.step_names),
    }
    if one.was_left_before:
        return env._(
            "%(deal)s has been in %(stage)s, and cannot pass it yet. Missing required sales actions there:\n%(steps)s",
            **values,
        )
    return env._("%(deal)s cannot leave %(stage)s yet. Missing required sales actions:\n%(steps)s", **values)


def warning_message(env, incomplete):
    """Return the text for a person who has moved deals on with required steps open.

    :rtype: str
    """
    if len(incomplete) == 1:
        return env._(
            "%(deal)s has left %(stage)s. Missing required sales actions: %(steps)s.",
            deal=incomplete[0].lead.name,
            stage=incomplete[0].stage.name,
            steps=joined_names(env, incomplete[0].step_names),
        )
    return env._(
        "%(count)s opportunities have left their stage. Missing required sales actions: %(deals)s.",
        count=len({one.lead for one in incomplete}),
        deals=joined_parts(env, _lines(env, incomplete)),
    )


def moves_of(incomplete):
    """Return the moves that can be undone, of deals that have left their stage with required steps open.

    :return: list of {lead_ids, from_stage_id, to_stage_id}
    """
    moves = {}
    for lead, from_stage_id in dict.fromkeys((one.lead, one.from_stage_id) for one in incomplete):
        to_stage_id = lead.stage_id.id
        # Deals that are copied or merged away stay where they are; a deal without a stage has none to go back to.
        if from_stage_id and to_stage_id and from_stage_id != to_stage_id:
            moves.setdefault((from_stage_id, to_stage_id), []).append(lead.id)
    return [
        {"lead_ids": lead_ids, "from_stage_id": from_stage_id, "to_stage_id": to_stage_id}
        for (from_stage_id, to_stage_id), lead_ids in moves.items()
    ]


def open_steps_by_deal(env, incomplete):
    """Return the open steps, a line for each deal and stage.

    :rtype: str
    """
    return "\n".join(f"- {line}" for line in _lines(env, incomplete))


def _lines(env, incomplete):
    lines = [
        env._(
            "%(deal)s (%(stage)s): %(steps)s",
            deal=one.lead.name,
            stage=one.stage.name,
            steps=joined_names(env, one.step_names),
        )
        for one in incomplete[:MOST_LISTED]
    ]
    if len(incomplete) > MOST_LISTED:
        lines.append(env._("and %s more", len(incomplete) - MOST_LISTED))
    return lines
