"""What a person has said in the dialog of what was done; a value, no model."""

from typing import NamedTuple

#: The context key by which the dialog hands it to the activity that is marked done.
RECORDED = "recorded_progress"


class Recorded(NamedTuple):
    """What goes with the activity that is marked done. No context of a remote caller can hold one.

    `step_id` is the step that was taken, None if a kind of activity was chosen; `lines` what the chatter is to say
    besides, as (label, text).
    """

    step_id: int | None
    lines: tuple

    @classmethod
    def of(cls, env):
        """What the dialog has put into the context, None if something else does the work."""
        said = env.context.get(RECORDED)
        return said if isinstance(said, cls) else None
