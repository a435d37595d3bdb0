from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .hot_common import HotCase


@tagged("post_install", "-at_install")
class TestHotDialog(HotCase):
    """The one small dialog, as a seller uses it."""

    def dialog_for(self, records, user=None):
        """The dialog that an action opens, as its form."""
        action = records.with_user(user or self.seller).action_hot_flag()
        self.assertEqual((action["res_model"], action["target"]), ("crm.hot.flag.dialog", "new"))
        dialog = self.env["crm.hot.flag.dialog"].with_user(user or self.seller).browse(action["res_id"])
        return Form(dialog)

    def save(self, form):
        dialog = form.save()
        self.assertEqual(dialog.action_save()["type"], "ir.actions.act_window_close")

    def test_raise_on_a_deal(self):
        deal = self.make_deal(partner_id=self.customer.id)
        form = self.dialog_for(deal)
        self.assertEqual(
            (form.kind, form.amount, form.user_id, form.customer_name), ("sign", 100, self.seller, "Hot Customer Works")
        )
        form.note, form.due_date, form.amount = "Signing around 10 March", self.day(8), 120
        self.save(form)
        flag = deal.hot_flag_id
        self.assertEqual((flag.note, flag.due_date, flag.amount), ("Signing around 10 March", self.day(8), 120))

    def test_a_deal_that_is_to_be_paid_back(self):
        """What is expected below zero is no amount of a flag."""
        deal = self.make_deal(expected_revenue=-100)
        form = self.dialog_for(deal)
        self.assertEqual(form.amount, 0)
        form.note = "Signs the credit note"
        self.save(form)
        self.assertTrue(deal.is_hot)

    def test_raise_on_several_deals(self):
        one, two = self.make_deal(), self.make_deal(user_id=False, name="Another Deal")
        form = self.dialog_for(one | two)
        self.assertFalse(form.user_id)
        form.note = "Signs at the fair"
        self.save(form)
        self.assertEqual((one | two).hot_flag_ids.mapped("note"), ["Signs at the fair"] * 2)
        self.assertEqual((one.hot_flag_id.user_id, two.hot_flag_id.user_id), (self.seller, self.seller))

    def test_of_several_none_if_one_is_hot(self):
        one, two = self.make_deal(name="Cold Deal"), self.make_deal(name="Warm Deal")
        form = self.dialog_for(one | two)
        form.note = "Signs at the fair"
        self.raise_flag(two)
        with self.assertRaisesRegex(UserError, "Warm Deal"):
            self.save(form)
        self.assertFalse(one.is_hot)
        with self.assertRaisesRegex(UserError, "Warm Deal"):
            (one | two).with_user(self.seller).action_hot_flag()

    def test_of_several_none_if_one_was_deleted(self):
        deals = self.make_deal() | self.make_deal()
        form = self.dialog_for(deals)
        form.note = "Signs at the fair"
        gone = form.save()
        deals[1].unlink()
        with self.assertRaisesRegex(UserError, "deleted .*in the meantime"):
            gone.action_save()
        self.assertFalse(deals[0].is_hot)
        with self.assertRaisesRegex(UserError, "deleted .*in the meantime"):
            deals.with_user(self.seller).action_hot_flag()

    def test_the_only_deal_was_deleted(self):
        deal = self.make_deal()
        form = self.dialog_for(deal)
        form.note = "Signs at the fair"
        dialog = form.save()
        deal.unlink()
        with self.assertRaisesRegex(UserError, "deleted .*in the meantime"):
            dialog.action_save()

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_a_deal_of_another_seller(self):
        deal = self.make_deal(user_id=self.colleague.id)
        with self.assertRaisesRegex(AccessError, "without access"):
            deal.with_user(self.seller).action_hot_flag()
        own = self.make_deal()
        form = self.dialog_for(own)
        form.note = "Signs at the fair"
        dialog = form.save()
        own.user_id = self.colleague
        with self.assertRaisesRegex(AccessError, "without access"):
            dialog.action_save()
        self.assertFalse(own.is_hot)

    def test_edit_the_open_flag(self):
        deal, flag = self.make_hot_deal(note="First", due_date=self.day(3), amount=5)
        self.pass_time(days=5)
        form = self.dialog_for(deal)
        self.assertEqual((form.note, form.due_date, form.amount), ("First", str(self.day(-2)), 5))
        form.note = "Second"
        self.save(form)
        self.assertEqual((flag.note, flag.revision_ids.note, flag.due_date), ("Second", "First", self.day(-2)))
        form = self.dialog_for(flag)
        self.assertEqual([line["note"] for line in form.revision_ids._records], ["First"])

    def test_what_a_colleague_has_edited_meanwhile_stays(self):
        flag = self.raise_flag(self.customer, note="May order", due_date=self.day(3), amount=5)
        form = self.dialog_for(flag)
        flag.with_user(self.manager).write({"due_date": self.day(9), "amount": 7})
        form.note = "Has asked for an offer"
        self.save(form)
        self.assertEqual((flag.note, flag.due_date, flag.amount), ("Has asked for an offer", self.day(9), 7))
        form = self.dialog_for(flag)
        flag.with_user(self.manager).note = "Wants two of them"
        form.due_date = False
        self.save(form)
        self.assertEqual((flag.note, flag.due_date, flag.amount), ("Wants two of them", False, 7))

    def test_only_managers_choose_another_salesperson(self):
        flag = self.raise_flag(self.customer, note="May order")
        form = self.dialog_for(flag)
        with self.assertRaisesRegex(AssertionError, "readonly"):
            form.user_id = self.colleague
        form = self.dialog_for(flag, user=self.manager)
        form.user_id = self.colleague
        self.save(form)
        self.assertEqual((flag.user_id, flag.revision_ids.seller_id), (self.colleague, self.seller))

    def test_settle_what_was_put_off_meanwhile(self):
        """An old date in the dialog, which nobody has touched, is no date in the past that somebody sets."""
        flag = self.raise_flag(self.customer, due_date=self.day(2))
        self.pass_time(days=5)
        dialog = self.dialog_for(flag).save()
        flag.with_user(self.manager).due_date = self.day(4)
        dialog.action_keep()
        self.assertEqual((flag.outcome, flag.due_date), ("kept", self.day(4)))

    def test_raise_on_a_customer(self):
        form = self.dialog_for(self.customer)
        self.assertEqual((form.kind, form.customer_name), ("reorder", "Hot Customer Works"))
        form.note = "May add an order"
        self.save(form)
        self.assertEqual(self.customer.with_user(self.seller).hot_note, "May add an order")
        form = self.dialog_for(self.customer)
        self.assertEqual(form.kind, "payment")
        form.note = "Pays the second instalment"
        self.save(form)
        self.assertEqual(self.customer.with_user(self.seller).hot_flag_count, 2)

    def choose(self, record, user=None):
        """The dialog that was opened without a deal or customer, in which one is chosen."""
        form = Form(self.env["crm.hot.flag.dialog"].with_user(user or self.seller))
        self.assertTrue(form.chooses_target)
        form.target_ref = f"{record._name},{record.id}"
        return form

    def test_choose_a_deal(self):
        deal = self.make_deal(partner_id=self.customer.id)
        form = self.choose(deal)
        self.assertEqual((form.kind, form.amount, form.user_id, form.is_on_lead), ("sign", 100, self.seller, True))
        form.note, form.due_date = "Signing around 10 March", self.day(8)
        self.save(form)
        self.assertEqual((deal.hot_flag_id.note, deal.hot_flag_id.amount), ("Signing around 10 March", 100))

    def test_choose_a_customer(self):
        form = self.choose(self.customer)
        self.assertEqual((form.kind, form.amount, form.user_id, form.is_on_lead), ("reorder", 0, self.seller, False))
        form.note = "May add an order"
        self.save(form)
        flag = self.Flag.search([("partner_id", "=", self.customer.id)])
        self.assertEqual(
            (flag.note, flag.kind, flag.user_id, flag.lead_ref), ("May add an order", "reorder", self.seller, 0)
        )

    def test_choose_another_one(self):
        """Note and day stay, what follows from the deal is that of the last choice."""
        form = self.choose(self.make_deal(expected_revenue=100))
        form.note, form.due_date = "Signs", self.day(8)
        other = self.make_deal(expected_revenue=70)
        form.target_ref = f"crm.lead,{other.id}"
        self.assertEqual((form.note, str(form.due_date), form.amount), ("Signs", str(self.day(8)), 70))
        form.target_ref = f"res.partner,{self.customer.id}"
        self.assertEqual((form.kind, form.amount), ("reorder", 0))
        form.target_ref = f"crm.lead,{other.id}"
        form.target_ref = False
        self.assertEqual((form.note, form.kind, form.amount), ("Signs", "other", 0))

    def test_a_dialog_without_a_choice_is_not_saved(self):
        form = Form(self.env["crm.hot.flag.dialog"].with_user(self.seller))
        form.note = "Signs"
        with self.assertRaisesRegex(AssertionError, "target_ref"):
            form.save()
        dialog = self.env["crm.hot.flag.dialog"].with_user(self.seller).create({"note": "Signs", "kind": "other"})
        with self.assertRaisesRegex(ValidationError, "Choose the opportunity or the customer"):
            dialog.action_save()

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_choose_what_one_may_not_read(self):
        hidden = self.make_deal(user_id=self.colleague.id, name="Hidden", expected_revenue=4711)
        self.env.flush_all()
        self.env.invalidate_all()
        dialogs = self.env["crm.hot.flag.dialog"].with_user(self.seller)
        value = f"crm.lead,{hidden.id}"
        spec = {"amount": {}, "target_ref": {"fields": {"display_name": {}}}}
        told = str(dialogs.onchange({"target_ref": value}, ["target_ref"], spec))
        self.assertNotIn("4711", told)
        self.assertNotIn("Hidden", told)
        with self.assertRaisesRegex(AccessError, "without access"):
            dialogs.create({"target_ref": value, "note": "Signs", "kind": "sign"})
        with self.assertRaisesRegex(AccessError, "without access"):
            dialogs.create({"note": "Signs", "kind": "sign"}).write({"target_ref": value})
        with self.assertRaisesRegex(AccessError, "without access"):
            dialogs.with_context(default_target_ref=value).create({"note": "Signs", "kind": "sign"}).action_save()
        self.assertFalse(hidden.is_hot)

    def test_choose_what_was_deleted(self):
        deal = self.make_deal()
        form = self.choose(deal)
        form.note = "Signs"
        dialog = form.save()
        deal.unlink()
        with self.assertRaisesRegex(UserError, "deleted .*in the meantime"):
            dialog.action_save()

    def test_odd_choices(self):
        dialogs = self.env["crm.hot.flag.dialog"].with_user(self.seller)
        for value in (
            "x",
            "res.users,1",
            "crm.lead",
            "crm.lead,",
            "crm.lead,x",
            "crm.lead,0",
            f"crm.lead,{2**40}",
            # Python refuses to read it.
            "crm.lead," + "9" * 5000,
            5,
            ["x"],
        ):
            with self.subTest(value=value), self.assertRaises(UserError):
                dialogs.create({"target_ref": value, "note": "Signs", "kind": "sign"})

    def test_settle(self):
        for action, outcome, message in (
            ("action_keep", "kept", "Hot flag closed as kept"),
            ("action_break", "broken", "Hot flag closed as broken"),
            ("action_withdraw", "withdrawn", "Hot flag withdrawn"),
        ):
            flag = self.raise_flag(self.customer, note="May add an order")
            form = self.dialog_for(flag)
            form.note = "Has added an order"
            closing = getattr(form.save(), action)()
            self.assertEqual((flag.outcome, flag.note), (outcome, "Has added an order"))
            self.assertEqual(closing["params"]["message"], message)
            self.assertEqual(closing["params"]["next"]["type"], "ir.actions.act_window_close")
            self.assertEqual(flag.revision_ids.note, "May add an order")

    def test_settle_what_was_settled_meanwhile(self):
        flag = self.raise_flag(self.customer)
        dialog = self.dialog_for(flag).save()
        flag.with_user(self.manager).action_settle("broken")
        for action in (dialog.action_keep, dialog.action_withdraw):
            with self.assertRaisesRegex(UserError, "already closed as Broken"):
                action()

    def test_a_signing_is_not_kept_by_hand(self):
        deal, _flag = self.make_hot_deal()
        with self.assertRaisesRegex(UserError, "mark the opportunity as won"):
            self.dialog_for(deal).save().action_keep()

    def test_a_note_is_asked_for(self):
        deal = self.make_deal()
        with self.assertRaises(AssertionError):
            self.dialog_for(deal).save()
        dialog = self.env["crm.hot.flag.dialog"].with_user(self.seller)
        values = {"lead_ids": [Command.set(deal.ids)], "lead_count": 1, "kind": "sign"}
        for note in (False, "   ", "x" * 201):
            with self.assertRaises(ValidationError):
                dialog.create({**values, "note": note}).action_save()

    def test_a_won_deal_may_order_again(self):
        deal = self.make_deal()
        deal.action_set_won()
        form = self.dialog_for(deal)
        form.note, form.kind = "Wants a second machine", "reorder"
        self.save(form)
        self.assertEqual(deal.hot_flag_id.kind, "reorder")

    def test_lists_of_flags(self):
        deal, flag = self.make_hot_deal({"partner_id": self.buyer.id})
        own = self.raise_flag(self.customer)
        own.action_settle("broken")
        for record, flags in ((deal, flag), (self.buyer, flag), (self.customer, flag | own)):
            action = record.with_user(self.seller).action_open_hot_flags()
            found = self.env[action["res_model"]].with_user(self.seller).search(action["domain"])
            self.assertEqual((found, record.with_user(self.seller).hot_flag_count), (flags, len(flags)))
