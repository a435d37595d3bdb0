import random
from collections import Counter, defaultdict
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import Command
from odoo.addons.sales_process_control.statistics import Chances, VisitCount

from .common import PipelineCase

ZONE = "Asia/Shanghai"
#: Chances need so many decided deals, shares of stages so many in a stage.
ENOUGH = 10


class ForecastCase(PipelineCase):
    """Deals whose course is written down beside the module, and played day by day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.forecast"].search([]).sudo().unlink()
        cls.Forecast = cls.env["crm.forecast"]
        cls.company.resource_calendar_id.tz = ZONE

    def setUp(self):
        super().setUp()
        #: What happened: (instant, deal, what, stage or amount).
        self.story = []

    def forecast(self, user, *arguments, **more):
        """Return the forecast for a user, once everything is written."""
        self.env.cr.flush()
        self.env.invalidate_all()
        companies = user.company_id + (user.company_ids - user.company_id)
        forecasts = self.Forecast.with_user(user).with_context(allowed_company_ids=companies.ids)
        return forecasts.forecast(*arguments, **more)

    def make_readers(self):
        """Make a manager of a second company, and somebody who reads all documents."""
        self.second = self.env["res.company"].create({"name": "Second Company"})
        self.abroad = self.make_user(
            "forecast_abroad",
            groups="sales_team.group_sale_manager",
            company_id=self.second.id,
            company_ids=[Command.set(self.second.ids)],
        )
        self.all_documents = self.make_user("forecast_all", groups="sales_team.group_sale_salesman_all_leads")

    def make_golden_history(self):
        """Make 20 deals that stay ten days in First Contact: ten are won, ten are lost.

        The time is then noon of the fifteenth day. A deal of 1,000 has come in on the twelfth.
        """
        self.set_time(datetime(2026, 3, 1, 4))
        deals = self.make_many(20)
        self.pass_time(days=10)
        deals[:10].action_set_won()
        deals[10:].action_set_lost()
        self.pass_time(days=2)
        deal = self.make_deal(expected_revenue=1000)
        self.pass_time(days=3)
        return deal

    # ------------------------------------------------------------
    # A STORY, AND WHAT IT TELLS
    # ------------------------------------------------------------

    def write_story(self, deals=70, days=150, seed=3):
        """Write a story of deals that come in over some days."""
        dice = random.Random(seed)
        stages = [self.contact, self.needs, self.bidding, self.talks]
        for deal in range(deals):
            at = self.start + timedelta(hours=dice.randrange(days * 24))
            place = dice.choice((0, 0, 0, 1))
            self.story.append((at, deal, "stage", stages[place]))
            while True:
                at += timedelta(hours=dice.randrange(2, 24 * 12), minutes=dice.randrange(7, 60))
                course = dice.random()
                if course < 0.25:
                    self.story.append((at, deal, "lost", None))
                    break
                if course < 0.4 or (course < 0.6 and place == 3):
                    self.story.append((at, deal, "won", None))
                    break
                if course < 0.5:
                    self.story.append((at, deal, "amount", dice.randrange(1, 900)))
                    continue
                place = place - 1 if place and course < 0.6 else min(place + 1, 3)
                self.story.append((at, deal, "stage", stages[place]))
        self.story.sort(key=lambda event: event[:2])

    def play_story(self, until=None, at_midnight=None):
        """Play the story.

        :param until: instant at which the play ends
        :param at_midnight: function that is called with each day that has ended, in the time zone of the company
        """
        played, day = {}, None
        for at, deal, what, value in self.story:
            if until and at > until:
                break
            today = day_of(at)
            while at_midnight and day and day < today:
                self.set_time(begin_of(day + timedelta(days=1)) - timedelta(minutes=1))
                at_midnight(day)
                day += timedelta(days=1)
            day = today
            self.set_time(at)
            lead = played.get(deal)
            if not lead:
                amount = 100 + deal
                made = self.make_deal(name=f"Deal {deal}", stage_id=value.id, expected_revenue=amount)
                played[deal] = made.with_context(tracking_disable=True)
            elif what == "stage":
                lead.stage_id = value
            elif what == "amount":
                lead.expected_revenue = value
            elif what == "won":
                lead.action_set_won()
            else:
                lead.action_set_lost()
        self.env.cr.flush()
        return played

    def visits_told(self, day=None):
        """Return (deal, stage, first day, last day or None, outcome, next stage) as told up to the end of a day."""
        visits, here = [], {}
        for at, deal, what, value in self.story:
            if what == "amount" or (day and day_of(at) > day):
                continue
            if deal in here:
                stage, begun = here.pop(deal)
                order = self.env["crm.stage"].concat(self.contact, self.needs, self.bidding, self.talks).ids
                outcome = what
                if what == "stage":
                    if value == stage:
                        here[deal] = stage, begun
                        continue
                    outcome = "advanced" if order.index(value.id) > order.index(stage.id) else "moved_back"
                next_id = value.id if what == "stage" else None
                visits.append((deal, stage.id, begun, day_of(at), outcome, next_id))
            if what == "stage":
                here[deal] = value, day_of(at)
        return visits + [(deal, stage.id, begun, None, "open", None) for deal, (stage, begun) in here.items()]

    def chances_told(self, day):
        """Return the chances that follow from what was told up to the end of a day, all visits counting alike."""
        numbers = Counter(
            (stage_id, ((ended or day) - begun).days, outcome, next_id)
            for _deal, stage_id, begun, ended, outcome, next_id in self.visits_told(day)
        )
        return Chances([VisitCount(*key, number) for key, number in numbers.items()])

    def backtest_told(self, day, horizon):
        """Return what a backtest says, from the story alone."""
        known, all_visits = self.visits_told(day), self.visits_told()
        chances = self.chances_told(day)
        won_days = {visit[0]: visit[3] for visit in all_visits if visit[4] == "won"}
        last = {visit[0]: visit[4] for visit in known}
        stages = defaultdict(set)
        for visit in known:
            stages[visit[1]].add(visit[0])
        decided = {deal: outcome == "won" for deal, outcome in last.items() if outcome in ("won", "lost")}
        overall = sum(decided.values()) / len(decided)
        found = Counter()
        for deal, stage_id, begun, ended, _outcome, _next in known:
            if ended:
                continue
            chance = chances.within(stage_id, (day - begun).days, horizon)
            of_stage = [decided[one] for one in stages[stage_id] if one in decided]
            share = sum(of_stage) / len(of_stage) if len(of_stage) >= ENOUGH else overall
            is_won = deal in won_days and day < won_days[deal] <= day + timedelta(days=horizon)
            found.update(deals=1, expected=chance, won=is_won, brier=(chance - is_won) ** 2)
            found["brier_stage_share"] += (share - is_won) ** 2
        return {
            **{name: found[name] for name in ("deals", "expected", "won")},
            **{name: found[name] / found["deals"] for name in ("brier", "brier_stage_share")},
        }


def day_of(instant):
    return instant.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(ZONE)).date()


def begin_of(day):
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(ZONE)).astimezone(timezone.utc).replace(tzinfo=None)
