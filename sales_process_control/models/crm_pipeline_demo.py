from contextlib import contextmanager
from datetime import timedelta
from random import Random

from odoo import api, fields, models

#: What is sold, to whom: names of demonstration deals are made of both.
WARES = (
    "Office chairs",
    "Meeting room furniture",
    "Standing desks",
    "Acoustic panels",
    "Reception counter",
    "Archive shelves",
    "Conference tables",
    "Lounge corner",
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
)
DAYS_BACK = 270
DEALS = 56


class CrmPipelineDemo(models.AbstractModel):
    """Plays nine months of selling, so that the ledgers have something to show on a demonstration database."""

    _name = "crm.pipeline.demo"
    _description = "Pipeline Demonstration"

    @api.model
    def _play(self):
        """Make demonstration deals and move them, each at its own time, through the ORM as people would."""
        random = Random(19)
        start = self.env.cr.now().replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=DAYS_BACK)
        stages = self.env["crm.stage"].search([("team_ids", "=", False)], order="sequence, id", limit=10)
        sellers = self.env.ref("base.user_admin") + self.env.ref("base.user_demo", raise_if_not_found=False)
        acts = []
        for number in range(DEALS):
            acts += self._script_of(number, random, start, stages, sellers)
        deals = {}
        with self._clock() as set_time:
            for instant, number, act, values in sorted(acts, key=lambda act: act[:2]):
                set_time(instant)
                deals[number] = self._perform(deals.get(number), act, values)

    def _script_of(self, number, random, start, stages, sellers):
        """What happens to one deal: (instant, number, act, values), in order of time; nothing later than yesterday."""
        instant = start + timedelta(days=random.randrange(DAYS_BACK - 20), minutes=random.randrange(480))
        values = self._first_values(random, instant, sellers[number % len(sellers)])
        acts = [(instant, number, "create", {**values, "stage_id": stages[0].id})]
        open_stages = stages.filtered(lambda stage: not stage.is_won)
        place, end = 0, start + timedelta(days=DAYS_BACK - 1)
        while True:
            instant += timedelta(days=random.choice((2, 4, 7, 9, 14, 23, 41)), minutes=random.randrange(300))
            if instant > end:
                return acts
            chance = random.random()
            if chance < 0.22:
                return [*acts, (instant, number, "lose", {})]
            if chance < 0.34:
                values["date_deadline"] += timedelta(days=random.choice((-9, 14, 21, 30)))
                acts.append((instant, number, "write", {"date_deadline": values["date_deadline"]}))
            elif chance < 0.44:
                values["expected_revenue"] = max(values["expected_revenue"] + random.choice((-1500, 1000, 2500)), 500)
                acts.append((instant, number, "write", {"expected_revenue": values["expected_revenue"]}))
            elif chance >= 0.52 and place + 1 == len(open_stages):
                return [*acts, (instant, number, "win", {})]
            else:
                place += 1 if chance >= 0.52 or not place else -1
                acts.append((instant, number, "write", {"stage_id": open_stages[place].id}))

    def _first_values(self, random, instant, seller):
        ware, customer = random.choice(WARES), random.choice(CUSTOMERS)
        return {
            "name": f"{ware}, {customer}",
            "partner_name": customer,
            "type": "opportunity",
            "user_id": seller.id,
            "team_id": self.env.ref("sales_team.team_sales_department").id,
            "expected_revenue": random.randrange(4, 60) * 500,
            "date_deadline": (instant + timedelta(days=random.randrange(40, 100))).date(),
            "priority": random.choice("0012"),
        }

    def _perform(self, deal, act, values):
        """Do one act, quietly: a demonstration writes no mails.

        :return: the deal
        """
        if act == "create":
            return self.env["crm.lead"].with_context(tracking_disable=True).create(values)
        if act == "lose":
            deal.action_set_lost(lost_reason_id=self.env["crm.lost.reason"].search([], limit=1).id)
        elif act == "win":
            deal.action_set_won()
        else:
            deal.write(values)
        if act in ("lose", "win"):
            deal.date_closed = self.env.cr.now()
        return deal

    @contextmanager
    def _clock(self):
        """A function that ends what is under way and goes on at another instant, as another transaction would."""
        cr = self.env.cr
        now = cr.now()

        def set_time(instant):
            cr.flush()
            cr._now = fields.Datetime.to_datetime(instant)

        try:
            yield set_time
        finally:
            cr.flush()
            cr._now = now
