from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .hot_common import HotCase


@tagged("post_install", "-at_install")
class TestHotLeaks(HotCase):
    """Record rules hold for values of flags on deals, customers and dialogs, too (docs/definitions.md, Access)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        deal = {"name": "Theirs", "type": "opportunity", "team_id": False, "stage_id": cls.contact.id}
        cls.theirs = cls.Lead.create({**deal, "user_id": cls.colleague.id, "partner_id": cls.customer.id})
        cls.own = cls.Lead.create({**deal, "user_id": cls.seller.id})
        cls.secret = cls.Flag.create({"note": "Secret", "lead_id": cls.theirs.id, "user_id": cls.colleague.id})
        cls.secret.note = "Secret still"
        cls.env.cr.flush()

    def setUp(self):
        super().setUp()
        self.env.flush_all()
        self.env.invalidate_all()

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_dialogs_of_others(self):
        action = self.secret.with_user(self.colleague).action_hot_flag()
        dialogs = self.env["crm.hot.flag.dialog"]
        self.env.flush_all()
        self.assertTrue(dialogs.with_user(self.colleague).search([("id", "=", action["res_id"])]))
        for user in (self.seller, self.manager):
            other = dialogs.with_user(user)
            self.assertFalse(other.search([("id", "=", action["res_id"])]))
            self.env.invalidate_all()
            for act in (lambda row: row.read(["note"]), lambda row: row.write({"note": "Mine"})):
                with self.assertRaises(AccessError):
                    act(other.browse(action["res_id"]))

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_a_dialog_on_a_flag_of_another(self):
        dialogs = self.env["crm.hot.flag.dialog"].with_user(self.seller)
        values = {"flag_id": self.secret.id, "kind": "sign"}
        with self.assertRaises(AccessError):
            dialogs.create(values)
        with self.assertRaises(AccessError):
            dialogs.with_context(default_flag_id=self.secret.id).create({"kind": "sign"})
        with self.assertRaises(AccessError):
            dialogs.create({"kind": "sign"}).write({"flag_id": self.secret.id})
        spec = {"flag_id": {"fields": {"display_name": {}}}, "revision_ids": {"fields": {"note": {}}}}
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            dialogs.onchange(values, ["flag_id"], spec)
        spec.pop("revision_ids")
        self.assertNotIn("Secret", str(dialogs.onchange(values, ["flag_id"], spec)))
        # What Odoo gives a client that asks for the bare number and name.
        dialog = dialogs.sudo().create(values).sudo(False)
        self.env.invalidate_all()
        [told] = dialog.read(["flag_id"])
        self.assertEqual(told["flag_id"], (self.secret.id, "Hot Flag"))

    def test_names_of_flags(self):
        """Odoo names what a record points to in superuser mode."""
        for user, name in ((self.seller, "Hot Flag"), (self.colleague, "Secret still"), (self.manager, "Secret still")):
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                flag = self.secret.with_user(user)
                self.assertEqual(flag.sudo().display_name, name)
        self.assertEqual(self.secret.with_user(self.internal_user()).sudo().display_name, "Hot Flag")

    def internal_user(self):
        return self.env["res.users"].create(
            {"name": "Clerk", "login": "process_clerk", "group_ids": [Command.set(self.env.ref("base.group_user").ids)]}
        )

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_a_deal_that_is_said_to_have_a_flag(self):
        values = {"hot_flag_id": self.secret.id, "is_hot": True}
        spec = {"hot_flag_id": {"fields": {"display_name": {}}}, "hot_note": {}}
        self.assertNotIn("Secret", str(self.Lead.with_user(self.seller).onchange(values, list(values), spec)))
        self.env.invalidate_all()
        self.assertIn("Secret", str(self.Lead.with_user(self.colleague).onchange(values, list(values), spec)))
        self.env.invalidate_all()
        values, spec = {"hot_flag_ids": [Command.link(self.secret.id)]}, {"hot_flag_ids": {"fields": {"note": {}}}}
        with self.assertRaises(AccessError):
            self.Lead.with_user(self.seller).onchange(values, list(values), spec)

    def test_who_may_read_the_deal_reads_why_it_is_hot(self):
        handed_over = self.raise_flag(self.own, note="Signs soon")
        self.own.user_id = self.colleague
        self.env.flush_all()
        for user, notes in (
            (self.colleague, {"Signs soon", "Secret still"}),
            (self.manager, {"Signs soon", "Secret still"}),
        ):
            self.env.invalidate_all()
            deals = self.Lead.with_user(user)
            hot = deals.search([("is_hot", "=", True)])
            self.assertEqual(set(hot.mapped("hot_note")), notes)
            self.assertEqual(deals.search([("hot_note", "ilike", "soon")]), self.own)
            self.assertEqual(deals.search([("hot_note", "=", False)]) & hot, self.Lead)
            self.assertEqual(deals.search([("hot_note", "!=", False)]), hot)
        self.assertEqual(handed_over.with_user(self.seller).note, "Signs soon")

    def test_a_deal_that_one_may_read_by_another_rule_shows_in_lists(self):
        """A house may let people read more deals than the flags are told to."""
        self.env["ir.rule"].create(
            {
                "name": "All deals",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "domain_force": "[(1, '=', 1)]",
                "groups": [Command.set(self.env.ref("sales_team.group_sale_salesman").ids)],
            }
        )
        self.env.invalidate_all()
        [told] = self.theirs.with_user(self.seller).read(["is_hot", "hot_note", "hot_flag_id"])
        self.assertEqual((told["is_hot"], told["hot_note"]), (True, False))
        self.assertNotIn("Secret", str(told))

    def test_a_flag_that_is_said_to_be_on_a_deal_of_another(self):
        spec = {
            "partner_id": {"fields": {"display_name": {}}},
            "company_id": {"fields": {"display_name": {}}},
            "commercial_partner_id": {"fields": {"display_name": {}}},
            "customer_name": {},
        }
        values = {"lead_id": self.theirs.id, "kind": "sign"}
        told = self.Flag.with_user(self.seller).onchange(values, ["lead_id"], spec)["value"]
        self.assertFalse(any(told.values()), told)
        told = self.Flag.with_user(self.colleague).onchange(values, ["lead_id"], spec)["value"]
        self.assertEqual(told["customer_name"], "Hot Customer Works")
        self.assertEqual(told["partner_id"]["id"], self.customer.id)
