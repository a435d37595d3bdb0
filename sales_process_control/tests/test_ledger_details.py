from datetime import date, timedelta
from decimal import Decimal

from odoo.addons.sales_process_control.ledger import (
    LOST,
    WON,
    History,
    Moment,
    Stage,
    change,
    needs_last_posting,
)
from odoo.tests import BaseCase

from .ledger_book import STAGES, START, LedgerBook, deal


class TestLedgerDetails(BaseCase):
    """What rows say besides stage and outcome, in tables without a database."""

    def book(self, *states):
        book = LedgerBook()
        for state in states:
            book.record(state)
        return book

    def test_won_stages_are_never_skipped(self):
        """A won stage may stand anywhere in the order of stages; no stay is opened in it, and none is jumped over."""
        stages = {**STAGES, 8: Stage(8, "Renewed", 25, is_won=True)}
        book = self.book(deal(2))
        found = change(book.history, deal(4), Moment(START + timedelta(days=9), 7), stages)
        self.assertEqual([visit.stage.name for visit in found.visits if visit.outcome == "skipped"], ["Bidding"])

    def test_where_a_stay_led(self):
        table = [
            (deal(4), {2: 4, 3: 4, 4: None}),
            (deal(1), {2: 1, 1: None}),
            (deal(5, WON), {2: 5, 3: 5, 4: 5}),
            (deal(2, LOST), {2: None}),
        ]
        for after, reached in table:
            with self.subTest(after=after):
                book = self.book(deal(2), after)
                self.assertEqual({visit.stage.id: visit.next_stage_id for visit in book.history.visits}, reached)

    def test_stay_that_ends_in_another_currency_keeps_its_money(self):
        """An amount of the new company's currency would be counted in the old one."""
        book = self.book(deal(2), deal(3, amount=90, company=2, currency=2))
        self.assertEqual(
            [(visit.owner.currency_id, visit.amount) for visit in book.history.visits], [(1, 100), (2, 90)]
        )

    def test_open_stay_follows_its_deal(self):
        closing = date(2026, 4, 1)
        book = self.book(deal(2), deal(2, amount=130, user=2, closing=closing))
        [stay] = book.history.visits
        self.assertEqual((stay.amount, stay.owner.user_id, stay.date_deadline), (130, 2, closing))
        self.assertEqual((stay.outcome, stay.entered_at), ("open", START + timedelta(days=1)))
        # What it says now is what the next change is compared with.
        self.assertTrue(book.record(deal(2, amount=130, user=2, closing=closing)).is_empty)

    def test_direction_is_that_of_the_order_now(self):
        """Stages that were re-ordered since the deal came in: the order at the moment of the move decides."""
        book = self.book(deal(2))
        stages = {**STAGES, 2: STAGES[2]._replace(sequence=35)}
        found = change(book.history, deal(3), Moment(START + timedelta(days=9), 7), stages)
        self.assertEqual([visit.outcome for visit in found.visits], ["moved_back", "open"])
        self.assertEqual({line.kind for line in found.postings}, {"moved_back"})

    def test_clock_knows_the_lines_too(self):
        """A deal made as won has no stay, but its lines say when that was."""
        book = self.book(deal(5, WON))
        found = book.record(deal(2), seconds=-500)
        self.assertEqual(found.moment.instant, START + timedelta(days=1))

    def test_clock_knows_what_changed_during_a_stay(self):
        for changed in (deal(2, amount=130), deal(2, user=2), deal(2, closing=date(2026, 4, 1))):
            with self.subTest(changed=changed):
                book = self.book(deal(2), changed)
                changed_at = START + timedelta(days=2)
                self.assertEqual(book.history.visits[0].changed_at, changed_at)
                found = book.record(deal(3), seconds=-500)
                self.assertEqual(found.moment.instant, changed_at)

    def test_last_posting_is_asked_for_where_it_matters(self):
        """Of a deal that goes on it does not."""
        book, now = self.book(deal(2), deal(3)), START + timedelta(days=2)
        book.record(deal(3, amount=130), seconds=60)
        for after, seconds, mover, asks in (
            (deal(4), 120, 7, False),
            (deal(3, LOST), 120, 7, False),
            (deal(2), 120, 7, True),
            (deal(2), 120, 8, False),
            (deal(2), 301, 7, False),
            (deal(4), 60, 7, True),
            (deal(4), 61, 7, False),
        ):
            with self.subTest(after=after, seconds=seconds, mover=mover):
                moment = Moment(now + timedelta(seconds=seconds), mover)
                self.assertEqual(needs_last_posting(book.history, after, moment, STAGES), asks)
        self.assertTrue(needs_last_posting(History(), deal(2), Moment(now, 7), STAGES))

    def test_slip_within_five_minutes_to_the_second(self):
        for seconds, is_slip in ((300, True), (301, False)):
            with self.subTest(seconds=seconds):
                book = self.book(deal(2), deal(3))
                self.assertEqual(bool(book.record(deal(2), seconds=seconds).undone_at), is_slip)

    def test_slip_taken_back_with_another_amount_is_no_correction(self):
        """What changes besides the stage, as it is taken back, is no part of the slip: its lines count."""
        for after in (deal(2, amount=130), deal(2, user=2), deal(2, closing=date(2026, 4, 1))):
            with self.subTest(after=after):
                book = self.book(deal(2), deal(3))
                found = book.record(after, seconds=60)
                self.assertEqual(book.story(), ["Needs Analysis: open", "Bidding: correction"])
                self.assertIsNone(found.undone_at)
                self.assertFalse(any(line.is_correction for line in found.postings))
                # All lines together are what the deal is now.
                self.assertEqual(sum(line.deal_count for line in book.postings), 1)
                self.assertEqual(sum((line.amount for line in book.postings), Decimal(0)), after.amount)

    def test_end_that_is_taken_back_soon_is_a_slip(self):
        for seconds, is_slip in ((300, True), (301, False)):
            with self.subTest(seconds=seconds):
                book = self.book(deal(2), deal(2, LOST))
                before = book.history
                found = book.record(deal(2), seconds=seconds)
                self.assertEqual(found.end_of(before).undone_at, before.last_date if is_slip else None)

    def test_since_when_a_won_deal_is_in_its_stage(self):
        """No ledger holds a stay in a won stage: what the deal says counts, and what the transaction found."""
        book = self.book(deal(2), deal(5, WON))
        won_at = START + timedelta(days=2)
        [moved_at, now] = [won_at + timedelta(days=days) for days in (3, 5)]
        stages = {**STAGES, 8: Stage(8, "Renewed", 90, is_won=True)}
        table = [
            # stage now, what the deal says, where the transaction found it, since when it is there
            (5, won_at, None, won_at),
            (8, moved_at, None, moved_at),
            (8, now, (5, won_at), now),
            (8, now, (8, moved_at), moved_at),
            (5, now, (8, moved_at), won_at),
            (8, now, None, now),
        ]
        for stage, stamped, found_in, since in table:
            with self.subTest(stage=stage, stamped=stamped, found_in=found_in):
                after = deal(5, WON)._replace(stage=stages[stage], stage_entered_at=stamped)
                found = change(book.history, after, Moment(now, 7), stages)
                self.assertEqual(found.stage_entered_at(book.history, after, found_in), since)
