from datetime import timedelta

from odoo.tests import BaseCase

from .ledger_book import START, LedgerBook, deal


class TestLedgerUndo(BaseCase):
    """Moves that the same person takes back (docs/definitions.md, Undo within five minutes)."""

    def test_undo(self):
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

    def test_no_undo(self):
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

    def test_lines_that_do_not_cancel_are_no_corrections(self):
        """Leaving them out would leave out a part of an amount."""
        book = LedgerBook()
        book.record(deal(2))
        book.record(deal(3))
        book.record(deal(3, amount=130), seconds=10)
        found = book.record(deal(2, amount=130), seconds=10)
        self.assertEqual(book.story()[0], "Needs Analysis: open")
        self.assertIsNone(found.undone_at)
        self.assertFalse(any(line.is_correction for line in found.postings))

    def test_undo_of_one_of_several_moves_of_an_instant(self):
        """Moves share an instant if the clock was set back. Only the last move is undone."""
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
