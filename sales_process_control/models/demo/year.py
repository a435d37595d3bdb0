"""A year of selling, drawn by lot. Pure Python: no records, no texts."""

from bisect import bisect_left
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from typing import NamedTuple

from ...history import LOST, STAGE, WON
from .changes import AT, DemoChanges
from .customers import CUSTOMERS, WARES
from .summary import DemoSummary, faults_of, is_presentable


class Seller(NamedTuple):
    """A salesperson of the demonstration.

    :param share: of so many deals of :data:`SHARES`
    :param skill: a higher skill means fewer lost deals
    :param slowness: how many times as long as usual the visits last
    :param pushing: share of expected closings that are put off when they come near
    :param hope: expected time to closing, as a share of what is usual
    """

    login: str
    team: str
    share: int
    skill: float
    slowness: float = 1.0
    pushing: float = 0.55
    hope: float = 1.0


class StagePlan(NamedTuple):
    """What usually happens in a stage.

    :param days: usual days of a visit
    :param lost: share of deals that are lost in the stage
    :param lost_before: the same until half a year ago
    :param lingering: how many times as long as others the deals stay that are lost there
    """

    days: float
    lost: float
    lost_before: float
    lingering: float


DIRECT, PARTNER = "Direct Sales", "Partner Sales"
#: Elena sells most. David keeps deals twice as long as his colleagues. Ben expects deals too early, and pushes them.
SELLERS = (
    Seller("admin", DIRECT, 5, 1.2),
    Seller("anna", DIRECT, 5, 1.2, 0.9),
    Seller("ben", DIRECT, 5, 0.95, pushing=1.0, hope=0.5),
    Seller("demo", DIRECT, 5, 1.0),
    Seller("chloe", PARTNER, 5, 1.05, 0.95),
    Seller("david", PARTNER, 4, 0.9, 2.0, pushing=0.3, hope=1.3),
    Seller("elena", PARTNER, 6, 1.6, 0.8),
    Seller("farid", PARTNER, 5, 0.9),
)
#: Users as whom people log in to a demonstration: they have deals in all stages, and have won lately.
FACES = ("admin", "demo")
#: Bidding has lost far more for half a year, and Project Evaluation less.
STAGES = {
    "First Contact": StagePlan(17, 0.38, 0.38, 1.3),
    "Project Evaluation": StagePlan(18, 0.2, 0.42, 1.3),
    "Needs Analysis": StagePlan(17, 0.25, 0.25, 1.2),
    "Bidding": StagePlan(13, 0.7, 0.32, 2.2),
    "Negotiation": StagePlan(25, 0.24, 0.24, 1.3),
}
#: Days since the shares of lost deals have changed.
CHANGED_DAYS = 184
#: Deals of the last 365 days, and of the 150 days before, which fill the pipeline with which the year begins. Those of
#: the first days are in all stages, so that some are soon won: forecasts of the year have something to rest on.
DEALS, EARLIER_DEALS = 400, 80
DAYS, EARLIER_DAYS, FIRST_DAYS = 365, 150, 50
#: How many deals come in in each month, and how long visits last, both by the average month. Spring and autumn are
#: strong; the year's beginning and summer are weak; before the ends of half-years decisions are quick.
ARRIVALS = (0.9, 0.7, 1.15, 1.2, 1.15, 1.05, 0.8, 0.75, 1.15, 1.2, 1.15, 0.9)
TEMPO = (1.1, 1.25, 1.0, 1.0, 0.95, 0.85, 1.15, 1.25, 1.0, 0.95, 0.9, 0.85)
#: Reasons of loss: those of Odoo, and one more.
REASON_OF_OUR_OWN = "No decision"
REASONS = ("Not enough stock", "We don't have people/skills", REASON_OF_OUR_OWN, "Too expensive")
#: Weights of the reasons: in Bidding, most deals are lost for the price.
REASON_WEIGHTS, BIDDING_WEIGHTS = (1, 1, 3, 2), (1, 1, 2, 8)
#: Share of visits that the salesperson forgets about, and how many days these last at least and at most.
FORGOTTEN, FORGOTTEN_DAYS = 0.1, (45, 100)
HEADER = ("deal", "at", "event", "stage", "amount", "expected closing", "customer", "salesperson", "team")
#: The deals of others are drawn again so many times before those of the faces.
SELDOM = 4
#: Years that are drawn at most until one shows everything.
MOST_DRAWS = 400


class DemoYear:
    """A year of deals up to yesterday, in which every screen has something to show.

    Deals of each salesperson are drawn until they are presentable, see :func:`~.summary.is_presentable`, and then
    again, of one salesperson after the other, until the year has no faults, see :func:`~.summary.faults_of`. The same
    day gives the same year.

    :param datetime today: midnight of today, naive UTC
    :param name_of: function from the places of a ware and of a customer to the names of the deal and of the customer

    :ivar stories: the rows of each deal, with the columns of :data:`HEADER`
    :ivar absences: as in :class:`~.changes.DemoChanges`
    :ivar faults: what the year does not show, empty unless all years that were drawn have faults
    """

    def __init__(self, today, name_of):
        self._today, self._name_of = today, name_of
        deals = self._deal_out(arrivals_of(today))
        draws = [self._draw(place, deals[seller]) for place, seller in enumerate(SELLERS)]
        parts = [next(drawn) for drawn in draws]
        # The deals of faces are drawn again seldom, since that takes longer.
        turns = sorted(range(len(SELLERS)), key=lambda place: SELLERS[place].login in FACES)
        turns = turns[: -len(FACES)] * SELDOM + turns
        for number in range(MOST_DRAWS):
            stories = sorted((list(story) for part in parts for story in part), key=lambda story: story[0][AT])
            changes = DemoChanges(stories, list(STAGES), today)
            gone = {name for name, absences in changes.absences.items() if absences[-1][1] is None}
            self.stories, self.absences = stories, changes.absences
            self.faults = faults_of(DemoSummary(stories, gone, today), list(STAGES))
            if not changes.is_complete:
                self.faults.append("The last month has movements of each kind")
            if not self.faults:
                break
            place = turns[number % len(turns)]
            parts[place] = next(draws[place])

    def _deal_out(self, arrivals):
        """Return {salesperson: days on which the own deals come in}."""
        random, sellers, deals = Random(len(arrivals)), [], {seller: [] for seller in SELLERS}
        for arrived in arrivals:
            if not sellers:
                sellers = [seller for seller in SELLERS for _deal in range(seller.share)]
                random.shuffle(sellers)
            deals[sellers.pop()].append(arrived)
        return deals

    def _draw(self, place, arrivals):
        """Yield the stories of the deals of a salesperson, those that are presentable.

        :param int place: of the salesperson among :data:`SELLERS`, who sells to every eighth customer
        """
        random = Random(place)
        customers = range(place, len(CUSTOMERS), len(SELLERS))
        subjects = [(ware, customer) for ware in range(len(WARES)) for customer in customers]
        while True:
            random.shuffle(subjects)
            stories = [
                DemoDeal(
                    self._name_of(ware, customer),
                    CUSTOMERS[customer].size,
                    SELLERS[place],
                    random,
                    days=(arrived, self._today),
                ).rows()
                for arrived, (ware, customer) in zip(arrivals, subjects, strict=False)
            ]
            if is_presentable(DemoSummary(stories, (), self._today), list(STAGES), SELLERS[place].login in FACES):
                yield stories


def arrivals_of(today):
    """Return the midnights of the days on which deals come in, in their order.

    :param datetime today: midnight of today, naive UTC
    """
    first = today - timedelta(days=DAYS)
    earlier = _spread(first - timedelta(days=EARLIER_DAYS), EARLIER_DAYS, EARLIER_DEALS)
    return [*earlier, *_spread(first, DAYS, DEALS)]


def _spread(first, length, deals):
    """Return the days of deals that are spread over working days by the weights of their months."""
    days = [day for day in (first + timedelta(days=number) for number in range(length)) if day.weekday() < 5]
    passed = list(accumulate(ARRIVALS[day.month - 1] for day in days))
    return [days[bisect_left(passed, passed[-1] * (place + 0.5) / deals)] for place in range(deals)]


class DemoDeal:
    """Generates the events of one deal.

    :param names: the names of the deal and of its customer
    :param Size size: of the customer
    :param Seller seller: its salesperson
    :param Random random: generator of the deals of the salesperson
    :param days: midnights of the day on which it comes in and of today, naive UTC; all events are before the latter
    """

    def __init__(self, names, size, seller, random, *, days):
        self._random = random
        (self._name, self._customer), self._size, self._seller = names, size, seller
        arrived, self._end = days
        self._at = arrived.replace(hour=random.randrange(8, 17), minute=random.randrange(60))
        self._amount = random.randrange(*size.amounts)
        self._closing = self._expect_closing(0)
        self._rows = []

    def rows(self):
        """Return the events as rows of the columns of :data:`HEADER`."""
        names = list(STAGES)
        is_first = self._at < self._end - timedelta(days=DAYS + EARLIER_DAYS - FIRST_DAYS)
        weights = (20, 20, 20, 20, 20) if is_first else (90, 8, 2, 0, 0)
        index = self._random.choices(range(len(names)), weights)[0]
        self._add_row(STAGE, names[index])
        while True:
            chance = self._random.random()
            is_lost = chance < self._lost_share(names[index])
            if not self._visit_stage(names[index], is_lost):
                return self._rows
            if is_lost:
                weights = BIDDING_WEIGHTS if names[index] == "Bidding" else REASON_WEIGHTS
                self._add_row(LOST, self._random.choices(REASONS, weights)[0])
                if self._random.random() > 0.04 or not self._pass_time(self._random.randrange(20, 50)):
                    return self._rows
            elif chance > 0.95 and index:
                index -= 1
            elif index + 1 == len(names):
                self._add_row(WON, "Signed")
                return self._rows
            else:
                index = min(index + self._random.choices((1, 2), weights=(94, 6))[0], len(names) - 1)
            self._come_to(index, names[index])

    def _come_to(self, index, stage):
        """Come to a stage, with a new expected closing if the old one has passed, perhaps with another amount."""
        if self._closing <= self._at.date():
            self._closing = self._expect_closing(index)
        if stage == "Bidding" and self._random.random() < 0.35:
            self._amount = round(self._amount * self._random.choice((0.85, 0.9, 1.1, 1.2)) / 500) * 500
        self._add_row(STAGE, stage)

    def _expect_closing(self, index):
        """Return the day on which the salesperson expects the deal to be signed, from a stage on."""
        usual = sum(plan.days for plan in list(STAGES.values())[index:]) * 0.9
        days = usual * self._size.slowness * self._seller.hope * self._random.uniform(0.6, 1.4)
        return (self._at + timedelta(days=max(days, 10))).date()

    def _lost_share(self, stage):
        """Return the share of deals that this salesperson loses now in a stage."""
        plan = STAGES[stage]
        is_lately = self._at > self._end - timedelta(days=CHANGED_DAYS)
        return min((plan.lost if is_lately else plan.lost_before) * self._size.risk / self._seller.skill, 0.9)

    def _visit_stage(self, stage, is_lost):
        """Let a visit of a stage pass, in which the expected closing may be put off.

        :return: whether the visit has ended; False if it lasts until today
        """
        plan = STAGES[stage]
        days = plan.days * self._seller.slowness * self._size.slowness * TEMPO[self._at.month - 1]
        days *= self._random.lognormvariate(0, 0.5) * (plan.lingering if is_lost else 1)
        if self._random.random() < FORGOTTEN:
            days = max(days, self._random.uniform(*FORGOTTEN_DAYS))
        end = self._at + timedelta(days=days)
        while self._closing < end.date() and self._random.random() < self._seller.pushing:
            near = datetime.combine(self._closing, self._at.time()) + timedelta(days=self._random.randrange(-5, 3))
            if not self._pass_time((near - self._at) / timedelta(days=1)):
                return False
            self._closing = max(self._closing, self._at.date()) + timedelta(days=self._random.choice((14, 21, 30, 45)))
            if self._random.random() < 0.25:
                self._amount = round(self._amount * self._random.choice((0.9, 0.95, 1.1)) / 500) * 500
            self._add_row(STAGE, stage)
        return self._pass_time((end - self._at) / timedelta(days=1))

    def _pass_time(self, days):
        """Advance the time by some days, to a working hour.

        :return: whether the new time is before today
        """
        at = self._at + timedelta(days=days)
        at += timedelta(days=7 - at.weekday() if at.weekday() > 4 else 0)
        at = at.replace(hour=self._random.randrange(8, 17), minute=self._random.randrange(60), second=0, microsecond=0)
        self._at = max(at, self._at + timedelta(hours=1))
        return self._at < self._end

    def _add_row(self, event, stage):
        instant = self._at.isoformat() + "Z"
        state = (event, stage, self._amount, self._closing.isoformat())
        self._rows.append((self._name, instant, *state, self._customer, self._seller.login, self._seller.team))
