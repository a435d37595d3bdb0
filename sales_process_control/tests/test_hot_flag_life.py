from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .hot_common import HotCase


@tagged("post_install", "-at_install")
class TestHotFlagLife(HotCase):
    """What becomes of a flag that is raised, by hand, and what one is shown of it."""

    def test_settling_by_hand(self):
        for outcome in ("kept", "broken", "withdrawn"):
            flag = self.raise_flag(self.customer, due_date=self.day(1))
            self.pass_time(days=4)
            flag.with_user(self.seller).action_settle(outcome)
            self.assertEqual(
                (flag.outcome, flag.closed_at, flag.closed_by_id, flag.days_late),
                (outcome, self.env.cr.now(), self.seller, 3),
            )
            self.assertFalse(self.customer.with_user(self.seller).is_hot)

    def test_a_signing_is_kept_by_winning_only(self):
        deal, flag = self.make_hot_deal()
        with self.assertRaisesRegex(UserError, "won"):
            flag.with_user(self.seller).action_settle("kept")
        flag.with_user(self.seller).action_settle("broken")
        self.assertEqual(flag.outcome, "broken")
        other = self.raise_flag(deal, kind="other")
        other.with_user(self.seller).action_settle("kept")
        self.assertEqual(other.outcome, "kept")

    def test_settled_once_and_for_all(self):
        flag = self.raise_flag(self.customer, note="May add an order")
        flag.with_user(self.seller).action_settle("kept")
        self.pass_time(hours=1)
        for act in (
            lambda: flag.with_user(self.manager).action_settle("broken"),
            lambda: flag.with_user(self.manager).write({"note": "Another"}),
        ):
            with self.assertRaisesRegex(UserError, r"already closed as Kept on .*2026.* by process_seller"):
                act()
        with self.assertRaises(ValidationError):
            flag.action_settle("open")

    def test_days_late_are_days_of_the_company(self):
        self.company.resource_calendar_id.tz = "Asia/Tokyo"
        flag = self.raise_flag(self.customer, due_date=self.day(0))
        self.set_time(self.start.replace(hour=20))  # it is Tuesday in Tokyo
        flag.with_user(self.seller).action_settle("kept")
        self.assertEqual(flag.days_late, 1)

    def test_a_flag_that_is_erased_leaves_nothing_behind(self):
        """As the privacy lookup of Odoo does, which deletes as superuser."""
        deal, flag = self.make_hot_deal()
        flag.with_user(self.seller).action_settle("broken")
        second = self.raise_flag(deal)
        second.sudo().unlink()
        self.assertEqual((deal.is_hot, deal.was_hot), (False, True), "the settled flag is still there")
        flag.sudo().unlink()
        self.assertFalse(deal.was_hot)
        with self.assertNoLogs("odoo.addons.sales_process_control", "WARNING"):
            self.env["crm.pipeline.audit"]._cron_audit()

    def test_nothing_is_deleted(self):
        deal, flag = self.make_hot_deal({"partner_id": self.buyer.id})
        for user in (self.seller, self.manager, self.env.ref("base.user_admin")):
            with self.assertRaises(AccessError):
                flag.with_user(user).unlink()
        own = self.raise_flag(self.other_customer, note="May add an order")
        partners = self.buyer | self.other_customer
        deal.unlink()
        partners.unlink()
        self.env.cr.flush()
        self.env.invalidate_all()
        self.assertEqual(
            (flag.customer_name, own.customer_name), ("Hot Customer Works, Buyer of Works", "Other Customer Works")
        )
        self.assertFalse(flag.partner_id | own.partner_id)
        self.assertEqual((flag.lead_id, flag.lead_ref > 0), (self.Lead, True))

    def test_people_teams_and_companies_go_flags_stay(self):
        _deal, flag = self.make_hot_deal()
        self.team.unlink()
        self.env.cr.execute("DELETE FROM res_users WHERE id = %s", [self.seller.id])
        self.env.invalidate_all()
        self.assertTrue(flag.exists())
        self.assertFalse(flag.user_id or flag.team_id)

    def test_a_flag_changes_the_chatter_of_the_deal_only(self):
        deal = self.make_deal()
        self.pass_time(days=1)
        before = deal.write_date, deal.date_last_stage_update, len(deal.message_ids) + 2
        flag = self.raise_flag(deal, due_date=self.day(3))
        flag.action_settle("withdrawn")
        self.env.cr.flush()
        self.env.invalidate_all()
        self.assertEqual((deal.write_date, deal.date_last_stage_update, len(deal.message_ids)), before)

    def test_a_copy_is_not_hot(self):
        deal, _flag = self.make_hot_deal()
        self.assertHot(deal.copy(), self.Flag)

    def test_popover(self):
        deal, flag = self.make_hot_deal({"partner_id": self.buyer.id}, note="First", due_date=self.day(3), amount=62500)
        for note in ("Second", "Third", "Fourth"):
            self.pass_time(days=2)
            flag.with_user(self.seller).note = note
        self.env.invalidate_all()
        popover = self.Flag.with_user(self.seller).get_popover
        [told] = popover("crm.lead", deal.id)
        self.assertEqual([revision["note"] for revision in told.pop("revisions")], ["Third", "Second"])
        self.assertEqual(
            told,
            {
                "id": flag.id,
                "note": "Fourth",
                "kind": "sign",
                "kind_label": "Signs",
                "due_date": "2026-03-05",
                "days_to_due": -3,
                "amount": 62500,
                "currency_id": self.company.currency_id.id,
                "user_name": self.seller.name,
                "raised_at": "2026-03-02 09:00:00",
                "lead_id": deal.id,
                "lead_name": "Deal",
                "can_edit": True,
            },
        )
        self.assertEqual([row["id"] for row in popover("res.partner", self.customer.id)], [flag.id])
        self.assertEqual(popover("res.partner", self.other_customer.id), [])
        flag.action_settle("withdrawn")
        self.assertEqual(popover("crm.lead", deal.id), [])
        with self.assertRaises(ValidationError):
            popover("res.users", 1)
        self.assertTrue(self.Flag.get_popover._readonly)

    def test_popover_of_a_customer_without_deal_and_date(self):
        self.raise_flag(self.customer)
        [told] = self.Flag.with_user(self.seller).get_popover("res.partner", self.customer.id)
        self.assertEqual((told["lead_id"], told["lead_name"]), (False, False))
        self.assertEqual((told["due_date"], told["days_to_due"], told["revisions"]), (False, False, []))
        self.assertEqual(self.env.cr.now() - self.start, timedelta())
