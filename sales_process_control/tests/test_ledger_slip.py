from datetime import timedelta

from odoo.tests import BaseCase

from .ledger_book import START, LedgerBook, deal


class TestLedgerSlip(BaseCase):
    """A move that the same person takes back within five minutes was a slip, and is part of no number."""

    def test_slip(self):
        book = LedgerBook()
        book.record(deal(2))
        book.record(deal(4))
        found = book.record(deal(2), seconds=299)
        self.assertEqual(book.story(), ["Needs Analysis: open", "Bidding: correction", "Negotiation: correction"])
        resumed = book.history.visits[0]
        self.assertEqual((resumed.left_at, resumed.next_stage_id, resumed.converted_at), (None, None, None))
        self.assertEqual(found.undone_at, START + timedelta(days=2))
        self.assertTrue(all(line.is_correction for line in found.postings))
        self.assertEqual([visit.is_first for visit in book.history.visits], [True, False, False])

    def test_no_slip(self):
        table = {
            "too late": {"seconds": 301},
            "somebody else": {"seconds": 60, "mover": 8},
            "nobody": {"seconds": 60, "mover": None},
        }
        for reason, how in table.items():
            with self.subTest(reason):
                book = LedgerBook()
                book.record(deal(2))
                book.record(deal(3))
                found = book.record(deal(2), **how)
                self.assertEqual(
                    book.story(), ["Needs Analysis: advanced", "Bidding: moved_back", "Needs Analysis: open"]
                )
                self.assertIsNone(found.undone_at)

    def test_slip_is_no_correction_of_an_amount(self):
        """Lines that do not cancel exactly stay unmarked: leaving them out would leave out money."""
        book = LedgerBook()
        book.record(deal(2))
        book.record(deal(3))
        book.record(deal(3, amount=130), seconds=10)
        found = book.record(deal(2, amount=130), seconds=10)
        self.assertEqual(book.story()[0], "Needs Analysis: open")
        self.assertIsNone(found.undone_at)
        self.assertFalse(any(line.is_correction for line in found.postings))

    def test_slip_while_the_clock_stands(self):
        """Moves that share an instant, as the clock was set back: the slip takes back its own move and no other."""
        book = LedgerBook()
        for stage_id in (1, 3, 4):
            book.record(deal(stage_id), seconds=0)
        book.record(deal(3), seconds=0)
        self.assertEqual(
            book.story(),
            ["First Contact: advanced", "Needs Analysis: skipped", "Bidding: open", "Negotiation: correction"],
        )
        converted = [visit.stage.name for visit in book.history.visits if visit.converted_at]
        self.assertEqual(converted, ["First Contact", "Needs Analysis"])
