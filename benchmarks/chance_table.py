"""Measure how long the largest table of chances takes, without Odoo: 8 stages, 730 ages, moves between all stages.

python3 benchmarks/chance_table.py
"""

import time
from itertools import product
from random import Random

from forecast import chance

STAGES, DAYS = 8, 731
HORIZONS = (1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 90, 120, 180, 270, 366)


def counts():
    """Yield visits that end on each day in each way."""
    random = Random(1)
    for stage, days, to_stage in product(range(STAGES), range(DAYS), range(STAGES)):
        if to_stage != stage:
            outcome = "advanced" if to_stage > stage else "moved_back"
            yield chance.VisitCount(stage, days, outcome, to_stage, random.randint(1, 3))
    for stage, days, outcome in product(range(STAGES), range(DAYS), ("won", "lost", "open")):
        yield chance.VisitCount(stage, days, outcome, None, random.randint(1, 3))


def main():
    """Print the processor time of five tables."""
    cases = list(counts())
    for _run in range(5):
        begin = time.process_time()
        chances = chance.Chances(cases)
        rated = time.process_time()
        rows = sum(1 for _row in chances.table(HORIZONS))
        print(f"rates {rated - begin:.2f} s, table {time.process_time() - rated:.2f} s, {rows:,} rows")


if __name__ == "__main__":
    main()
