"""Write the event log of a made-up pipeline, for `forecast.py`.

    python3 benchmarks/generate_log.py KIND SEED > LOG

Kinds are the keys of KINDS, and `any`, which draws a kind from the seed. The result is the same at each run.
"""

import csv
import sys
from datetime import datetime, timedelta, timezone
from math import cos, exp, log, pi
from random import Random
from typing import NamedTuple

BEGIN = datetime(2024, 1, 1, tzinfo=timezone.utc)
STAGES = (
    "Qualified",
    "Needs Analysis",
    "Proposal",
    "Negotiation",
    "Legal Check",
    "Approval",
    "Contract",
    "Signature",
)
NEW_STAGE = "Review"


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
    :param stages: number of stages
    :param shape: of the Weibull distribution of the days in a stage: at 1 the days passed do not matter, above it
        visits end after about as many days, below it visits that have lasted go on lasting
    :param quality: how far deals differ in what nobody records: deviation of the logarithm of a factor of their losses
        and days
    :param direct: share of the visits after which the deal is won at once
    :param removed: share of the visits that end with a removed deal
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
    stages: int = 4
    shape: float = 1.4
    quality: float = 0.0
    direct: float = 0.0
    removed: float = 0.0


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
    "unlike": Kind(quality=0.8),
    "few_won": Kind(lost=0.6, stages=6),
}


def any_kind(seed):
    """Return a kind that the seed draws: 60 to 20,000 deals, 3 to 8 stages, each property in some of the kinds."""
    random = Random(f"kind {seed}")

    def between(least, most):
        return exp(random.uniform(log(least), log(most)))

    days, stages = round(between(200, 1460)), random.randint(3, 8)
    return Kind(
        days=days,
        arrivals=between(60, 20_000) / days,
        typical=between(2, 60),
        lost=between(0.04, 1.2) / stages,
        back=random.choice((0, 0, 0.1, 0.25)),
        drift=random.choice((1, 1, 0.4, 2.5)),
        slower=random.choice((1, 1, 0.5, 2)),
        season=random.choice((0, 0, 0.3, 0.6)),
        new_stage=random.random() < 0.2,
        weekends=random.random() < 0.4,
        by_amount=random.random() < 0.3,
        stages=stages,
        shape=random.choice((0.6, 1, 1.4, 3)),
        quality=random.choice((0, 0, 0.4, 1)),
        direct=random.choice((0, 0, 0.05)),
        removed=random.choice((0, 0, 0.05)),
    )


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
        kind, random = self.kind, self.random
        amount = round(random.lognormvariate(9.5, 1), -2)
        quality = exp(random.gauss(0, kind.quality))
        stage, key = STAGES[0], f"D{deal:06}"
        while at < kind.days:
            yield key, amount, "stage", stage, self._time(at)
            at = self._working(at + self._length(at) * quality**0.5)
            if at >= kind.days:
                return
            stage, reason = self._next(stage, self._lost(at, amount) * quality, at)
            if stage in ("won", "lost", "removed"):
                yield key, amount, stage, reason, self._time(at)
                return

    def _next(self, stage, lost, at):
        """Return the next stage or the end, and the reason of an end."""
        kind, random, stages = self.kind, self.random, self._stages(at)
        if kind.removed and random.random() < kind.removed:
            return "removed", ""
        if random.random() < min(lost, 0.95):
            return "lost", "no budget"
        if kind.direct and random.random() < kind.direct:
            return "won", "Signed"
        index = stages.index(stage)
        index += -1 if index and random.random() < kind.back else 1
        return (stages[index], "") if index < len(stages) else ("won", "Signed")

    def _stages(self, at):
        stages = STAGES[: self.kind.stages]
        is_new = self.kind.new_stage and at > self.kind.days * 2 / 3
        return (*stages[:2], NEW_STAGE, *stages[2:]) if is_new else stages

    def _length(self, at):
        kind = self.kind
        typical = kind.typical * kind.slower ** (at / kind.days) * (1 + kind.season * cos(2 * pi * at / 365))
        return typical * self.random.weibullvariate(1, kind.shape)

    def _lost(self, at, amount):
        lost = self.kind.lost * self.kind.drift ** (at / self.kind.days)
        return lost * ((amount / 13_000) ** 0.5 if self.kind.by_amount else 1)

    def _working(self, at):
        days = (BEGIN + timedelta(days=at)).weekday() - 4
        return at + 3 - days if self.kind.weekends and days > 0 else at

    @staticmethod
    def _time(at):
        return (BEGIN + timedelta(days=at)).isoformat(timespec="seconds")


def main():
    """Write the log to the standard output."""
    name, seed = sys.argv[1], int(sys.argv[2])
    writer = csv.writer(sys.stdout)
    writer.writerow(("deal", "amount", "event", "stage", "at"))
    writer.writerows(Pipeline(any_kind(seed) if name == "any" else KINDS[name], seed).events())


if __name__ == "__main__":
    main()
