"""Numbers as they come through RPC. No models."""

import math


def as_float(value):
    """Return a value as it comes through RPC as a number: 0 for an empty value, NaN for what is no number."""
    try:
        return float(value or 0)
    except (OverflowError, TypeError, ValueError):
        return math.nan
