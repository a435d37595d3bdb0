import csv
import io
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from odoo import api, models
from odoo.tools import LazyTranslate

from ...history import LOST, STAGE, WON
from ...ledger import OPEN, OUTSIDE, Deal, Moment, origins
from .language import in_language_of_database

_lt = LazyTranslate(__name__)

WARES = (
    _lt("Office chairs"),
    _lt("Meeting room furniture"),
    _lt("Standing desks"),
    _lt("Acoustic panels"),
    _lt("Reception counter"),
    _lt("Archive shelves"),
    _lt("Conference tables"),
    _lt("Lounge corner"),
    _lt("Workshop benches"),
    _lt("Canteen equipment"),
)
CUSTOMERS = (
    _lt("Northwind Mills"),
    _lt("Harbour Lane Hotel"),
    _lt("Bluefield Clinic"),
    _lt("Oakhurst School"),
    _lt("Silverline Logistics"),
    _lt("Maple Street Bakery"),
    _lt("Redstone Engineering"),
    _lt("Lakeside Library"),
    _lt("Fairview Insurance"),
    _lt("Granite Bay Marina"),
    _lt("Willow Creek Farms"),
    _lt("Summit Road Garage"),
    _lt("Ironbridge Foundry"),
    _lt("Clearwater Brewery"),
    _lt("Eastgate Theatre"),
    _lt("Pinewood Publishing"),
    _lt("Crossfield Nursery"),
    _lt("Stonegate Law"),
    _lt("Riverside Dental"),
    _lt("Goldfinch Coffee"),
    _lt("Hillcrest Academy"),
    _lt("Amber Road Cinema"),
    _lt("Beacon Shipping"),
    _lt("Cedar Point Spa"),
    _lt("Foxglove Pharmacy"),
    _lt("Orchard Bank"),
    _lt("Kingfisher Rowing"),
    _lt("Millbrook Council"),
    _lt("Southbank Studios"),
    _lt("Tallinn Street Market"),
)


class Seller(NamedTuple):
    """A salesperson of the demonstration.

    :param skill: a higher skill means fewer lost deals
    :param slowness: how many times as long as usual the visits last
    """

    login: str
    team: str
    skill: float
    slowness: float = 1.0


class StagePlan(NamedTuple):
    """What usually happens in a stage.

    :param days: usual days of a visit
    :param lost: share of deals that are lost in the stage
    :param lost_before: the same until half a year ago
    """

    days: float
    lost: float
    lost_before: float


#: David keeps deals twice as long as his colleagues.
SELLERS = (
    Seller("anna", "Direct Sales", 1.5, 0.85),
    Seller("ben", "Direct Sales", 0.9),
    Seller("admin", "Direct Sales", 1.0),
    Seller("david", "Partner Sales", 0.8, 2.2),
    Seller("elena", "Partner Sales", 1.2, 0.9),
)
#: Bidding has lost far more for half a year, and Project Evaluation less.
STAGES = {
    "First Contact": StagePlan(5, 0.16, 0.16),
    "Project Evaluation": StagePlan(9, 0.08, 0.28),
    "Needs Analysis": StagePlan(12, 0.16, 0.16),
    "Bidding": StagePlan(9, 0.57, 0.14),
    "Negotiation": StagePlan(9, 0.14, 0.14),
}
#: Days since the shares of lost deals have changed.
CHANGED_DAYS = 184
REASONS = ("Not enough stock", "We don't have people/skills", "No decision", "Too expensive")
#: Weights of the reasons: in Bidding, most deals are lost for the price.
REASON_WEIGHTS, BIDDING_WEIGHTS = (1, 1, 2, 1), (1, 1, 2, 7)
DEALS = 300
DAYS = 365
HEADER = ("deal", "at", "event", "stage", "amount", "expected closing", "customer", "salesperson", "team")
#: Indexes of these columns.
AT, EVENT, STAGE_NAME, AMOUNT, CLOSING, SELLER = 1, 2, 3, 4, 5, 7
#: {salesperson: salesperson who had some of the deals before}.
COLLEAGUES = {"anna": "ben", "ben": "admin", "admin": "anna", "david": "elena", "elena": "david"}
#: A deal is quiet if it has no events for so many days. Quiet deals get the changes of the last 30 days.
QUIET_DAYS = 15
#: One deal in so many was handed over to another salesperson, or had its expected closing pulled in.
HANDED_OVER, PULLED_IN = 8, 7


class CrmPipelineDemo(models.AbstractModel):
    """Opportunities of a demonstration database: a year of selling that ends yesterday.

    The year is written as a CSV of events and imported as another program's history.
    """

    _name = "crm.pipeline.demo"
    _description = "Pipeline Demonstration"

    @api.model
    def _load(self):
        """Create the opportunities with both ledgers."""
        in_language_of_database(self)._import_year()

    def _import_year(self):
        content = io.StringIO()
        writer = csv.writer(content)
        writer.writerow(HEADER)
        today = self.env.cr.now().replace(hour=0, minute=0, second=0, microsecond=0)
        subjects = [(ware, customer) for ware in WARES for customer in CUSTOMERS]
        random = Random(26)
        random.shuffle(subjects)
        stories = [DemoDeal(*self._names(*subject), random, today).rows() for subject in subjects[:DEALS]]
        changes = DemoChanges(stories, list(STAGES), today)
        for story in stories:
            writer.writerows(story)
        importer = self.env["crm.history.importer"]
        importer.import_history(content.getvalue().encode(), self.env._("A year of demonstration"))
        for name, absences in changes.absences.items():
            self._archive(name, absences)
        self.env["crm.stage"]._update_nightly_limits()

    def _names(self, ware, customer):
        """Return the name of a deal and that of its customer."""
        customer = self.env._(customer)
        return self.env._("%(ware)s, %(customer)s", ware=self.env._(ware), customer=customer), customer

    def _archive(self, name, absences):
        """Archive an open deal without losing it, for some time or for good. A file of events cannot express this.

        :param str name: name of the deal
        :param absences: list of (archived at, restored at or None)
        """
        loader = self.env["crm.pipeline.loader"]
        deal = self.env["crm.lead"].search([("name", "=", name)], limit=1)
        with loader.loading():
            books, context = loader.open_books(deal.ids)
            visit = books[deal.id].history.open_visit
            state = Deal(OPEN, visit.stage, visit.owner, visit.date_deadline, visit.amount)
            for archived_at, restored_at in absences:
                for instant, status in ((archived_at, OUTSIDE), (restored_at, OPEN)):
                    if instant:
                        moment = Moment(instant, None, origins.IMPORT)
                        books[deal.id].record(state._replace(status=status), moment, context.stages)
            deal.with_context(tracking_disable=True).active = absences[-1][1] is not None
            loader.load(books, context)


class DemoDeal:
    """Generates the events of one deal.

    :param str name: name of the deal
    :param str customer: name of its customer
    :param Random random: generator of the whole year
    :param datetime today: midnight of today, naive UTC; all events are earlier
    """

    def __init__(self, name, customer, random, today):
        self._random = random
        self._name, self._customer = name, customer
        self._seller = random.choice(SELLERS)
        # More deals begin late in the year than early.
        self._at = today - timedelta(days=int(DAYS * random.random() ** 1.05) + 2)
        self._end = today
        self._amount = random.randrange(4, 90) * 500
        self._closing = (self._at + timedelta(days=random.randrange(45, 120))).date()
        self._rows = []

    def rows(self):
        """Return the events as rows of the columns of :data:`HEADER`."""
        names = list(STAGES)
        index = self._random.choices((0, 1, 2), weights=(86, 10, 4))[0]
        self._add_row(STAGE, names[index])
        while self._visit_stage(names[index]):
            chance = self._random.random()
            if chance < self._lost_share(names[index]):
                weights = BIDDING_WEIGHTS if names[index] == "Bidding" else REASON_WEIGHTS
                self._add_row(LOST, self._random.choices(REASONS, weights)[0])
                if self._random.random() > 0.06 or not self._pass_time(30, 60):
                    break
                self._add_row(STAGE, names[index])
            elif chance > 0.93 and index:
                index -= 1
                self._add_row(STAGE, names[index])
            elif index + 1 == len(names):
                self._add_row(WON, "Signed")
                break
            else:
                index = min(index + self._random.choices((1, 2), weights=(92, 8))[0], len(names) - 1)
                self._add_row(STAGE, names[index])
        return self._rows

    def _lost_share(self, stage):
        """Return the share of deals that this salesperson loses now in a stage."""
        plan = STAGES[stage]
        is_lately = self._at > self._end - timedelta(days=CHANGED_DAYS)
        return (plan.lost if is_lately else plan.lost_before) / self._seller.skill

    def _visit_stage(self, stage):
        """Let a visit of a stage pass, perhaps with changes of expected closing and amount.

        :return: whether the visit has ended; False if it lasts until today
        """
        usual = STAGES[stage].days * self._seller.slowness
        # The salesperson forgets about one deal in ten.
        days = usual * (7 if self._random.random() < 0.1 else self._random.lognormvariate(0, 0.6))
        while days > usual and self._closing < (self._at + timedelta(days=usual)).date():
            if not self._pass_time(usual / 2, usual):
                return False
            days -= usual
            self._closing += timedelta(days=self._random.choice((14, 21, 30)))
            if self._random.random() < 0.4:
                self._amount = max(self._amount + self._random.choice((-2000, -500, 1500, 4000)), 500)
            self._add_row(STAGE, stage)
        return self._pass_time(days, days)

    def _pass_time(self, least, most):
        """Advance the time by some days, to a working hour.

        :param float least: number of days at least
        :param float most: number of days at most
        :return: whether the new time is before today
        """
        at = self._at + timedelta(days=least + (most - least) * self._random.random())
        at += timedelta(days=max(7 - at.weekday(), 0) if at.weekday() > 4 else 0)
        at = at.replace(hour=self._random.randrange(8, 17), minute=self._random.randrange(60), second=0, microsecond=0)
        self._at = max(at, self._at + timedelta(hours=1))
        return self._at < self._end

    def _add_row(self, event, stage):
        instant = self._at.isoformat() + "Z"
        state = (event, stage, self._amount, self._closing.isoformat())
        self._rows.append((self._name, instant, *state, self._customer, self._seller.login, self._seller.team))


class DemoChanges:
    """Adds changes of salesperson, amount and expected closing, and archivings, to the events of the deals.

    The last 30 days get a movement of each kind, so that the sales funnel of the demonstration shows them all. Each
    change is made by changing the earlier events of a deal, so that the last state of the deal remains as generated.

    :param stories: the rows of each deal, as :meth:`DemoDeal.rows` returns them; they are changed
    :param stages: names of the stages in their order
    :param today: midnight of today, naive UTC

    :ivar absences: {deal: [(archived at, restored at or None)]} of the deals to archive
    """

    def __init__(self, stories, stages, today):
        self._today = today
        self.absences = {}
        for index, story in enumerate(stories):
            if len(story) > 1 and not index % HANDED_OVER:
                self._change(story[:1], SELLER, COLLEAGUES[story[0][SELLER]], story)
            if len(story) > 2 and not index % PULLED_IN:
                self._shift_closing(story, 1, 12)
        quiet = [story for story in stories if self._is_quiet(story)]
        advanced = next(story for story in quiet if story[-1][STAGE_NAME] != stages[0])
        quiet.remove(advanced)
        self._move_back(advanced, stages)
        changes = (self._hand_over, self._pull_in, self._push_out, self._increase_amount, self._decrease_amount)
        changes += (self._lose_and_reopen, self._archive_and_restore, self._archive)
        for change, story in zip(changes, quiet, strict=False):
            change(story)

    def _is_quiet(self, story):
        at, event = datetime.fromisoformat(story[-1][AT].rstrip("Z")), story[-1][EVENT]
        return event == STAGE and at < self._today - timedelta(days=QUIET_DAYS)

    def _ago(self, days):
        return self._today - timedelta(days=days) + timedelta(hours=10, minutes=days)

    def _change(self, rows, column, value, story):
        """Change a column of some rows of a story.

        :param value: the new value, or a function from the old value to the new one
        """
        for row in rows:
            changed = list(row)
            changed[column] = value(row[column]) if callable(value) else value
            story[story.index(row)] = tuple(changed)

    def _shift_closing(self, story, row_count, days):
        """Shift the expected closing of the first rows of a story."""
        self._change(
            story[:row_count],
            CLOSING,
            lambda day: str((datetime.fromisoformat(day) + timedelta(days=days)).date()),
            story,
        )

    def _repeat_last(self, story, days, event=None, stage=None):
        """Append the last row of a story again, some days ago, perhaps with another event or stage."""
        row = list(story[-1])
        row[AT] = self._ago(days).isoformat() + "Z"
        row[EVENT], row[STAGE_NAME] = event or row[EVENT], stage or row[STAGE_NAME]
        story.append(tuple(row))

    def _hand_over(self, story):
        self._repeat_last(story, 11)
        self._change(story[:-1], SELLER, COLLEAGUES[story[0][SELLER]], story)

    def _pull_in(self, story):
        self._repeat_last(story, 13)
        self._shift_closing(story, len(story) - 1, 25)

    def _push_out(self, story):
        self._repeat_last(story, 9)
        self._shift_closing(story, len(story) - 1, -18)

    def _increase_amount(self, story):
        self._repeat_last(story, 8)
        self._change(story[:-1], AMOUNT, lambda amount: max(amount - 3500, 500), story)

    def _decrease_amount(self, story):
        self._repeat_last(story, 10)
        self._change(story[:-1], AMOUNT, lambda amount: amount + 2500, story)

    def _move_back(self, story, stages):
        """Move a deal to the stage before and, eight days later, to its stage again."""
        stage = story[-1][STAGE_NAME]
        self._repeat_last(story, 12, stage=stages[stages.index(stage) - 1])
        self._repeat_last(story, 4, stage=stage)

    def _lose_and_reopen(self, story):
        stage = story[-1][STAGE_NAME]
        self._repeat_last(story, 14, event=LOST, stage="No decision")
        self._repeat_last(story, 5, event=STAGE, stage=stage)

    def _archive_and_restore(self, story):
        self.absences[story[0][0]] = [(self._ago(12), self._ago(3))]

    def _archive(self, story):
        self.absences[story[0][0]] = [(self._ago(7), None)]
