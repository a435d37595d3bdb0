"""Random examples: a few that are always the same in the suite, and others for as long as SPC_FUZZ_SECONDS says.

`SPC_FUZZ_SECONDS=600 ./sandbox test FILES` gives each test its share of ten minutes.
"""

import os
import time

from hypothesis import HealthCheck, given, settings

#: Tests that share the time.
TESTS = 7
SECONDS = float(os.environ.get("SPC_FUZZ_SECONDS") or 0) / TESTS
SETTINGS = settings(
    deadline=None,
    derandomize=not SECONDS,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def run_examples(test, *strategies, examples=60):
    """Run a test with random examples.

    :param test: function of one example of each strategy
    :param strategies: where the examples come from
    :param examples: how many, if the time is not given
    """
    run = settings(SETTINGS, max_examples=examples)(given(*strategies)(test))
    until = time.monotonic() + SECONDS
    run()
    while time.monotonic() < until:
        # Each call begins with another seed.
        run()
