"""Texts of a weekly report: days, and the subject with what matters most. No models."""

from babel.dates import format_interval

from odoo import fields
from odoo.tools import babel_locale_parse, get_lang

from ..recording.number_texts import amount_text
from ..recording.text_lists import joined_phrases, labelled


def describe_week(env, content):
    """Return the days of the week, for example "Nov 16 - 22, 2026".

    :param dict content: see :meth:`.WeeklyContent.make`
    """
    first, last = (fields.Date.to_date(content[name]) for name in ("week", "last_day"))
    return format_interval(first, last, "yMMMd", locale=babel_locale_parse(get_lang(env).code))


def describe_subject(env, content):
    """Return the subject: whose report it is, and the two facts that matter most.

    :param dict content: see :meth:`.WeeklyContent.make`
    """
    facts = joined_phrases(env, _facts(env, content)[:2])
    if not facts:
        return env._("%(name)s: weekly report", name=content["name"])
    return labelled(env, content["name"], facts)


def _facts(env, content):
    """Return the facts about a report, the most important first."""
    rows = {(section["key"], row["key"]): row for section in content["sections"] for row in section["rows"]}
    money = {section["key"]: section["currency_id"] for section in content["sections"]}

    def value(*key):
        number = rows.get(key, {}).get("number")
        return number["value"] if number else 0

    def amount(section, key):
        currency = env["res.currency"].browse(money[section])
        found = rows.get((section, key), {}).get("amount") or 0.0
        return amount_text(env, abs(found), currency)

    facts = []
    if count := value("hot", "overdue"):
        facts.append(env._("1 promise overdue") if count == 1 else env._("%s promises overdue", count))
    if count := -value("changes", "won"):
        facts.append(env._("%(deals)s won (%(amount)s)", deals=count, amount=amount("changes", "won")))
    if ("forecast", "below") in rows:
        facts.append(env._("%s below target", amount("forecast", "below")))
    elif ("forecast", "above") in rows:
        facts.append(env._("%s above target", amount("forecast", "above")))
    if count := value("stalled", "all"):
        facts.append(env._("1 deal stalled") if count == 1 else env._("%s deals stalled", count))
    return facts
