from datetime import datetime
from zoneinfo import ZoneInfo

from odoo.tests import BaseCase

from ..history import faults, read_history

ZONE, NOW = ZoneInfo("Europe/Berlin"), datetime(2026, 11, 1)


class TestHistoryEnds(BaseCase):
    """How deals ended, by the words and times of lines of which each is a deal."""

    def reading_of(self, *lines):
        return read_history("\n".join(lines).encode(), ZONE, NOW)

    def ends_of(self, *lines):
        """Return {deal: kind of its last event}, and the doubts by their code."""
        reading = self.reading_of(*lines)
        self.assertEqual(reading.faults, [])
        ends = {deal: events[-1].kind for deal, events in reading.events.items()}
        return ends, {doubt.code: doubt.values for doubt in reading.look.doubts}

    def test_words_of_a_status(self):
        ends, doubts = self.ends_of(
            "Deal ID,Deal name,Stage,Status,Created on,Closed on",
            "1,A,Proposal,Won - Renewal,2026-01-01,2026-03-01",
            "2,B,Proposal,Lost to competitor,2026-01-01,2026-03-01",
            "3,C,Proposal,Closed,2026-01-01,2026-03-01",
            "4,D,Proposal,1,2026-01-01,2026-03-01",
            "5,E,Proposal,In progress,2026-01-01,",
        )
        self.assertEqual(ends, {"1": "won", "2": "lost", "3": "stage", "4": "stage", "5": "stage"})
        # A deal that is closed in the file is not made an open one silently.
        self.assertEqual(doubts["closed_open"], ("3", "4"))

    def test_the_later_one_of_two_ends_counts(self):
        ends, _doubts = self.ends_of(
            "Deal ID,Title,Stage,Deal created,Won time,Lost time",
            "1,A,Proposal,2026-01-01 10:00,2026-04-01 10:00,2026-03-01 10:00",
            "2,B,Proposal,2026-01-01 10:00,2026-03-01 10:00,2026-04-01 10:00",
        )
        self.assertEqual(ends, {"1": "won", "2": "lost"})

    def test_years_of_two_digits(self):
        """With hyphens the year may come first: a person says so."""
        header, events = "deal,stage,at", ("A,Lead,24-03-04", "A,Offer,25-03-14", "A,Won,26-01-09")
        found = [(fault.code, fault.value) for fault in self.reading_of(header, *events).faults]
        self.assertEqual(found, [(faults.AMBIGUOUS_DATE, "24-03-04")])
        [lead, offer] = self.reading_of(header, "A,Lead,14/03/26", "A,Offer,24/03/26").events["A"]
        self.assertEqual((lead.at, offer.at), (datetime(2026, 3, 13, 23), datetime(2026, 3, 23, 23)))
