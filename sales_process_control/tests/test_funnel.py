from datetime import datetime, timedelta
from random import Random

from odoo.fields import Domain
from odoo.tests import tagged

from .common import PipelineCase
from .funnel_common import FunnelMixin
from .test_audit import AUDIT


@tagged("post_install", "-at_install")
class TestFunnel(FunnelMixin, PipelineCase):
    """Two days beside each other: the funnel, the waterfall and the flow."""

    def test_published_quarter(self):
        """A published example of a waterfall by expected closing, and the lists behind its numbers."""
        self.sell_through_a_quarter()
        self.set_time(datetime(2026, 7, 1, 9))
        in_quarter = [("date_deadline", ">=", "2026-04-01"), ("date_deadline", "<=", "2026-06-30")]
        found = self.funnel(self.manager, day="2026-06-30", before="2026-03-31", domain=in_quarter)
        changes = {
            "created": 1501878,
            "amount_up": 149382,
            "pulled_in": 180171,
            "pushed_out": -271125,
            "won": -556292,
            "lost": -287487,
        }
        self.assertEqual(self.bars(found), {"opening": 1257559, **changes, "closing": 1974086})
        lines = self.Movement._read_group([*in_quarter, ("day", ">=", "2026-04-01")], ["kind"], ["amount:sum"])
        self.assertEqual(dict(lines), changes)
        self.assertEqual(
            self.cells(found),
            {
                ("First Contact", "First Contact", "same"): 1,
                ("First Contact", "Won", "out"): 1,
                ("First Contact", "Lost", "out"): 1,
                ("First Contact", "Filtered out", "out"): 1,
                ("Came in", "First Contact", "in"): 2,
                ("Came in", "Won", "in"): 1,
            },
        )
        self.assert_adds_up(found)
        self.assert_opens(self.manager, found)

    def test_there_and_back(self):
        """A deal that left its stage or the pipeline and came back did not move."""
        moving, ending, staying = (self.make_deal(expected_revenue=amount) for amount in (10, 20, 30))
        going_on, going_back = self.make_deal(), self.make_deal(stage_id=self.talks.id)
        self.pass_time(days=1)
        moving.stage_id = self.bidding
        ending.action_set_lost()
        going_on.stage_id = self.talks
        self.pass_time(days=1)
        moving.stage_id = self.contact
        ending.action_unarchive()
        going_back.stage_id = self.contact
        staying.expected_revenue = 35
        self.pass_time(days=1)
        found = self.funnel(self.manager, day="2026-03-04", before="2026-03-02")
        self.assertEqual(
            self.cells(found),
            {
                ("First Contact", "First Contact", "same"): 3,
                ("First Contact", "Negotiation", "forward"): 1,
                ("Negotiation", "First Contact", "back"): 1,
            },
        )
        self.assertEqual(self.flow_cells(found)[f"stage:{self.contact.id}", f"stage:{self.contact.id}"], (3, 60))
        self.assert_adds_up(found)
        self.assert_opens(self.manager, found)

    def test_repairs_of_closed_deals_are_no_ends(self):
        """Lines that the daily audit adds to a closed deal have the kind of its end, but end no deal."""
        closed, passing = self.make_deal(expected_revenue=50), self.make_deal(expected_revenue=70)
        closed.action_set_won()
        passing.unlink()
        self.pass_time(days=3)
        before = self.env.cr.now().date()
        self.pass_time(days=1)
        passing = self.make_deal(expected_revenue=10)
        self.pass_time(days=1)
        passing.action_set_won()
        self.env.cr.flush()
        won = (f"stage:{self.contact.id}", "won")
        for bend in ("UPDATE crm_pipeline_movement SET amount = amount + 5", "DELETE FROM crm_pipeline_movement"):
            self.env.cr.execute(f"{bend} WHERE lead_ref = %s AND kind = 'created'", [closed.id])
            self.pass_time(days=1)
            with self.assertLogs(AUDIT, level="WARNING"):
                self.env["crm.pipeline.audit"]._cron_audit()
            flow = self.flow_cells(self.funnel(self.manager, before=str(before), day=str(self.env.cr.now().date())))
            self.assertEqual(flow["entered", "won"], (1, 10))
            self.assertNotIn(won, flow)

    def test_amount_of_a_deal_that_came_in_and_moved(self):
        """Of the changes of its amount, those before its last move are in the line of this move already."""
        deal = self.make_deal(expected_revenue=10)
        for change in ({"expected_revenue": 20}, {"stage_id": self.needs.id}, {"expected_revenue": 35}):
            self.pass_time(hours=1)
            deal.write(change)
        found = self.funnel(self.manager, before="2026-03-01", day="2026-03-02")
        self.assertEqual(self.flow_cells(found), {("entered", f"stage:{self.needs.id}"): (1, 35)})

    def test_repair_of_a_deal_that_came_in_and_ended(self):
        """It has ended once, with the amount that it had then."""
        deal = self.make_deal(expected_revenue=10)
        self.pass_time(days=1)
        deal.action_set_won()
        self.pass_time(days=1)
        bend = "UPDATE crm_pipeline_movement SET amount = amount + 5 WHERE lead_ref = %s AND kind = 'created'"
        self.env.cr.execute(bend, [deal.id])
        with self.assertLogs(AUDIT, level="WARNING"):
            self.env["crm.pipeline.audit"]._cron_audit()
        flow = self.flow_cells(self.funnel(self.manager, before="2026-03-01", day=str(self.env.cr.now().date())))
        self.assertEqual(flow, {("entered", "won"): (1, 10)})

    def test_equals_plain_lines_whatever_happened(self):
        """Waterfall and flow of random days, users and filters equal those of lines followed one by one."""
        random = Random(5)
        self.change_at_random(random)
        today = self.env.cr.now().date()
        days = (today - self.start.date()).days
        tag = self.env["crm.tag"].create({"name": "Framework"})
        self.Lead.search([], limit=6).tag_ids = tag
        filters = (
            [],
            [("user_id", "=", self.seller.id)],
            [("team_id", "=", self.team.id)],
            [("team_id.name", "=", "Team South")],
            [("date_deadline", ">=", "2026-06-01")],
            [("lead_id.tag_ids", "in", tag.ids)],
        )
        for number in range(24):
            back = random.randrange(days)
            day = today - timedelta(days=back)
            before = day - timedelta(days=random.randrange(1, days - back + 3))
            user, domain = random.choice((self.manager, self.seller)), filters[number % len(filters)]
            with self.subTest(day=day, before=before, domain=domain, user=user.login):
                found = self.funnel(user, day=str(day), before=str(before), domain=domain)
                self.assert_adds_up(found)
                self.assertEqual(self.flow_cells(found), self.plain_flow(user, before, day, domain))
                self.assert_opens(user, found, every=3)
                for which, one in (("day", day), ("before", before)):
                    held = self.forward(user, one, domain)
                    shown = {
                        (stage["stage_id"], self.company.currency_id.id): (
                            stage[which]["value"],
                            round(stage[which]["amount"], 2),
                        )
                        for stage in found["stages"]
                        if stage[which]["value"]
                    }
                    self.assertEqual(shown, held)

    def test_filtered_by_tags(self):
        """The present tags count, also those of lost deals, which are archived."""
        tag = self.env["crm.tag"].create({"name": "Framework"})
        lost, won, other = self.make_deal(), self.make_deal(), self.make_deal()
        (lost + won).tag_ids = tag
        self.pass_time(days=10)
        (lost + other).action_set_lost()
        won.action_set_won()
        self.pass_time(days=1)
        found = self.funnel(self.manager, before="2026-03-05", domain=[("lead_id.tag_ids", "in", tag.ids)])
        self.assertEqual(
            {bar["kind"]: bar["number"]["value"] for bar in found["waterfall"]},
            {"opening": 2, "won": -1, "lost": -1, "closing": 0},
        )
        self.assert_adds_up(found)
        self.assert_opens(self.manager, found)

    def test_deleted_stage(self):
        """Deals of a deleted stage have no stage."""
        deal = self.make_deal(stage_id=self.needs.id)
        self.pass_time(days=2)
        deal.stage_id = self.talks
        self.env.flush_all()
        self.needs.unlink()
        found = self.funnel(self.manager, day="2026-03-04", before="2026-03-03")
        self.assertEqual(self.cells(found), {("No stage", "Negotiation", "back"): 1})
        self.assert_adds_up(found)
        self.assert_opens(self.manager, found)
        gone = self.funnel(self.manager, day="2026-03-04", domain=[("stage_id", "=", self.needs.id)])
        self.assertEqual(gone["totals"]["day"]["value"], 0)

    def test_a_cell_asks_for_its_filter(self):
        """The lines of a cell are filtered as the funnel was."""
        self.make_deal()
        self.make_deal(team_id=self.other_team.id)
        found = self.funnel(self.manager, domain=[("team_id", "=", self.team.id)])
        [[cell]] = [row["cells"] for row in found["flow"]["rows"]]
        lines = self.reader(self.manager).search(Domain(cell["number"]["domain"]))
        self.assertEqual(lines.team_id, self.team)
