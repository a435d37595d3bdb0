from odoo.tests import tagged

from .progress_common import ProgressCase
from .workbench_common import WorkbenchMixin


@tagged("post_install", "-at_install")
class TestWorkbenchAttention(WorkbenchMixin, ProgressCase):
    """Deals that need attention, the most urgent ones first, each with the reasons."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bidding.rotting_threshold_days = 12
        cls.talks.rotting_threshold_days = 3

    def block(self, user=None, scope="mine"):
        return self.block_of(user or self.seller, "attention", scope)

    def counts(self, block):
        return tuple(block[name]["value"] for name in ("stalled", "slow", "idle", "all"))

    def test_a_stalled_deal_as_its_row_shows_it(self):
        deal = self.make_deal(
            name="Office fit-out",
            stage_id=self.bidding.id,
            partner_id=self.customer.id,
            expected_revenue=210000,
            priority="2",
        )
        self.pass_time(days=31)
        activity = self.plan(deal, summary="", date_deadline="2026-03-20")
        [row] = self.block()["deals"]
        expected = {
            "id": deal.id,
            "name": "Office fit-out",
            "partner_name": "Buyer",
            "amount": 210000,
            "currency_id": self.company.currency_id.id,
            "stage_name": "Bidding",
            "stage_days": 31,
            "limit": 12,
            "limit_source": "set",
            "pace": "stalled",
            "is_hot": False,
            "hot_note": False,
            "hot_due_date": False,
            "user_id": self.seller.id,
            "user_name": self.seller.name,
            "activity": {"summary": self.call.name, "date_deadline": "2026-03-20", "icon": self.call.icon},
            "can_write": True,
        }
        self.assertEqual({name: row[name] for name in expected}, expected)
        self.assertEqual(row["pace_reason"], deal.with_user(self.seller).pace_reason)
        self.assertIn("31 days in Bidding (limit 12)", row["pace_reason"])
        self.assertEqual((row["attention"], row["attention_reason"]), (["stalled"], row["pace_reason"]))
        activity.unlink()
        [row] = self.block()["deals"]
        self.assertIs(row["activity"], False)
        self.assertEqual(row["attention"], ["stalled", "idle"])
        self.assertEqual(row["attention_reason"], row["pace_reason"].rstrip(".") + ", no next action.")

    def test_next_activity_is_the_first(self):
        deal = self.make_deal(stage_id=self.bidding.id)
        self.pass_time(days=13)
        self.plan(deal, summary="Second", date_deadline="2026-03-30")
        self.plan(deal, user=self.manager, summary="First", date_deadline="2026-03-10")
        self.plan(deal, summary="Done", date_deadline="2026-03-01").action_done()
        [row] = self.block()["deals"]
        self.assertEqual((row["activity"]["summary"], row["activity"]["date_deadline"]), ("First", "2026-03-10"))

    def test_order_and_numbers(self):
        """Stalled deals come before slow ones, those longest past their limit first. Deals without plan are last."""
        deals = {"slow": self.make_deal(name="Slow", stage_id=self.bidding.id)}
        self.pass_time(days=5)
        self.make_deal(name="Stalled by 8", stage_id=self.bidding.id)
        self.pass_time(days=8)
        self.make_deal(name="Stalled by 9", stage_id=self.talks.id)
        deals["moving"] = self.make_deal(name="Slow too", stage_id=self.talks.id)
        self.make_deal(name="No plan", stage_id=self.needs.id)
        self.pass_time(days=12)
        self.plan(self.make_deal(name="On pace", stage_id=self.bidding.id))
        self.hear(deals["slow"])
        self.hear(deals["moving"])
        block = self.block()
        self.assertEqual(
            [(deal["name"], deal["pace"]) for deal in block["deals"]],
            [
                ("Stalled by 9", "stalled"),
                ("Stalled by 8", "stalled"),
                ("Slow", "slow"),
                ("Slow too", "slow"),
                ("No plan", "on_pace"),
            ],
        )
        self.assertEqual(self.counts(block), (2, 2, 5, 5))
        self.assert_numbers_open_their_records(block, self.seller)

    def test_closed_deals_and_leads_never(self):
        deals = {name: self.make_deal(name=name, stage_id=self.bidding.id) for name in ("won", "lost", "kept", "away")}
        self.make_deal(name="lead", type="lead", stage_id=self.bidding.id)
        self.pass_time(days=40)
        deals["won"].action_set_won()
        deals["lost"].action_set_lost()
        deals["away"].action_archive()
        block = self.block()
        self.assertEqual([deal["name"] for deal in block["deals"]], ["kept"])
        self.assertEqual(self.counts(block), (1, 0, 1, 1))
        self.assert_numbers_open_their_records(block, self.seller)

    def test_ten_of_many(self):
        for number in range(12):
            self.make_deal(name=f"Deal {number}", stage_id=self.bidding.id)
            self.pass_time(hours=1)
        self.pass_time(days=13)
        block = self.block()
        self.assertEqual([deal["name"] for deal in block["deals"]], [f"Deal {number}" for number in range(10)])
        self.assertEqual(self.counts(block), (12, 0, 12, 12))
        self.assert_numbers_open_their_records(block, self.seller)

    def test_a_hot_deal(self):
        deal = self.make_deal(stage_id=self.bidding.id)
        self.env.cr.flush()
        flag = {"note": "Signs on Friday", "lead_id": deal.id, "due_date": "2026-03-06"}
        self.env["crm.hot.flag"].with_user(self.seller).create(flag)
        self.pass_time(days=13)
        [row] = self.block()["deals"]
        self.assertEqual((row["is_hot"], row["hot_note"], row["hot_due_date"]), (True, "Signs on Friday", "2026-03-06"))

    def test_scopes(self):
        self.make_deal(name="Own", stage_id=self.bidding.id)
        self.make_deal(name="South", stage_id=self.bidding.id, user_id=self.colleague.id, team_id=self.other_team.id)
        self.make_deal(name="Nobody's", stage_id=self.bidding.id, user_id=False, team_id=False)
        self.team.user_id = self.manager
        self.pass_time(days=13)
        for user, scope, names in (
            (self.seller, "mine", {"Own"}),
            (self.manager, "mine", set()),
            (self.manager, "team", {"Own"}),
            (self.manager, "all", {"Own", "South", "Nobody's"}),
        ):
            with self.subTest(scope=scope):
                block = self.block(user, scope)
                self.assertEqual({deal["name"] for deal in block["deals"]}, names)
                self.assert_numbers_open_their_records(block, user)

    def test_a_deal_of_which_little_is_known(self):
        deal = self.make_deal(stage_id=self.bidding.id, expected_revenue=0, user_id=False, partner_id=False)
        self.env.cr.execute("UPDATE crm_lead SET name = '', company_id = NULL WHERE id = %s", (deal.id,))
        self.env.invalidate_all()
        self.pass_time(days=13)
        [row] = self.block(self.manager, "all")["deals"]
        for name in ("name", "partner_name", "user_id", "user_name", "activity"):
            self.assertIs(row[name], False, name)
        self.assertEqual(row["amount"], 0)
        self.assertEqual(row["currency_id"], self.company.currency_id.id)

    def test_customer_without_a_contact(self):
        self.make_deal(stage_id=self.bidding.id, partner_name="Only A Name", contact_name="Somebody")
        self.make_deal(stage_id=self.bidding.id, contact_name="Nobody Else")
        self.pass_time(days=13)
        names = {deal["partner_name"] for deal in self.block()["deals"]}
        self.assertEqual(names, {"Only A Name", "Nobody Else"})


@tagged("post_install", "-at_install")
class TestWorkbenchOpportunities(WorkbenchMixin, ProgressCase):
    """Open deals that are expected to close within 30 days, or should have closed before today."""

    def block(self, user=None, scope="mine", **context):
        return self.block_of(user or self.seller, "opportunities", scope, **context)

    def names(self, *args, **context):
        return [deal["name"] for deal in self.block(*args, **context)["deals"]]

    def test_which(self):
        for name, closing in (
            ("Overdue for a month", "2026-01-31"),
            ("Overdue for years", "2023-05-01"),
            ("Today", "2026-03-02"),
            ("Last day", "2026-04-01"),
            ("Too far", "2026-04-02"),
            ("Undated", False),
        ):
            self.make_deal(name=name, date_deadline=closing)
        for end in ("action_set_won", "action_set_lost", "action_archive"):
            for closing in ("2023-05-01", "2026-03-02"):
                getattr(self.make_deal(name=end, date_deadline=closing), end)()
        self.make_deal(name="Lead", type="lead", date_deadline="2026-03-02")
        block = self.block()
        self.assertEqual(
            [deal["name"] for deal in block["deals"]],
            ["Overdue for years", "Overdue for a month", "Today", "Last day"],
        )
        self.assertEqual(block["closing"]["value"], 4)
        self.assertFalse({"amount", "currency_id"} & block["closing"].keys())
        self.assert_numbers_open_their_records(block, self.seller)

    def test_days_of_the_reader(self):
        self.make_deal(date_deadline="2026-04-02")
        self.set_time(self.start.replace(hour=23))
        for zone, found in (("Asia/Tokyo", 1), ("America/Lima", 0)):
            block = self.block(tz=zone)
            self.assertEqual((block["closing"]["value"], len(block["deals"])), (found, found))
            self.assert_numbers_open_their_records(block, self.seller, tz=zone)

    def test_order(self):
        """Deals are sorted by priority, then amount, then date."""
        for name, priority, amount, closing in (
            ("Small", "0", 10, "2026-03-05"),
            ("Small, sooner", "0", 10, "2026-03-04"),
            ("Big", "0", 500, "2026-03-20"),
            ("Starred", "1", 1, "2026-03-30"),
            ("No amount", "0", 0, "2026-03-02"),
            ("Overdue", "0", 400, "2025-06-30"),
            ("Overdue and starred", "1", 2, "2025-06-30"),
        ):
            self.make_deal(name=name, priority=priority, expected_revenue=amount, date_deadline=closing)
        names = ["Overdue and starred", "Starred", "Big", "Overdue", "Small, sooner", "Small", "No amount"]
        self.assertEqual(self.names(), names)

    def test_amounts_of_companies_with_other_currencies(self):
        """Amounts are compared in one currency and shown in that of the deal."""
        currency = self.env["res.currency"].create(
            {"name": "WBX", "symbol": "W", "rate_ids": [(0, 0, {"name": "2026-01-01", "rate": 1000})]}
        )
        second = self.env["res.company"].create({"name": "Abroad", "currency_id": currency.id})
        self.manager.company_ids = [(4, second.id)]
        common = {"date_deadline": "2026-03-05", "user_id": self.manager.id, "team_id": False}
        self.make_deal(name="Home", expected_revenue=100, **common)
        self.make_deal(name="Abroad", expected_revenue=5000, company_id=second.id, **common)
        block = self.block(self.manager)
        self.assertEqual(
            [(deal["name"], deal["amount"], deal["currency_id"]) for deal in block["deals"]],
            [("Home", 100, self.company.currency_id.id), ("Abroad", 5000, currency.id)],
        )
        self.assertEqual(self.names(self.manager, allowed_company_ids=second.ids), ["Abroad"])

    def test_eight_of_many(self):
        for number in range(10):
            self.make_deal(name=f"Deal {number}", expected_revenue=1000 - number, date_deadline="2026-03-05")
        block = self.block()
        self.assertEqual([deal["name"] for deal in block["deals"]], [f"Deal {number}" for number in range(8)])
        self.assertEqual(block["closing"]["value"], 10)
        self.assertEqual(
            {(deal["date_deadline"], deal["priority"], deal["pace"]) for deal in block["deals"]},
            {("2026-03-05", "0", "on_pace")},
        )

    def test_pace_and_reason(self):
        self.bidding.rotting_threshold_days = 5
        self.make_deal(name="Late", stage_id=self.bidding.id, date_deadline="2026-03-05")
        self.make_deal(name="No stage", stage_id=False, date_deadline="2026-03-05")
        self.pass_time(days=6)
        rows = {deal["name"]: deal for deal in self.block()["deals"]}
        self.assertEqual((rows["Late"]["pace"], rows["Late"]["limit"]), ("stalled", 5))
        self.assertTrue(rows["Late"]["pace_reason"])
        row = rows["No stage"]
        self.assertEqual((row["stage_name"], row["limit"], row["pace"], row["pace_reason"]), (False,) * 4)
