from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..statistics import wilson_interval
from .common import AccessCase
from .hot_common import HotCase
from .progress_common import ProgressCase
from .workbench_common import WorkbenchMixin


@tagged("post_install", "-at_install")
class TestWorkbenchSellers(WorkbenchMixin, HotCase, ProgressCase):
    """A row for each salesperson: open deals, hot, stalled, without next action, promises kept."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.user_id = cls.manager

    def block(self, scope="team", user=None):
        return self.block_of(user or self.manager, "sellers", scope)

    def rows(self, scope="team"):
        """Return (open, hot, stalled, idle) by name."""
        names = ("open", "hot", "stalled", "idle")
        return {row["name"]: tuple(row[name]["value"] for name in names) for row in self.block(scope)["sellers"]}

    def test_counts(self):
        self.bidding.rotting_threshold_days = 10
        hot, _flag = self.make_hot_deal({"stage_id": self.bidding.id})
        planned = self.make_deal(stage_id=self.bidding.id)
        self.make_deal(user_id=False)
        self.make_deal(user_id=self.colleague.id, team_id=self.other_team.id)
        won = self.make_deal()
        won.action_set_won()
        self.pass_time(days=20)
        self.plan(planned)
        self.env.flush_all()
        self.assertEqual(self.rows(), {self.seller.name: (2, 1, 1, 1), "Unassigned": (1, 0, 0, 1)})
        self.assertEqual(self.rows("all")[self.colleague.name], (1, 0, 0, 1))
        for scope in ("team", "all"):
            self.assert_numbers_open_their_records(self.block(scope), self.manager)
        row = self.block()["sellers"][0]
        deals = self.Lead.with_user(self.manager)
        self.assertEqual(deals.search(row["hot"]["domain"]).ids, hot.ids)
        self.assertEqual(deals.search(row["stalled"]["domain"]).ids, hot.ids)
        self.assertEqual(deals.search(row["idle"]["domain"]).ids, hot.ids)

    def test_a_member_without_a_deal_has_a_row(self):
        self.assertEqual(self.rows(), {self.seller.name: (0, 0, 0, 0)})
        self.assertEqual(self.rows("all"), {})
        self.assert_numbers_open_their_records(self.block(), self.manager)

    def promise(self, kept, broken):
        for number in range(kept + broken):
            deal, flag = self.make_hot_deal(kind="other", due_date=self.day(3))
            flag.action_settle("kept" if number < kept else "broken")
            deal.unlink()

    def test_promises(self):
        self.promise(6, 2)
        self.make_hot_deal(due_date=self.day(3))
        [row] = self.block()["sellers"]
        promises = row["promises"]
        self.assertEqual((promises["kept"]["value"], promises["settled"]["value"]), (6, 8))
        self.assertExactly((promises["rate"], promises["interval"]), (False, False))
        self.promise(1, 1)
        promises = self.block()["sellers"][0]["promises"]
        self.assertEqual(promises["rate"], 0.7)
        self.assertEqual(promises["interval"], list(wilson_interval(7, 10)))
        self.assert_numbers_open_their_records(self.block(), self.manager)
        # The report has the same number.
        report = self.env["crm.hot.report"].with_user(self.manager)
        statistics = report.hot_statistics([("user_id", "=", self.seller.id)])
        self.assertEqual((statistics["promises_kept"], statistics["promise_count"]), (7, 10))

    def test_promises_of_the_last_twelve_months(self):
        self.promise(1, 0)
        self.pass_time(days=200)
        self.promise(0, 1)
        self.assertEqual(self.block()["sellers"][0]["promises"]["settled"]["value"], 2)
        self.pass_time(days=200)
        promises = self.block()["sellers"][0]["promises"]
        self.assertEqual((promises["kept"]["value"], promises["settled"]["value"]), (0, 1))
        self.assert_numbers_open_their_records(self.block(), self.manager)

    def test_thirty_of_many(self):
        sellers = [self.make_user(f"workbench_seller_{number}") for number in range(32)]
        for number, seller in enumerate(sellers):
            for _deal in range(1 + number // 31):
                self.make_deal(user_id=seller.id)
        found = self.block("all")
        self.assertEqual((len(found["sellers"]), found["more"], found["all"]["value"]), (30, 2, 33))
        self.assertEqual(found["sellers"][0]["name"], sellers[-1].name)

    def test_constant_statements(self):
        def statements():
            self.env.flush_all()
            block = self.env["crm.workbench.sellers"].with_user(self.manager)
            scope = self.env["crm.lead"].with_user(self.manager)._workbench_scope("team")
            block._read_block(scope)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            block._read_block(scope)
            return self.env.cr.sql_log_count - before

        self.make_deal()
        one = statements()
        for number in range(8):
            seller = self.make_user(f"workbench_seller_{number}")
            self.team.member_ids = [Command.link(seller.id)]
            self.make_deal(user_id=seller.id)
        self.assertEqual(statements(), one)

    def test_a_seller_who_left(self):
        self.make_deal()
        self.seller.active = False
        self.assertEqual(self.rows("all"), {self.seller.name: (1, 0, 0, 1)})


@tagged("post_install", "-at_install")
class TestWorkbenchSellersAccess(WorkbenchMixin, AccessCase):
    """Deals that the reader may not read are in no row."""

    def test_readers(self):
        for user, names in self.readers():
            if not user.has_group("sales_team.group_sale_salesman_all_leads"):
                for scope in ("mine", "team", "all"):
                    with self.assertRaises(UserError):
                        self.block_of(user, "sellers", scope)
                continue
            with self.subTest(user=user.login):
                found = self.block_of(user, "sellers", "all")
                self.assertEqual(sum(row["open"]["value"] for row in found["sellers"]), len(names))
                owners = {self.deals[name].user_id.id or False for name in names}
                self.assertEqual({row["user_id"] for row in found["sellers"]}, owners)
                self.assert_numbers_open_their_records(found, user)

    def test_team_without_members(self):
        self.env["crm.team"].create({"name": "Team Nobody", "user_id": self.manager.id})
        block = self.block_of(self.manager, "sellers", "team")
        self.assertEqual((block["sellers"], block["more"], block["all"]["value"]), ([], 0, 0))
