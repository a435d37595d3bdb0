"""The entry of a person in the dialog that records progress: a value, no model."""

from typing import NamedTuple

#: Context key under which the dialog passes the entry to the activity that it marks as done.
RECORDED_PROGRESS = "recorded_progress"


class RecordedProgress(NamedTuple):
    """An entry that belongs to an activity marked as done.

    A remote caller cannot send an instance of this class in a context.

    :param step_id: id of the step that was taken, None if a kind of activity was chosen
    :param chatter_lines: what Odoo's message about the activity says in addition: (label, text) of each line
    """

    step_id: int | None
    chatter_lines: tuple

    @classmethod
    def from_context(cls, env):
        """Return the entry in the context, None if the activity is not marked as done by the dialog."""
        value = env.context.get(RECORDED_PROGRESS)
        return value if isinstance(value, cls) else None
