"""What a drawn year of selling shows, and what it fails to show. Pure Python."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from ...history import LOST, STAGE, WON
from .changes import AMOUNT, AT, CLOSING, EVENT, NAME, SELLER, STAGE_NAME, TEAM

#: Share of the deals that are signed, at least and at most.
LEAST_SIGNED, MOST_SIGNED = 0.07, 0.14
#: Deals that everybody has open, and has won, at least.
LEAST_OPEN, LEAST_WON = 7, 2
#: Deals of a face of the demonstration that are expected to close within a month, at least.
LEAST_CLOSING = 3
#: A face of the demonstration has forgotten a deal: it is in an early stage for so many days at least, which is longer
#: than the stage's limit.
LEAST_FORGOTTEN, EARLY_STAGES = 55, ("First Contact", "Project Evaluation")
#: Won in a quarter of a year, as a share of the year: at least and at most.
LEAST_QUARTER, MOST_QUARTER = 0.1, 0.48
#: Won in the present quarter so far, as a share of what is won in as many days of the year: at least and at most.
LEAST_SO_FAR, MOST_SO_FAR = 0.5, 1.3
#: Before so many days of a quarter nothing needs to be won.
FIRST_DAYS = 30
#: How many times as long as the average the slow salesperson has deals in a stage, at least.
LEAST_SLOWNESS = 1.3
HALF, QUARTER, LATELY, MONTH = (timedelta(days=days) for days in (184, 91, 45, 30))
SLOW, STAR, PUSHING, WEAK_STAGE = "david", "elena", "ben", "Bidding"


class DemoVisit(NamedTuple):
    """A visit of a stage that has ended."""

    stage: str
    seller: str
    days: float
    left_at: datetime
    is_lost: bool


class DemoSummary:
    """Counts what happens in a year.

    :param stories: the rows of each deal, in the order of time
    :param gone: names of the deals that are archived at the end
    :param datetime today: midnight of today, naive UTC

    :ivar open: {team: {stage: number of open deals}}
    :ivar open_of: {salesperson: number of open deals}
    :ivar won: list of (instant, salesperson, team, amount)
    :ivar visits: list of :class:`DemoVisit`
    :ivar closing_soon: {salesperson: number of open deals whose expected closing is near or has passed}
    :ivar longest: {salesperson: most days for which an open deal has been in its early stage}
    :ivar pushes: {salesperson: number of times that an expected closing was put off}
    """

    def __init__(self, stories, gone, today):
        self.today, self.deals = today, len(stories)
        self.open, self.open_of, self.pushes = defaultdict(Counter), Counter(), Counter()
        self.won, self.visits, self.closing_soon, self.longest = [], [], Counter(), Counter()
        self._soon = (today + MONTH).date().isoformat()
        for story in stories:
            self._add_story(story, story[0][NAME] in gone)

    def _add_story(self, story, is_gone):
        entered = None
        for before, row in pairwise((None, *story)):
            at = datetime.fromisoformat(row[AT].rstrip("Z"))
            if before and entered and (row[EVENT] != STAGE or row[STAGE_NAME] != before[STAGE_NAME]):
                days = (at - entered) / timedelta(days=1)
                self.visits.append(DemoVisit(before[STAGE_NAME], row[SELLER], days, at, row[EVENT] == LOST))
                entered = None
            elif before and row[CLOSING] > before[CLOSING]:
                self.pushes[row[SELLER]] += 1
            if row[EVENT] == STAGE:
                entered = entered or at
        if row[EVENT] == WON:
            self.won.append((at, row[SELLER], row[TEAM], row[AMOUNT]))
        elif row[EVENT] == STAGE and not is_gone:
            self.open[row[TEAM]][row[STAGE_NAME]] += 1
            self.open_of[row[SELLER]] += 1
            self.closing_soon[row[SELLER]] += row[CLOSING] <= self._soon
            days = (self.today - entered) / timedelta(days=1) if row[STAGE_NAME] in EARLY_STAGES else 0
            self.longest[row[SELLER]] = max(self.longest[row[SELLER]], days)

    @property
    def funnel(self):
        """{stage: number of open deals} of all teams."""
        return sum(self.open.values(), Counter())

    def won_amount(self, longest, shortest=timedelta(0)):
        """Return the amount won between two ages."""
        since, until = self.today - longest, self.today - shortest
        return sum(amount for at, _seller, _team, amount in self.won if since <= at < until)

    def mean_days(self):
        """Return {salesperson: mean days of a visit}."""
        days = defaultdict(list)
        for visit in self.visits:
            days[visit.seller].append(visit.days)
        return {seller: sum(found) / len(found) for seller, found in days.items()}

    def lost_shares(self):
        """Return {stage: share of the visits that ended in the last half year with a lost deal}."""
        ended, lost = Counter(), Counter()
        for visit in self.visits:
            if visit.left_at >= self.today - HALF:
                ended[visit.stage] += 1
                lost[visit.stage] += visit.is_lost
        return {stage: lost[stage] / ended[stage] for stage in ended}


def is_presentable(summary, stages, is_face=False):
    """Return whether the deals of one salesperson look like those of a salesperson: a funnel, and some wins.

    :param DemoSummary summary: of the deals of one salesperson
    :param stages: names of the open stages in their order
    :param bool is_face: whether there are to be deals in all stages, wins lately, deals that close soon, and one
        that is forgotten
    """
    counts = [summary.funnel[stage] for stage in stages]
    narrows = counts[0] >= counts[2] and all(a >= b for a, b in pairwise(counts[1:]))
    if not narrows or sum(counts) < LEAST_OPEN or len(summary.won) < LEAST_WON:
        return False
    if not is_face:
        return True
    closing_soon, longest = sum(summary.closing_soon.values()), max(summary.longest.values())
    has_urgent_deals = closing_soon >= LEAST_CLOSING and longest >= LEAST_FORGOTTEN
    return counts[-1] > 0 and has_urgent_deals and summary.won_amount(LATELY) > 0


def faults_of(summary, stages):
    """Return what a year does not show although a demonstration should.

    :param DemoSummary summary: the year
    :param stages: names of the open stages in their order
    :rtype: list of str
    """
    checks = {**_shape(summary, stages), **_results(summary), **_people(summary), **_weak_stage(summary)}
    return [fault for fault, is_fine in checks.items() if not is_fine]


def _shape(summary, stages):
    company = [summary.funnel[stage] for stage in stages]
    teams = [[counts[stage] for stage in stages] for counts in summary.open.values()]
    return {
        "The funnel of the company narrows from stage to stage": all(a > b for a, b in pairwise(company)),
        "So do the funnels of both teams": all(a >= b - 1 for team in teams for a, b in pairwise(team)),
        "Its end is not empty": company[-1] >= 5,
    }


def _results(summary):
    year = summary.won_amount(timedelta(days=365))
    quarters = [summary.won_amount((number + 1) * QUARTER, number * QUARTER) for number in range(4)]
    today = summary.today
    days_passed = (today - today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)).days
    lately = [team for at, _seller, team, _amount in summary.won if at >= summary.today - MONTH]
    return {
        "Some of a hundred are signed": LEAST_SIGNED < len(summary.won) / summary.deals < MOST_SIGNED,
        "The present quarter is neither lost nor over": days_passed < FIRST_DAYS
        or LEAST_SO_FAR < summary.won_amount(timedelta(days=days_passed)) / (year * days_passed / 365) < MOST_SO_FAR,
        "Every quarter has wins": all(LEAST_QUARTER * year < won < MOST_QUARTER * year for won in quarters),
        "Both teams have won in the last month": len(set(lately)) == 2,
    }


def _people(summary):
    days = summary.mean_days()
    won, amounts = Counter(), Counter()
    for _at, seller, _team, amount in summary.won:
        won[seller] += 1
        amounts[seller] += amount
    others = [mean for seller, mean in days.items() if seller != SLOW]
    return {
        "One salesperson is slow": days[SLOW] > LEAST_SLOWNESS * max(others),
        "One wins most": (won.most_common(1), amounts.most_common(1)) == ([(STAR, won[STAR])], [(STAR, amounts[STAR])]),
        "One pushes most": summary.pushes.most_common(1)[0][0] == PUSHING,
        "Everybody has open deals": min(summary.open_of[seller] for seller in days) >= LEAST_OPEN - 1,
    }


def _weak_stage(summary):
    shares = summary.lost_shares()
    weak = shares.pop(WEAK_STAGE, 0)
    return {"One stage loses far more than others lately": weak > max(shares.values(), default=1) + 0.1}
