from datetime import datetime

from odoo import Command
from odoo.tests import tagged

from .common import PipelineCase
from .funnel_common import FunnelMixin


@tagged("post_install", "-at_install")
class TestFunnelCorrections(FunnelMixin, PipelineCase):
    """Lines of changes that were undone are as if they had not happened."""

    def mark_last_lines(self, deal, count=2):
        """Mark the last lines of a deal as lines of an undone change."""
        self.env.cr.flush()
        lines = self.Movement.search([("lead_ref", "=", deal.id)], order="id desc", limit=count)
        self.env.cr.execute("UPDATE crm_pipeline_movement SET is_correction = TRUE WHERE id = ANY(%s)", [lines.ids])
        self.env.invalidate_all()
        self.env["crm.pipeline.balance"].close()

    def assert_stays(self, deal, day, before):
        """Nothing but opening and closing, and a deal that is in its stage on both days."""
        found = self.funnel(self.manager, day=day, before=before)
        self.assertEqual([bar["kind"] for bar in found["waterfall"]], ["opening", "closing"])
        key = f"stage:{deal.stage_id.id}"
        self.assertEqual(self.flow_cells(found), {(key, key): (1, 100)})
        self.assert_adds_up(found)
        self.assert_opens(self.manager, found)

    def test_undone_move_across_midnight(self):
        deal = self.make_deal()
        self.set_time(datetime(2026, 3, 8, 23, 58))
        deal.stage_id = self.bidding
        self.pass_time(minutes=4)
        deal.stage_id = self.contact
        self.pass_time(days=1)
        self.assertEqual(self.kinds_of(deal), ["created", *["advanced"] * 2, *["moved_back"] * 2])
        for day, before in (("2026-03-08", "2026-03-07"), ("2026-03-09", "2026-03-08"), ("2026-03-09", "2026-03-07")):
            self.assert_stays(deal, day, before)
        self.assertBalanced()

    def test_undone_win(self):
        """A win that was taken back is no win: neither in the waterfall nor in the flow, the weeks and the shares."""
        deal = self.make_deal()
        self.set_time(datetime(2026, 3, 8, 23, 58))
        deal.action_set_won()
        self.pass_time(minutes=4)
        deal.write({"stage_id": self.contact.id})
        self.assertEqual(self.kinds_of(deal), ["created", "won", "reopened"])
        self.pass_time(days=1)
        for day, before in (("2026-03-08", "2026-03-07"), ("2026-03-09", "2026-03-08"), ("2026-03-09", "2026-03-07")):
            self.assert_stays(deal, day, before)
        points = self.reader(self.manager).get_funnel_weeks()["points"]
        self.assertEqual([sum(stage[0] for stage in point["stages"]) for point in points], [1] * len(points))
        self.assertEqual(self.env["crm.pipeline.balance"].close(), 0)

    def test_undone_reopening(self):
        """A reopening that was taken back reopened nothing: the win stands, and counts for the shares."""
        won = [self.make_deal() for _deal in range(10)]
        self.pass_time(days=1)
        for deal in won:
            deal.action_set_won()
        self.pass_time(days=1)
        won[0].write({"stage_id": self.contact.id})
        self.pass_time(minutes=6)
        won[0].action_set_won()
        self.mark_last_lines(won[0])
        visits = self.Visit.search([("lead_ref", "=", won[0].id), ("entered_at", ">=", "2026-03-04")])
        self.env.cr.execute("UPDATE crm_stage_visit SET outcome = 'correction' WHERE id = ANY(%s)", [visits.ids])
        self.make_deal()
        # Nobody has been in this stage: the share over all stages weights it.
        self.make_deal(stage_id=self.env["crm.stage"].create({"name": "Handing Over", "sequence": 60}).id)
        self.env.cr.flush()
        found = self.funnel(self.manager, before="2026-03-02")
        [bar] = [bar for bar in found["waterfall"] if bar["kind"] == "won"]
        self.assertEqual((bar["number"]["value"], bar["reopened"]["value"]), (-10, 0))
        self.assertEqual(
            [tuple(stage["share"].values()) for stage in found["stages"]], [(1, 10, 10, False), (1, 10, 10, True)]
        )
        self.assertEqual(self.env["crm.win.report"]._read_group([], [], ["won:sum"]), [(10,)])

    def test_wins_that_were_reopened(self):
        """The won bar less those that were reopened since are the wins of the win rate."""
        deals = [self.make_deal(expected_revenue=amount) for amount in (1, 10, 100, 1000)]
        self.pass_time(days=1)
        for deal in deals[:3]:
            deal.action_set_won()
        deals[3].action_set_lost()
        self.pass_time(days=1)
        (deals[0] + deals[1]).write({"stage_id": self.contact.id})
        deals[3].action_unarchive()
        self.pass_time(days=1)
        deals[1].action_set_won()
        self.pass_time(days=1)
        found = self.funnel(self.manager, before="2026-03-02")
        bars = {bar["kind"]: bar for bar in found["waterfall"] if "reopened" in bar}
        counts = {
            kind: (bar["number"]["value"], bar["reopened"]["value"], bar["reopened"]["amount"])
            for kind, bar in bars.items()
        }
        self.assertEqual(counts, {"won": (-4, -2, -11), "lost": (-1, -1, -1000)})
        self.assert_adds_up(found)
        self.assert_opens(self.manager, found)
        lines = self.opened_by(self.manager, bars["won"]["reopened"])
        self.assertEqual((lines.lead_id, set(lines.mapped("is_reopened"))), (deals[0] + deals[1], {True}))
        report = self.env["crm.win.report"].with_user(self.manager)
        [(won,)] = report._read_group([("date", ">", "2026-03-02")], [], ["won:sum"])
        self.assertEqual(won, 2)
        # Nothing has come back until the day on which they were won.
        found = self.funnel(self.manager, day="2026-03-03", before="2026-03-02")
        [bar] = [bar for bar in found["waterfall"] if bar["kind"] == "won"]
        self.assertEqual((bar["number"]["value"], bar["reopened"]["value"]), (-3, -2))


@tagged("post_install", "-at_install")
class TestFunnelShareOverAll(FunnelMixin, PipelineCase):
    """The share over all stages counts all deals that ended, however they were made."""

    def share(self, user):
        [stage] = self.funnel(user)["stages"]
        return stage["share"]

    def test_made_as_won_or_lost(self):
        self.make_deal()
        for _deal in range(6):
            self.make_deal(stage_id=self.signed.id)
        for _deal in range(3):
            self.make_deal(active=False, probability=0)
        self.env.cr.flush()
        share = {"value": 6 / 9, "won": 6, "settled": 9, "is_overall": True}
        self.assertEqual(self.share(self.manager), share)
        self.assertEqual(self.share(self.seller), share)
        self.make_deal(user_id=self.colleague.id)
        self.assertIs(self.share(self.colleague)["value"], False, "nine deals of one seller would tell how they ended")
        self.make_deal(stage_id=self.signed.id)
        self.assertExactly(
            self.share(self.colleague), {"value": 0.7, "won": False, "settled": False, "is_overall": True}
        )


@tagged("post_install", "-at_install")
class TestFunnelWithoutRate(FunnelMixin, PipelineCase):
    """Amounts in a currency without an exchange rate are counted, are in no sum, and are named."""

    def setUp(self):
        super().setUp()
        self.yen = self.env["res.currency"].create({"name": "XWY", "symbol": "Y"})
        self.tokyo = self.env["res.company"].create({"name": "Tokyo", "currency_id": self.yen.id})
        self.manager.company_ids = [Command.link(self.tokyo.id)]
        common = {"team_id": False, "user_id": False}
        customer = self.env["res.partner"].create({"name": "Tokyo Customer"})
        self.make_deal(company_id=self.tokyo.id, expected_revenue=1000000, partner_id=customer.id, **common)
        self.make_deal(expected_revenue=500, partner_id=customer.id, **common)
        self.pass_time(days=31)

    def left_out(self, amount):
        return [{"currency_id": self.yen.id, "name": "XWY", "amount": amount}]

    def test_funnel_and_weeks(self):
        found = self.funnel(self.manager)
        self.assertEqual((found["totals"]["day"]["value"], found["totals"]["day"]["amount"]), (2, 500))
        self.assertEqual(found["left_out"], {"day": self.left_out(1000000), "before": self.left_out(1000000)})
        self.assertTrue(found["is_converted"])
        self.assert_adds_up(found)
        self.assert_opens(self.manager, found)
        weeks = self.reader(self.manager).get_funnel_weeks()
        self.assertEqual(weeks["left_out"], self.left_out(1000000))
        self.assertEqual([stage[:3] for stage in weeks["points"][-1]["stages"]], [[2, 500, 0]])

    def test_in_the_other_currency(self):
        found = self.funnel(self.manager, currency_id=self.yen.id)
        self.assertEqual(found["totals"]["day"]["amount"], 1000000)
        own = self.company.currency_id
        self.assertEqual(found["left_out"]["day"], [{"currency_id": own.id, "name": own.name, "amount": 500}])

    def test_only_between_the_days(self):
        deal = self.make_deal(company_id=self.tokyo.id, expected_revenue=5, team_id=False, user_id=False)
        self.Lead.search([("company_id", "=", self.tokyo.id)], limit=2).action_set_lost()
        self.pass_time(days=1)
        deal.exists().action_set_lost()
        found = self.funnel(self.manager, day="2026-04-02", before="2026-03-01")
        self.assertEqual(found["left_out"], {"day": self.left_out(0), "before": self.left_out(0)})

    def test_workbench(self):
        companies = (self.company + self.tokyo).ids
        leads = self.env["crm.lead"].with_user(self.manager).with_context(allowed_company_ids=companies)
        blocks = leads.get_workbench("all", ["funnel", "customers"])["blocks"]
        [stage] = blocks["funnel"]["stages"]
        self.assertEqual((stage["today"]["value"], stage["today"]["amount"], stage["before"]["amount"]), (2, 500, 500))
        self.assertEqual(blocks["funnel"]["left_out"], self.left_out(1000000))
        [customer] = [row for row in blocks["customers"]["customers"] if row["name"] == "Tokyo Customer"]
        self.assertEqual((customer["deals"]["value"], customer["amount"]), (2, 500))
        self.assertEqual(blocks["customers"]["left_out"], self.left_out(1000000))

    def test_workbench_of_a_currency_of_the_earlier_day(self):
        """It is named although no deal of today has it."""
        self.Lead.search([("company_id", "=", self.tokyo.id)]).action_set_lost()
        companies = (self.company + self.tokyo).ids
        leads = self.env["crm.lead"].with_user(self.manager).with_context(allowed_company_ids=companies)
        funnel = leads.get_workbench("all", ["funnel"])["blocks"]["funnel"]
        [stage] = funnel["stages"]
        self.assertEqual((stage["before"]["value"], stage["before"]["amount"]), (2, 500))
        self.assertEqual(funnel["left_out"], self.left_out(0))

    def test_with_a_rate(self):
        """A rate for all companies is enough; the rate 1 is one."""
        for rate, amount in ((200.0, 5500), (1.0, 1000500)):
            self.env["res.currency.rate"].search([("currency_id", "=", self.yen.id)]).unlink()
            self.env["res.currency.rate"].create(
                {"name": "2026-01-01", "currency_id": self.yen.id, "company_id": False, "rate": rate}
            )
            found = self.funnel(self.manager)
            self.assertEqual(found["totals"]["day"]["amount"], amount)
            self.assertEqual(found["left_out"], {"day": [], "before": []})
            # The main company's currency has no rate, and is the one that the rates are relative to.
            reader = self.manager.with_user(self.manager).env["crm.pipeline.movement"]
            abroad = reader.with_context(allowed_company_ids=(self.tokyo + self.company).ids).get_funnel()
            self.assertEqual((abroad["currency_id"], abroad["left_out"]["day"]), (self.yen.id, []))
            self.assertEqual(abroad["totals"]["day"]["amount"], 1000000 + 500 * rate)
