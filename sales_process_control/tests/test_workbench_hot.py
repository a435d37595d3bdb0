from odoo.tests import tagged

from .hot_common import HotCase
from .workbench_common import WorkbenchMixin


@tagged("post_install", "-at_install")
class TestWorkbenchHot(WorkbenchMixin, HotCase):
    """Hot customers: open hot flags, the overdue ones first."""

    def block(self, user=None, scope="mine", **context):
        return self.block_of(user or self.seller, "hot", scope, **context)

    def notes(self, user=None, scope="mine"):
        return [flag["note"] for flag in self.block(user, scope)["flags"]]

    def test_a_flag_as_the_card_shows_it(self):
        deal, flag = self.make_hot_deal(
            {"name": "Cold-store racks", "partner_id": self.customer.id, "stage_id": self.talks.id},
            note="Back from legal",
            due_date=self.day(0),
            amount=180000,
        )
        self.pass_time(days=1)
        block = self.block()
        self.assertEqual(
            block["flags"],
            [
                {
                    "id": flag.id,
                    "name": "Hot Customer Works",
                    "partner_id": self.customer.id,
                    "lead_id": deal.id,
                    "lead_name": "Cold-store racks",
                    "note": "Back from legal",
                    "kind": "sign",
                    "kind_name": "Signs",
                    "due_date": "2026-03-02",
                    "amount": 180000,
                    "currency_id": self.company.currency_id.id,
                    "stage_name": "Negotiation",
                    "stage_days": 1,
                    "pace": "on_pace",
                    "user_id": self.seller.id,
                    "user_name": self.seller.name,
                    "can_edit": True,
                }
            ],
        )
        self.assertEqual((block["open"]["value"], block["overdue"]["value"]), (1, 1))
        self.assert_numbers_open_their_records(block, self.seller)

    def test_a_stalled_deal(self):
        """The card says how long the deal has been in its stage, and that it is stalled."""
        self.talks.rotting_threshold_days = 12
        _deal, _flag = self.make_hot_deal({"stage_id": self.talks.id})
        self.pass_time(days=18, hours=23)
        [row] = self.block()["flags"]
        self.assertEqual((row["pace"], row["stage_days"]), ("stalled", 18))

    def test_missing_values_are_false(self):
        flag = self.raise_flag(self.customer)
        flag.sudo().with_context(active_test=False).user_id = self.seller
        [row] = self.block()["flags"]
        for name in ("lead_id", "lead_name", "due_date", "amount", "stage_name"):
            self.assertIs(row[name], False, name)
        self.assertEqual(row["name"], "Hot Customer Works")

    def test_order(self):
        for note, days in (("Later", 19), ("Undated", None), ("Late", 9), ("Very late", 1), ("Today", 10)):
            self.make_hot_deal(note=note, due_date=days is not None and self.day(days))
        self.pass_time(days=10)
        self.assertEqual(self.notes(), ["Very late", "Late", "Today", "Later", "Undated"])
        block = self.block()
        self.assertEqual((block["open"]["value"], block["overdue"]["value"]), (5, 2))
        self.assert_numbers_open_their_records(block, self.seller)

    def test_overdue_by_the_day_of_the_reader(self):
        self.make_hot_deal(due_date=self.day(0))
        self.set_time(self.start.replace(hour=23))
        for zone, overdue in (("Asia/Tokyo", 1), ("America/Lima", 0)):
            block = self.block(tz=zone)
            self.assertEqual(block["overdue"]["value"], overdue)
            self.assert_numbers_open_their_records(block, self.seller, tz=zone)

    def test_whose(self):
        """The scope of the own deals includes flags that others have raised on them."""
        self.make_hot_deal({"team_id": self.team.id}, note="Own")
        deal, flag = self.make_hot_deal(
            {"team_id": self.other_team.id}, note="Raised by the manager", user=self.manager
        )
        flag.sudo().user_id = self.manager
        self.assertEqual(deal.user_id, self.seller)
        self.make_hot_deal(
            {"user_id": self.colleague.id, "team_id": self.other_team.id}, user=self.colleague, note="Other"
        )
        self.team.user_id = self.manager
        self.assertEqual(set(self.notes()), {"Own", "Raised by the manager"})
        self.assertEqual(set(self.notes(self.colleague)), {"Other"})
        self.assertEqual(set(self.notes(self.manager)), {"Raised by the manager"})
        self.assertEqual(set(self.notes(self.manager, "all")), {"Own", "Raised by the manager", "Other"})
        own_team = self.Flag.search([("team_id", "=", self.team.id)]).mapped("note")
        self.assertIn("Own", own_team)
        self.assertEqual(set(self.notes(self.manager, "team")), set(own_team))
        for user, scope in (
            (self.seller, "mine"),
            (self.manager, "mine"),
            (self.manager, "team"),
            (self.manager, "all"),
        ):
            self.assert_numbers_open_their_records(self.block(user, scope), user)

    def test_settled_ones_are_gone(self):
        deal, _flag = self.make_hot_deal()
        deal.action_set_won()
        lost, _flag = self.make_hot_deal()
        lost.action_set_lost()
        block = self.block()
        self.assertEqual((block["flags"], block["open"]["value"]), ([], 0))

    def test_a_flag_on_a_deal_that_went_to_somebody_else(self):
        """A user still reads an own flag on a deal that he may not read any more; the deal is left out."""
        deal, _flag = self.make_hot_deal({"name": "Handed over", "partner_id": self.customer.id})
        deal.user_id = self.colleague
        block = self.block()
        [row] = block["flags"]
        self.assertEqual((row["lead_id"], row["lead_name"], row["stage_name"], row["pace"]), (False,) * 4)
        self.assertNotIn("Handed over", str(block))
        [row] = self.block(self.colleague)["flags"]
        self.assertEqual(row["lead_name"], "Handed over")

    def test_who_may_edit(self):
        """Record rules may let users read more flags than they may write."""
        self.make_hot_deal(note="Own")
        _deal, theirs = self.make_hot_deal({"user_id": self.colleague.id}, user=self.colleague, note="Theirs")
        rule = self.env.ref("sales_process_control.crm_hot_flag_rule_all")
        rule.perm_write = False
        self.env["ir.rule"].create(
            {
                "name": "Writes own",
                "model_id": rule.model_id.id,
                "domain_force": f"[('id', '!=', {theirs.id})]",
                "perm_read": False,
            }
        )
        flags = self.block(self.manager, "all")["flags"]
        can_edit = {flag["note"]: flag["can_edit"] for flag in flags}
        self.assertIs(can_edit["Theirs"], False)
        self.assertEqual(
            can_edit["Own"], self.Flag.search([("note", "=", "Own")]).with_user(self.manager).has_access("write")
        )

    def test_ten_thousand(self):
        """All flags are counted, the first are shown."""
        self.env.cr.execute(
            """
            INSERT INTO crm_hot_flag (note, kind, outcome, customer_name, lead_ref, due_date, user_id, company_id,
                                      raised_at, days_late)
            SELECT 'Note ' || number, 'other', 'open', 'Customer', 0, DATE '2026-02-02' + number, %s, %s, %s, 0
            FROM generate_series(1, 10000) number
            """,
            (self.seller.id, self.company.id, self.start),
        )
        block = self.block()
        self.assertEqual((block["open"]["value"], block["overdue"]["value"]), (10000, 27))
        self.assertEqual([flag["note"] for flag in block["flags"]], [f"Note {number}" for number in range(1, 25)])
        self.assert_numbers_open_their_records(block, self.seller)
