"""Why a deal needs attention: the reasons, their order, and their text (docs/definitions.md, Attention)."""

from typing import NamedTuple

from odoo.tools import SQL

from ..pace.crm_lead import LATE, SLOW, STALLED
from ..pace.pace_messages import pace_phrases, sentence

#: Reasons besides the paces.
PROMISE, CLOSING, IDLE = "promise", "closing", "idle"
#: All reasons, the most urgent first.
REASONS = (PROMISE, STALLED, CLOSING, SLOW, IDLE)
#: Since when a deal has its most urgent reason: by this, deals with the same one are ordered.
SINCE = {PROMISE: "due_date", STALLED: "passed_at", CLOSING: "date_deadline", SLOW: "passed_at", IDLE: "entered_at"}


class Attention(NamedTuple):
    """What is known of a deal. The names are those of the SQL columns of `crm.lead._attention_columns`.

    :param pace: pace of the deal, empty if it has none
    :param promise_days: days since the due date of its hot flag, None unless the flag is overdue
    :param closing_days: days since its expected closing, None unless that has passed
    :param is_idle: whether no next action is planned
    """

    pace: str | None = None
    promise_days: int | None = None
    closing_days: int | None = None
    is_idle: bool = False

    @property
    def reasons(self):
        """Reasons why the deal needs attention, the most urgent first; empty if it needs none."""
        found = {
            PROMISE: self.promise_days is not None,
            self.pace: self.pace in LATE,
            CLOSING: self.closing_days is not None,
            IDLE: self.is_idle,
        }
        return [reason for reason in REASONS if found.get(reason)]


def most_urgent_sql(conditions, values):
    """Return the SQL of the value of the first reason that a deal has, in the order of urgency; NULL without any.

    :param dict conditions: SQL conditions by reason
    :param dict values: SQL values by reason
    :rtype: SQL
    """
    cases = (SQL("WHEN %s THEN %s", conditions[reason], values[reason]) for reason in REASONS)
    return SQL("CASE %s END", SQL(" ").join(cases))


def attention_message(env, attention, state, stage_name):
    """Return one sentence with the reasons why a deal needs attention, the most urgent first.

    :param env: environment of the user, whose language counts
    :param Attention attention: what is known of the deal
    :param state: `PaceState` of the deal, None unless it is slow or stalled
    :param str stage_name: name of the deal's stage in the user's language
    :return: False for a deal that needs no attention
    """
    phrases = []
    for reason in attention.reasons:
        if reason in LATE:
            phrases += pace_phrases(env, state, stage_name) if state else []
        elif reason == PROMISE:
            phrases.append(promise_phrase(env, attention.promise_days))
        elif reason == CLOSING:
            phrases.append(_closing_phrase(env, attention.closing_days))
        else:
            phrases.append(env._("no next action"))
    return sentence(env, phrases) if phrases else False


def promise_phrase(env, days):
    """Return the phrase that a promise is overdue since some days (at least 1)."""
    return env._("promise 1 day overdue") if days == 1 else env._("promise %s days overdue", days)


def _closing_phrase(env, days):
    if days == 1:
        return env._("expected closing passed 1 day ago")
    return env._("expected closing passed %s days ago", days)
