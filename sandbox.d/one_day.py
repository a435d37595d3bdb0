"""Tests that speak of today want one day from their beginning to their end."""

import time
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

# Where days end for the people of the tests: those without a zone of their own, and those of Odoo's demonstration.
ZONES = (timezone.utc, ZoneInfo("Europe/Brussels"))
# What a class of tests takes, browser and all, and some more where the machine is busy.
LONGEST_CLASS = 180


def seconds_left(moment):
    """How much is left of the day that ends next, in seconds.

    :param datetime moment: an aware moment
    """
    passed = (moment.astimezone(zone) for zone in ZONES)
    return 86400 - max(local.hour * 3600 + local.minute * 60 + local.second for local in passed)


def wait_for_one_day(moment=None, sleep=time.sleep):
    """Where a day is about to end, wait for the next one.

    :param datetime moment: an aware moment; now, if not given
    """
    left = seconds_left(moment or datetime.now(timezone.utc))
    if left <= LONGEST_CLASS:
        sleep(left + 1)
