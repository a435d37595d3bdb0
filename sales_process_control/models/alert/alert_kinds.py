"""Kinds of deal alerts, their order, and their texts (docs/definitions.md, Deal alerts)."""

from ..hot.attention import promise_phrase
from ..pace.pace_messages import reason_message, sentence
from ..recording.text_lists import joined_phrases

PROMISE, PROMISE_LEADER = "promise", "promise_leader"
STALLED, STALLED_LEADER = "stalled", "stalled_leader"
IDLE = "hot_idle"
#: All kinds, the most urgent first. Of several that concern one person and one deal, only the first is given.
KINDS = [
    (PROMISE, "Promise overdue"),
    (PROMISE_LEADER, "Promise long overdue"),
    (STALLED, "Stalled"),
    (STALLED_LEADER, "Stalled past twice the limit"),
    (IDLE, "Hot without next action"),
]
#: Setting of the company that switches a kind on, by kind.
SETTINGS = {kind: f"alerts_{kind}" for kind, _label in KINDS}
#: Days after the due date from which a promise is long overdue.
LONG_OVERDUE_DAYS = 7


def alert_message(env, kind, state=None, stage_name="", days=0):
    """Return the sentence of an alert.

    :param env: environment of the person who is alerted, whose language counts
    :param str kind: one of :data:`KINDS`
    :param state: `PaceState` of a stalled deal
    :param str stage_name: name of the deal's stage in that language
    :param int days: days since the due date of an overdue promise
    :rtype: str
    """
    if kind in (STALLED, STALLED_LEADER):
        return reason_message(env, state, stage_name)
    if kind in (PROMISE, PROMISE_LEADER):
        return sentence(env, [promise_phrase(env, days)])
    return sentence(env, [joined_phrases(env, [env._("hot customer"), env._("no next action")])])
