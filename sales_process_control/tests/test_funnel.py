from datetime import date, datetime, timedelta
from random import Random

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tests import tagged

from .common import PipelineCase
from .funnel_common import FunnelMixin


@tagged("post_install", "-at_install")
class TestFunnel(FunnelMixin, PipelineCase):
    """Two days beside each other: the funnel, the waterfall between them, and where deals went."""

    def bars(self, found):
        return {bar["kind"]: bar["number"]["amount"] for bar in found["waterfall"]}

    def cells(self, found):
        names = {column["key"]: column["name"] for column in found["flow"]["columns"]}
        return {
            (row["name"], names[cell["key"]], cell["direction"]): cell["number"]["value"]
            for row in found["flow"]["rows"]
            for cell in row["cells"]
        }

    def test_published_quarter(self):
        """The waterfall by expected closing that any such ledger must reproduce, and the lists behind it."""
        quarter, next_quarter = date(2026, 6, 15), date(2026, 9, 15)
        self.set_time(datetime(2026, 3, 20, 9))
        to_win, to_lose, to_push, to_raise, to_pull = (
            self.make_deal(expected_revenue=amount, date_deadline=closing)
            for amount, closing in (
                (300000, quarter),
                (287487, quarter),
                (271125, quarter),
                (398947, quarter),
                (180171, next_quarter),
            )
        )
        self.set_time(datetime(2026, 4, 10, 9))
        won_soon = self.make_deal(expected_revenue=256292, date_deadline=quarter)
        self.make_deal(expected_revenue=1245586, date_deadline=quarter)
        self.pass_time(days=5)
        to_push.date_deadline = next_quarter
        to_pull.date_deadline = quarter
        to_raise.expected_revenue += 149382
        self.pass_time(days=5)
        (to_win + won_soon).action_set_won()
        to_lose.action_set_lost()
        self.set_time(datetime(2026, 7, 1, 9))
        in_quarter = [("date_deadline", ">=", "2026-04-01"), ("date_deadline", "<=", "2026-06-30")]
        found = self.funnel(self.manager, day="2026-06-30", before="2026-03-31", domain=in_quarter)
        self.assertEqual(
            self.bars(found),
            {
                "opening": 1257559,
                "created": 1501878,
                "amount_up": 149382,
                "pulled_in": 180171,
                "pushed_out": -271125,
                "won": -556292,
                "lost": -287487,
                "closing": 1974086,
            },
        )
        self.assertEqual(
            self.cells(found),
            {
                ("First Contact", "First Contact", "same"): 1,
                ("First Contact", "Won", "out"): 1,
                ("First Contact", "Lost", "out"): 1,
                ("First Contact", "Out of view", "out"): 1,
                ("Came in", "First Contact", "in"): 2,
                ("Came in", "Won", "in"): 1,
            },
        )
        self.assert_adds_up(found)
        self.assert_opens(self.manager, found)

    def test_there_and_back(self):
        """Who left a stage, or the pipeline, and came back stands where it stood."""
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
        self.assertEqual(self.told_flow(found)[f"stage:{self.contact.id}", f"stage:{self.contact.id}"], (3, 60))
        self.assert_adds_up(found)
        self.assert_opens(self.manager, found)

    def test_equals_plain_lines_whatever_happened(self):
        """Waterfall and flow of random days, readers and filters beside the lines followed one by one."""
        random = Random(5)
        self.tell_stories(random)
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
                self.assertEqual(self.told_flow(found), self.plain_flow(user, before, day, domain))
                self.assert_opens(user, found, every=3)
                for which, one in (("day", day), ("before", before)):
                    held = self.forward(user, one, domain)
                    told = {
                        (stage["stage_id"], self.company.currency_id.id): (
                            stage[which]["value"],
                            round(stage[which]["amount"], 2),
                        )
                        for stage in found["stages"]
                        if stage[which]["value"]
                    }
                    self.assertEqual(told, held)

    def test_weeks(self):
        """The end of each week, and today; under any filter the same as the funnel of that day."""
        self.tell_stories(Random(8))
        self.pass_time(days=9)
        self.make_deal(stage_id=self.talks.id)
        self.env.cr.flush()
        for user, domain in (
            (self.manager, []),
            (self.seller, []),
            (self.manager, [("date_deadline", ">=", "2026-06-01")]),
        ):
            found = self.reader(user).get_funnel_weeks(domain)
            days = [point["day"] for point in found["points"]]
            self.assertEqual(days[-1], str(self.env.cr.now().date()))
            self.assertEqual({date.fromisoformat(day).weekday() for day in days[:-1]}, {6})
            self.assertEqual(days[0], "2026-03-08")
            self.assertEqual(len(days), (date.fromisoformat(days[-1]) - date(2026, 3, 2)).days // 7 + 1)
            for point in found["points"]:
                with self.subTest(day=point["day"], user=user.login, domain=domain):
                    told = {
                        (stage["stage_id"], self.company.currency_id.id): (count, round(amount, 2))
                        for stage, (count, amount, _weighted) in zip(found["stages"], point["stages"], strict=True)
                        if count
                    }
                    self.assertEqual(told, self.forward(user, date.fromisoformat(point["day"]), domain))

    def test_tags_are_those_of_now(self):
        """As they are now; deals that are lost, and archived by it, keep theirs."""
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

    def test_defaults(self):
        self.make_deal()
        self.pass_time(days=40)
        found = self.funnel(self.manager)
        self.assertEqual(
            (found["day"], found["before"], found["today"], found["first_day"]),
            ("2026-04-11", "2026-03-12", "2026-04-11", "2026-03-02"),
        )
        self.assertEqual((found["estimated"], found["is_converted"], found["has_recurring"]), ([], False, False))
        self.assertEqual([bar["kind"] for bar in found["waterfall"]], ["opening", "closing"])

    def test_estimated(self):
        """Days before what was rebuilt last, and before the ledger."""
        self.make_deal()
        self.pass_time(days=10)
        self.make_deal()
        self.env.cr.flush()
        self.env.cr.execute("UPDATE crm_pipeline_movement SET origin = 'backfill'")
        self.pass_time(days=10)
        for day, before, estimated in (
            ("2026-03-22", "2026-03-12", []),
            ("2026-03-12", "2026-03-11", ["before"]),
            ("2026-03-03", "2026-02-01", ["day", "before"]),
        ):
            self.assertEqual(self.funnel(self.manager, day=day, before=before)["estimated"], estimated)
        self.assertEqual(
            [point["is_estimated"] for point in self.reader(self.manager).get_funnel_weeks()["points"]],
            [True, False, False],
        )

    def test_empty_pipeline(self):
        found = self.funnel(self.manager)
        self.assertEqual((found["stages"], found["first_day"], found["flow"]["rows"]), ([], False, []))
        self.assertEqual(found["totals"]["day"]["value"], 0)
        self.assertEqual(found["estimated"], ["day", "before"])
        self.assert_adds_up(found)
        self.assert_opens(self.manager, found)
        self.assertEqual(self.reader(self.manager).get_funnel_weeks(), {"stages": [], "points": []})

    def test_bad_input(self):
        self.make_deal()
        for arguments in (
            {"day": "2026-03-03"},
            {"day": "2026-03-01", "before": "2026-03-01"},
            {"day": "2026-02-01", "before": "2026-03-01"},
            {"day": "yesterday"},
            {"before": "2026-13-01"},
            {"domain": [("amount", ">", 1)]},
            {"domain": [("team_id.nosuch", "=", 1)]},
            {"domain": "nonsense"},
            {"currency_id": self.env["res.currency"].create({"name": "XWF", "symbol": "F"}).id},
            {"currency_id": "EUR"},
        ):
            with self.subTest(arguments=arguments), self.assertRaises(UserError):
                self.funnel(self.manager, **arguments)
        for text in ("nonsense", "[]", '["2026-03-01", "2026-03-02", "won", "lost", []]', "7", "null"):
            with self.subTest(text=text), self.assertRaises(UserError):
                self.reader(self.manager).search([("flow_cell", "=", text)])
        for text in ('["2026-03-02", "2026-03-01", "entered", "lost", []]', '["2026-03-01", "x", "entered", "lost", 7]'):
            with self.subTest(text=text), self.assertRaises(UserError):
                self.reader(self.manager).search([("flow_cell", "=", text)])

    def test_before_the_first_deal(self):
        self.make_deal()
        found = self.funnel(self.manager, before="1999-01-01")
        self.assertEqual(found["totals"]["before"]["value"], 0)
        self.assertEqual(self.cells(found), {("Came in", "First Contact", "in"): 1})

    def test_deleted_stage(self):
        """Its deals fall to none, as they do everywhere."""
        deal = self.make_deal(stage_id=self.needs.id)
        self.pass_time(days=2)
        deal.stage_id = self.talks
        self.env.flush_all()
        self.needs.unlink()
        found = self.funnel(self.manager, day="2026-03-04", before="2026-03-03")
        self.assertEqual(self.cells(found), {("Without a stage", "Negotiation", "back"): 1})
        self.assert_adds_up(found)
        self.assert_opens(self.manager, found)
        gone = self.funnel(self.manager, day="2026-03-04", domain=[("stage_id", "=", self.needs.id)])
        self.assertEqual(gone["totals"]["day"]["value"], 0)

    def test_extreme_amounts(self):
        """To the cent beside a million millions, thirty times over."""
        deals = [self.make_deal(expected_revenue=amount) for amount in [10.0**12] * 30 + [0.01, 0.02]]
        self.pass_time(days=1)
        deals[0].action_set_lost()
        deals[-1].expected_revenue = 0.05
        self.pass_time(days=1)
        found = self.funnel(self.manager, day="2026-03-03", before="2026-03-02")
        self.assertEqual(
            self.bars(found),
            {"opening": 3 * 10**13 + 0.03, "amount_up": 0.03, "lost": -(10.0**12), "closing": 2.9 * 10**13 + 0.06},
        )
        self.assert_adds_up(found)

    def test_three_hundred_stages(self):
        stages = self.env["crm.stage"].create([{"name": f"Step {number}", "sequence": 45} for number in range(300)])
        deals = [self.make_deal(stage_id=stage.id) for stage in stages]
        self.pass_time(days=1)
        for deal, stage in zip(deals, reversed(stages), strict=True):
            deal.stage_id = stage
        self.pass_time(days=1)
        found = self.funnel(self.manager, day="2026-03-03", before="2026-03-02")
        self.assertEqual([stage["stage_id"] for stage in found["stages"]], stages.ids)
        directions = [direction for _origin, _target, direction in self.cells(found)]
        self.assertEqual({way: directions.count(way) for way in set(directions)}, {"forward": 150, "back": 150})
        self.assert_adds_up(found)
        self.assert_opens(self.manager, found, every=50)

    def test_statements(self):
        """As many for one deal as for hundreds."""
        self.funnel(self.manager)
        counts = []
        for deals in (3, 60):
            for number in range(deals):
                self.make_deal(stage_id=(self.contact, self.needs, self.talks)[number % 3].id)
            self.pass_time(days=1)
            self.env.cr.flush()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.reader(self.manager).get_funnel()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
        self.assertLessEqual(counts[0], 15)

    def test_a_cell_asks_for_its_filter(self):
        """What is behind a cell is filtered as the funnel was, whatever the list is filtered by besides."""
        self.make_deal()
        self.make_deal(team_id=self.other_team.id)
        found = self.funnel(self.manager, domain=[("team_id", "=", self.team.id)])
        [[cell]] = [row["cells"] for row in found["flow"]["rows"]]
        lines = self.reader(self.manager).search(Domain(cell["number"]["domain"]))
        self.assertEqual(lines.team_id, self.team)
