import csv
import io
from datetime import timedelta
from random import Random

from odoo import api, models

from ...ledger import OPEN, OUTSIDE, Deal, Moment
from .pipeline_demo_changes import DemoChanges

WARES = (
    "Office chairs",
    "Meeting room furniture",
    "Standing desks",
    "Acoustic panels",
    "Reception counter",
    "Archive shelves",
    "Conference tables",
    "Lounge corner",
    "Workshop benches",
    "Canteen equipment",
)
CUSTOMERS = (
    "Northwind Mills",
    "Harbour Lane Hotel",
    "Bluefield Clinic",
    "Oakhurst School",
    "Silverline Logistics",
    "Maple Street Bakery",
    "Redstone Engineering",
    "Lakeside Library",
    "Fairview Insurance",
    "Granite Bay Marina",
    "Willow Creek Farms",
    "Summit Road Garage",
    "Ironbridge Foundry",
    "Clearwater Brewery",
    "Eastgate Theatre",
)
#: Who sells for which team, and by how much better or worse than usual. Who logs in first leads a team, and sells.
SELLERS = (
    ("anna", "Direct Sales", 1.5),
    ("ben", "Direct Sales", 0.8),
    ("admin", "Direct Sales", 1.0),
    ("david", "Partner Sales", 0.7),
    ("elena", "Partner Sales", 1.2),
)
#: name: (days that a deal usually stays, chance to be lost in it). Bidding is where deals linger and die.
STAGES = {
    "First Contact": (5, 0.2),
    "Project Evaluation": (11, 0.2),
    "Needs Analysis": (16, 0.22),
    "Bidding": (32, 0.42),
    "Negotiation": (14, 0.24),
}
REASONS = ("Too expensive", "Too expensive", "Not enough stock", "We don't have people/skills", "No decision")
DEALS = 150
DAYS = 365
HEADER = ("deal", "at", "event", "stage", "amount", "expected closing", "customer", "salesperson", "team")


class CrmPipelineDemo(models.AbstractModel):
    """A year of selling for a demonstration database: the same at each installation, ending yesterday.

    Written as the history of another program and imported as one.
    """

    _name = "crm.pipeline.demo"
    _description = "Pipeline Demonstration"

    @api.model
    def _load(self):
        """Import the year."""
        content = io.StringIO()
        writer = csv.writer(content)
        writer.writerow(HEADER)
        today = self.env.cr.now().replace(hour=0, minute=0, second=0, microsecond=0)
        names = [f"{ware}, {customer}" for ware in WARES for customer in CUSTOMERS]
        random = Random(26)
        random.shuffle(names)
        stories = [DemoDeal(name, random, today).rows() for name in names[:DEALS]]
        changes = DemoChanges(stories, list(STAGES), today)
        for story in stories:
            writer.writerows(story)
        importer = self.env["crm.history.importer"]
        importer.import_history(content.getvalue().encode(), self.env._("A year of demonstration"))
        for name, absences in changes.absences.items():
            self._set_aside(name, absences)

    def _set_aside(self, name, absences):
        """Have an open deal been archived without being lost for a while, or for good: no file can tell that.

        :param str name: of the deal
        :param absences: (since when, until when or None)
        """
        loader = self.env["crm.pipeline.loader"]
        deal = self.env["crm.lead"].search([("name", "=", name)], limit=1)
        with loader.loading():
            books, context = loader.open_books(deal.ids)
            stay = books[deal.id].history.open_visit
            place = Deal(OPEN, stay.stage, stay.owner, stay.date_deadline, stay.amount)
            for since, until in absences:
                for instant, status in ((since, OUTSIDE), (until, OPEN)):
                    if instant:
                        moment = Moment(instant, None, "import")
                        books[deal.id].record(place._replace(status=status), moment, context.stages)
            deal.with_context(tracking_disable=True).active = absences[-1][1] is not None
            loader.load(books, context)


class DemoDeal:
    """One deal of the year: what happened to it, as lines of a file."""

    def __init__(self, name, random, today):
        self._random = random
        self._name = name
        self._seller, self._team, self._skill = random.choice(SELLERS)
        # More of them lately, as a pipeline that is alive has.
        self._at = today - timedelta(days=int(DAYS * random.random() ** 1.25) + 2)
        self._end = today
        self._amount = random.randrange(4, 90) * 500
        self._closing = (self._at + timedelta(days=random.randrange(45, 120))).date()
        self._rows = []

    def rows(self):
        """Its lines; nothing in them lies later than yesterday."""
        names = list(STAGES)
        place = self._random.choices((0, 1, 2), weights=(86, 10, 4))[0]
        self._tell("stage", names[place])
        while self._stay(names[place]):
            chance = self._random.random()
            if chance < STAGES[names[place]][1] / self._skill:
                self._tell("lost", self._random.choice(REASONS))
                if self._random.random() > 0.06 or not self._pass(30, 60):
                    break
                self._tell("stage", names[place])
            elif chance > 0.93 and place:
                place -= 1
                self._tell("stage", names[place])
            elif place + 1 == len(names):
                self._tell("won", "Signed")
                break
            else:
                place = min(place + self._random.choices((1, 2), weights=(92, 8))[0], len(names) - 1)
                self._tell("stage", names[place])
        return self._rows

    def _stay(self, stage):
        """Stay in a stage, perhaps with another date or amount meanwhile; false if it goes on staying today."""
        usual = STAGES[stage][0]
        # One in twelve is forgotten there.
        days = usual * (8 if self._random.random() < 0.08 else self._random.lognormvariate(0, 0.6) / self._skill**0.5)
        while days > usual and self._closing < (self._at + timedelta(days=usual)).date():
            if not self._pass(usual / 2, usual):
                return False
            days -= usual
            self._closing += timedelta(days=self._random.choice((14, 21, 30)))
            if self._random.random() < 0.4:
                self._amount = max(self._amount + self._random.choice((-2000, -500, 1500, 4000)), 500)
            self._tell("stage", stage)
        return self._pass(days, days)

    def _pass(self, least, most):
        """Let time go by, to an hour at which people work; false if today comes first."""
        at = self._at + timedelta(days=least + (most - least) * self._random.random())
        at += timedelta(days=max(7 - at.weekday(), 0) if at.weekday() > 4 else 0)
        at = at.replace(hour=self._random.randrange(8, 17), minute=self._random.randrange(60), second=0, microsecond=0)
        self._at = max(at, self._at + timedelta(hours=1))
        return self._at < self._end

    def _tell(self, event, stage):
        customer = self._name.partition(", ")[2]
        instant = self._at.isoformat() + "Z"
        place = (event, stage, self._amount, self._closing.isoformat())
        self._rows.append((self._name, instant, *place, customer, self._seller, self._team))
