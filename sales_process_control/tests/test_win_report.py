from datetime import timedelta

from odoo.tests import tagged

from .common import PipelineCase

MEASURES = ["won:sum", "lost:sum", "is_overdue:sum", "win_rate:avg", "win_rate_broad:avg"]


@tagged("post_install", "-at_install")
class TestWinReport(PipelineCase):
    """D7: how many of the opportunities that ended, or should have, were won."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Win = cls.env["crm.win.report"]

    def end_thirty(self):
        """12 won, 8 lost, 10 overdue, and 3 that are open in time."""
        today = self.start.date()
        deals = self.Lead.create(
            [
                {
                    "name": f"Deal {number}",
                    "type": "opportunity",
                    "stage_id": self.contact.id,
                    "team_id": self.team.id,
                    "date_deadline": today + timedelta(days=5 if number < 30 else 50),
                }
                for number in range(33)
            ]
        )
        self.pass_time(days=1)
        deals[:12].action_set_won()
        deals[12:20].action_set_lost()
        self.pass_time(days=10)
        return deals

    def totals(self, domain=()):
        self.env.cr.flush()
        return self.Win._read_group(domain, [], MEASURES)[0]

    def test_narrow_and_broad(self):
        self.end_thirty()
        won, lost, overdue, narrow, broad = self.totals()
        self.assertEqual((won, lost, overdue), (12, 8, 10))
        self.assertAlmostEqual(narrow, 0.6)
        self.assertAlmostEqual(broad, 0.4)

    def test_rates_are_right_at_any_grouping(self):
        deals = self.end_thirty()
        deals[28:].write({"team_id": self.other_team.id})
        self.env.cr.flush()
        for groupby in (["team_id"], ["stage_id"], ["date:month"], ["team_id", "date:day"]):
            for group in self.Win.formatted_read_group([], groupby, MEASURES):
                won, lost, overdue = (group[measure] for measure in MEASURES[:3])
                with self.subTest(groupby=groupby, group=group):
                    if won + lost:
                        self.assertAlmostEqual(group["win_rate:avg"], won / (won + lost))
                    else:
                        self.assertIs(group["win_rate:avg"], False)
                    self.assertAlmostEqual(group["win_rate_broad:avg"], won / (won + lost + overdue))

    def test_window_is_that_of_the_end_or_of_the_expected_closing(self):
        self.end_thirty()
        ended, due = self.start.date() + timedelta(days=1), self.start.date() + timedelta(days=5)
        self.assertEqual(self.totals([("date", "=", ended)])[:3], (12, 8, 0 or False))
        self.assertEqual(self.totals([("date", "=", due)])[2], 10)

    def test_a_deal_counts_once_by_its_last_end(self):
        deal = self.make_deal()
        for become, expected in (
            (deal.action_set_lost, (0, 1, 0)),
            (deal.action_unarchive, (False, False, False)),
            (deal.action_set_won, (1, 0, 0)),
        ):
            self.pass_time(days=1)
            become()
            self.assertEqual(self.totals()[:3], expected)

    def test_a_deal_made_as_won_counts_though_it_stayed_nowhere(self):
        self.make_deal(stage_id=self.signed.id)
        self.assertEqual(self.totals(), (1, 0, 0, 1.0, 1.0))

    def test_a_removed_deal_is_neither_won_nor_lost(self):
        self.make_deal(probability=30).action_archive()
        self.assertEqual(self.totals(), (False, False, False, False, False))

    def test_due_today_is_not_overdue(self):
        """Late in the evening in London it is the next day in Shanghai, where the company works."""
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        self.make_deal(date_deadline=self.start.date())
        self.assertFalse(self.totals()[2])
        self.set_time(self.start.replace(hour=17, minute=30))
        self.assertEqual(self.totals()[2], 1)

    def test_each_group_opens_exactly_the_rows_that_it_counts(self):
        self.end_thirty()
        for group in self.Win.formatted_read_group([], ["stage_id", "date:month"], [*MEASURES, "__count"]):
            rows = self.Win.search(group["__extra_domain"])
            self.assertEqual(len(rows), group["__count"])
            self.assertEqual(sum(rows.mapped("won")), group["won:sum"])
        rows = self.Win.search([])
        action = rows.action_open_leads()
        found = self.Lead.with_context(**action["context"]).search_count(action["domain"])
        self.assertEqual((len(rows), found), (30, 30))
