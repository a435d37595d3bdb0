from datetime import timedelta
from random import Random

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AccessCase, PipelineCase
from .funnel_common import FunnelMixin


@tagged("post_install", "-at_install")
class TestFunnelAt(FunnelMixin, PipelineCase):
    """The funnel of any past day."""

    def names(self, day, domain=()):
        stages = self.env["crm.stage"]
        return [(stages.browse(row["stage_id"]).name, row["deal_count"], row["amount"]) for row in self.at(day, domain)]

    def at(self, day, domain=()):
        return self.assert_funnel(self.manager, day, domain)

    def test_golden(self):
        """Three deals: one advances and is won, one is pushed, raised and lost, one does not change."""
        self.make_deal(expected_revenue=10)
        going, losing = self.make_deal(expected_revenue=100), self.make_deal(expected_revenue=1000)
        self.pass_time(days=1)
        going.stage_id = self.bidding
        losing.write({"expected_revenue": 2000, "date_deadline": "2026-05-01"})
        self.pass_time(days=1)
        going.action_set_won()
        losing.action_set_lost()
        self.pass_time(days=1)
        self.assertEqual(self.names("2026-03-01"), [])
        self.assertEqual(self.names("2026-03-02"), [("First Contact", 3, 1110)])
        self.assertEqual(self.names("2026-03-03"), [("First Contact", 2, 2010), ("Bidding", 1, 100)])
        self.assertEqual(self.names("2026-03-04"), [("First Contact", 1, 10)])
        self.assertEqual(self.names(self.env.cr.now().date()), [("First Contact", 1, 10)])
        may = [("date_deadline", ">=", "2026-05-01")]
        self.assertEqual(self.names("2026-03-03", may), [("First Contact", 1, 2000)])

    def test_slip_leaves_no_trace(self):
        deal = self.make_deal()
        self.pass_time(days=1)
        deal.stage_id = self.bidding
        self.pass_time(minutes=1)
        deal.stage_id = self.contact
        self.pass_time(days=1)
        for day in ("2026-03-02", "2026-03-03", "2026-03-04"):
            self.assertEqual(self.names(day), [("First Contact", 1, 100)])

    def test_deleted_stage(self):
        deal = self.make_deal(stage_id=self.needs.id)
        self.pass_time(days=2)
        deal.stage_id = self.talks
        self.env.flush_all()
        self.needs.unlink()
        self.assertEqual([row["stage_id"] for row in self.at("2026-03-03")], [False])
        self.assertEqual([row["stage_id"] for row in self.at("2026-03-04")], [self.talks.id])

    def test_equals_the_plain_sum_whatever_happened(self):
        self.change_at_random(Random(11))
        today = self.env.cr.now().date()
        scopes = ([], [("user_id", "=", self.seller.id)], [("team_id", "=", self.team.id)], [("user_id", "=", False)])
        for back in range((today - self.start.date()).days + 2):
            day = today - timedelta(days=back)
            for user, domain in [*((self.manager, scope) for scope in scopes), (self.seller, []), (self.colleague, [])]:
                with self.subTest(day=day, user=user.login, domain=domain):
                    self.assert_funnel(user, day, domain)
        # The funnel of today has the open deals.
        live = self.Lead._read_group([("won_status", "=", "pending")], ["stage_id"], ["__count"])
        self.assertEqual(
            {row["stage_id"]: row["deal_count"] for row in self.at(today)}, {row[0].id: row[1] for row in live}
        )

    def test_bad_input(self):
        reader = self.reader(self.manager)
        for day in ("yesterday", "", False, None, 7, "2026-13-01", "2027-01-01", "9999-12-31"):
            with self.subTest(day=day), self.assertRaises(UserError):
                reader.funnel_at(day)
        for domain in (
            [("lead_id.nosuch", "=", 1)],
            [("kind", "=", "won")],
            [("day", "<", "2026-01-01")],
            ["nonsense"],
            [("amount", ">", 1)],
            7,
        ):
            with self.subTest(domain=domain), self.assertRaises(UserError):
                reader.funnel_at("2026-03-01", domain)
        self.assertEqual(reader.funnel_at("2026-03-01", [("team_id.name", "=", "Team North")]), [])
        self.assertEqual(reader.search([("standing_on", "=", False)]), reader.browse())

    def test_one_statement_for_the_sums(self):
        self.make_deal()
        self.env.flush_all()
        reader = self.reader(self.manager)
        reader.funnel_at("2026-03-02")
        before = self.env.cr.sql_log_count
        reader.funnel_at("2026-03-02")
        # The last closed week, and the sums.
        self.assertEqual(self.env.cr.sql_log_count - before, 2)


@tagged("post_install", "-at_install")
class TestFunnelAtAccess(FunnelMixin, AccessCase):
    """Record rules of both ledgers apply, and companies do not mix."""

    def setUp(self):
        super().setUp()
        # The deals were created when the class was set up.
        line = self.Movement.search([], limit=1)
        self.first_day = line.day
        self.set_time(line.date)

    def test_readers(self):
        self.pass_time(days=1)
        self.deals["nobody's"].user_id = self.seller
        self.deals["abroad"].action_set_lost()
        self.pass_time(days=1)
        for user, _names in self.readers():
            for days in range(-1, 3):
                day = self.first_day + timedelta(days=days)
                with self.subTest(user=user.login, day=day):
                    self.assert_funnel(user, day)
        counts = {
            user: sum(row["deal_count"] for row in self.reader(user).funnel_at(self.first_day))
            for user, _names in self.readers()
        }
        self.assertEqual(list(counts.values()), [2, 3, 4, 4, 2])

    def test_two_currencies(self):
        foreign = self.env["res.currency"].create({"name": "XWF", "symbol": "F"})
        self.second.currency_id = foreign
        self.manager.company_ids = [Command.link(self.second.id)]
        self.env.flush_all()
        self.pass_time(days=1)
        self.env["crm.pipeline.audit"]._repair_drift()
        rows = self.assert_funnel(self.manager, self.env.cr.now().date())
        self.assertEqual(sum(row["deal_count"] for row in rows), 5)
        self.assertEqual(
            {row["currency_id"]: row["amount"] for row in rows}, {self.company.currency_id.id: 40, foreign.id: 10}
        )

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_nobody_else(self):
        for user in (self.internal, self.portal):
            with self.assertRaises(AccessError):
                self.Movement.with_user(user).funnel_at("2026-03-02")
