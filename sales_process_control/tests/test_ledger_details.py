from datetime import date, timedelta
from decimal import Decimal

from odoo.addons.sales_process_control.ledger import (
    LOST,
    WON,
    History,
    Moment,
    Stage,
    change,
    left_behind,
    needs_last_posting,
)
from odoo.tests import BaseCase

from .ledger_book import NORTH, STAGES, START, LedgerBook, deal


class TestLedgerDetails(BaseCase):
    """Values of rows besides stage and outcome."""

    def book(self, *states):
        book = LedgerBook()
        for state in states:
            book.record(state)
        return book

    def test_the_stage_that_a_deal_comes_into_is_not_left_behind(self):
        for old, new, names in (
            (1, 4, ["First Contact", "Needs Analysis", "Bidding"]),
            (3, 4, ["Bidding"]),
            (3, 5, ["Bidding", "Negotiation"]),
            (4, 1, []),
        ):
            with self.subTest(old=old, new=new):
                left = left_behind(STAGES[old], STAGES[new], NORTH, STAGES.values())
                self.assertEqual([stage.name for stage in left], names)

    def test_won_stages_are_never_skipped(self):
        """A won stage may stand anywhere in the order of stages; it has neither visits nor skips."""
        stages = {**STAGES, 8: Stage(8, "Renewed", 25, is_won=True)}
        book = self.book(deal(2))
        found = change(book.history, deal(4), Moment(START + timedelta(days=9), 7), stages)
        self.assertEqual([visit.stage.name for visit in found.visits if visit.outcome == "skipped"], ["Bidding"])

    def test_order_of_a_deleted_stage(self):
        """Stages of equal sequence are in the order of their ids, also after one of them is deleted."""
        earlier, later = Stage(8, "Sample", 20), Stage(9, "Test", 20)
        stages = {**STAGES, 8: earlier, 9: later}
        deleted = later._replace(id=None, former_id=9)
        for gone in (False, True):
            with self.subTest(gone=gone):
                book = self.book(deal(2)._replace(stage=later), deal(2, LOST)._replace(stage=later))
                if gone:
                    visits = tuple(visit._replace(stage=deleted) for visit in book.history.visits)
                    book.history = book.history._replace(visits=visits)
                    del stages[9]
                found = change(
                    book.history, deal(2)._replace(stage=earlier), Moment(START + timedelta(days=9), 7), stages
                )
                converted = [visit for visit in found.resulting_visits(book.history) if visit.converted_at]
                self.assertEqual(converted, [])

    def test_next_stage(self):
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

    def test_visit_that_ends_in_another_currency_keeps_its_amount(self):
        """The new amount is in the currency of the new company."""
        book = self.book(deal(2), deal(3, amount=90, company=2, currency=2))
        self.assertEqual(
            [(visit.owner.currency_id, visit.amount) for visit in book.history.visits], [(1, 100), (2, 90)]
        )

    def test_another_company_of_the_same_currency_while_leaving_a_stage(self):
        """The visit takes the amount of this last save. The old amount goes out of the old company, the new one in."""
        book = self.book(deal(2), deal(3, amount=90, company=2))
        self.assertEqual([(visit.owner.company_id, visit.amount) for visit in book.history.visits], [(1, 90), (2, 90)])
        lines = [(line.kind, line.stage.id, line.owner.company_id, line.amount) for line in book.postings]
        self.assertEqual(
            lines,
            [
                ("created", 2, 1, 100),
                ("transferred", 2, 1, -100),
                ("transferred", 2, 2, 90),
                ("advanced", 2, 2, -90),
                ("advanced", 3, 2, 90),
            ],
        )

    def test_open_visit_has_the_present_values_of_its_deal(self):
        closing = date(2026, 4, 1)
        book = self.book(deal(2), deal(2, amount=130, user=2, closing=closing))
        [visit] = book.history.visits
        self.assertEqual((visit.amount, visit.owner.user_id, visit.date_deadline), (130, 2, closing))
        self.assertEqual((visit.outcome, visit.entered_at), ("open", START + timedelta(days=1)))
        # The next change is compared with these values.
        self.assertTrue(book.record(deal(2, amount=130, user=2, closing=closing)).is_empty)

    def test_present_order_of_stages_decides_the_direction(self):
        """Stages may have been re-ordered since the deal entered its stage."""
        book = self.book(deal(2))
        stages = {**STAGES, 2: STAGES[2]._replace(sequence=35)}
        found = change(book.history, deal(3), Moment(START + timedelta(days=9), 7), stages)
        self.assertEqual([visit.outcome for visit in found.visits], ["moved_back", "open"])
        self.assertEqual({line.kind for line in found.postings}, {"moved_back"})

    def test_instant_is_not_before_the_last_line(self):
        """A deal that was created as won has no visit; its lines have the instant."""
        book = self.book(deal(5, WON))
        found = book.record(deal(2), seconds=-500)
        self.assertEqual(found.moment.instant, START + timedelta(days=1))

    def test_instant_is_not_before_the_last_change_of_a_visit(self):
        for changed in (deal(2, amount=130), deal(2, user=2), deal(2, closing=date(2026, 4, 1))):
            with self.subTest(changed=changed):
                book = self.book(deal(2), changed)
                changed_at = START + timedelta(days=2)
                self.assertEqual(book.history.visits[0].changed_at, changed_at)
                found = book.record(deal(3), seconds=-500)
                self.assertEqual(found.moment.instant, changed_at)

    def test_needs_last_posting(self):
        """A deal that stays open and moves forward does not need it."""
        book, now = self.book(deal(2), deal(3)), START + timedelta(days=2)
        book.record(deal(3, amount=130), seconds=60)
        for after, seconds, mover, is_needed in (
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
                self.assertEqual(needs_last_posting(book.history, after, moment, STAGES), is_needed)
        self.assertTrue(needs_last_posting(History(), deal(2), Moment(now, 7), STAGES))

    def test_undo_within_five_minutes_to_the_second(self):
        for seconds, is_undone in ((300, True), (301, False)):
            with self.subTest(seconds=seconds):
                book = self.book(deal(2), deal(3))
                self.assertEqual(bool(book.record(deal(2), seconds=seconds).undone_at), is_undone)

    def test_undo_with_another_change_marks_no_lines(self):
        """The lines would not cancel."""
        for after in (deal(2, amount=130), deal(2, user=2), deal(2, closing=date(2026, 4, 1))):
            with self.subTest(after=after):
                book = self.book(deal(2), deal(3))
                found = book.record(after, seconds=60)
                self.assertEqual(book.story(), ["Needs Analysis: open", "Bidding: correction"])
                self.assertIsNone(found.undone_at)
                self.assertFalse(any(line.is_correction for line in found.postings))
                # The sum of all lines is the present deal.
                self.assertEqual(sum(line.deal_count for line in book.postings), 1)
                self.assertEqual(sum((line.amount for line in book.postings), Decimal(0)), after.amount)

    def test_end_that_is_undone_within_five_minutes(self):
        for seconds, mover, is_undone in ((300, 7, True), (301, 7, False), (60, 8, False)):
            with self.subTest(seconds=seconds, mover=mover):
                book = self.book(deal(2), deal(2, LOST))
                before = book.history
                found = book.record(deal(2), seconds=seconds, mover=mover)
                self.assertEqual(found.end_of(before).undone_at, before.last_date if is_undone else None)

    def test_since_when_a_won_deal_is_in_its_stage(self):
        """A won stage has no visit: the stored time of the deal counts, and what the transaction found."""
        book = self.book(deal(2), deal(5, WON))
        won_at = START + timedelta(days=2)
        [moved_at, now] = [won_at + timedelta(days=days) for days in (3, 5)]
        stages = {**STAGES, 8: Stage(8, "Renewed", 90, is_won=True)}
        table = [
            # stage now, stored time, (stage, since when) found by the transaction, since when it is there
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
