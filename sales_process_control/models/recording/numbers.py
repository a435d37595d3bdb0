"""Numbers as they come through RPC. No models."""

import math

from ...const import LARGEST_AMOUNT

#: Ids of PostgreSQL are below this, and have no more digits.
MOST_ID = 2**31
MOST_DIGITS = len(str(MOST_ID))


def is_id(value):
    """Return whether a value as it comes through RPC can be the id of a record."""
    # Not isinstance: True is an integer, and no id.
    return type(value) is int and 0 < value < MOST_ID


def read_id(text):
    """Return the id that a text from outside names in digits, 0 if it names none."""
    # Python refuses to read very many digits.
    is_number = isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    value = int(text) if is_number else 0
    return value if is_id(value) else 0


def as_float(value):
    """Return a value as it comes through RPC as a number: 0 for an empty value, NaN for what is no number."""
    try:
        return float(value or 0)
    except (OverflowError, TypeError, ValueError):
        return math.nan


def is_amount(value):
    """Return whether a value as it comes through RPC is an amount that people may enter, or empty."""
    # NaN is in no order.
    return 0 <= as_float(value) <= LARGEST_AMOUNT
