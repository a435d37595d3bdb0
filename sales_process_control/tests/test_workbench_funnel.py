from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from .common import AccessCase, PipelineCase
from .workbench_common import WorkbenchMixin


@tagged("post_install", "-at_install")
class TestWorkbenchFunnel(WorkbenchMixin, PipelineCase):
    """The funnel of today beside the funnel of 30 days ago."""

    def block(self, user=None, scope="mine", **context):
        return self.block_of(user or self.seller, "funnel", scope, **context)

    def rows(self, user=None, scope="mine"):
        """Return a list of (stage, open today, open 30 days ago, change)."""
        stages = self.block(user, scope)["stages"]
        return [(row["name"], row["today"]["value"], row["before"]["value"], row["change"]) for row in stages]

    def grow(self):
        """Two deals are older than the day: one has moved on since, one was lost. Three deals are newer."""
        going, lost = self.make_deal(expected_revenue=10), self.make_deal(expected_revenue=20)
        theirs = self.make_deal(expected_revenue=30, user_id=self.colleague.id, team_id=self.other_team.id)
        self.pass_time(days=20)
        going.stage_id = self.talks
        lost.action_set_lost()
        theirs.write({"user_id": self.seller.id, "team_id": self.team.id})
        self.make_deal(expected_revenue=40)
        self.pass_time(days=20)

    def test_today_beside_before(self):
        self.grow()
        expected = [("First Contact", 2, 2, 0), ("Negotiation", 1, 0, 1)]
        self.assertEqual(self.rows(), expected)
        found = self.block()
        self.assertEqual(found["day"], "2026-03-12")
        contact, talks = found["stages"]
        self.assertEqual((contact["today"]["amount"], contact["before"]["amount"]), (70, 30))
        self.assertEqual((talks["today"]["amount"], talks["before"]["amount"]), (10, 0))
        self.assert_numbers_open_their_records(found, self.seller)

    def test_a_deal_that_changed_hands_stood_with_its_former_seller(self):
        self.grow()
        self.assertEqual(self.rows(self.colleague), [("First Contact", 0, 1, -1)])
        self.assert_numbers_open_their_records(self.block(self.colleague), self.colleague)

    def test_scopes_of_a_manager(self):
        self.team.user_id = self.manager
        self.grow()
        self.assertEqual(self.block(self.manager)["stages"], [])
        for scope, before in (("team", 2), ("all", 3)):
            with self.subTest(scope=scope):
                found = self.block(self.manager, scope)
                contact = found["stages"][0]
                self.assertEqual((contact["today"]["value"], contact["before"]["value"]), (2, before))
                self.assert_numbers_open_their_records(found, self.manager)

    def test_today_equals_the_ledger(self):
        self.grow()
        found = self.block(self.manager, "all")["stages"]
        rows = self.Movement.with_user(self.manager).funnel_at(self.env.cr.now().date())
        self.assertEqual(
            [
                (row["stage_id"], row["today"]["value"], row["today"]["amount"])
                for row in found
                if row["today"]["value"]
            ],
            [(row["stage_id"], row["deal_count"], row["amount"]) for row in rows],
        )

    def test_estimated(self):
        self.make_deal()
        self.assertTrue(self.block()["is_estimated"], "the ledger begins after the day")
        self.pass_time(days=40)
        self.make_deal()
        self.assertFalse(self.block()["is_estimated"])
        self.env.cr.flush()
        lines = self.Movement.search([], limit=1, order="id desc")
        self.env.cr.execute("UPDATE crm_pipeline_movement SET origin = 'backfill' WHERE id = %s", [lines.id])
        self.assertTrue(self.block()["is_estimated"])
        self.pass_time(days=40)
        self.assertFalse(self.block()["is_estimated"])

    def test_nothing_in_any_block(self):
        """A user without a team, or whose team has no deals, has empty blocks and no error."""
        for teams in (0, 1):
            self.env["crm.team"].create([{"name": "Team Empty", "user_id": self.manager.id}] * teams)
            blocks = self.workbench_of(self.manager, "team", ["customers", "sellers", "funnel", "conversion"])["blocks"]
            shown = ("customers", "sellers", "stages", "stages")
            self.assertEqual([block[name] for block, name in zip(blocks.values(), shown, strict=True)], [[]] * 4)

    def test_order_of_stages(self):
        for stage in (self.talks, self.contact, self.bidding):
            self.make_deal(stage_id=stage.id)
        self.contact.sequence = 60
        self.assertEqual([row[0] for row in self.rows()], ["Bidding", "Negotiation", "First Contact"])

    def test_deal_without_stage_or_amount(self):
        deal = self.make_deal()
        self.env.flush_all()
        self.env.cr.execute("UPDATE crm_lead SET stage_id = NULL, expected_revenue = NULL WHERE id = %s", [deal.id])
        self.assertEqual(self.rows()[-1][:2], ("No stage", 1))

    def test_recurring_revenue(self):
        self.assertFalse(self.block()["has_recurring"])
        self.seller.group_ids = [Command.link(self.env.ref("crm.group_use_recurring_revenues").id)]
        self.assertTrue(self.block()["has_recurring"])

    def test_two_currencies_at_one_rate(self):
        foreign = self.env["res.currency"].create({"name": "XWF", "symbol": "F"})
        for day, rate in (("2026-01-01", 4.0), ("2026-04-01", 5.0)):
            self.env["res.currency.rate"].create(
                {"name": day, "currency_id": foreign.id, "company_id": self.company.id, "rate": rate}
            )
        abroad = self.env["res.company"].create({"name": "Abroad", "currency_id": foreign.id})
        self.manager.company_ids = [Command.link(abroad.id)]
        common = {"team_id": False, "user_id": False}
        self.make_deal(company_id=abroad.id, expected_revenue=400, **common)
        self.make_deal(expected_revenue=10, **common)
        self.pass_time(days=40)
        companies = [self.company.id, abroad.id]
        [row] = self.block(self.manager, "all", allowed_company_ids=companies)["stages"]
        self.assertEqual((row["today"]["amount"], row["before"]["amount"]), (90, 90))
        self.assertEqual(row["before"]["currency_id"], self.company.currency_id.id)


@tagged("post_install", "-at_install")
class TestWorkbenchFunnelAccess(WorkbenchMixin, AccessCase):
    """Deals that the reader may not read are in no count."""

    def test_readers(self):
        self.set_time(self.Movement.search([], limit=1).date + timedelta(days=40))
        self.deals["colleague's"].stage_id = self.bidding
        for user, names in self.readers():
            may = user.has_group("sales_team.group_sale_salesman_all_leads")
            scope = "all" if may else "mine"
            count = len([name for name in names if may or self.deals[name].user_id == user])
            with self.subTest(user=user.login):
                found = self.block_of(user, "funnel", scope)
                self.assertEqual(sum(row["today"]["value"] for row in found["stages"]), count)
                self.assertEqual(sum(row["before"]["value"] for row in found["stages"]), count)
                self.assert_numbers_open_their_records(found, user)
