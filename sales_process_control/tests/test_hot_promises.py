from datetime import date, datetime

from odoo.tests import BaseCase, tagged

from ..ledger import promises
from ..ledger.promises import Promise

MONDAY = datetime(2026, 3, 2, 9)


@tagged("post_install", "-at_install")
class TestHotPromises(BaseCase):
    """What becomes of a promise, without a database."""

    def test_outcome_at_the_end_of_a_deal(self):
        for kind, end, outcome in (
            ("sign", "won", "kept"),
            ("sign", "lost", "broken"),
            ("sign", "removed", "broken"),
            ("sign", None, "open"),
            ("reorder", "won", "open"),
            ("payment", "won", "open"),
            ("other", "won", "open"),
            ("reorder", "lost", "withdrawn"),
            ("payment", "removed", "withdrawn"),
            ("other", "lost", "withdrawn"),
            ("other", None, "open"),
        ):
            with self.subTest(kind=kind, end=end):
                self.assertEqual(promises.outcome_at_end(kind, end), outcome)

    def test_days_late(self):
        for due, day, days in (
            (date(2026, 3, 10), date(2026, 3, 9), 0),
            (date(2026, 3, 10), date(2026, 3, 10), 0),
            (date(2026, 3, 10), date(2026, 3, 15), 5),
            (None, date(2026, 3, 15), 0),
        ):
            with self.subTest(due=due, day=day):
                self.assertEqual(promises.days_late(due, day), days)

    def test_of_two_in_one_place_the_earlier_due_stays(self):
        for due_dates, gone in (
            ((date(2026, 3, 10), date(2026, 3, 5)), [1]),
            ((date(2026, 3, 5), date(2026, 3, 10)), [2]),
            ((None, date(2026, 3, 10)), [1]),
            ((date(2026, 3, 5), date(2026, 3, 5)), [2]),
            ((None, None, date(2026, 3, 10)), [1, 2]),
        ):
            with self.subTest(due_dates=due_dates):
                flags = [Promise(number, "here", due, MONDAY) for number, due in enumerate(due_dates, 1)]
                self.assertEqual(promises.to_withdraw(flags), gone)

    def test_among_equals_the_one_raised_first_stays(self):
        flags = [Promise(1, "here", None, MONDAY.replace(day=3)), Promise(2, "here", None, MONDAY)]
        self.assertEqual(promises.to_withdraw(flags), [1])

    def test_other_places_are_left_alone(self):
        flags = [Promise(1, "here", None, MONDAY), Promise(2, "there", None, MONDAY)]
        self.assertEqual(promises.to_withdraw(flags), [])

    def test_one_line(self):
        for note, line in (
            ("  Signs \n soon\t", "Signs soon"),
            ("", ""),
            (None, ""),
            (False, ""),
            (" \n\u00a0 ", ""),
            # Nothing of it can be seen.
            ("\u200b \ufeff", ""),
            # What another program may give.
            (10, "10"),
        ):
            with self.subTest(note=note):
                self.assertEqual(promises.one_line(note), line)
