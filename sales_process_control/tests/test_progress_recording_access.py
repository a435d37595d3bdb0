from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import AccessCase


@tagged("post_install", "-at_install")
class TestRecordingAccess(AccessCase):
    """Only users who may write a deal may record progress and open the dialog (docs/definitions.md, Access)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Dialog = cls.env["crm.lead.progress.dialog"]
        cls.Progress = cls.env["crm.lead.progress"]
        cls.call = cls.env.ref("mail.mail_activity_data_call")
        cls.team_abroad = cls.env["crm.team"].create({"name": "Team Abroad", "company_id": cls.second.id})
        common = {"stage_id": cls.contact.id, "activity_type_id": cls.call.id}
        cls.step, cls.step_abroad = cls.env["crm.stage.step"].create(
            [{**common, "name": "Ring them"}, {**common, "name": "Ring abroad", "team_id": cls.team_abroad.id}]
        )
        cls.deals["abroad"].team_id = cls.team_abroad
        model_id = cls.env["ir.model"]._get_id("crm.lead")
        cls.activities = {}
        for name, deal in cls.deals.items():
            deal.customer_budget = 70
            cls.activities[name] = cls.env["mail.activity"].create(
                {
                    "res_model_id": model_id,
                    "res_id": deal.id,
                    "activity_type_id": cls.call.id,
                    "summary": f"Secret {name}",
                    "user_id": (deal.user_id or cls.manager).id,
                }
            )
        cls.env.cr.flush()
        cls.env.invalidate_all()

    def as_user(self, records, user):
        return records.with_user(user).with_context(allowed_company_ids=user.company_ids.ids)

    def open_dialog(self, deal, user):
        action = self.as_user(deal, user).action_record_progress()
        return self.as_user(self.Dialog.browse(action["res_id"]), user)

    def test_who_records(self):
        for user, names in self.readers():
            for name in names:
                with self.subTest(user=user.login, deal=name):
                    deal = self.deals[name]
                    known = self.Progress.search([("lead_id", "=", deal.id)])
                    dialog = self.open_dialog(deal, user)
                    dialog.write({"step_id": self.step.id, "feedback": f"Said to {user.login}", "customer_budget": 80})
                    dialog.action_save()
                    row = self.Progress.search([("lead_id", "=", deal.id)]) - known
                    self.assertEqual((row.user_id, row.feedback), (user, f"Said to {user.login}"))
                    self.assertEqual((row.step_id, row.source), (self.step, "recorded"))

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_who_does_not(self):
        for user, names in self.readers():
            own = self.open_dialog(self.deals[min(names)], user)
            for name in self.deals.keys() - names:
                deal, dialogs = self.deals[name], self.as_user(self.Dialog, user)
                for act in (
                    self.as_user(deal, user).action_record_progress,
                    lambda: dialogs.create({"lead_id": deal.id}),  # noqa: B023
                    lambda: dialogs.with_context(default_lead_id=deal.id).create({}),  # noqa: B023
                    lambda: own.write({"lead_id": deal.id}),  # noqa: B023
                    lambda: dialogs.new({"lead_id": deal.id}).step_choices,  # noqa: B023
                    lambda: dialogs.new({"lead_id": deal.id}).is_closed,  # noqa: B023
                ):
                    # What the cache has, it has of another reader.
                    self.env.invalidate_all()
                    with self.subTest(user=user.login, deal=name), self.assertRaises(AccessError):
                        act()
                hidden = dialogs.new({"lead_id": deal.id, "activity_type_id": self.call.id})
                self.env.invalidate_all()
                self.assertFalse(hidden.planned_ids)
            self.assertIn(own.lead_id.name, names)
        self.assertFalse(self.Progress.search([]))

    def test_no_sales_rights_no_dialog(self):
        deal = self.deals["nobody's"]
        others = self.open_dialog(deal, self.manager)
        for user in (self.internal, self.portal, self.env.ref("base.public_user")):
            dialogs = self.Dialog.with_user(user)
            for act in (
                deal.with_user(user).action_record_progress,
                lambda: dialogs.create({"feedback": "Hello"}),  # noqa: B023
                lambda: dialogs.create({"lead_id": deal.id}),  # noqa: B023
                lambda: dialogs.search([]),  # noqa: B023
                lambda: others.with_user(user).read(["feedback"]),  # noqa: B023
                lambda: others.with_user(user).action_save(),  # noqa: B023
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    act()

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_the_dialogs_of_others(self):
        dialog = self.open_dialog(self.deals["own"], self.seller)
        dialog.write({"feedback": "In confidence", "activity_type_id": self.call.id})
        for user in (self.colleague, self.all_documents, self.manager, self.administrator):
            others = dialog.with_user(user)
            self.assertFalse(others.search([("feedback", "!=", False)]))
            for act in (
                lambda: others.read(["feedback"]),  # noqa: B023
                lambda: others.write({"feedback": "Bent"}),  # noqa: B023
                others.action_save,
                others.unlink,
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    act()
        self.assertEqual(dialog.feedback, "In confidence")

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_no_name_of_what_one_may_not_read(self):
        """A link to anything would tell its name."""
        dialog = self.open_dialog(self.deals["own"], self.seller)
        for values in (
            {"planned_activity_id": self.activities["colleague's"].id},
            {"planned_activity_id": self.activities["abroad"].id},
            {"step_id": self.step_abroad.id},
        ):
            with self.subTest(values=values):
                with self.assertRaises(AccessError):
                    dialog.write(values)
                with self.assertRaises(AccessError):
                    dialog.create(values)
                with self.assertRaises(AccessError):
                    dialog.with_context(**{f"default_{name}": value for name, value in values.items()}).create({})

    def test_only_what_is_planned_on_the_deal_is_done(self):
        dialog = self.open_dialog(self.deals["own"], self.seller)
        dialog.write({"activity_type_id": self.call.id, "planned_activity_id": self.activities["nobody's"].id})
        dialog.action_save()
        self.assertTrue(self.activities["nobody's"].active)
        self.assertEqual(self.Progress.search([]).lead_id, self.deals["own"])

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_a_deal_that_was_handed_over_meanwhile(self):
        deal = self.deals["own"]
        dialog = self.open_dialog(deal, self.seller)
        dialog.write({"step_id": self.step.id, "feedback": "They called", "customer_budget": 5})
        deal.user_id = self.colleague
        self.env.cr.flush()
        self.env.invalidate_all()
        with self.assertRaisesRegex(AccessError, "without write access"):
            dialog.action_save()
        self.assertEqual(dialog.feedback, "They called")
        self.assertEqual((deal.customer_budget, self.Progress.search([])), (70, self.Progress))

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_who_reads_only(self):
        deal = self.deals["own"]
        self.env["ir.rule"].create(
            {
                "name": "Nobody writes",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "domain_force": "[(0, '=', 1)]",
                "groups": [Command.clear()],
                "perm_read": False,
            }
        )
        for user in (self.seller, self.manager):
            with self.assertRaisesRegex(AccessError, "without write access"):
                self.as_user(deal, user).action_record_progress()
            dialog = self.as_user(self.Dialog, user).create({"lead_id": deal.id, "step_id": self.step.id})
            with self.assertRaisesRegex(AccessError, "without write access"):
                dialog.action_save()
        self.assertFalse(self.Progress.search([]))

    def test_steps_of_another_company_are_not_offered(self):
        self.assertEqual(
            [one["label"] for one in self.open_dialog(self.deals["own"], self.seller).step_choices], ["Ring them"]
        )
        self.env.invalidate_all()
        abroad = self.open_dialog(self.deals["abroad"], self.abroad)
        self.assertEqual([one["label"] for one in abroad.step_choices], ["Ring them", "Ring abroad"])
