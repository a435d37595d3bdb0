"""Write the event log of a made-up pipeline, for `forecast.py`.

    python3 benchmarks/generate_log.py KIND SEED > LOG

Kinds are the keys of KINDS. The result is the same at each run.
"""

import csv
import sys
from datetime import datetime, timedelta, timezone
from math import cos, pi
from random import Random
from typing import NamedTuple

BEGIN = datetime(2024, 1, 1, tzinfo=timezone.utc)
STAGES = ("Qualified", "Needs Analysis", "Proposal", "Negotiation")


class Kind(NamedTuple):
    """How a pipeline behaves.

    :param days: length of the log
    :param arrivals: deals that come in a day
    :param typical: typical days in a stage
    :param lost: share of the visits of a stage that end with a lost deal
    :param back: share of the visits that end with a move back
    :param drift: factor of the lost share at the end of the log
    :param slower: factor of the days in a stage at the end of the log
    :param season: how far the days in a stage change in the course of a year, as a share
    :param new_stage: whether a stage is added after two thirds of the log
    :param weekends: whether nothing happens on Saturdays and Sundays
    :param by_amount: whether large deals are lost more often
    """

    days: int = 730
    arrivals: float = 3.0
    typical: float = 12.0
    lost: float = 0.25
    back: float = 0.0
    drift: float = 1.0
    slower: float = 1.0
    season: float = 0.0
    new_stage: bool = False
    weekends: bool = False
    by_amount: bool = False


KINDS = {
    "steady": Kind(),
    "thin": Kind(arrivals=0.15),
    "very_thin": Kind(arrivals=0.04),
    "slow": Kind(typical=45, arrivals=1.0),
    "young": Kind(days=150),
    "back": Kind(back=0.2),
    "worse": Kind(drift=1.8),
    "better": Kind(drift=0.5),
    "slower": Kind(slower=2.0),
    "seasonal": Kind(season=0.5),
    "new_stage": Kind(new_stage=True),
    "weekends": Kind(weekends=True),
    "by_amount": Kind(by_amount=True),
    "often_lost": Kind(lost=0.6),
    "seldom_lost": Kind(lost=0.05),
}


class Pipeline:
    """Creates deals of one kind."""

    def __init__(self, kind, seed):
        self.kind, self.random = kind, Random(seed)

    def events(self):
        """Yield rows of the log."""
        at, deal = 0.0, 0
        while True:
            at += self.random.expovariate(self.kind.arrivals)
            if at >= self.kind.days:
                return
            deal += 1
            yield from self._deal(deal, at)

    def _deal(self, deal, at):
        random = self.random
        amount = round(random.lognormvariate(9.5, 1), -2)
        index, key = 0, f"D{deal:06}"
        while at < self.kind.days:
            stages = self._stages(at)
            yield key, amount, "stage", stages[index], self._time(at)
            at = self._working(at + self._length(at))
            if at >= self.kind.days:
                return
            if random.random() < self._lost(at, amount):
                yield key, amount, "lost", "no budget", self._time(at)
                return
            step = -1 if index and random.random() < self.kind.back else 1
            index = min(index, len(stages) - 1) + step
            if index >= len(self._stages(at)):
                yield key, amount, "won", "Signed", self._time(at)
                return

    def _stages(self, at):
        is_new = self.kind.new_stage and at > self.kind.days * 2 / 3
        return (*STAGES[:2], "Review", *STAGES[2:]) if is_new else STAGES

    def _length(self, at):
        kind = self.kind
        typical = kind.typical * kind.slower ** (at / kind.days) * (1 + kind.season * cos(2 * pi * at / 365))
        return typical * self.random.weibullvariate(1, 1.4)

    def _lost(self, at, amount):
        lost = self.kind.lost * self.kind.drift ** (at / self.kind.days)
        return min(lost * ((amount / 13_000) ** 0.5 if self.kind.by_amount else 1), 0.95)

    def _working(self, at):
        days = (BEGIN + timedelta(days=at)).weekday() - 4
        return at + 3 - days if self.kind.weekends and days > 0 else at

    @staticmethod
    def _time(at):
        return (BEGIN + timedelta(days=at)).isoformat(timespec="seconds")


def main():
    """Write the log to the standard output."""
    writer = csv.writer(sys.stdout)
    writer.writerow(("deal", "amount", "event", "stage", "at"))
    writer.writerows(Pipeline(KINDS[sys.argv[1]], int(sys.argv[2])).events())


if __name__ == "__main__":
    main()
