from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.tests import tagged

from .leaving_common import LeavingAccessCase


@tagged("post_install", "-at_install")
class TestLeavingPass(LeavingAccessCase):
    """A sales manager lets deals pass."""

    def test_a_pass(self):
        deal = self.deals["own"]
        self.take(deal, self.present)
        dialog = self.open_pass(deal, self.talks)
        self.assertIn("Send the offer", dialog.open_steps)
        self.assertNotIn("Present", dialog.open_steps)
        for reason in (False, "", "  \n"):
            dialog.reason = reason
            with self.assertRaisesRegex(UserError, "Enter a reason"):
                dialog.action_move()
        dialog.reason = " <b>They</b> sign today "
        self.assertEqual(dialog.action_move()["tag"], "soft_reload")
        self.assertEqual(deal.stage_id, self.talks)
        expected = (self.bidding, self.talks, self.manager, "<b>They</b> sign today", ["Send the offer"])
        self.assertEqual(self.passes_of(deal), [expected])
        note = deal.message_ids.filtered(lambda message: "Send the offer" in message.body)
        self.assertEqual(note.author_id, self.manager.partner_id)
        self.assertIn("&lt;b&gt;They&lt;/b&gt;", note.body)
        self.assertEqual(self.outcomes_of(deal.id)[-2:], ["Bidding: advanced", "Negotiation: open"])
        # It was for once.
        deal.stage_id = self.bidding
        self.assertStopped(
            lambda: deal.with_user(self.manager).write({"stage_id": self.talks.id}), deal, names=("Send the offer",)
        )

    def test_a_pass_past_a_stage(self):
        self.Step.create({"name": "Ask", "stage_id": self.needs.id, "is_required": True})
        self.needs.leaving_rule = "stop"
        deal = self.deal_in_bidding(name="Mill")
        self.pass_time(days=1)
        deal.stage_id = self.needs
        self.pass_time(days=1)
        dialog = self.open_pass(deal, self.talks)
        for word in ("Needs Analysis", "Ask", "Bidding", "Send the offer"):
            self.assertIn(word, dialog.open_steps)
        dialog.reason = "They sign today"
        dialog.action_move()
        self.assertEqual({row[0] for row in self.passes_of(deal)}, {self.needs, self.bidding})
        notes = [message for message in deal.message_ids if "They sign today" in message.body]
        self.assertEqual(len(notes), 1)

    def test_a_pass_tells_of_warnings(self):
        """A deal of the batch that leaves with a warning is told of as ever."""
        self.Step.create({"name": "Ask", "stage_id": self.needs.id, "is_required": True})
        self.needs.leaving_rule = "warning"
        warned = self.make_deal(stage_id=self.needs.id, name="Mill")
        dialog = self.open_pass(self.deals["own"] | warned, self.talks)
        self.assertNotIn("Mill", dialog.open_steps)
        dialog.reason = "They sign today"
        [told] = self.warnings_of(dialog.action_move)
        self.assertIn("Mill", told)
        self.assertNotIn("Send the offer", told)
        self.assertFalse(self.passes_of(warned))

    def test_a_pass_says_that_only_the_stage_is_moved(self):
        view = self.env["crm.stage.pass.dialog"].get_view(view_type="form")
        self.assertIn("Only the stage is changed", view["arch"])

    def test_a_pass_to_no_stage(self):
        for value in ("x", "7", [1], True, -1, 10**12, 1.5):
            with self.subTest(value=value), self.assertRaisesRegex(UserError, "deleted .*in the meantime"):
                self.deals["own"].with_user(self.manager).with_context(pass_stage_id=value).action_pass_stage()
        # Who takes a deal out of its stage is offered no way on.
        with self.assertRaises(RedirectWarning) as caught:
            self.deals["own"].with_user(self.manager).write({"stage_id": False})
        self.assertEqual(
            caught.exception.args[1], self.env.ref("sales_process_control.crm_lead_leaving_action_record").id
        )

    def test_a_pass_of_several(self):
        deals = self.deals["own"] | self.deals["colleague's"] | self.deals["nobody's"]
        self.take(deals[2], self.offer, self.present)
        with self.assertRaises(RedirectWarning):
            deals.with_user(self.manager).action_set_won()
        dialog = self.open_pass(deals)
        dialog.reason = "End of the year"
        dialog.action_move()
        self.assertEqual(set(deals.mapped("won_status")), {"won"})
        for deal in deals[:2]:
            [(stage, reached, *_rest)] = self.passes_of(deal)
            self.assertEqual((stage, reached), (self.bidding, self.signed))
        self.assertFalse(self.passes_of(deals[2]))

    def test_what_happened_meanwhile(self):
        def changes():
            yield "moved or closed", lambda deal: deal.write({"stage_id": self.needs.id})
            yield "moved or closed", lambda deal: deal.action_set_lost()
            yield "moved or closed", lambda deal: deal.action_set_won()
            yield "deleted .*in the meantime", lambda deal: deal.unlink()
            yield "All required sales actions are done", lambda deal: self.take(deal, self.offer, self.present)
            yield "All required sales actions are done", lambda deal: (self.offer | self.present).unlink()

        for message, change in changes():
            deal = self.deal_in_bidding().with_user(self.env.user)
            dialog = self.open_pass(deal, self.talks)
            dialog.reason = "Soon"
            change(deal)
            self.env.cr.flush()
            self.env.invalidate_all()
            with self.subTest(message=message), self.assertRaisesRegex(UserError, message):
                dialog.action_move()
            self.assertFalse(deal.exists() and self.passes_of(deal))

    def test_what_was_deleted_before_the_dialog_opens(self):
        deal, stage = self.deal_in_bidding(), self.env["crm.stage"].create({"name": "Gone soon", "sequence": 70})
        stage_id = stage.id
        stage.unlink()
        with self.assertRaisesRegex(UserError, "deleted .*in the meantime"):
            deal.with_user(self.manager).with_context(pass_stage_id=stage_id).action_pass_stage()
        deal.with_user(self.env.user).unlink()
        with self.assertRaisesRegex(UserError, "deleted .*in the meantime"):
            self.open_pass(deal, self.talks)

    def test_the_buttons_of_a_stop(self):
        """Who may run which way out of a stop."""
        action = self.env.ref("sales_process_control.crm_lead_leaving_action_pass")
        deal = self.deals["own"]
        context = {"active_model": "crm.lead", "active_ids": deal.ids, "active_id": deal.id}
        opened = action.with_user(self.manager).with_context(**context, pass_stage_id=self.talks.id).run()
        self.assertEqual(opened["res_model"], "crm.stage.pass.dialog")
        with self.assertRaises(AccessError):
            action.with_user(self.seller).with_context(**context).run()
        action = self.env.ref("sales_process_control.crm_lead_leaving_action_record")
        opened = action.with_user(self.seller).with_context(**context).run()
        self.assertEqual(opened["res_model"], "crm.lead.progress.dialog")
