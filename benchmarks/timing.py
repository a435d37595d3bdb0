"""Time and statements of calls, for benchmarks that run in a database."""

import gc
import statistics
import time

#: Width of the titles.
WIDTH = 60


def timed(env, call):
    """Return the milliseconds and the number of statements of a call with cold caches of records."""
    env.invalidate_all()
    gc.collect()
    before, start = env.cr.sql_log_count, time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000, env.cr.sql_log_count - before


def measure(env, title, call, rounds):
    """Print the median time of a call."""
    found = [timed(env, call) for _round in range(rounds + 1)][1:]  # the first round fills the caches
    times = [milliseconds for milliseconds, _statements in found]
    print(f"{title:<{WIDTH}} {statistics.median(times):8.0f} ms, {found[-1][1]:3d} statements", flush=True)


def compare(env, title, call, bare, rounds):
    """Print the median ratio of two calls that take turns."""
    pairs = []
    for turn in range(rounds + 1):
        order = (call, bare) if turn % 2 else (bare, call)
        times = {function: timed(env, function)[0] for function in order}
        if turn:  # the first round fills the caches
            pairs.append((times[call], times[bare]))
    ratio = statistics.median(mine / other for mine, other in pairs)
    mine, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"{title:<{WIDTH}} {mine:8.0f} ms, bare {other:8.0f} ms, paired {ratio:.2f}", flush=True)
