from datetime import date

from odoo.tests import tagged

from ..models.deal_review.deal_changes import read_before
from .recording_common import RecordingCase


@tagged("post_install", "-at_install")
class TestDealReviewColumns(RecordingCase):
    """Columns of the list of the Deal Review."""

    def shown(self, deal, name):
        """Return a value of a deal as the salesperson sees it, once everything is written."""
        self.env.cr.flush()
        self.env.invalidate_all()
        return deal.with_user(self.seller)[name]

    def test_step_progress(self):
        (self.see | self.of_others).is_required = True
        deal = self.make_deal()
        self.assertEqual(self.shown(deal, "step_progress"), "0 of 2")
        # An action counts once, and one that is not required does not count.
        for _time in range(2):
            self.record(deal, step=self.ring, feedback="Rang")
        self.record(deal, step=self.note_down, feedback="Noted")
        self.assertEqual(self.shown(deal, "step_progress"), "1 of 2")
        deal.team_id = self.other_team
        self.assertEqual(self.shown(deal, "step_progress"), "1 of 3")
        deal.stage_id = self.bidding
        self.assertFalse(self.shown(deal, "step_progress"))

    def test_a_closed_deal_requires_nothing(self):
        won, lost = self.make_deal(), self.make_deal()
        won.action_set_won()
        lost.action_set_lost()
        for deal in (won, lost):
            self.assertFalse(self.shown(deal, "step_progress"))

    def test_likelihood(self):
        deal = self.make_deal()
        self.assertIsNone(self.shown(deal, "likelihood"))
        self.record(deal, step=self.note_down, likelihood=70)
        self.assertEqual(self.shown(deal, "likelihood"), 0.7)
        self.pass_time(days=1)
        self.record(deal, step=self.note_down, likelihood=30)
        self.assertEqual(self.shown(deal, "likelihood"), 0.3)
        self.pass_time(days=1)
        # Progress without a likelihood leaves the last one that was recorded.
        self.record(deal, step=self.ring, feedback="Rang")
        self.assertEqual(self.shown(deal, "likelihood"), 0.3)

    def test_last_word(self):
        """Only what somebody said stands in quotation marks."""
        deal = self.make_deal()
        self.record(deal, step=self.ring, reaction="positive")
        self.assertEqual(self.shown(deal, "last_word"), "Positive")
        self.pass_time(days=1)
        self.record(deal, step=self.ring, feedback="Need two\n more weeks", reaction="negative")
        self.assertEqual(self.shown(deal, "last_word"), "“Need two more weeks”")
        self.pass_time(days=1)
        self.record(deal, step=self.ring, feedback="word " * 100)
        words = self.shown(deal, "last_word")
        self.assertEqual((len(words), words[-2:]), (122, "…”"))

    def test_deals_of_others_are_not_compared(self):
        """The ledger is read only of deals that the reader may read, whoever asks."""
        own, theirs = self.make_deal(), self.make_deal(user_id=self.manager.id)
        self.env.cr.flush()
        found = read_before((own | theirs).with_user(self.seller), self.env.cr.now().date())
        self.assertEqual(set(found), {own.id})
        own.active = False
        self.env.cr.flush()
        self.assertEqual(set(read_before(own.with_user(self.seller), self.env.cr.now().date())), {own.id})

    def test_closing_changes(self):
        later, earlier, removed = (self.make_deal(date_deadline="2026-11-30") for _deal in range(3))
        dated = self.make_deal()
        same = self.make_deal(date_deadline="2026-11-30")
        self.pass_time(days=10)
        later.date_deadline = "2026-12-20"
        earlier.date_deadline = "2026-11-01"
        removed.date_deadline = False
        dated.date_deadline = "2026-12-01"
        new = self.make_deal(date_deadline="2026-12-01")
        then = date(2026, 11, 30)
        for deal, before, change in (
            (later, then, "later"),
            (earlier, then, "earlier"),
            (removed, then, "removed"),
            (dated, False, "set"),
            (same, False, False),
            (new, False, False),
        ):
            self.assertEqual((self.shown(deal, "closing_before"), self.shown(deal, "closing_change")), (before, change))
