from datetime import timedelta

from odoo.addons.sales_process_control.ledger import outcomes
from odoo.addons.sales_process_control.statistics import Dwell
from odoo.tests import BaseCase, tagged

from .common import PipelineCase

#: The visits of the example in docs/definitions.md, What usually happens: days and outcome.
ENDED = {4: "advanced", 6: "lost", 9: "advanced", 12: "moved_back", 20: "advanced"}
LASTING = (15, 35, 50)
EXAMPLE = [(days, outcome, 1) for days, outcome in ENDED.items()] + [(days, "open", 1) for days in LASTING]
#: By day on which a visit of the example ended: went on, lost, moved back, still here, in percent.
EXAMPLE_SHARES = {
    4: (12.5, 0.0, 0.0, 87.5),
    6: (12.5, 12.5, 0.0, 75.0),
    9: (25.0, 12.5, 0.0, 62.5),
    12: (25.0, 12.5, 12.5, 50.0),
    20: (41.7, 12.5, 12.5, 33.3),
}


def percentages(row):
    return tuple(round(100 * row[name], 1) for name in ("went_on", "lost", "moved_back", "here"))


class TestDwell(BaseCase):
    """What the visits of a stage say about it, from counts."""

    def test_golden_example(self):
        dwell = Dwell(EXAMPLE)
        self.assertEqual((dwell.visits, dwell.open_visits, dwell.ended), (8, 3, 5))
        self.assertEqual((dwell.median_days, dwell.p90_days, dwell.observed_days), (12, None, 50))
        self.assertEqual({row["day"]: percentages(row) for row in dwell.incidence}, EXAMPLE_SHARES)

    def test_days_between_ends(self):
        dwell = Dwell(EXAMPLE)
        for days, last in ((3, None), (4, 4), (5, 4), (11, 9), (12, 12), (19, 12), (20, 20), (90, 20)):
            with self.subTest(days=days):
                row = dwell.at(days)
                self.assertEqual(row["day"], days)
                self.assertEqual(percentages(row), EXAMPLE_SHARES.get(last, (0.0, 0.0, 0.0, 100.0)))

    def test_no_visits(self):
        dwell = Dwell([])
        self.assertEqual((dwell.visits, dwell.open_visits, dwell.ended, dwell.observed_days), (0, 0, 0, 0))
        self.assertEqual((dwell.median_days, dwell.p90_days, dwell.incidence), (None, None, []))
        self.assertFalse(dwell.goes_to_win)

    def test_all_open(self):
        dwell = Dwell([(3, "open", 5), (40, "open", 1)])
        self.assertEqual((dwell.visits, dwell.open_visits, dwell.ended, dwell.observed_days), (6, 6, 0, 40))
        self.assertEqual((dwell.median_days, dwell.p90_days, dwell.incidence), (None, None, []))
        self.assertEqual(percentages(dwell.at(30)), (0.0, 0.0, 0.0, 100.0))

    def test_all_lost(self):
        dwell = Dwell([(day, "lost", 1) for day in range(1, 11)])
        self.assertEqual((dwell.median_days, dwell.p90_days), (5, 9))
        self.assertEqual(percentages(dwell.at(10)), (0.0, 100.0, 0.0, 0.0))
        self.assertEqual(dwell.at(10)["here"], 0)

    def test_removed_deals_have_lasted_at_least_so_long(self):
        removed = Dwell([(2, "advanced", 1), (5, "removed", 2), (8, "lost", 1)])
        still_open = Dwell([(2, "advanced", 1), (5, "open", 2), (8, "lost", 1)])
        self.assertEqual((removed.visits, removed.open_visits, removed.ended), (4, 0, 2))
        self.assertEqual(removed.incidence, still_open.incidence)

    def test_where_going_on_is_winning(self):
        self.assertTrue(Dwell([(2, "won", 3), (3, "lost", 1)]).goes_to_win)
        self.assertFalse(Dwell([(2, "won", 3), (3, "advanced", 1)]).goes_to_win)
        self.assertFalse(Dwell([(3, "lost", 1)]).goes_to_win)


class ExampleMixin:
    """Makes the visits of the example with the ORM, at times that are set."""

    def make_example(self):
        """Make the visits of the example in Bidding. The present is day 100."""
        for days, outcome in ENDED.items():
            self.set_time(self.start)
            deal = self.make_deal(stage_id=self.bidding.id)
            self.pass_time(days=days)
            if outcome == outcomes.LOST:
                deal.action_set_lost()
            else:
                deal.stage_id = self.talks if outcome == outcomes.ADVANCED else self.needs
        for days in LASTING:
            self.set_time(self.start + timedelta(days=100 - days))
            self.make_deal(stage_id=self.bidding.id)
        self.set_time(self.start + timedelta(days=100))


@tagged("post_install", "-at_install")
class TestVisitLengths(ExampleMixin, PipelineCase):
    """How long the visits in the ledger are."""

    def test_golden_example(self):
        self.make_example()
        lengths = self.Visit._read_lengths([("stage_id", "=", self.bidding.id)])
        self.assertEqual(
            {stage_id: sorted(counts) for stage_id, counts in lengths.items()}, {self.bidding.id: sorted(EXAMPLE)}
        )

    def test_whole_days(self):
        """A visit that ended on its third day has three days, one that lasts since then or was removed has two."""
        deals = self.make_many(4)
        self.pass_time(days=2.5)
        deals[0].stage_id = self.needs
        deals[1].unlink()
        deals[2].action_set_lost()
        self.env.cr.flush()
        found = self.Visit._read_lengths([("stage_id", "=", self.contact.id)])
        self.assertEqual(
            sorted(found[self.contact.id]),
            [(2, "open", 1), (2, "removed", 1), (3, "advanced", 1), (3, "lost", 1)],
        )

    def test_skips_and_corrections_are_no_visits(self):
        deal = self.make_deal()
        self.pass_time(days=1)
        deal.stage_id = self.bidding
        self.pass_time(days=1)
        deal.stage_id = self.talks
        self.pass_time(minutes=1)
        deal.stage_id = self.bidding
        self.pass_time(days=1)
        found = self.Visit._read_lengths([])
        self.assertEqual(found, {self.contact.id: [(1, "advanced", 1)], self.bidding.id: [(2, "open", 1)]})

    def test_deleted_stages(self):
        deal = self.make_deal()
        self.pass_time(days=1)
        deal.stage_id = self.needs
        self.env.cr.flush()
        self.contact.unlink()
        self.assertEqual(self.Visit._read_lengths([("outcome", "=", "advanced")]), {False: [(1, "advanced", 1)]})

    def test_visits_that_the_reader_may_see(self):
        self.make_deal()
        self.make_deal(user_id=self.colleague.id, team_id=self.other_team.id)
        self.pass_time(days=3.5)
        for user, number in ((self.seller, 1), (self.manager, 2)):
            found = self.Visit.with_user(user)._read_lengths([])
            self.assertEqual(found, {self.contact.id: [(3, "open", number)]})

    def test_one_query(self):
        self.make_example()
        self.Visit._read_lengths([])
        with self.assertQueryCount(1):
            self.Visit._read_lengths([])
