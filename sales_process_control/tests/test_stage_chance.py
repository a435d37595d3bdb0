import random
from collections import defaultdict
from datetime import date, timedelta
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo.addons.sales_process_control.ledger import outcomes
from odoo.addons.sales_process_control.models.chance.crm_stage_chance import HORIZONS
from odoo.addons.sales_process_control.statistics import NO_LIMITS, Chances, VisitCount, half_life
from odoo.tests import tagged

from .chance_common import ChanceCase, day_of


@tagged("post_install", "-at_install")
class TestStageChance(ChanceCase):
    """Chances from the visits of a company, and their table."""

    def test_golden_examples(self):
        b, a = self.bidding, self.contact
        self.add_visits(
            (b, 50, 1, outcomes.WON), (b, 50, 2, outcomes.LOST), (b, 50, 3, outcomes.WON), (b, 5, None, outcomes.OPEN)
        )
        chances = self.Chance._chances(self.company, limits=NO_LIMITS)
        self.assertAlmostEqual(chances.within(b.id, 0, 3), 0.5, 6)
        self.assertAlmostEqual(chances.within(b.id, 1, 2), 1 / 3, 6)
        # As the visits in Bidding, at one time: two deals went on to B that are not in B's example.
        self.add_visits(
            (a, 50, 1, outcomes.ADVANCED, b),
            (a, 50, 1, outcomes.ADVANCED, b),
            (a, 50, 2, outcomes.LOST),
            (a, 2, None, outcomes.OPEN),
        )
        chances = self.Chance._chances(self.company, limits=NO_LIMITS)
        self.assertAlmostEqual(chances.within(a.id, 0, 4), 0.25, 6)

    def test_too_few_deals(self):
        self.add_won_and_lost(self.bidding, won=5, lost=4)
        self.assertFalse(self.Chance._chances(self.company).is_known)
        self.Chance._rebuild()
        self.assertFalse(self.Chance.search([]))

    def test_known_at_the_end_of_a_day(self):
        self.add_visits(
            (self.bidding, 20, 5, outcomes.WON),
            (self.bidding, 20, 10, outcomes.LOST),
            (self.bidding, 9, 2, outcomes.WON),
        )
        chances = self.Chance._chances(self.company, self.today - timedelta(days=12), NO_LIMITS)
        self.assertEqual((chances.won, chances.decided), (1, 1))
        chances = self.Chance._chances(self.company, self.today - timedelta(days=10), NO_LIMITS)
        self.assertEqual((chances.won, chances.decided), (1, 2))
        chances = self.Chance._chances(self.company, self.today, NO_LIMITS)
        self.assertEqual((chances.won, chances.decided), (2, 3))

    def test_equal_to_an_oracle(self):
        stages = [self.contact, self.needs, self.bidding, self.talks]
        ends = [outcomes.ADVANCED, outcomes.MOVED_BACK, outcomes.WON, outcomes.LOST, outcomes.REMOVED]
        dice = random.Random(21)
        visits = []
        for _number in range(2500):
            begun, lasting = dice.randrange(1, 1000), dice.randrange(0, 60)
            stage, outcome = dice.choice(stages), dice.choice([*ends, *outcomes.NO_STAY])
            is_move = outcome in (outcomes.ADVANCED, outcomes.MOVED_BACK)
            if lasting > begun:
                visits.append((stage, begun, None, outcomes.OPEN))
            else:
                visits.append((stage, begun, lasting, outcome, *([dice.choice(stages)] if is_move else [])))
        self.add_visits(*visits)
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        self.env.cr.execute(
            "UPDATE crm_stage_visit SET entered_at = entered_at + (lead_ref % 24) * INTERVAL '1 hour',"
            " left_at = left_at + ((lead_ref % 24) + 1) * INTERVAL '1 hour' WHERE lead_ref > 0"
        )
        for days_ago in (0, 30, 200, 900):
            day = self.today - timedelta(days=days_ago)
            with self.subTest(day=day):
                expected = Chances(self._oracle(day, "Asia/Shanghai"))
                found = self.Chance._chances(self.company, day)
                self.assertEqual((found.won, found.decided), (expected.won, expected.decided))
                self.assertAlmostEqual(found.won_weight, expected.won_weight, 6)
                for stage in (*stages, self.signed):
                    for age in (-1, 0, 3, 20, 70):
                        for within in (0, 1, 30, 100):
                            self.assertEqual(
                                round(found.within(stage.id, age, within) or -1, 9),
                                round(expected.within(stage.id, age, within) or -1, 9),
                            )

    def _oracle(self, day, tz):
        """Return the visits as they were known at the end of a day, one by one."""
        self.env.cr.execute("SELECT stage_id, entered_at, left_at, outcome, next_stage_id FROM crm_stage_visit")
        known = []
        for stage_id, entered_at, left_at, outcome, next_id in self.env.cr.fetchall():
            begin, end = day_of(entered_at, tz), left_at and day_of(left_at, tz)
            if outcome in outcomes.NO_STAY or begin > day:
                continue
            is_over = end is not None and end <= day
            ended = (end, stage_id, outcome, next_id) if is_over else (day, stage_id, outcomes.OPEN, None)
            known.append((begin, *ended))
        decided = sorted((one[1] for one in known if one[3] in (outcomes.WON, outcomes.LOST)), reverse=True)
        half = half_life((day - decided[499]).days if len(decided) >= 500 else None)
        recent = [one for one in known if one[0] >= day - relativedelta(months=24)]
        return [
            VisitCount(
                stage_id, (end - begin).days, outcome, next_id, 1, 0.5 ** ((day - begin).days / half) if half else None
            )
            for begin, end, stage_id, outcome, next_id in (recent if len(recent) >= 100 else known)
        ]

    def test_window_of_months(self):
        self.add_visits(*[(self.bidding, 800, 10, outcomes.LOST)] * 60)
        self.add_visits(*[(self.bidding, 100, 10, outcomes.WON)] * 99)
        self.assertEqual(self.Chance._chances(self.company).decided, 159)
        self.add_visits((self.bidding, 100, 10, outcomes.WON))
        self.assertEqual(self.Chance._chances(self.company).decided, 100)

    def test_known_days(self):
        """They are found without the chances, with the same answers; also by the window of months."""
        self.add_visits(*[(self.bidding, 900 - number, 10, outcomes.LOST) for number in range(12)])
        self.add_visits(*[(self.bidding, 300 - number, None, outcomes.OPEN) for number in range(99)])
        self.add_visits(*[(self.bidding, 100 - number, 5, outcomes.WON) for number in range(15)], company=False)
        pairs = [
            (company_id, self.today - timedelta(days=back))
            for company_id in (self.company.id, 0)
            for back in (*range(875, 895), *range(80, 110), 0)
        ]
        found = self.Chance._known_days(pairs)
        companies = self.env["res.company"]
        expected = {
            (company_id, day)
            for company_id, day in pairs
            if self.Chance._chances(companies.browse(company_id or []), day).is_known
        }
        self.assertEqual(found, expected)
        self.assertEqual(self.Chance._known_days([]), set())
        # Known first, then not known any more, since too few of the last hundred visits have ended, then known again.
        days = [885, 880, 101, 100, 90, 84, 0]
        known = [back for back in days if (self.company.id, self.today - timedelta(days=back)) in found]
        self.assertEqual(known, [880, 101, 84, 0])

    def test_table(self):
        self.add_won_and_lost(self.bidding, won=15, lost=15)
        self.add_visits((self.needs, 100, 3, outcomes.ADVANCED, self.bidding))
        self.Chance._rebuild()
        chances = self.Chance._chances(self.company)
        rows = self.Chance.search([("company_id", "=", self.company.id)])
        by_stage = defaultdict(dict)
        for row in rows:
            by_stage[row.stage_id][row.age] = row
        # Needs Analysis has too few visits.
        self.assertEqual(set(by_stage), {self.bidding, self.env["crm.stage"]})
        ages = [row.age for row in chances.table(HORIZONS) if row.stage == self.bidding.id]
        self.assertEqual(sorted(by_stage[self.bidding]), ages)
        for age, row in by_stage[self.bidding].items():
            self.assertEqual(row.day, self.today)
            for days in HORIZONS:
                self.assertAlmostEqual(row[f"chance_{days}"], chances.within(self.bidding.id, age, days), 9)
            self.assertAlmostEqual(row.chance, chances.in_the_end(self.bidding.id, age), 9)
            self.assertEqual(row.median_days, chances.median_days(self.bidding.id, age) or 0)

    def test_rows_are_replaced(self):
        self.add_won_and_lost(self.bidding, won=12, lost=12)
        self.Chance._rebuild()
        before = self.Chance.search([]).ids
        self.add_won_and_lost(self.bidding, won=0, lost=24)
        self.Chance._cron_rebuild()
        after = self.Chance.search([("stage_id", "=", self.bidding.id), ("age", "=", 0)])
        self.assertFalse(set(before) & set(after.ids))
        self.assertAlmostEqual(after.filtered("company_id").chance, 0.25, 2)

    def test_rebuild_goes_on_where_its_time_was_used_up(self):
        companies = self.env["res.company"].create([{"name": f"Company {number}"} for number in range(3)])
        every = sorted(self.Chance._company_ids())
        rebuilt = []

        def run(batches):
            """Run the job with time for some batches of two companies, and return the companies of these."""
            rebuilt.clear()
            left = [batches]

            def commit_progress(_cron, processed=0, **_options):
                left[0] -= bool(processed)
                return float(left[0] > 0)

            with (
                patch.object(type(self.Chance), "_rebuild", lambda _model, ids: rebuilt.extend(ids)),
                patch.object(type(self.env["ir.cron"]), "_commit_progress", commit_progress),
                patch("odoo.addons.sales_process_control.models.chance.crm_stage_chance.REBUILD_BATCH", 2),
            ):
                self.Chance._cron_rebuild()
            return list(rebuilt)

        self.assertEqual(run(1), every[:2])
        self.assertEqual(run(1), every[2:4])
        self.assertEqual(run(9), every[4:])
        self.assertEqual(run(9), every, "a new round")
        self.assertEqual(run(1), every[:2])
        # The past of deals has changed: of companies that had their turn, too.
        self.Chance._rebuild_soon()
        self.assertEqual(run(9), every)
        self.assertLessEqual(set(companies.ids), set(every))

    def test_deals_without_a_company(self):
        """They count for every company, as in CRM; with several companies, they rest on themselves only."""
        other = self.env["res.company"].create({"name": "Other"})
        self.add_won_and_lost(self.bidding, won=12, lost=0)
        self.add_won_and_lost(self.bidding, won=0, lost=12, company=False)
        without = self.env["res.company"]
        self.assertEqual(self.Chance._chances(self.company).decided, 24)
        self.assertEqual(self.Chance._chances(other).decided, 12)
        self.assertEqual(self.Chance._chances(without).decided, 12)
        # A deal that went to a company counts there only.
        deal = self.make_deal(company_id=other.id, team_id=False, user_id=False)
        self.env.cr.flush()
        self.add_visits((self.bidding, 100, 4, outcomes.LOST), company=False, lead=deal)
        self.assertEqual(self.Chance._chances(self.company).decided, 24)
        self.assertEqual(self.Chance._chances(other).decided, 13)
        self.assertEqual(self.Chance._chances(without).decided, 12)

    def test_constant_queries(self):
        self.add_won_and_lost(self.bidding)
        # The first time, the company has chances that it had not.
        for _time in range(2):
            self.Chance._rebuild()
        with self.assertQueryCount(5):
            self.Chance._rebuild()
        self.env["res.company"].create([{"name": f"Company {number}"} for number in range(5)])
        for _time in range(2):
            self.Chance._rebuild()
        with self.assertQueryCount(5):
            self.Chance._rebuild()
        self.assertIsInstance(self.Chance._chances(self.company, date(2026, 1, 1)), Chances)
