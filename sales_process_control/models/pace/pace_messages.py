"""Texts for the reason of a pace in the user's language. `statistics.pace_facts` decides which facts are the reason."""

from ...statistics import pace_facts


def reason_message(env, state, stage_name):
    """Return one sentence with the facts that make a deal slow or stalled.

    :param env: environment of the user, whose language counts
    :param state: :class:`~odoo.addons.sales_process_control.statistics.PaceState`
    :param str stage_name: name of the deal's stage in the user's language
    :rtype: str
    """
    sentence, *others = (_fact_phrase(env, fact, stage_name, state.limit) for fact in pace_facts(state))
    for phrase in others:
        sentence = env._("%(facts)s, %(fact)s", facts=sentence, fact=phrase)
    return env._("%s.", sentence)


def _fact_phrase(env, fact, stage, limit):
    if fact.key in ("days", "just_over"):
        return _visit_phrase(env, fact, stage, limit)
    return {
        "progress": _progress_phrase,
        "silence": _silence_phrase,
        "next": _next_phrase,
        "plans": _plans_phrase,
        "pushes": _pushes_phrase,
    }[fact.key](env, fact.number)


def _visit_phrase(env, fact, stage, limit):
    if fact.key == "days":
        return env._("%(days)s days in %(stage)s (limit %(limit)s)", days=fact.number, stage=stage, limit=limit)
    if limit == 1:
        return env._("Just over 1 day in %s (limit 1)", stage)
    return env._("Just over %(limit)s days in %(stage)s (limit %(limit)s)", stage=stage, limit=limit)


def _progress_phrase(env, days):
    if not days:
        return env._("last progress less than a day ago")
    return env._("last progress 1 day ago") if days == 1 else env._("last progress %s days ago", days)


def _silence_phrase(env, days):
    if days is None:
        return env._("nothing from the customer yet")
    if days == 1:
        return env._("nothing from the customer for 1 day")
    return env._("nothing from the customer for %s days", days)


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
