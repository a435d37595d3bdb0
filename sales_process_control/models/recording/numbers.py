"""Numbers as they come through RPC. No models."""

import math

from ...const import LARGEST_AMOUNT


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
