from datetime import timedelta
from decimal import Decimal

from odoo.addons.sales_process_control.ledger import OPEN, Book, Deal, Link, Moment, Past, PastLead
from odoo.tests import BaseCase

from .ledger_book import STAGES, START

FIRST, NEEDS, BIDDING, TALKS, SIGNED = 1, 2, 3, 4, 5


def day(days):
    return START + timedelta(days=days)


def states_of(*tracked, **lead):
    """Return [(day, status, name of the stage)] of a deal created on day 0.

    :param tracked: changes (day, field, old, new)
    :param lead: values of the deal as it is now
    """
    values = {
        "id": 1,
        "type": "opportunity",
        "active": True,
        "won_status": "pending",
        "stage_id": FIRST,
        "team_id": None,
        "user_id": None,
        "company_id": None,
        "date_deadline": None,
        "amount": Decimal(0),
        "created_at": START,
        "converted_at": None,
        "closed_at": None,
        "stage_updated_at": None,
    }
    links = {}
    for days, field, old, new in tracked:
        links.setdefault(field, []).append(Link(day(days), 2, old, new, f"Old {old}", f"New {new}"))
    states = Past(PastLead(**{**values, **lead}), links, STAGES).states()
    return [((state.at - START).days, state.status, state.stage.name) for state in states]


class TestLedgerPast(BaseCase):
    """The states of a deal before the ledgers began."""

    def test_never_tracked(self):
        self.assertEqual(states_of(stage_id=BIDDING), [(0, "open", "Bidding")])
        self.assertEqual(
            states_of(stage_id=BIDDING, converted_at=day(3)), [(0, "outside", "Bidding"), (3, "open", "Bidding")]
        )
        self.assertEqual(states_of(type="lead"), [])

    def test_never_tracked_and_closed(self):
        lost = {"active": False, "won_status": "lost", "closed_at": day(9)}
        self.assertEqual(
            states_of(stage_id=NEEDS, **lost), [(0, "open", "Needs Analysis"), (9, "lost", "Needs Analysis")]
        )
        archived = {**lost, "won_status": "pending"}
        self.assertEqual(states_of(**archived), [(0, "open", "First Contact"), (9, "outside", "First Contact")])
        # If no move into the won stage was tracked, the deal counts as created as won.
        self.assertEqual(states_of(stage_id=SIGNED, won_status="won", closed_at=day(9)), [(9, "won", "Signing")])

    def test_moves_and_closing(self):
        moves = [(1, "stage_id", FIRST, BIDDING), (2, "stage_id", BIDDING, NEEDS)]
        self.assertEqual(
            states_of(*moves, stage_id=NEEDS),
            [(0, "open", "First Contact"), (1, "open", "Bidding"), (2, "open", "Needs Analysis")],
        )
        self.assertEqual(
            states_of(*moves, (4, "stage_id", NEEDS, SIGNED), stage_id=SIGNED, won_status="won", closed_at=day(5))[2:],
            [(2, "open", "Needs Analysis"), (5, "won", "Signing")],
        )

    def test_a_link_that_does_not_match_is_not_followed(self):
        self.assertEqual(
            states_of((1, "stage_id", FIRST, NEEDS), (2, "stage_id", TALKS, BIDDING), stage_id=NEEDS),
            [(0, "open", "First Contact"), (1, "open", "Needs Analysis")],
        )
        # The last move was not tracked: its time is that of the last stage update.
        self.assertEqual(
            states_of((1, "stage_id", FIRST, NEEDS), stage_id=TALKS, stage_updated_at=day(7)),
            [(0, "open", "First Contact"), (1, "open", "Needs Analysis"), (7, "open", "Negotiation")],
        )

    def test_trackings_of_a_merged_deal_are_left_out(self):
        others = [(1, "stage_id", FIRST, NEEDS), (3, "stage_id", NEEDS, BIDDING)]
        self.assertEqual(
            states_of(*others, (5, "stage_id", FIRST, NEEDS), stage_id=NEEDS),
            [(0, "open", "First Contact"), (5, "open", "Needs Analysis")],
        )

    def test_a_change_that_was_tracked_before_the_creation(self):
        """Its message has no fractions of a second. The deal came into the world with the new value."""
        move = (-0.000001, "stage_id", FIRST, BIDDING)
        self.assertEqual(states_of(move, stage_id=BIDDING), [(0, "open", "Bidding")])

    def test_archiving_before_losing_was_tracked(self):
        archived = (3, "active", 1, 0)
        lost = {"active": False, "won_status": "lost", "closed_at": day(3)}
        self.assertEqual(states_of(archived, **lost)[1:], [(3, "lost", "First Contact")])
        self.assertEqual(
            states_of(archived, (5, "active", 0, 1)),
            [(0, "open", "First Contact"), (3, "outside", "First Contact"), (5, "open", "First Contact")],
        )
        reasoned = (3, "lost_reason_id", 0, 4)
        self.assertEqual(states_of(archived, reasoned, (5, "active", 0, 1))[1:2], [(3, "lost", "First Contact")])

    def test_archived_first_and_lost_later(self):
        found = states_of(
            (3, "active", 1, 0), (6, "won_status", "pending", "lost"), active=False, won_status="lost", closed_at=day(3)
        )
        self.assertEqual([state[:2] for state in found], [(0, "open"), (3, "outside"), (6, "lost")])

    def test_won_and_reopened(self):
        found = states_of(
            (2, "stage_id", FIRST, SIGNED),
            (2, "won_status", "pending", "won"),
            (6, "stage_id", SIGNED, TALKS),
            (6, "won_status", "won", "pending"),
            stage_id=TALKS,
        )
        self.assertEqual(found, [(0, "open", "First Contact"), (2, "won", "Signing"), (6, "open", "Negotiation")])

    def test_archiving_a_won_deal_does_not_move_its_win(self):
        found = states_of(
            (2, "stage_id", FIRST, SIGNED),
            (2, "won_status", "pending", "won"),
            (80, "active", 1, 0),
            stage_id=SIGNED,
            won_status="won",
            active=False,
            closed_at=day(80),
        )
        self.assertEqual([state[:2] for state in found], [(0, "open"), (2, "won")])

    def test_turned_back_into_a_lead(self):
        found = states_of((4, "type", "opportunity", "lead"), (6, "type", "lead", "opportunity"))
        self.assertEqual([state[:2] for state in found], [(0, "open"), (4, "outside"), (6, "open")])
        self.assertEqual(states_of((4, "type", "opportunity", "lead"), type="lead")[-1][:2], (4, "outside"))

    def test_only_the_last_state_of_an_instant_counts(self):
        found = states_of((1, "stage_id", FIRST, NEEDS), (1, "stage_id", NEEDS, TALKS), stage_id=TALKS)
        self.assertEqual(found, [(0, "open", "First Contact"), (1, "open", "Negotiation")])

    def test_untracked_change_is_bridged(self):
        """The known changes before and after it count."""
        moves = ((1, FIRST, NEEDS), (5, BIDDING, TALKS), (9, TALKS, FIRST))
        found = states_of(*((at, "stage_id", old, new) for at, old, new in moves), stage_id=FIRST)
        visits = [(at, stage) for at, _status, stage in found]
        self.assertEqual(
            visits, [(0, "First Contact"), (1, "Needs Analysis"), (5, "Negotiation"), (9, "First Contact")]
        )

    def test_moves_between_deleted_stages(self):
        """Each deleted stage has a visit and a name. No skips, since its place in the order is unknown."""
        names = {FIRST: "First Contact", 98: "Demo", 99: "Trial", NEEDS: "Needs Analysis"}
        moves = ((1, FIRST, 98), (2, 98, 99), (4, 99, NEEDS))
        links = [Link(day(at), 2, old, new, names[old], names[new]) for at, old, new in moves]
        lead = PastLead(1, "opportunity", True, "pending", NEEDS, *[None] * 4, Decimal(0), START, None, None, None)
        book = Book()
        for state in Past(lead, {"stage_id": links}, STAGES).states():
            book.record(Deal(OPEN, state.stage), Moment(state.at), STAGES)
        book.forget_stages()
        visits = [(visit.stage.id, visit.stage.name, visit.outcome) for visit in book.history.visits]
        self.assertEqual([name for _id, name, _outcome in visits], list(names.values()))
        self.assertEqual([stage_id for stage_id, *_rest in visits], [FIRST, None, None, NEEDS])
        self.assertNotIn("skipped", [outcome for *_rest, outcome in visits])

    def test_a_deleted_stage_keeps_the_name_that_was_tracked(self):
        found = states_of((1, "stage_id", 99, NEEDS), stage_id=NEEDS)
        self.assertEqual(found, [(0, "open", "Old 99"), (1, "open", "Needs Analysis")])
