from datetime import timedelta

from odoo.tests import BaseCase

from ..ledger import LOST, WON, last_advance
from .ledger_book import START, LedgerBook, deal

DAY = timedelta(days=1)


class TestLedgerProgress(BaseCase):
    """Which moves are progress, and when the stored last progress is wrong (docs/definitions.md, Progress)."""

    def book(self, *stage_ids):
        """Return the book of a deal that goes through stages, one a day."""
        book = LedgerBook()
        for stage_id in stage_ids:
            book.record(deal(stage_id))
        return book

    def test_last_advance(self):
        table = {
            (1,): None,
            (1, 2): START + 2 * DAY,
            (1, 4): START + 2 * DAY,
            (3, 2): None,
            (1, 3, 2): START + 2 * DAY,
            (1, 3, 2, 3): START + 4 * DAY,
        }
        for stage_ids, expected in table.items():
            with self.subTest(stages=stage_ids):
                self.assertEqual(last_advance(self.book(*stage_ids).history.visits), expected)
        book = self.book(1, 2)
        book.record(deal(5, WON))
        self.assertEqual(last_advance(book.history.visits), START + 2 * DAY)

    def test_undone_move_is_no_advance(self):
        book = self.book(1, 2)
        book.record(deal(3))
        book.record(deal(2), seconds=60)
        self.assertEqual(last_advance(book.history.visits), START + 2 * DAY)

    def is_wrong(self, book, after, stamped, seconds=86400):
        before = book.history
        found = book.record(after, seconds=seconds)
        return found.is_progress_wrong(before, stamped)

    def test_stored_last_progress(self):
        now = START + 3 * DAY
        moved = START + 2 * DAY
        table = (
            # (next state, stored last progress, whether it is wrong)
            (deal(3), now, False),
            (deal(3), now + timedelta(hours=1), False),
            (deal(3), moved, True),
            (deal(3), None, True),
            (deal(1), moved, False),
            (deal(1), now, True),
            (deal(1), START + 2.5 * DAY, False),
            (deal(2, amount=7), moved, False),
            (deal(2, amount=7), None, True),
            (deal(3, LOST), now, True),
            (deal(3, LOST), moved, False),
        )
        for after, stamped, expected in table:
            with self.subTest(after=after, stamped=stamped):
                self.assertEqual(self.is_wrong(self.book(1, 2), after, stamped), expected)

    def test_no_progress_and_no_move(self):
        self.assertFalse(self.is_wrong(self.book(1), deal(1, amount=7), None))

    def test_undone_move(self):
        # The stored progress is the move that is undone.
        self.assertTrue(self.is_wrong(self.book(1, 2), deal(1), START + 2 * DAY, seconds=60))
        # Later progress stays.
        self.assertFalse(self.is_wrong(self.book(1, 2), deal(1), START + 2 * DAY + timedelta(seconds=30), seconds=60))
