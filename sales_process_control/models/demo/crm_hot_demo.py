from datetime import timedelta
from random import Random

from odoo import api, models

from ...ledger import WON
from ...ledger.promises import BROKEN, KEPT, OPEN, SIGN, WITHDRAWN

#: Notes of flags on deals that are about to be signed; {day} is the due date.
SIGNING_NOTES = (
    "Signing around {day}",
    "Board decides on {day}, asked for the contract",
    "Has our draft, comes back by {day}",
    "Order before the end of the budget, {day}",
    "Both sites together, signature on {day}",
)
#: Deals that are in their stage for more days have no open flag.
LONGEST_DAYS = 40
#: Open flags on the most advanced open deals: (days from today to the due date, days since the flag was raised, earlier
#: due dates in days from today).
OPEN_SIGNINGS = (
    (-9, 34, (-21, -15)),
    (-3, 18, ()),
    (0, 12, (-5,)),
    (2, 9, ()),
    (3, 21, (-8, -2)),
    (6, 4, ()),
    (11, 6, ()),
    (16, 2, ()),
    (24, 1, ()),
)
#: The same on opportunities of Odoo's own demonstration data, whose salesperson is the administrator.
ODOO_SIGNINGS = (
    (-2, 15, (-10,)),
    (4, 7, ()),
    (10, 3, ()),
)
#: Flags on customers without a deal: (contact of Odoo's demonstration data, kind, note, amount, days from today to the
#: due date, days since the flag was raised, outcome, days since it was settled).
CUSTOMER_FLAGS = (
    ("base.res_partner_2", "payment", "Pays the second instalment, 62,500, before {day}", 62500, 8, 5, OPEN, None),
    ("base.res_partner_12", "reorder", "May add an order: the new floor opens", 18000, 13, 3, OPEN, None),
    ("base.res_partner_3", "payment", "First half of the fair stand, by {day}", 9400, -4, 20, OPEN, None),
    ("base.res_partner_4", "reorder", "Wants the same chairs for the second office", 7200, -20, 50, KEPT, 22),
    ("base.res_partner_10", "payment", "Pays after their own year's end, {day}", 15300, -45, 80, KEPT, 38),
    ("base.res_partner_12", "payment", "Promised the rest by {day}", 5100, -60, 90, BROKEN, 40),
    ("base.res_partner_3", "other", "Recommends us to her sister company", 0, -30, 65, KEPT, 35),
    ("base.res_partner_4", "other", "Thinks about a frame contract", 0, -10, 40, WITHDRAWN, 15),
)


class CrmHotDemo(models.AbstractModel):
    """Hot flags of a demonstration database: each kind and outcome, with dates relative to today."""

    _name = "crm.hot.demo"
    _description = "Hot Customers Demonstration"

    @api.model
    def _load(self):
        """Create the flags: settled ones on closed deals, open ones on open deals, and flags on customers."""
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
        self._raise_open_signings(most_advanced, OPEN_SIGNINGS, today)
        odoo_deals = self.env["crm.lead"].search(
            [
                ("type", "=", "opportunity"),
                ("won_status", "=", "pending"),
                ("user_id", "=", self.env.ref("base.user_admin").id),
                ("team_id", "not in", teams.ids),
            ],
            order="expected_revenue desc, id",
            limit=len(ODOO_SIGNINGS),
        )
        self._raise_open_signings(odoo_deals, ODOO_SIGNINGS, today)
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
                    "note": random.choice(SIGNING_NOTES).format(day=_day(due_date)),
                    "due_date": due_date,
                    "raised_at": raised_at,
                    "closed_at": deal.date_closed,
                    "outcome": KEPT if is_won else BROKEN,
                }
            )
        self.env["crm.hot.flag"].create(values)

    def _raise_open_signings(self, deals, signings, today):
        """Create open flags, with revisions for the earlier due dates."""
        values, revisions = [], []
        for index, (deal, (days, since, earlier)) in enumerate(zip(deals, signings, strict=False)):
            dates = [(today + timedelta(days=day)).date() for day in (*earlier, days)]
            notes = [SIGNING_NOTES[(index + place) % len(SIGNING_NOTES)] for place in range(len(dates))]
            values.append(
                {
                    **self._values_from_deal(deal),
                    "note": notes[-1].format(day=_day(dates[-1])),
                    "due_date": dates[-1],
                    "first_due_date": dates[0],
                    "raised_at": today - timedelta(days=since),
                }
            )
            revisions.append(
                [
                    {"note": note.format(day=_day(date)), "due_date": date, "amount": deal.expected_revenue}
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
        """Create flags on contacts of Odoo's own demonstration data."""
        sellers = [self.env.ref(f"sales_process_control.user_{login}") for login in ("anna", "ben", "elena")]
        values = []
        for index, (name, kind, note, amount, days, since, outcome, ago) in enumerate(CUSTOMER_FLAGS):
            partner = self.env.ref(name, raise_if_not_found=False)
            if not partner:
                continue
            due_date = (today + timedelta(days=days)).date()
            seller = sellers[index % len(sellers)]
            values.append(
                {
                    "partner_id": partner.id,
                    "kind": kind,
                    "note": note.format(day=_day(due_date)),
                    "amount": amount,
                    "due_date": due_date,
                    "user_id": seller.id,
                    "team_id": seller.sale_team_id.id,
                    "raised_at": today - timedelta(days=since),
                    "outcome": outcome,
                    "closed_at": ago and today - timedelta(days=ago),
                }
            )
        self.env["crm.hot.flag"].create(values)

    def _values_from_deal(self, deal):
        return {
            "lead_id": deal.id,
            "kind": SIGN,
            "amount": deal.expected_revenue,
            "user_id": deal.user_id.id,
            "team_id": deal.team_id.id,
        }


def _day(date):
    """Return a day as text: "7 March"."""
    return f"{date.day} {date:%B}"
