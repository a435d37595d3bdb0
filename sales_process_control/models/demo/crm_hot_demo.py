from datetime import timedelta
from random import Random

from odoo import api, models
from odoo.tools import LazyTranslate, format_date

from ...ledger import WON
from ...ledger.promises import BROKEN, KEPT, OPEN, SIGN, WITHDRAWN
from ..setup.language import in_language_of_database
from .customers import CUSTOMERS

_lt = LazyTranslate(__name__)

#: Notes of flags on deals that are about to be signed, with the due date.
SIGNING_NOTES = (
    _lt("Signing around %(day)s"),
    _lt("Board decides on %(day)s, asked for the contract"),
    _lt("Has our draft, comes back by %(day)s"),
    _lt("Order before the end of the budget, %(day)s"),
    _lt("Both sites together, signature on %(day)s"),
    _lt("Contract is with the managing director until %(day)s"),
    _lt("Wants to order before the price list changes, by %(day)s"),
    _lt("Only the delivery date is open, decides on %(day)s"),
)
#: Deals that are in their stage for more days have no open flag.
LONGEST_DAYS = 40
#: Open flags on the most advanced open deals of salespeople: (salesperson, days from today to the due date, days since
#: the flag was raised, earlier due dates in days from today).
OPEN_SIGNINGS = (
    ("admin", -3, 18, ()),
    ("elena", 3, 21, (-8, -2)),
    ("demo", 0, 12, (-5,)),
    ("ben", -9, 34, (-21, -15)),
    ("anna", 2, 9, ()),
    ("chloe", 6, 4, ()),
    ("farid", 11, 6, ()),
    ("david", -1, 25, (-12,)),
    ("admin", 5, 8, (-4,)),
    ("elena", 9, 3, ()),
    ("demo", 16, 2, ()),
    ("anna", 24, 1, ()),
)
#: Flags on customers: (place among the customers, kind, note, amount, days from today to the due date, days since the
#: flag was raised, outcome, days since it was settled).
CUSTOMER_FLAGS = (
    (40, "payment", _lt("Pays the second instalment, 62,500, before %(day)s"), 62500, 8, 5, OPEN, None),
    (32, "reorder", _lt("May add an order: the new floor opens"), 18000, 13, 3, OPEN, None),
    (57, "reorder", _lt("Wants the same chairs for the second office"), 27000, 20, 2, OPEN, None),
    (54, "payment", _lt("First half of the reception counter, by %(day)s"), 41000, -4, 20, OPEN, None),
    (35, "other", _lt("Recommends us to her sister company"), 0, 15, 6, OPEN, None),
    (33, "reorder", _lt("Wants the same chairs for the second office"), 17200, -20, 50, KEPT, 22),
    (52, "payment", _lt("Pays after their own year's end, %(day)s"), 65300, -45, 80, KEPT, 38),
    (36, "payment", _lt("Promised the rest by %(day)s"), 15100, -60, 90, BROKEN, 40),
    (59, "reorder", _lt("Second plant gets the same lockers by %(day)s"), 48000, -70, 110, BROKEN, 55),
    (38, "other", _lt("Recommends us to her sister company"), 0, -30, 65, KEPT, 35),
    (53, "other", _lt("Thinks about a frame contract"), 0, -10, 40, WITHDRAWN, 15),
)


class CrmHotDemo(models.AbstractModel):
    """Hot flags of a demonstration database: each kind and outcome, with dates relative to today."""

    _name = "crm.hot.demo"
    _description = "Hot Customers Demonstration"

    @api.model
    def _load(self):
        """Create the flags: settled ones on closed deals, open ones on open deals, and flags on customers."""
        in_language_of_database(self)._raise_flags()

    def _raise_flags(self):
        random = Random(3)
        today = self.env.cr.now().replace(hour=9, minute=0, second=0, microsecond=0)
        teams = self.env.ref("sales_process_control.crm_team_direct") + self.env.ref(
            "sales_process_control.crm_team_partner"
        )
        deals = (
            self.env["crm.lead"]
            .with_context(active_test=False)
            .search([("team_id", "in", teams.ids)], order="id", limit=1000)
        )
        self._raise_past_signings(deals.filtered(lambda deal: deal.won_status != "pending"), random)
        # Nobody expects a deal to sign that has been in its stage for half a year.
        most_advanced = deals.filtered(
            lambda deal: deal.active and deal.won_status == "pending" and deal.stage_days < LONGEST_DAYS
        ).sorted(lambda deal: (-deal.stage_id.sequence, -deal.expected_revenue))
        self._raise_open_signings(most_advanced, today)
        self._raise_on_customers(today)

    def _raise_past_signings(self, deals, random):
        """Create settled flags on some of the closed deals, kept if the deal was won, in time or late."""
        values = []
        for deal in deals:
            is_won = deal.won_status == WON
            if random.random() > (0.9 if is_won else 0.14) or not deal.date_closed:
                continue
            raised_at = max(deal.date_closed - timedelta(days=random.randrange(6, 40)), deal.create_date)
            due_date = deal.date_closed.date() + timedelta(days=random.choice((-8, -2, 0, 1, 3, 5, 8, 12)))
            due_date = max(due_date, raised_at.date())
            values.append(
                {
                    **self._values_from_deal(deal),
                    "note": self._note(random.choice(SIGNING_NOTES), due_date),
                    "due_date": due_date,
                    "raised_at": raised_at,
                    "closed_at": deal.date_closed,
                    "outcome": KEPT if is_won else BROKEN,
                }
            )
        self.env["crm.hot.flag"].create(values)

    def _raise_open_signings(self, deals, today):
        """Create open flags, with revisions for the earlier due dates."""
        values, revisions, customers = [], [], self.env["res.partner"]
        for index, (login, days, since, earlier) in enumerate(OPEN_SIGNINGS):
            own = deals.filtered(lambda deal, login=login: deal.user_id.login == login)
            # Hot customers are not all the same one.
            deal = (own.filtered(lambda deal, customers=customers: deal.partner_id not in customers) or own)[:1]
            if not deal:
                continue
            deals -= deal
            customers |= deal.partner_id
            dates = [(today + timedelta(days=day)).date() for day in (*earlier, days)]
            notes = [SIGNING_NOTES[(index + place) % len(SIGNING_NOTES)] for place in range(len(dates))]
            values.append(
                {
                    **self._values_from_deal(deal),
                    "note": self._note(notes[-1], dates[-1]),
                    "due_date": dates[-1],
                    "first_due_date": dates[0],
                    "raised_at": today - timedelta(days=since),
                }
            )
            revisions.append(
                [
                    {"note": self._note(note, date), "due_date": date, "amount": deal.expected_revenue}
                    for note, date in zip(notes[:-1], dates, strict=False)
                ]
            )
        flags = self.env["crm.hot.flag"].create(values)
        self.env["crm.hot.flag.revision"].create(
            [
                {
                    **revision,
                    "flag_id": flag.id,
                    "user_id": flag.user_id.id,
                    "date": flag.raised_at + (today - flag.raised_at) * (place + 1) / (len(earlier) + 1),
                }
                for flag, earlier in zip(flags, revisions, strict=True)
                for place, revision in enumerate(earlier)
            ]
        )

    def _raise_on_customers(self, today):
        """Create flags on customers of the demonstration, by those who sell to them."""
        values = []
        for place, kind, note, amount, days, since, outcome, ago in CUSTOMER_FLAGS:
            name = self.env._(CUSTOMERS[place].name)
            customer = self.env["res.partner"].search([("name", "=", name), ("is_company", "=", True)], limit=1)
            due_date = (today + timedelta(days=days)).date()
            values.append(
                {
                    "partner_id": customer.id,
                    "kind": kind,
                    "note": self._note(note, due_date),
                    "amount": amount,
                    "due_date": due_date,
                    "user_id": customer.user_id.id,
                    "team_id": self._team_of(customer.user_id).id,
                    "raised_at": today - timedelta(days=since),
                    "outcome": outcome,
                    "closed_at": ago and today - timedelta(days=ago),
                }
            )
        self.env["crm.hot.flag"].create(values)

    def _team_of(self, user):
        """Return the team of a salesperson. The administrator leads Direct Sales, without being its member."""
        direct = self.env.ref("sales_process_control.crm_team_direct")
        return direct if user == direct.user_id else user.sale_team_id

    def _values_from_deal(self, deal):
        return {
            "lead_id": deal.id,
            "kind": SIGN,
            "amount": deal.expected_revenue,
            "user_id": deal.user_id.id,
            "team_id": deal.team_id.id,
        }

    def _note(self, note, day):
        """Return a note that may name a day: "7 March"."""
        # The pattern is that of Babel: day of the month, and its name.
        text = self.env._(note)
        return text % {"day": format_date(self.env, day, date_format=self.env._("d MMMM"))}
