"""No class of tests runs across midnight."""

from datetime import datetime, timedelta, timezone

import one_day
import pytest


@pytest.mark.parametrize(
    ("clock", "wait"),
    [
        ("2026-07-01T12:00:00", 0),
        ("2026-07-01T00:00:00", 0),
        ("2026-07-01T23:56:59", 0),
        ("2026-07-01T23:57:00", 181),
        ("2026-07-01T23:59:59", 2),
        # Midnight in Brussels, in summer and in winter.
        ("2026-07-01T21:59:30", 31),
        ("2026-07-01T22:59:30", 0),
        ("2026-12-01T22:59:30", 31),
    ],
)
def test_a_test_class_near_midnight_waits_until_the_next_day(clock, wait):
    moment = datetime.fromisoformat(clock).replace(tzinfo=timezone.utc)
    waited = []
    one_day.wait_for_one_day(moment, waited.append)
    assert sum(waited) == wait
    # After the wait there is enough time, so that a second call does not wait.
    one_day.wait_for_one_day(moment + timedelta(seconds=sum(waited)), waited.append)
    assert sum(waited) == wait
