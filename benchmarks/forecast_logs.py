"""Measure chances on many made-up logs, beside shares of stages, without Odoo.

    python3 benchmarks/forecast_logs.py FIRST LAST [--steady] [--ranges]

The logs are those of the kind `any` of generate_log.py with the seeds from FIRST to LAST. With `--steady` nothing
changes in the course of time, and logs have at most 2,000 deals. Six forecasts are made in each log. `--ranges` counts
how many ranges hold, which takes longer: a range rests on twelve earlier forecasts.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from forecast import Backtest, Log, measure
from generate_log import Pipeline, any_kind

COLUMNS = ("deal", "amount", "event", "stage", "at")
HORIZONS = (7, 30, 90)
ORIGINS = 6
#: The first forecast of a log is made when this part of it is over.
FIRST_ORIGIN = 0.4
#: Most deals of a steady log.
FEW = 2000


def figures(seed, is_steady, with_ranges):
    """Return the figures of one log by horizon."""
    kind = any_kind(seed)
    if is_steady:
        arrivals = min(kind.arrivals, FEW / kind.days)
        kind = kind._replace(arrivals=arrivals, drift=1, slower=1, season=0, new_stage=False)
    log = Log(dict(zip(COLUMNS, row, strict=True)) for row in Pipeline(kind, seed).events())
    first, last = log.visits[0].begin, log.end - 1 - max(HORIZONS)
    days = [
        first + round((last - first) * (FIRST_ORIGIN + (1 - FIRST_ORIGIN) * index / (ORIGINS - 1)))
        for index in range(ORIGINS)
    ]
    return {horizon: measure(Backtest(log, horizon), days, with_ranges) for horizon in HORIZONS}


def is_worse(log, by=0.0):
    """Return whether the Brier score of a log is worse than that of shares of stages, by a part of it."""
    return log["brier_ours"] > log["brier_shares"] * (1 + by)


def report(logs):
    """Print the figures of all logs."""
    for horizon in HORIZONS:
        known = [log[horizon] for log in logs if log[horizon]]
        won = sum(log["won"] for log in known)
        print(f"\n{horizon} days: {len(known)} logs, {sum(map(is_worse, known))} worse than shares of stages")
        large = [log for log in known if log["won"] >= 100]
        print(
            f"with 100 won deals and more: {len(large)} logs, {sum(is_worse(log, 0.05) for log in large)} worse by 5%"
        )
        for name in ("ours", "shares"):
            brier = sum(log[f"brier_{name}"] for log in known) / len(known)
            error = sum(log[f"error_{name}"] * max(log["won"], 1) for log in known) / won
            print(f"{name:>8}: mean Brier {brier:.4f}, errors {error:.1%} of the number")
        if "inside" in known[0]:
            origins = sum(log["origins"] for log in known)
            shares = (sum(log[name] for log in known) / origins for name in ("inside", "inside_amount"))
            print("range of 80% holds: {:.1%} of the numbers, {:.1%} of the amounts".format(*shares))


def main():
    """Read the options and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    parser.add_argument("--steady", action="store_true")
    parser.add_argument("--ranges", action="store_true")
    options = parser.parse_args()
    with ProcessPoolExecutor() as pool:
        seeds = range(options.first, options.last + 1)
        report(list(pool.map(partial(figures, is_steady=options.steady, with_ranges=options.ranges), seeds)))


if __name__ == "__main__":
    main()
