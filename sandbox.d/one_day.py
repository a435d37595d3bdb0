"""Prevent tests from running across midnight, because they compare dates that they computed at different times."""

import time
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

# Time zones of the users in the tests: the default one, and that of Odoo's demo data.
ZONES = (timezone.utc, ZoneInfo("Europe/Brussels"))
# Seconds that a class of tests takes at most, including the browser, on a busy machine.
LONGEST_CLASS = 180


def seconds_left(moment):
    """Return how many seconds are left until midnight in the zone where it comes first.

    :param datetime moment: an aware datetime
    """
    passed = (moment.astimezone(zone) for zone in ZONES)
    return 86400 - max(local.hour * 3600 + local.minute * 60 + local.second for local in passed)


def wait_for_one_day(moment=None, sleep=time.sleep):
    """Wait until after midnight if it is near.

    :param datetime moment: an aware datetime; without it, now
    :param sleep: function that takes the seconds to wait
    """
    left = seconds_left(moment or datetime.now(timezone.utc))
    if left <= LONGEST_CLASS:
        sleep(left + 1)
