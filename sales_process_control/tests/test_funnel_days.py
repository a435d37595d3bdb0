from datetime import date, timedelta
from random import Random

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from .common import AccessCase, PipelineCase
from .funnel_common import FunnelMixin
from .workbench_common import WorkbenchMixin


class TwoCurrenciesMixin:
    """A second company with a currency of its own, in which the manager works, too."""

    def open_abroad(self):
        foreign = self.env["res.currency"].create({"name": "XWF", "symbol": "F"})
        self.env["res.currency.rate"].create(
            {"name": "2026-01-01", "currency_id": foreign.id, "company_id": self.company.id, "rate": 4.0}
        )
        abroad = self.env["res.company"].create({"name": "Abroad", "currency_id": foreign.id})
        self.manager.company_ids = [Command.link(abroad.id)]
        return abroad


@tagged("post_install", "-at_install")
class TestFunnelDays(TwoCurrenciesMixin, WorkbenchMixin, FunnelMixin, PipelineCase):
    """The deals that a number opens, as they stood on its day."""

    def test_deals_as_they_stood(self):
        """A bar of 361,000 opens deals of 361,000, with the values that they had on that day."""
        raised = self.make_deal(name="Raised", expected_revenue=357500, date_deadline="2026-04-01")
        self.pass_time(days=1)
        raised.expected_revenue = 361000
        self.pass_time(days=1)
        raised.write(
            {
                "expected_revenue": 400000,
                "date_deadline": "2026-05-01",
                "stage_id": self.bidding.id,
                "user_id": self.colleague.id,
                "team_id": self.other_team.id,
            }
        )
        self.pass_time(days=30)
        found = self.funnel(self.manager, day="2026-03-04", before="2026-03-03")
        [contact, _bidding] = found["stages"]
        self.assertEqual(contact["before"]["amount"], 361000)
        row = self.opened_by(self.manager, contact["before"])
        self.assertEqual(
            (row.lead_id, row.day, row.stage_id, row.user_id, row.team_id, row.date_deadline, row.amount),
            (raised, date(2026, 3, 3), self.contact, self.seller, self.team, date(2026, 4, 1), 361000),
        )
        self.assertEqual(row.display_name, "Raised")
        row = self.opened_by(self.manager, found["totals"]["day"])
        self.assertEqual(
            (row.stage_id, row.user_id, row.team_id, row.date_deadline, row.amount),
            (self.bidding, self.colleague, self.other_team, date(2026, 5, 1), 400000),
        )
        self.assert_opens(self.manager, found)

    def test_one_row_on_two_days(self):
        """Within one transaction a row has the amount of the day of its context."""
        deal = self.make_deal(expected_revenue=10)
        self.pass_time(days=1)
        deal.expected_revenue = 20
        self.pass_time(days=1)
        rows = [self.deals_on(self.manager, date(2026, 3, day)).search([]) for day in (2, 3)]
        self.assertEqual(rows[0], rows[1])
        self.assertEqual([row.amount for row in rows], [10, 20])
        self.assertEqual([row.day.day for row in rows], [2, 3])
        self.assertEqual(rows[0].amount, 10)

    def test_the_day_is_that_of_the_context(self):
        self.make_deal()
        self.pass_time(days=1)
        deals = self.deals_on(self.manager, date(2026, 3, 2))
        self.assertEqual(len(deals.search([("day", "=", "2026-03-02")])), 1)
        self.assertFalse(deals.search([("day", "=", "2026-03-03")]))
        self.assertFalse(self.deals_on(self.manager, date(2026, 3, 1)).search([]))
        today = self.env["crm.pipeline.day"].with_user(self.manager)
        self.assertEqual(today.search([]).day, date(2026, 3, 3))
        for day in ("yesterday", "2026-03-05", "0001-01-01", 7, ["2026-03-02"]):
            with self.subTest(day=day), self.assertRaises(UserError):
                today.with_context(pipeline_day=day).search([])

    def test_every_number_in_two_currencies(self):
        """All numbers of two days, with deals that grow, are pushed, change hands, companies and stages, and end."""
        abroad, random = self.open_abroad(), Random(12)
        self.change_at_random(random, 60)
        deals = self.Lead.search([])
        for deal in deals[:4]:
            deal.write({"company_id": abroad.id, "team_id": False, "user_id": False})
            self.pass_time(hours=5)
        for deal in deals:
            deal.write({"expected_revenue": random.randrange(9000) / 10, "date_deadline": "2026-07-15"})
            self.pass_time(hours=3)
        today = self.env.cr.now().date()
        days = (today - self.start.date()).days
        filters = (
            [],
            [("company_id", "=", abroad.id)],
            [("stage_id", "in", (self.contact + self.bidding).ids)],
            [("date_deadline", ">=", "2026-06-01")],
            [("lead_id.user_id", "=", self.seller.id)],
        )
        for number in range(15):
            day = today - timedelta(days=random.randrange(days))
            before = day - timedelta(days=random.randrange(1, days))
            domain = filters[number % len(filters)]
            with self.subTest(day=day, before=before, domain=domain):
                found = self.funnel(self.manager, day=str(day), before=str(before), domain=domain)
                self.assert_adds_up(found)
                self.assert_opens(self.manager, found)

    def test_every_number_of_the_workbench(self):
        """The workbench of each scope, after amounts, closings, hands and stages have changed."""
        self.open_abroad()
        self.team.user_id = self.manager
        self.change_at_random(Random(13), 60)
        self.pass_time(days=24)
        self.change_at_random(Random(14), 20)
        for user, scope in ((self.manager, "team"), (self.manager, "all"), (self.seller, "mine")):
            with self.subTest(user=user.login, scope=scope):
                self.assert_numbers_open_their_records(self.workbench_of(user, scope), user)
                later = self.workbench_of(user, scope, ["funnel", "conversion"])
                self.assert_numbers_open_their_records(later, user)
                self.assertTrue([stage for stage in later["blocks"]["funnel"]["stages"] if stage["before"]["amount"]])

    def test_deals_that_came_and_left(self):
        """A cell of deals that were there on neither day opens them as they left."""
        passing = self.make_deal(expected_revenue=10)
        self.pass_time(days=1)
        passing.expected_revenue = 15
        self.pass_time(days=1)
        passing.action_set_won()
        self.pass_time(days=1)
        found = self.funnel(self.manager, day="2026-03-05", before="2026-03-01")
        [[cell]] = [row["cells"] for row in found["flow"]["rows"]]
        self.assertEqual((cell["key"], cell["number"]["amount"]), ("won", 15))
        row = self.opened_by(self.manager, cell["number"])
        self.assertEqual((row.amount, row.day, row.stage_id), (15, date(2026, 3, 4), self.contact))
        self.assert_opens(self.manager, found)

    def test_movements_behind_deals(self):
        """The lines behind rows add up to them."""
        deals = self.make_deal(expected_revenue=10) + self.make_deal(expected_revenue=20)
        self.pass_time(days=1)
        deals[0].write({"expected_revenue": 15, "date_deadline": "2026-06-01"})
        deals[1].stage_id = self.bidding
        self.pass_time(days=1)
        deals.action_set_lost()
        self.pass_time(days=1)
        rows = self.deals_on(self.manager, date(2026, 3, 3)).search([])
        for some in (rows, rows[0], rows[1]):
            action = some.action_open_lines()
            lines = self.env[action["res_model"]].with_user(self.manager).search(action["domain"])
            self.assertEqual(sum(lines.mapped("deal_count")), len(some))
            self.assertEqual(sum(lines.mapped("amount")), sum(some.mapped("amount")))
        shown = rows.browse().with_context(active_domain=[("stage_id", "=", rows[0].stage_id.id)])
        [_condition, last_day] = shown.action_open_lines()["domain"]
        self.assertEqual(last_day, ("day", "<=", "2026-03-03"))
        self.assertEqual(shown.action_open_lines()["domain"][0][2], [rows[0].lead_ref])
        self.assertEqual(rows[0].action_open_lead()["res_id"], rows[0].lead_id.id)
        deals.unlink()
        self.env.cr.flush()
        self.assertEqual(rows[0].action_open_lead()["tag"], "display_notification")

    def test_views(self):
        """Each filter, grouping and column of the list can be used; groups add up."""
        self.make_deal(expected_revenue=10)
        self.make_deal(expected_revenue=20, stage_id=self.bidding.id)
        self.pass_time(days=1)
        deals = self.deals_on(self.seller, date(2026, 3, 2))
        for item in etree.fromstring(deals.get_view(view_type="search")["arch"]).iter("filter"):
            with self.subTest(filter=item.get("name")):
                if item.get("domain"):
                    domain = safe_eval(item.get("domain"), {"uid": self.seller.id})
                    # The values that the list shows say the same.
                    self.assertEqual(deals.search(domain), deals.search([]).filtered_domain(domain))
                if item.get("context"):
                    groupby = safe_eval(item.get("context"))["group_by"]
                    groups = deals.formatted_read_group([], [groupby], ["__count", "amount:sum"])
                    self.assertEqual(sum(group["__count"] for group in groups), 2)
                    self.assertEqual(sum(group["amount:sum"] for group in groups), 30)
        names = [
            field.get("name") for field in etree.fromstring(deals.get_view(view_type="list")["arch"]).iter("field")
        ]
        records = deals.web_search_read([], {name: {} for name in names})["records"]
        self.assertEqual([record["amount"] for record in records], [20, 10])

    def test_statements(self):
        """The list of a number costs the same statements for few deals and for many."""
        counts = []
        for _round in range(2):
            for _deal in range(20):
                self.make_deal()
            self.pass_time(days=1)
            deals = self.deals_on(self.manager, self.env.cr.now().date())
            deals.web_search_read([], {"lead_id": {"fields": {"display_name": {}}}, "amount": {}}, limit=10)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            deals.web_search_read([], {"lead_id": {"fields": {"display_name": {}}}, "amount": {}}, limit=10)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
        self.assertEqual(counts[0], 4)

    def test_amounts_in_two_currencies_are_marked(self):
        """Lists and pivots get the currencies of a sum, and convert a sum of several."""
        abroad = self.open_abroad()
        self.make_deal(expected_revenue=10)
        self.make_deal(expected_revenue=400, company_id=abroad.id, team_id=False, user_id=False)
        self.env.cr.flush()
        currencies = {self.company.currency_id.id, abroad.currency_id.id}
        measures = ["amount:sum", "amount:sum_currency", "currency_id:array_agg_distinct"]
        for model in ("crm.pipeline.day", "crm.pipeline.movement", "crm.stage.visit", "crm.stage.dwell.report"):
            rows = self.env[model].with_env(self.reader(self.manager).env)
            with self.subTest(model=model):
                field = rows.fields_get(["amount"])["amount"]
                self.assertEqual((field["type"], field["currency_field"]), ("monetary", "currency_id"))
                self.assertEqual(field["aggregator"], "sum")
                [group] = rows.formatted_read_group([], [], measures)
                self.assertEqual(set(group["currency_id:array_agg_distinct"]), currencies)
                self.assertEqual(group["amount:sum_currency"], 110)


@tagged("post_install", "-at_install")
class TestFunnelDaysAccess(FunnelMixin, AccessCase):
    """Deals on a day follow the salesperson and the company that they had on that day."""

    def setUp(self):
        super().setUp()
        line = self.Movement.search([], limit=1)
        self.first_day = line.day
        self.set_time(line.date)

    def test_readers(self):
        self.pass_time(days=1)
        self.deals["nobody's"].user_id = self.colleague
        self.pass_time(days=1)
        for user, names in self.readers():
            with self.subTest(user=user.login):
                rows = self.deals_on(user, self.first_day).search([])
                self.assertEqual(set(rows.mapped("lead_ref")), {self.deals[name].id for name in names})
                groups = self.deals_on(user, self.first_day)._read_group([], ["stage_id"], ["amount:sum"])
                self.assertEqual([amount for _stage, amount in groups], [10.0 * len(names)])
        later = self.deals_on(self.seller, self.env.cr.now().date()).search([])
        self.assertEqual(later.lead_id, self.deals["own"])

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_nobody_else_and_nobody_writes(self):
        for user in (self.internal, self.portal, self.env.ref("base.public_user")):
            deals = self.env["crm.pipeline.day"].with_user(user)
            for act in (lambda deals=deals: deals.search([]), lambda deals=deals: deals.search_count([])):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    act()
        row = self.deals_on(self.manager, self.first_day).search([], limit=1)
        for user in (self.seller, self.manager, self.administrator):
            for act in (
                lambda user=user: row.with_user(user).write({"lead_ref": 1}),
                lambda user=user: row.with_user(user).unlink(),
                lambda user=user: row.with_user(user).create({"lead_ref": 1}),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    act()

    def test_a_cell_does_not_tell_of_deals_of_others(self):
        """The text of a cell is written by the browser: record rules apply to its deals."""
        self.pass_time(days=1)
        self.deals["colleague's"].stage_id = self.bidding
        self.pass_time(days=1)
        found = self.funnel(self.manager, before=str(self.first_day))
        moved = [
            cell["number"] for row in found["flow"]["rows"] for cell in row["cells"] if cell["direction"] == "forward"
        ]
        self.assertEqual(len(self.opened_by(self.manager, moved[0])), 1)
        self.assertFalse(self.opened_by(self.seller, moved[0]))
