from datetime import timedelta

from odoo.addons.sales_process_control.ledger import LOST, OUTSIDE, WON
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

    def test_undo_of_one_move_after_the_other(self):
        """There and back over two stages: all lines but the first one are corrections."""
        book = LedgerBook()
        for stage_id in (1, 2, 3, 2, 1):
            book.record(deal(stage_id), seconds=60)
        self.assertEqual(book.story(), ["First Contact: open", "Needs Analysis: correction", "Bidding: correction"])
        lines = [(line.kind, line.is_correction) for line in book.postings]
        moves = [(kind, True) for kind in ("advanced", "advanced", "moved_back", "moved_back") for _line in range(2)]
        self.assertEqual(lines, [("created", False), *moves])
        self.assertEqual(book.history.last_kind, "created")

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


class TestLedgerUndoneEnd(BaseCase):
    """Ends that the same person takes back, or later (docs/definitions.md, Undo within five minutes)."""

    def test_undone_end(self):
        """A deal 77 days in Needs Analysis is dropped on Signing and dragged back a minute later."""
        for status, stage_id, entry in ((WON, 5, "reopened"), (LOST, 2, "reopened"), (OUTSIDE, 2, "restored")):
            with self.subTest(status):
                book = LedgerBook()
                book.record(deal(1))
                entered_at = book.record(deal(2)).moment.instant
                before = book.history.visits
                book.record(deal(stage_id, status), seconds=77 * 86400)
                found = book.record(deal(2), seconds=60)
                [_first, visit] = [each for each in book.history.visits if each.outcome != "correction"]
                self.assertEqual((visit.entered_at, visit.outcome), (entered_at, "open"))
                self.assertEqual((visit.left_at, visit.next_stage_id, visit.converted_at), (None, None, None))
                self.assertEqual(book.stage_entered_at, entered_at)
                corrections = {each.stage.name for each in book.history.visits if each.outcome == "correction"}
                self.assertEqual(corrections, {"Bidding", "Negotiation"} if status == WON else set())
                self.assertFalse(
                    [each for each in book.history.visits if each.is_first and each not in (*before, visit)]
                )
                self.assertEqual(
                    [line.kind for line in book.postings if line.is_correction], [entry_end(status), entry]
                )
                self.assertEqual(sum(line.amount for line in book.postings if line.is_correction), 0)
                self.assertEqual(found.undone_at, entered_at + timedelta(days=77))

    def test_end_that_stays(self):
        """Somebody else, later, or in another stage: the deal is reopened, with a new visit."""
        table = {
            "too late": (2, {"seconds": 301}),
            "somebody else": (2, {"seconds": 60, "mover": 8}),
            "nobody": (2, {"seconds": 60, "mover": None}),
            "another stage": (1, {"seconds": 60}),
        }
        for reason, (stage_id, how) in table.items():
            with self.subTest(reason):
                book = LedgerBook()
                book.record(deal(2))
                book.record(deal(5, WON))
                found = book.record(deal(stage_id), **how)
                self.assertEqual(
                    book.story()[:3], ["Needs Analysis: won", "Bidding: correction", "Negotiation: correction"]
                )
                self.assertEqual(book.history.open_visit.entered_at, found.moment.instant)
                self.assertFalse([line for line in book.postings if line.is_correction])
                self.assertFalse([visit for visit in book.history.visits if visit.converted_at])

    def test_conversions_that_do_not_rest_on_the_win_stay(self):
        """First Contact was converted by Needs Analysis; reopening in Negotiation converts Needs Analysis anew."""
        book = LedgerBook()
        book.record(deal(1))
        moved_at = book.record(deal(2)).moment.instant
        book.record(deal(5, WON))
        reopened_at = book.record(deal(4)).moment.instant
        converted = {visit.stage.name: visit.converted_at for visit in book.history.visits if visit.converted_at}
        self.assertEqual(converted, {"First Contact": moved_at, "Needs Analysis": reopened_at})

    def test_deal_that_was_changed_while_it_was_closed(self):
        """The lines of the end cancel. What was changed since then has lines of its own."""
        book = LedgerBook()
        book.record(deal(2))
        book.record(deal(2, LOST), seconds=60)
        found = book.record(deal(2, amount=130, user=2), seconds=60)
        self.assertEqual(book.story(), ["Needs Analysis: open"])
        self.assertTrue(found.undone_at)
        lines = [(line.kind, line.amount, line.is_correction) for line in book.postings]
        self.assertEqual(
            lines,
            [
                ("created", 100, False),
                ("lost", -100, True),
                ("reopened", 100, True),
                ("amount_up", 30, False),
                ("transferred", -130, False),
                ("transferred", 130, False),
            ],
        )

    def test_lost_and_won_at_once(self):
        """A loss that is taken back by winning was none: the visit lasts until the win."""
        book = LedgerBook()
        book.record(deal(4))
        book.record(deal(4, LOST))
        book.record(deal(5, WON), seconds=60)
        self.assertEqual(book.story(), ["Negotiation: won"])
        kinds = [(line.kind, line.is_correction) for line in book.postings]
        self.assertEqual(kinds, [("created", False), ("lost", True), ("reopened", True), ("won", False)])
        book.record(deal(4), seconds=60)
        self.assertEqual((book.story(), book.stage_entered_at), (["Negotiation: open"], START + timedelta(days=1)))

    def test_undone_move_after_an_undone_end(self):
        """What was taken back is as if it had not happened: the move before it can still be undone."""
        book = LedgerBook()
        book.record(deal(2))
        book.record(deal(3))
        book.record(deal(5, WON), seconds=60)
        book.record(deal(3), seconds=60)
        found = book.record(deal(2), seconds=60)
        self.assertEqual([visit.outcome for visit in book.history.visits], ["open", "correction", "correction"])
        self.assertTrue(found.undone_at)
        self.assertEqual([line.is_correction for line in book.postings], [False] + [True] * 6)


def entry_end(status):
    """Return the kind of the line by which a deal leaves the pipeline with a status."""
    return "removed" if status == OUTSIDE else status
