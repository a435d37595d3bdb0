"""What stages are asked when deals are moved on, and what they answer; values, no models."""

from typing import NamedTuple

from odoo import models


class Question(NamedTuple):
    """What a stage with a rule is asked before a deal leaves it behind.

    :param lead: the deal
    :param stage_id: number of the stage
    :param must_have_stayed: whether it matters only if the deal has stayed there: to jump over a stage is not to leave
        it, and a lead that never was a deal is free
    """

    lead: models.BaseModel
    stage_id: int
    must_have_stayed: bool


class Leaving(NamedTuple):
    """A deal that leaves a stage with a rule behind while required steps of it are open.

    :param lead: the deal
    :param stage: the stage: the one that it is in, or one that it went back from and now comes past
    :param open_steps: names of its open steps by id
    """

    lead: models.BaseModel
    stage: models.BaseModel
    open_steps: dict[int, str]

    @property
    def steps(self) -> list[str]:
        return list(self.open_steps.values())

    @property
    def is_stopped(self) -> bool:
        return self.stage.leaving_rule == "stop"

    @property
    def is_passed(self) -> bool:
        """Whether the deal has gone back from the stage before, and now comes past it."""
        return self.stage != self.lead.stage_id
