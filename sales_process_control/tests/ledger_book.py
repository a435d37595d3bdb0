from datetime import datetime, timedelta
from decimal import Decimal

from odoo.addons.sales_process_control.ledger import (
    OPEN,
    Deal,
    History,
    Moment,
    Owner,
    Stage,
    change,
)

START = datetime(2026, 3, 2, 9)
NORTH, SOUTH = 1, 2
STAGES = {
    stage.id: stage
    for stage in (
        Stage(1, "First Contact", 10),
        Stage(2, "Needs Analysis", 20),
        Stage(3, "Bidding", 30),
        Stage(4, "Negotiation", 40),
        Stage(5, "Signing", 50, is_won=True),
        # The other team's own stages; equal sequences are usual, so the id decides.
        Stage(6, "Inspection", 20, team_ids=frozenset({SOUTH})),
        Stage(7, "Sample", 30, team_ids=frozenset({SOUTH})),
    )
}


class LedgerBook:
    """What a recorder would keep of one deal: each change becomes the history of the next."""

    def __init__(self):
        self.history = History()
        self.postings = []
        self.now = START

    def record(self, deal, seconds=86400, mover=7):
        """Make a deal so, some time after the change before.

        :return: the change
        """
        self.now += timedelta(seconds=seconds)
        found = change(self.history, deal, Moment(self.now, mover), STAGES)
        number = len(self.history.visits)
        visits = found.resulting_visits(self.history)
        visits = [visit if visit.id else visit._replace(id=(number := number + 1)) for visit in visits]
        self.postings += found.postings
        last_kind, last_date = self.history.last_kind, self.history.last_date
        if found.postings:
            last_kind, last_date = found.postings[-1].kind, found.moment.instant
        visits.sort(key=lambda visit: (visit.entered_at, visit.id))
        self.history = History(tuple(visits), last_kind, last_date)
        return found

    def story(self):
        """["stage outcome"] in the order of the stays."""
        return [f"{visit.stage.name}: {visit.outcome}" for visit in self.history.visits]


def deal(stage_id, status=OPEN, amount=100, team=NORTH, user=1, company=1, currency=1, closing=None):
    return Deal(status, STAGES[stage_id], Owner(team, user, company, currency), closing, Decimal(amount))
