import logging
from datetime import date, datetime, time, timezone
from zoneinfo import ZoneInfo

import pytz

_logger = logging.getLogger(__name__)


def known_zone(name):
    """Return the name by which the system knows a time zone: UTC without a name, and for a zone that it does not know.

    Systems drop old names such as Europe/Kiev, which calendars keep. Odoo maps these where a zone is read with pytz.

    :param name: name of a time zone, or an empty value
    :rtype: str
    """
    try:
        return ZoneInfo(pytz.timezone(name).zone).key if name else "UTC"
    except (LookupError, ValueError, OSError):
        _logger.warning("The time zone %s is not known to this system. UTC is used for it.", name)
        return "UTC"


def start_of(day, zone):
    """Return the instant (naive UTC) at which a day begins in a time zone, cut off at the ends of the calendar."""
    start = datetime.combine(day, time.min, ZoneInfo(zone))
    try:
        return start.astimezone(timezone.utc).replace(tzinfo=None)
    except OverflowError:
        return datetime.min if day.year == date.min.year else datetime.max
