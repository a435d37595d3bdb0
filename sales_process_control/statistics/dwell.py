"""How long visits of a stage last, and how they end."""

from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property

from ..ledger import outcomes
from .interval import ENOUGH
from .survival import aalen_johansen, kaplan_meier_quantile

#: Visits of which only a least length is known: they last, or their deals were removed.
CENSORED = (outcomes.OPEN, outcomes.REMOVED)
#: What usually happens from a stage: names of the shares, with the outcomes that each counts.
ENDS = {"went_on": outcomes.WENT_ON, "lost": (outcomes.LOST,), "moved_back": (outcomes.MOVED_BACK,)}


class Dwell:
    """Visits of one stage: typical length, and what usually happens (docs/definitions.md, Dwell time).

    Example: ``Dwell([(4, "advanced", 1), (6, "lost", 1), (9, "open", 2)])`` has a median of 6 days. ``at(5)`` is
    ``{"day": 5, "went_on": 0.25, "lost": 0.0, "moved_back": 0.0, "here": 0.75}``.
    """

    def __init__(self, counts: Iterable[tuple[int, str, int]]):
        """Take the visits of a stage.

        :param counts: (whole days, outcome of the visit ledger, number of visits), in any order. The days of a visit
            that has ended are rounded up, those of an open one and of one whose deal was removed are rounded down: a
            visit that ended on its third day has three days, one that lasts since then has two. Skips and corrections
            are left out
        """
        self._counts = list(counts)
        #: Number of visits, and of those that have not ended.
        self.visits = self._number_of(None)
        self.open_visits = self._number_of((outcomes.OPEN,))
        #: Number of visits that have ended; that of a removed deal has not.
        self.ended = self.visits - self._number_of(CENSORED)
        #: Longest visit so far, in days. Nothing is known about what happens later.
        self.observed_days = max((days for days, _outcome, _number in self._counts), default=0)
        #: Whether all visits that went on were won.
        self.goes_to_win = bool(self._number_of((outcomes.WON,))) and not self._number_of((outcomes.ADVANCED,))

    def _number_of(self, kinds):
        return sum(number for _days, outcome, number in self._counts if kinds is None or outcome in kinds)

    @cached_property
    def median_days(self) -> int | None:
        """Days within which half of the visits end; None if not known yet."""
        return self._quantile(0.5)

    @cached_property
    def p90_days(self) -> int | None:
        """Days within which nine of ten visits end; None if not known yet."""
        return self._quantile(0.9)

    @property
    def shown_median(self) -> int | bool:
        """The median as screens show it: False under ten visits, and while it is not known."""
        return self._shown(self.median_days)

    @property
    def shown_p90(self) -> int | bool:
        """The ninth decile, likewise."""
        return self._shown(self.p90_days)

    def _shown(self, days):
        return False if days is None or self.visits < ENOUGH else days

    def _quantile(self, share):
        return kaplan_meier_quantile(
            ((days, 0, number) if outcome in CENSORED else (days, number, 0) for days, outcome, number in self._counts),
            share,
        )

    @cached_property
    def incidence(self) -> list[dict]:
        """Return what has happened to the visits by the end of each day on which some ended.

        :return: dictionaries with ``day`` and the shares, from 0 to 1, of visits that ``went_on`` (won included), were
            ``lost``, ``moved_back`` and are still ``here``; the four add up to 1
        """
        counts = (
            (days, tuple(number if outcome in ends else 0 for ends in ENDS.values()), number * (outcome in CENSORED))
            for days, outcome, number in self._counts
        )
        return [_row(day, shares, here) for day, shares, here in aalen_johansen(counts)]

    def at(self, days: int) -> dict:
        """Return what has happened to the visits within so many days, as a row of :attr:`incidence`.

        It says nothing about days after :attr:`observed_days`.
        """
        index = bisect_right(self.incidence, days, key=lambda row: row["day"])
        found = self.incidence[index - 1] if index else _row(0, (0.0,) * len(ENDS), 1.0)
        return found | {"day": days}


def _row(day, shares, here):
    return {"day": day, **dict(zip(ENDS, shares, strict=True)), "here": here}
