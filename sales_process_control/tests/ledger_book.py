from datetime import datetime, timedelta
from decimal import Decimal

from odoo.addons.sales_process_control.ledger import (
    OPEN,
    Book,
    Deal,
    Moment,
    Owner,
    Stage,
    change,
    needs_last_posting,
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
        # Stages of the other team. Sequences are often equal; then the id decides.
        Stage(6, "Inspection", 20, team_ids=frozenset({SOUTH})),
        Stage(7, "Sample", 30, team_ids=frozenset({SOUTH})),
    )
}


class LedgerBook(Book):
    """A book with a clock of its own, and its visits as strings."""

    def __init__(self):
        super().__init__()
        self.now = START

    @property
    def postings(self):
        """Return all lines without their moments."""
        return [posting for _moment, posting in self.lines]

    def record(self, deal, seconds=86400, mover=7):
        """Record a state some time after the state before.

        :return: the change
        """
        self.now += timedelta(seconds=seconds)
        moment = Moment(self.now, mover)
        self._check_needs_last_posting(deal, moment)
        return super().record(deal, moment, STAGES)

    def _check_needs_last_posting(self, deal, moment):
        """Check that the change is the same without the last posting if it is not needed."""
        less = self.history._replace(last_kind=None, last_date=None, last_stage_id=None, last_place=None)
        if not needs_last_posting(less, deal, moment, STAGES):
            found = change(self.history, deal, moment, STAGES)
            if change(less, deal, moment, STAGES) != found or found.end_of(less) != found.end_of(self.history):
                raise AssertionError(f"The last posting mattered: {self.story()}, {deal}, {moment}")

    def story(self):
        """Return ["stage: outcome"] in the order of the visits."""
        return [f"{visit.stage.name}: {visit.outcome}" for visit in self.history.visits]


def deal(stage_id, status=OPEN, amount=100, team=NORTH, user=1, company=1, currency=1, closing=None):
    return Deal(status, STAGES[stage_id], Owner(team, user, company, currency), closing, Decimal(amount))
