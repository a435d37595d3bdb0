from datetime import date, datetime, timedelta

from odoo.tests import tagged

from .common import PipelineCase
from .funnel_common import FunnelMixin

BRUSSELS, AUCKLAND, LOS_ANGELES = "Europe/Brussels", "Pacific/Auckland", "America/Los_Angeles"


@tagged("post_install", "-at_install")
class TestClock(FunnelMixin, PipelineCase):
    """Summer time, the end of a year, a clock that is set back, and readers in other time zones."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": "Office", "tz": BRUSSELS, "company_id": cls.company.id}
        )

    def tearDown(self):
        self.assertBalanced()
        super().tearDown()

    def days_of_lines(self, deal):
        self.env.cr.flush()
        return self.Movement.search([("lead_ref", "=", deal.id)], order="id").mapped("day")

    def names(self, day, domain=()):
        found = self.assert_funnel(self.manager, day, domain)
        return [(self.env["crm.stage"].browse(row["stage_id"]).name, row["deal_count"]) for row in found]

    def test_days_with_23_and_with_25_hours(self):
        """In Brussels, 29 March 2026 begins at 23:00 UTC and has 23 hours, 25 October at 22:00 UTC and has 25."""
        for first, last, hours in (
            (datetime(2026, 3, 28, 23, 0), datetime(2026, 3, 29, 21, 59, 59), 23),
            (datetime(2026, 10, 24, 22, 0), datetime(2026, 10, 25, 22, 59, 59), 25),
        ):
            with self.subTest(hours=hours):
                self.set_time(first - timedelta(seconds=1))
                before = self.make_deal()
                self.set_time(first)
                deal = self.make_deal()
                self.set_time(last)
                deal.stage_id = self.needs
                self.set_time(last + timedelta(seconds=1))
                deal.stage_id = self.bidding
                day = last.date()
                eve, following = day - timedelta(days=1), day + timedelta(days=1)
                self.assertEqual(self.days_of_lines(before), [eve])
                self.assertEqual(self.days_of_lines(deal), [day] * 3 + [following] * 2)
                lasting = self.Visit.search([("lead_ref", "=", deal.id)], order="entered_at, id", limit=1)
                self.assertEqual(lasting.left_at - lasting.entered_at, timedelta(hours=hours, seconds=-1))
                self.set_time(last + timedelta(days=3))
                self.assertEqual(self.names(eve), [("First Contact", 1)])
                self.assertEqual(self.names(day), [("First Contact", 1), ("Needs Analysis", 1)])
                self.assertEqual(self.names(following), [("First Contact", 1), ("Bidding", 1)])
                (before + deal).unlink()

    def test_a_working_week_with_summer_time(self):
        """From Friday to Friday there are five working days, although one night has an hour less."""
        self.set_time(datetime(2026, 3, 27, 7, 0))  # 8:00 in Brussels
        deal = self.make_deal()
        self.set_time(datetime(2026, 4, 3, 6, 0))  # 8:00 in Brussels
        deal.stage_id = self.needs
        self.env.cr.flush()
        self.assertEqual(deal.stage_visit_ids.sorted("id")[0].working_days, 5)

    def test_the_end_of_a_year(self):
        """The last week of 2026 ends on 3 January 2027. In Brussels the year begins an hour before UTC's."""
        self.set_time(datetime(2026, 12, 31, 22, 59))
        old = self.make_deal()
        self.set_time(datetime(2026, 12, 31, 23, 0))
        new = self.make_deal()
        old.stage_id = self.needs
        self.assertEqual(self.days_of_lines(old), [date(2026, 12, 31)] + [date(2027, 1, 1)] * 2)
        self.assertEqual(self.days_of_lines(new), [date(2027, 1, 1)])
        self.set_time(datetime(2027, 1, 6, 12, 0))
        self.assertEqual(self.names("2026-12-31"), [("First Contact", 1)])
        self.assertEqual(self.names("2027-01-01"), [("First Contact", 1), ("Needs Analysis", 1)])
        groups = self.Movement._read_group([("lead_ref", "in", (old + new).ids)], ["day:year"], ["deal_count:sum"])
        self.assertEqual(groups, [(date(2026, 1, 1), 1), (date(2027, 1, 1), 1)])

    def test_the_clock_is_set_back(self):
        """No visit has a negative length, both ledgers agree with the deals, and the audit repairs nothing."""
        for back in (timedelta(minutes=3), timedelta(hours=1), timedelta(days=40)):
            with self.subTest(back=back), self.no_module_errors():
                self.set_time(self.start + timedelta(days=60))
                deal = self.make_deal()
                self.pass_time(days=1)
                deal.stage_id = self.needs
                self.pass_time(days=0)
                self.set_time(self.env.cr.now() - back)
                deal.stage_id = self.bidding
                deal.expected_revenue = 300
                self.pass_time(minutes=10)
                deal.action_set_won()
                self.env.cr.flush()
                self.assertIn("Bidding: won", self.outcomes_of(deal))
                visits = self.Visit.search([("lead_ref", "=", deal.id)])
                self.assertFalse(visits.filtered(lambda visit: visit.left_at and visit.left_at < visit.entered_at))
                self.assertFalse([days for days in visits.mapped("days") if days < 0])
                audit = self.env["crm.pipeline.audit"]
                self.assertEqual((audit._repair_drift(), audit._repair_balances()), (0, 0))
                self.assertFalse(audit._mend_computed_fields())

    def test_a_time_after_now_is_not_believed(self):
        """A won deal goes on to another won stage, then the clock is set back: it is there since the win."""
        stage = self.env["crm.stage"].create({"name": "Delivered", "is_won": True, "sequence": 99})
        deal = self.make_deal()
        self.pass_time(days=1)
        deal.action_set_won()
        self.pass_time(days=2)
        won_at = deal.stage_entered_at
        deal.stage_id = stage
        self.pass_time(days=0)
        audit = self.env["crm.pipeline.audit"]
        self.assertFalse(audit._mend_computed_fields())
        self.assertEqual((self.env.cr.now() - deal.stage_entered_at).days, 0)
        self.set_time(self.env.cr.now() - timedelta(days=1))
        self.assertEqual(audit._mend_computed_fields(), {deal.id})
        self.assertEqual(deal.stage_entered_at, won_at)
        deal.expected_revenue = 5
        self.pass_time(days=0)
        self.assertFalse(audit._mend_computed_fields())

    def test_readers_in_other_zones_see_the_same_funnel(self):
        """A deal is created in the evening of 2 March in Brussels: on 3 March in Auckland, at noon in Los Angeles."""
        self.set_time(datetime(2026, 3, 2, 20, 0))
        deal = self.make_deal()
        self.pass_time(days=1)
        deal.stage_id = self.needs
        self.pass_time(days=2)
        found = []
        for zone in (BRUSSELS, AUCKLAND, LOS_ANGELES):
            self.manager.tz = zone
            funnel = self.Movement.with_user(self.manager).with_context(tz=zone)
            found.append([funnel.funnel_at(day) for day in ("2026-03-01", "2026-03-02", "2026-03-03")])
        self.assertEqual(found[0], found[1])
        self.assertEqual(found[0], found[2])
        self.assertEqual([len(rows) for rows in found[0]], [0, 1, 1])
