"""Days, months and quarters as texts, in the order that the language of the user has. No models.

A pattern such as "MMM yyyy" would keep the order of English: "6月 2026" instead of "2026年6月".
"""

from babel.dates import format_skeleton

from odoo.tools import babel_locale_parse, get_lang


def day_text(env, day):
    """Return a day without its year, for example "Nov 16" or "16 nov.".

    :param date day: the day
    """
    return _text(env, day, "MMMd")


def month_text(env, day, *, is_short=False):
    """Return a month, for example "December 2026" or "2026年12月".

    :param date day: any day of the month
    :param bool is_short: whether the name of the month is short: "Dec 2026"
    """
    return _text(env, day, "yMMM" if is_short else "yMMMM")


def quarter_text(env, day):
    """Return a quarter, for example "Q4 2026".

    :param date day: any day of the quarter
    """
    return _text(env, day, "yQQQ")


def _text(env, day, skeleton):
    return format_skeleton(skeleton, day, locale=babel_locale_parse(get_lang(env).code))
