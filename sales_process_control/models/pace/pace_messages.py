"""Texts for the reason of a pace in the user's language. `statistics.pace_facts` decides which facts are the reason."""

from ...statistics import pace_facts
from ..recording.text_lists import joined_phrases
from .crm_stage import DEFAULT, SUGGESTED


def reason_message(env, state, stage_name):
    """Return one sentence with the facts that make a deal slow or stalled.

    :param env: environment of the user, whose language counts
    :param state: :class:`~odoo.addons.sales_process_control.statistics.PaceState`
    :param str stage_name: name of the deal's stage in the user's language
    :rtype: str
    """
    return sentence(env, pace_phrases(env, state, stage_name))


def pace_phrases(env, state, stage_name):
    """Return the phrases of :func:`reason_message`."""
    return [_fact_phrase(env, fact, stage_name, state) for fact in pace_facts(state)]


def sentence(env, phrases):
    """Join phrases to one sentence.

    :param list phrases: at least one
    :rtype: str
    """
    joined = joined_phrases(env, phrases)
    # Odoo exports no term that is a placeholder without a name and a full stop only.
    return env._("%(sentence)s.", sentence=joined[:1].upper() + joined[1:])


def _fact_phrase(env, fact, stage, state):
    if fact.key in ("days", "just_over"):
        return _visit_phrase(env, fact, stage, _limit_phrase(env, state))
    return {
        "progress": _progress_phrase,
        "silence": _silence_phrase,
        "next": _next_phrase,
        "plans": _plans_phrase,
        "pushes": _pushes_phrase,
    }[fact.key](env, fact.number)


def _limit_phrase(env, state):
    if state.limit_source == DEFAULT:
        return env._("(default limit %s)", state.limit)
    if state.limit_source == SUGGESTED:
        return env._("(suggested limit %s)", state.limit)
    return env._("(limit %s)", state.limit)


def _visit_phrase(env, fact, stage, limit):
    if fact.key == "days":
        if fact.number == 1:
            return env._("1 day in %(stage)s %(limit)s", stage=stage, limit=limit)
        return env._("%(days)s days in %(stage)s %(limit)s", days=fact.number, stage=stage, limit=limit)
    if fact.number == 1:
        return env._("just over 1 day in %(stage)s %(limit)s", stage=stage, limit=limit)
    return env._("just over %(days)s days in %(stage)s %(limit)s", days=fact.number, stage=stage, limit=limit)


def _progress_phrase(env, days):
    if not days:
        return env._("last progress less than a day ago")
    return env._("last progress 1 day ago") if days == 1 else env._("last progress %s days ago", days)


def _silence_phrase(env, days):
    if days is None:
        return env._("no contact from the customer yet")
    if days == 1:
        return env._("no contact from the customer for 1 day")
    return env._("no contact from the customer for %s days", days)


def _next_phrase(env, days):
    if not days:
        return env._("next activity today")
    return env._("next activity tomorrow") if days == 1 else env._("next activity in %s days", days)


def _plans_phrase(env, times):
    return env._("next activity planned %s times since the limit passed", times)


def _pushes_phrase(env, times):
    if times == 1:
        return env._("closing date pushed once")
    if times == 2:
        return env._("closing date pushed twice")
    return env._("closing date pushed %s times", times)
