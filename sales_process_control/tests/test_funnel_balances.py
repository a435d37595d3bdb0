from datetime import date, datetime, timedelta
from random import Random
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .funnel_common import FunnelMixin
from .history_common import HistoryImportCase
from .test_audit import AUDIT

KEPT_BY = ["week:day", "stage_id", "team_id", "user_id", "company_id", "currency_id", "kind"]


@tagged("post_install", "-at_install")
class TestFunnelBalances(FunnelMixin, HistoryImportCase):
    """Balances of weeks that are over equal the sums of their lines.

    The changes of these tests lie in the past of the server clock, unless a test sets that clock, too.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Balance = cls.env["crm.pipeline.balance"]

    def set_wall(self, day):
        """Set the server clock, and close the weeks before it as an installation on that day does."""
        self.startPatcher(patch.object(type(self.Balance), "_wall_day", lambda _self: day))
        self.env.cr.execute("DELETE FROM crm_pipeline_balance")
        self.Balance.close()

    def kept(self):
        self.env.cr.flush()
        self.env.invalidate_all()
        sums = ["line_count:sum", "deal_count:sum", "amount:sum"]
        rows = self.Balance._read_group([("is_mark", "=", False)], KEPT_BY, sums)
        totals = {tuple(key): (lines, count, round(amount, 2)) for *key, lines, count, amount in rows}
        return {key: sums for key, sums in totals.items() if any(sums)}

    def expected(self, before):
        found = {}
        for line in self.Movement.search([("day", "<", before), ("is_correction", "=", False)]):
            monday = line.day - timedelta(days=line.day.weekday())
            place = (line.stage_id, line.team_id, line.user_id, line.company_id, line.currency_id)
            key = (monday, *place, line.kind)
            lines, count, amount = found.get(key, (0, 0, 0.0))
            found[key] = lines + 1, count + line.deal_count, round(amount + line.amount, 2)
        return found

    def assert_kept(self, before=date(2100, 1, 1)):
        self.assertEqual(self.kept(), self.expected(before))
        with self.no_module_errors():
            self.assertEqual(self.Balance.close(), 0)
        self.assertEqual(self.kept(), self.expected(before))

    def test_what_is_written_in_the_past_posts_its_difference(self):
        self.change_at_random(Random(3), 80)
        self.assert_kept()

    def test_changes_of_one_instant_are_posted_once(self):
        """A transaction that writes lines again takes back their balances first."""
        deal = self.make_deal()
        self.env.cr.flush()
        deal.stage_id = self.bidding
        self.env.cr.flush()
        deal.unlink()
        self.env.cr.flush()
        self.assertEqual(self.kept(), {})
        self.assert_kept()

    def test_corrections(self):
        """The lines of an undone move are in no balance, although the first ones were posted before."""
        deal = self.make_deal()
        self.pass_time(days=7)
        deal.stage_id = self.bidding
        self.pass_time(minutes=2)
        self.assertEqual(len(self.kept()), 3)
        deal.stage_id = self.contact
        self.env.cr.flush()
        self.assertEqual(len(self.kept()), 1)
        self.assert_kept()
        # In the same transaction the deal goes on after all: the lines are none of a correction any more.
        deal.stage_id = self.talks
        self.env.cr.flush()
        self.assertFalse(self.Movement.search([("is_correction", "=", True)]))
        self.assert_kept()

    def test_imports_and_their_end(self):
        self.make_deal()
        self.pass_time(days=20)
        rows = [
            "d1,2026-02-03T10:00:00Z,Needs Analysis,500",
            "d1,2026-02-20T10:00:00Z,Bidding,700",
            "d2,2026-02-10T10:00:00Z,Bidding,50",
        ]
        self.import_file("\n".join(["deal,at,stage,amount", *rows]))
        self.assert_kept()
        self.assertEqual(len(self.reader(self.manager).funnel_at("2026-02-15")), 2)
        self.env["crm.imported.history"].with_user(self.manager).search([], limit=1).action_take_back()
        self.assert_kept()
        self.assertEqual(self.reader(self.manager).funnel_at("2026-02-15"), [])

    def test_a_move_of_today_posts_nothing(self):
        self.set_wall(self.start.date())
        deal = self.make_deal()
        self.env.cr.flush()
        deal.stage_id = self.bidding
        self.assertEqual(self.kept(), {})
        self.assertEqual(self.reader(self.manager).funnel_at(self.start.date())[0]["stage_id"], self.bidding.id)

    def test_a_move_on_a_sunday_posts_nothing(self):
        """Also where it is Sunday still while it is Monday by the clock of the server."""
        self.company.resource_calendar_id.tz = "America/Los_Angeles"
        sunday = date(2026, 3, 8)
        for wall, hour in ((sunday, 21), (sunday + timedelta(days=1), 4)):
            with self.subTest(wall=wall):
                self.set_wall(wall)
                self.set_time(datetime(wall.year, wall.month, wall.day, hour))
                deal = self.make_deal()
                self.pass_time(minutes=20)
                deal.stage_id = self.bidding
                self.env.cr.flush()
                lines = self.Movement.search([("lead_ref", "=", deal.id)])
                self.assertEqual(set(lines.mapped("day")), {sunday})
                self.assertEqual(self.kept(), {})

    def test_weeks_are_closed_two_days_after_their_end(self):
        self.set_wall(self.start.date())
        deal = self.make_deal()
        self.pass_time(days=3)
        deal.stage_id = self.bidding
        self.pass_time(days=4)
        self.make_deal()
        self.env.cr.flush()
        for wall, is_closed in ((date(2026, 3, 9), False), (date(2026, 3, 10), False), (date(2026, 3, 11), True)):
            with patch.object(type(self.Balance), "_wall_day", lambda _self, wall=wall: wall), self.no_module_errors():
                self.assertEqual(self.Balance.close(), 0)
                self.assertEqual(self.kept(), self.expected(date(2026, 3, 9)) if is_closed else {})
                self.assertEqual(len(self.forward(self.manager, date(2026, 3, 9), [])), 2)
                self.assert_funnel(self.manager, date(2026, 3, 9))

    def test_written_between_the_end_of_a_week_and_its_closing(self):
        """Such lines post their balance, and the closing adds what is missing. Every day is right before and after."""
        self.set_wall(self.start.date())
        deal = self.make_deal()
        self.env.cr.flush()
        with patch.object(type(self.Balance), "_wall_day", lambda _self: date(2026, 3, 10)):
            deal.stage_id = self.bidding
            self.env.cr.flush()
            self.assertTrue(self.kept())
            self.assert_funnel(self.manager, self.start.date())
        with patch.object(type(self.Balance), "_wall_day", lambda _self: date(2026, 3, 11)):
            self.assertEqual(self.Balance.close(), 0)
            self.assert_funnel(self.manager, self.start.date())
            self.assert_kept(date(2026, 3, 9))

    def test_written_again_on_a_day_that_is_a_sunday_elsewhere(self):
        """By the clock of the server a week later; lines of the Sunday are in the balances of their week."""
        self.company.resource_calendar_id.tz = "America/Los_Angeles"
        monday = date(2026, 3, 9)
        self.startPatcher(patch.object(type(self.Balance), "_posted_before", lambda _self: monday))
        self.set_time(datetime(2026, 3, 9, 4))
        deal = self.make_deal()
        for stage in (self.bidding, self.talks):
            self.env.cr.flush()
            deal.stage_id = stage
        self.assertEqual(self.kept(), self.expected(monday))

    def test_bent_balances_are_repaired_and_reported(self):
        self.change_at_random(Random(4), 30)
        for query in (
            "DELETE FROM crm_pipeline_balance WHERE id = (SELECT max(id) FROM crm_pipeline_balance)",
            "UPDATE crm_pipeline_balance SET amount = amount + 0.01 WHERE is_mark IS NOT TRUE",
            "UPDATE crm_pipeline_balance SET line_count = line_count + 1 WHERE is_mark IS NOT TRUE",
            "UPDATE crm_pipeline_balance SET kind = 'lost' WHERE kind = 'created'",
            "INSERT INTO crm_pipeline_balance (week, deal_count, amount) VALUES ('2026-03-02', 1, 1)",
        ):
            with self.subTest(query):
                self.env.cr.execute(query)
                with self.assertLogs(AUDIT, level="WARNING"):
                    self.env["crm.pipeline.audit"]._cron_audit()
                self.assert_kept()
        message = self.env["mail.message"].search([("subject", "ilike", "data was repaired")], limit=1)
        self.assertIn("past weeks", message.body)

    def test_closing_makes_one_row_a_place(self):
        deal = self.make_deal()
        for amount in (20, 30, 40):
            self.pass_time(hours=1)
            deal.expected_revenue = amount
        self.env.cr.flush()
        rows = [("is_mark", "=", False)]
        self.assertEqual(self.Balance.search_count(rows), 4)
        self.Balance.close()
        self.assertEqual(
            [(row.kind, row.line_count, row.amount) for row in self.Balance.search(rows, order="kind")],
            [("amount_down", 1, -80), ("amount_up", 2, 20), ("created", 1, 100)],
        )

    def test_deleted_references(self):
        """Deleted records are removed from lines and from balances alike."""
        deal = self.make_deal(stage_id=self.needs.id)
        self.pass_time(days=9)
        deal.write({"stage_id": self.talks.id, "team_id": self.other_team.id})
        self.env.flush_all()
        self.needs.unlink()
        self.team.unlink()
        self.env.flush_all()
        self.assert_kept()
        self.assert_funnel(self.manager, date(2026, 3, 8))

    def test_without_a_mark_the_lines_tell_all(self):
        self.change_at_random(Random(6), 30)
        self.env.cr.execute("DELETE FROM crm_pipeline_balance")
        for day in (date(2026, 3, 2), date(2026, 3, 4), self.env.cr.now().date()):
            self.assert_funnel(self.manager, day)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_read_only(self):
        self.make_deal()
        self.env.cr.flush()
        balance = self.Balance.search([("is_mark", "=", False)], limit=1)
        for user in (self.seller, self.manager, self.env.ref("base.user_admin")):
            reader = balance.with_user(user)
            for act in (
                lambda reader=reader: reader.write({"amount": 1}),
                lambda reader=reader: reader.create({"week": "2026-03-02"}),
                lambda reader=reader: reader.unlink(),
            ):
                with self.assertRaises(AccessError):
                    act()
