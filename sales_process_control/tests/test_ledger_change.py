from datetime import date, timedelta
from decimal import Decimal

from odoo.addons.sales_process_control.ledger import GONE, LOST, OUTSIDE, WON, Deal, Owner, Visit
from odoo.tests import BaseCase

from .ledger_book import NORTH, SOUTH, STAGES, START, LedgerBook, deal


class TestLedgerChange(BaseCase):
    """Tables of the states that a deal goes through, with the resulting rows of both ledgers."""

    def assertStory(self, states, story, kinds):
        book = LedgerBook()
        for state in states:
            book.record(state)
        self.assertEqual(book.story(), story)
        self.assertEqual([posting.kind for posting in book.postings], kinds)
        return book

    def test_ends(self):
        for end, outcome in ((deal(2, LOST), "lost"), (deal(2, OUTSIDE), "removed"), (GONE, "removed")):
            with self.subTest(outcome=outcome):
                self.assertStory([deal(2), end], [f"Needs Analysis: {outcome}"], ["created", outcome])

    def test_nothing_when_nothing_moved(self):
        for state in (deal(2), deal(2, LOST), deal(5, WON), deal(2, OUTSIDE), GONE):
            with self.subTest(state=state):
                book = LedgerBook()
                book.record(state)
                self.assertTrue(book.record(state).is_empty)

    def test_closed_deals_do_not_change_history(self):
        for closed in (deal(2, LOST), deal(5, WON)):
            for later in (GONE, closed._replace(status=OUTSIDE), closed._replace(amount=Decimal(5))):
                with self.subTest(closed=closed.status, later=later):
                    book = LedgerBook()
                    book.record(deal(2))
                    book.record(closed)
                    self.assertTrue(book.record(later).is_empty)

    def test_jump_forward_skips_the_stages_of_the_team(self):
        book = self.assertStory(
            [deal(1), deal(4)],
            ["First Contact: advanced", "Needs Analysis: skipped", "Bidding: skipped", "Negotiation: open"],
            ["created", "advanced", "advanced"],
        )
        converted = [visit.stage.name for visit in book.history.visits if visit.converted_at]
        self.assertEqual(converted, ["First Contact", "Needs Analysis", "Bidding"])
        self.assertTrue(all(visit.is_first for visit in book.history.visits))

    def test_winning_skips_and_converts_all(self):
        book = self.assertStory(
            [deal(2), deal(5, WON)],
            ["Needs Analysis: won", "Bidding: skipped", "Negotiation: skipped"],
            ["created", "won"],
        )
        self.assertTrue(all(visit.converted_at for visit in book.history.visits))

    def test_created_late_skips_nothing(self):
        self.assertStory([deal(4)], ["Negotiation: open"], ["created"])

    def test_change_of_team_skips_nothing(self):
        self.assertStory(
            [deal(1), deal(7, team=SOUTH)],
            ["First Contact: advanced", "Sample: open"],
            ["created", "transferred", "transferred", "advanced", "advanced"],
        )

    def test_equal_sequences_are_ordered_by_id(self):
        self.assertStory(
            [deal(2, team=SOUTH), deal(6, team=SOUTH), deal(2, team=SOUTH)],
            ["Needs Analysis: advanced", "Inspection: moved_back", "Needs Analysis: open"],
            ["created", "advanced", "advanced", "moved_back", "moved_back"],
        )

    def test_conversion_is_set_once_and_only_on_first_rows(self):
        book = LedgerBook()
        for stage_id in (2, 3, 2, 4):
            book.record(deal(stage_id))
        rows = [(visit.stage.id, visit.is_first, visit.converted_at) for visit in book.history.visits]
        days = {stage_id: at and (at - START).days for stage_id, is_first, at in rows if is_first}
        self.assertEqual(days, {2: 2, 3: 4, 4: None})
        self.assertFalse(any(at for _stage, is_first, at in rows if not is_first))

    def test_coming_in(self):
        table = [
            # states before, states now, story, kinds
            ([], [deal(5, WON)], [], ["created", "won"]),
            ([], [deal(2, LOST)], [], ["created", "lost"]),
            ([deal(2, LOST)], [deal(2)], ["Needs Analysis: open"], ["reopened"]),
            ([deal(2, LOST)], [deal(5, WON)], [], ["reopened", "won"]),
            ([], [deal(2, OUTSIDE)], [], []),
            ([deal(2), deal(2, LOST)], [deal(2)], ["Needs Analysis: lost", "Needs Analysis: open"], ["reopened"]),
            ([deal(2), deal(2, LOST)], [deal(4)], ["Needs Analysis: lost", "Negotiation: open"], ["reopened"]),
            (
                [deal(4), deal(4, LOST)],
                [deal(5, WON)],
                ["Negotiation: lost", "Negotiation: won"],
                ["reopened", "won"],
            ),
            ([deal(4), deal(5, WON)], [deal(4)], ["Negotiation: won", "Negotiation: open"], ["reopened"]),
            (
                [deal(4), deal(5, WON)],
                [deal(2, LOST)],
                ["Negotiation: won", "Needs Analysis: lost"],
                ["reopened", "lost"],
            ),
            ([deal(2), deal(2, OUTSIDE)], [deal(2)], ["Needs Analysis: removed", "Needs Analysis: open"], ["restored"]),
            (
                [deal(2), deal(2, OUTSIDE)],
                [deal(2, LOST)],
                ["Needs Analysis: removed", "Needs Analysis: lost"],
                ["restored", "lost"],
            ),
            ([deal(2), GONE], [GONE], ["Needs Analysis: removed"], []),
        ]
        for before, now, story, kinds in table:
            with self.subTest(before=before, now=now):
                book = LedgerBook()
                for state in before:
                    book.record(state)
                posted = len(book.postings)
                for state in now:
                    book.record(state)
                self.assertEqual(book.story(), story)
                self.assertEqual([posting.kind for posting in book.postings[posted:]], kinds)

    def test_from_lost_to_won_at_once_has_length_zero(self):
        book = LedgerBook()
        for state in (deal(4), deal(4, LOST), deal(5, WON)):
            book.record(state)
        last = book.history.visits[-1]
        self.assertEqual((last.entered_at, last.is_first), (last.left_at, False))

    def test_several_changes_post_in_order(self):
        book = LedgerBook()
        book.record(deal(2, closing=date(2026, 3, 1)))
        found = book.record(deal(3, amount=120, user=2, closing=date(2026, 4, 1)))
        self.assertEqual(
            [
                (line.kind, line.stage.id, line.owner.user_id, line.date_deadline.month, line.amount)
                for line in found.postings
            ],
            [
                ("amount_up", 2, 1, 3, 20),
                ("pushed_out", 2, 1, 3, -120),
                ("pushed_out", 2, 1, 4, 120),
                ("transferred", 2, 1, 4, -120),
                ("transferred", 2, 2, 4, 120),
                ("advanced", 2, 2, 4, -120),
                ("advanced", 3, 2, 4, 120),
            ],
        )

    def test_another_company_moves_the_whole_amount(self):
        book = LedgerBook()
        book.record(deal(2))
        found = book.record(deal(2, amount=90, company=2, currency=2))
        self.assertEqual(
            [(line.kind, line.deal_count, line.owner.currency_id, line.amount) for line in found.postings],
            [("transferred", -1, 1, -100), ("transferred", 1, 2, 90)],
        )

    def test_no_date_is_infinitely_late(self):
        soon, late = date(2026, 3, 1), date(2026, 4, 1)
        for old, new, kind in (
            (None, soon, "pulled_in"),
            (soon, None, "pushed_out"),
            (soon, late, "pushed_out"),
            (late, soon, "pulled_in"),
        ):
            with self.subTest(old=old, new=new):
                book = LedgerBook()
                book.record(deal(2, closing=old))
                self.assertEqual({line.kind for line in book.record(deal(2, closing=new)).postings}, {kind})

    def test_clock_never_runs_backwards(self):
        book = LedgerBook()
        book.record(deal(2))
        found = book.record(deal(3), seconds=-500)
        self.assertEqual(found.moment.instant, START + timedelta(days=1))
        self.assertEqual([visit.left_at for visit in book.history.visits][0], START + timedelta(days=1))

    def test_ended_visit_keeps_its_owner_and_takes_the_last_amount(self):
        book = LedgerBook()
        book.record(deal(2))
        book.record(deal(3, amount=150, user=2))
        ended, now = book.history.visits
        self.assertEqual((ended.owner.user_id, ended.amount), (1, 150))
        self.assertEqual((now.owner.user_id, now.amount), (2, 150))

    def test_stage_keeps_the_name_it_had(self):
        book = LedgerBook()
        book.record(deal(2))
        renamed = STAGES[2]._replace(name="Analysis")
        found = book.record(Deal(LOST, renamed, Owner(NORTH, 1, 1, 1), None, Decimal(100)))
        self.assertEqual([line.stage.name for line in found.postings], ["Needs Analysis"])

    def test_entries_are_exits_and_those_still_here(self):
        """40 into Bidding = 22 advanced + 6 moved back + 3 lost + 9 still here."""
        books = [LedgerBook() for _index in range(40)]
        for index, book in enumerate(books):
            book.record(deal(3))
            if index < 22:
                book.record(deal(4))
            elif index < 28:
                book.record(deal(2))
            elif index < 31:
                book.record(deal(3, LOST))
        rows = [visit for book in books for visit in book.history.visits if visit.stage.id == 3]
        count = {
            outcome: sum(visit.outcome == outcome for visit in rows) for outcome in {visit.outcome for visit in rows}
        }
        self.assertEqual(count, {"advanced": 22, "moved_back": 6, "lost": 3, "open": 9})

    def test_unchanged_visits_are_not_written(self):
        book = LedgerBook()
        book.record(deal(2))
        book.record(deal(3))
        found = book.record(deal(4))
        self.assertEqual([visit.stage.id for visit in found.visits], [3, 4])
        self.assertIsInstance(found.visits[0], Visit)
