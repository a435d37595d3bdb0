from odoo.tests import BaseCase

from ..statistics import Fact, PaceState, pace_facts

# (what is known, the facts that tell it)
TABLE = (
    # The example in docs/definitions.md, Pace.
    (
        PaceState(True, False, 18, 12, progress_days=15, contact_days=15, pushes=2),
        ["days 18", "silence 15", "pushes 2"],
    ),
    (PaceState(True, False, 18, 12, progress_days=18), ["days 18", "silence None"]),
    # Whole days do not tell that the limit has passed: it has, though.
    (PaceState(True, False, 12, 12, progress_days=12, contact_days=12), ["just_over 12", "silence 12"]),
    (PaceState(False, True, 18, 12, progress_days=3, contact_days=3), ["days 18", "progress 3"]),
    # What is slow for its progress needs no other excuse.
    (PaceState(False, True, 18, 12, progress_days=3, contact_days=20, next_days=2), ["days 18", "progress 3"]),
    (
        PaceState(False, False, 18, 12, progress_days=15, contact_days=15, next_days=2, plans=2, pushes=1),
        ["days 18", "silence 15", "next 2", "pushes 1"],
    ),
    # A third activity excuses nothing, and that is why it is stalled.
    (
        PaceState(True, False, 18, 12, progress_days=15, contact_days=15, next_days=0, plans=3),
        ["days 18", "silence 15", "plans 3"],
    ),
    (PaceState(True, False, 18, 12, progress_days=15, contact_days=15, plans=3), ["days 18", "silence 15"]),
)


class TestPaceFacts(BaseCase):
    """Which facts tell why a deal is slow or stalled."""

    def test_table(self):
        for state, expected in TABLE:
            with self.subTest(state=state):
                self.assertEqual([f"{key} {number}" for key, number in pace_facts(state)], expected)

    def test_a_fact_has_a_key_and_a_number(self):
        self.assertEqual(Fact("silence"), ("silence", None))
