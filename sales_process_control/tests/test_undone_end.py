from datetime import datetime

from odoo.tests import Form, tagged

from .common import PipelineCase


@tagged("post_install", "-at_install")
class TestUndoneEnd(PipelineCase):
    """Ends that the same person takes back within five minutes (docs/definitions.md, Undo within five minutes)."""

    def setUp(self):
        super().setUp()
        self.needs.rotting_threshold_days = 30
        self.lead = self.make_deal(stage_id=self.contact.id, user_id=self.seller.id)
        self.pass_time(days=1)
        self.lead.with_user(self.seller).stage_id = self.needs
        self.pass_time(days=77)
        self.deal = self.lead.with_user(self.seller)
        self.before = self.statistics()

    def statistics(self):
        return self.Visit.stage_statistics([("lead_ref", "=", self.lead.id)])

    def assertNothingHappened(self):
        self.pass_time(seconds=1)
        self.assertEqual(self.lead.stage_days, 77)
        self.assertEqual(self.lead.pace, "stalled")
        self.assertEqual(self.outcomes_of(self.lead.id), ["First Contact: advanced", "Needs Analysis: open"])
        self.assertEqual(self.statistics(), self.before)
        lines = self.Movement.search([("lead_ref", "=", self.lead.id)], order="id")
        self.assertEqual(sum(lines.filtered("is_correction").mapped("deal_count")), 0)
        self.assertEqual(len(lines.filtered("is_correction")), 2)
        self.assertBalanced()

    def outcomes_of(self, lead_id):
        return [text for text in super().outcomes_of(lead_id) if not text.endswith("correction")]

    def test_dragged_to_signing_and_back(self):
        """77 days, still stalled, conversion of every stage as before."""
        self.deal.stage_id = self.signed
        self.pass_time(seconds=60)
        self.deal.stage_id = self.needs
        self.assertNothingHappened()

    def test_saved_in_the_form(self):
        with Form(self.deal) as form:
            form.stage_id = self.signed
        self.pass_time(seconds=60)
        with Form(self.deal) as form:
            form.stage_id = self.needs
        self.assertNothingHappened()

    def test_buttons(self):
        back_to_stage = {"stage_id": self.needs.id}
        table = [
            (lambda deal: deal.action_set_won(), lambda deal: deal.write(back_to_stage)),
            (lambda deal: deal.action_set_lost(), lambda deal: deal.action_restore()),
            (lambda deal: deal.action_set_lost(), lambda deal: deal.action_unarchive()),
            (lambda deal: deal.action_archive(), lambda deal: deal.action_unarchive()),
            (lambda deal: deal.write({"active": False}), lambda deal: deal.write({"active": True})),
            (lambda deal: deal.write({"type": "lead"}), lambda deal: deal.write({"type": "opportunity"})),
        ]
        days = 77
        for end, way_back in table:
            end(self.deal)
            self.pass_time(days=0, seconds=60)
            way_back(self.deal)
            self.pass_time(days=1, seconds=-60)
            days += 1
            self.assertEqual(self.lead.stage_days, days)
            self.assertEqual(self.statistics(), self.before)
            self.assertBalanced()

    def test_move_that_is_undone_after_an_end_in_between(self):
        """Moved on, lost, restored and moved back within five minutes: all these lines are corrections."""
        moved_at = self.env.cr.now()
        for change in (
            lambda: self.deal.write({"stage_id": self.bidding.id}),
            self.deal.action_set_lost,
            self.deal.action_restore,
            lambda: self.deal.write({"stage_id": self.needs.id}),
        ):
            change()
            self.pass_time(seconds=60)
        lines = self.Movement.search([("lead_ref", "=", self.lead.id), ("date", ">=", moved_at)])
        self.assertEqual(lines.mapped("is_correction"), [True] * 6)
        self.assertBalanced()

    def test_somebody_else_reopens(self):
        """A new visit; but no stage has converted by the win that was taken back."""
        self.deal.stage_id = self.signed
        self.pass_time(seconds=60)
        self.lead.with_user(self.manager).stage_id = self.needs
        self.pass_time(seconds=60)
        self.assertEqual(self.lead.stage_days, 0)
        self.assertEqual(
            self.outcomes_of(self.lead.id), ["First Contact: advanced", "Needs Analysis: won", "Needs Analysis: open"]
        )
        # The conversion is as before. Lengths of visits are not, since there is one more.
        for row, before in zip(self.statistics(), self.before, strict=True):
            conversion = before.keys() - {"visits", "open_visits", "median_days", "p90_days", "incidence"}
            self.assertEqual({key: row[key] for key in conversion}, {key: before[key] for key in conversion})

    def test_undone_in_the_next_year_of_the_company(self):
        """Both lines keep their days. The deal stood throughout."""
        self.set_time(datetime(2026, 12, 31, 23, 58))
        self.deal.action_set_lost()
        self.set_time(datetime(2027, 1, 1, 0, 1))
        self.deal.action_restore()
        self.pass_time(seconds=1)
        self.assertEqual(self.outcomes_of(self.lead.id)[-1], "Needs Analysis: open")


@tagged("post_install", "-at_install")
class TestDaysOfClosedDeals(PipelineCase):
    """Days in stage of deals that are won, lost or archived (docs/definitions.md, Fields of a deal)."""

    def assertDays(self, deal, days):
        self.set_time(datetime(2026, 12, 1, 9))
        self.assertEqual(deal.stage_days, days)
        leads = self.Lead.with_context(active_test=False)
        self.assertEqual(leads._read_group([("id", "=", deal.id)], [], ["stage_days:avg"]), [(days,)])
        self.assertEqual(leads.search([("id", "=", deal.id), ("stage_days", "in", [days])]), deal)

    def test_lost(self):
        """Lost after 10 days, its stage corrected three weeks later, archived in December: 10 days."""
        deal = self.make_deal(stage_id=self.contact.id)
        self.pass_time(days=10)
        deal.action_set_lost()
        self.pass_time(days=21)
        deal.stage_id = self.needs
        self.set_time(datetime(2026, 12, 1, 8))
        deal.action_archive()
        self.assertDays(deal, 10)

    def test_won(self):
        deal = self.make_deal(stage_id=self.contact.id)
        self.pass_time(days=10)
        deal.action_set_won()
        self.pass_time(days=100)
        deal.action_archive()
        self.assertDays(deal, 0)

    def test_removed(self):
        deal = self.make_deal(stage_id=self.contact.id)
        self.pass_time(days=10)
        deal.write({"active": False})
        self.pass_time(days=3)
        deal.stage_id = self.needs
        self.assertDays(deal, 10)

    def test_never_in_a_stage(self):
        won = self.make_deal(stage_id=self.signed.id)
        lost = self.make_deal(stage_id=self.needs.id, active=False, probability=0)
        self.pass_time(days=10)
        self.assertEqual(self.visits_of(won.id) + self.visits_of(lost.id), [])
        self.assertDays(won, 0)
        self.assertDays(lost, 0)

    def test_not_recorded_yet(self):
        """Within the transaction that ends the deal, the end is now."""
        deal = self.make_deal(stage_id=self.contact.id)
        self.pass_time(days=10)
        deal.action_set_lost()
        self.assertEqual(deal.stage_days, 10)

    def test_seller_of_the_deal_sees_the_days_of_a_visit_of_somebody_else(self):
        deal = self.make_deal(stage_id=self.contact.id, user_id=self.colleague.id)
        self.pass_time(days=10)
        deal.action_set_lost()
        self.pass_time(days=1)
        deal.user_id = self.seller
        self.pass_time(days=1)
        self.assertEqual(deal.with_user(self.seller).stage_days, 10)


@tagged("post_install", "-at_install")
class TestDayOfChange(PipelineCase):
    """Companies in two time zones (docs/definitions.md, Days and working days)."""

    def setUp(self):
        super().setUp()
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        calendar = self.env["resource.calendar"].create({"name": "New York", "tz": "America/New_York"})
        self.west = self.env["res.company"].create({"name": "West", "currency_id": self.company.currency_id.id})
        self.west.resource_calendar_id = calendar
        self.env.user.company_ids += self.west
        self.env = self.env(context={**self.env.context, "allowed_company_ids": [self.company.id, self.west.id]})
        self.set_time(datetime(2026, 7, 3, 9))
        self.deal = self.make_deal(company_id=self.company.id, user_id=False, expected_revenue=100)
        self.deal = self.deal.with_env(self.env)
        self.movements = self.env["crm.pipeline.movement"]

    def days(self):
        lines = self.movements.search([("lead_ref", "=", self.deal.id)], order="id")
        return [(line.kind, str(line.day)) for line in lines]

    def test_transfer(self):
        """At 20:00 UTC it is the next day in Shanghai. Both lines carry the day of the company before the change."""
        self.set_time(datetime(2026, 7, 10, 20))
        self.deal.company_id = self.west
        self.set_time(datetime(2026, 7, 20, 9))
        self.assertEqual(
            self.days(), [("created", "2026-07-03"), ("transferred", "2026-07-11"), ("transferred", "2026-07-11")]
        )
        for day in ("2026-07-10", "2026-07-11"):
            standing = self.movements.funnel_at(day)
            self.assertEqual([(row["deal_count"], row["amount"]) for row in standing], [(1, 100)])

    def test_days_do_not_go_back(self):
        """An hour later the deal moves in New York, where it is still the day before."""
        self.set_time(datetime(2026, 7, 10, 20))
        self.deal.company_id = self.west
        self.set_time(datetime(2026, 7, 10, 21))
        self.deal.stage_id = self.needs
        self.set_time(datetime(2026, 7, 20, 9))
        self.assertEqual({day for _kind, day in self.days()[1:]}, {"2026-07-11"})
        for day in ("2026-07-10", "2026-07-11"):
            standing = self.movements.funnel_at(day)
            self.assertEqual([(row["deal_count"], row["amount"]) for row in standing], [(1, 100)])

    def test_days_do_not_go_back_after_a_change_of_the_time_zone(self):
        """At 19:00 UTC it is the next day in Shanghai. In New York, where the company goes, it is not."""
        self.west.resource_calendar_id.tz = "Asia/Shanghai"
        self.set_time(datetime(2026, 7, 10, 19))
        self.deal.stage_id = self.needs
        self.set_time(datetime(2026, 7, 10, 19, 30))
        (self.company | self.west).resource_calendar_id.tz = "America/New_York"
        self.set_time(datetime(2026, 7, 10, 20))
        self.deal.action_set_lost()
        self.set_time(datetime(2026, 7, 20, 9))
        self.assertEqual(self.days()[1:], [(kind, "2026-07-11") for kind in ("advanced", "advanced", "lost")])
        self.assertEqual(self.movements.funnel_at("2026-07-11"), [])
