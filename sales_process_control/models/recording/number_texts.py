"""Counts and amounts as texts, for mails, messages and sentences of screens. No models.

What the browser formats goes through ``static/src/kit/numbers.js``, which shows the same.
"""

from odoo.tools.misc import formatLang

MINUS = "\u2212"


def count_text(env, count, *, is_signed=False):
    """Return a count in the language of the user.

    :param bool is_signed: the count is a change: an increase has a plus sign
    """
    return _with_sign(count, formatLang(env, abs(count), digits=0), is_signed)


def amount_text(env, amount, currency, *, is_exact=False, is_signed=False):
    """Return an amount in the language of the user, in whole units. The sign stands before the symbol of the currency.

    :param currency: record of `res.currency`
    :param bool is_exact: with the decimals of the currency
    :param bool is_signed: the amount is a change: an increase has a plus sign
    """
    unit = {} if is_exact else {"rounding_unit": "units"}
    return _with_sign(amount, formatLang(env, abs(amount), currency_obj=currency, **unit), is_signed)


def _with_sign(value, text, is_signed):
    """Put the sign before a text; none if all its digits are 0."""
    if not any(char.isdigit() and char != "0" for char in text):
        return text
    if value < 0:
        return MINUS + text
    return f"+{text}" if is_signed and value > 0 else text
