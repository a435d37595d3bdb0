from odoo.exceptions import AccessError
from odoo.tests import tagged

from .leaving_common import LeavingCase


@tagged("post_install", "-at_install")
class TestLeavingRecording(LeavingCase):
    """From a stop one comes to the sales actions that it names, in whatever stage they are expected."""

    def stop_of(self, move, deal):
        """The dialog that the button in the message of a stop opens."""
        _message, action_id, _button, context = self.assertStopped(move, deal, names=()).args
        action = self.env["ir.actions.server"].browse(action_id).with_user(self.seller)
        opened = action.with_context(**context).run()
        return self.env[opened["res_model"]].with_user(self.seller).browse(opened["res_id"])

    def offered(self, dialog):
        return [(choice["label"], choice["remark"]) for choice in dialog.step_choices or ()]

    def record(self, dialog, step):
        dialog.write({"step_id": step.id, "activity_type_id": False, "feedback": "They have it"})
        dialog.action_save()
        self.env.cr.flush()

    def gone_back(self):
        """A deal that went back from the stage that holds it."""
        deal = self.deal_in_bidding()
        self.pass_time(days=1)
        deal.stage_id = self.needs
        self.pass_time(days=1)
        return deal

    def test_actions_of_a_stage_that_the_deal_went_back_from(self):
        self.Step.create({"name": "Ask", "stage_id": self.needs.id})
        deal = self.gone_back()

        def move():
            deal.write({"stage_id": self.talks.id})

        dialog = self.stop_of(move, deal)
        required = [("Send the offer", "required in Bidding"), ("Present the offer", "required in Bidding")]
        self.assertEqual(self.offered(dialog), [*required, ("Ask", "")])
        self.assertFalse(dialog.step_id)
        self.record(dialog, self.offer)
        # The only one that is left is chosen already.
        dialog = self.stop_of(move, deal)
        self.assertEqual(self.offered(dialog), [required[1], ("Ask", "")])
        self.assertEqual(dialog.step_id, self.present)
        self.record(dialog, self.present)
        rows = self.Progress.search([("lead_id", "=", deal.id)], order="id")
        self.assertEqual(rows.step_id, self.offer | self.present)
        self.assertEqual(rows.stage_id, self.needs)
        move()
        self.assertEqual(deal.stage_id, self.talks)

    def test_from_the_card_too(self):
        """However the dialog is opened: a sales manager is offered a pass by the stop."""
        deal = self.gone_back().with_user(self.manager)
        opened = deal.action_record_progress()
        dialog = self.env[opened["res_model"]].with_user(self.manager).browse(opened["res_id"])
        self.assertIn(("Send the offer", "required in Bidding"), self.offered(dialog))

    def test_actions_of_deals_that_are_no_open_ones(self):
        for close in (
            lambda deal: deal.action_set_lost(),
            lambda deal: deal.action_archive(),
            lambda deal: deal.write({"type": "lead"}),
        ):
            deal = self.deal_in_bidding()
            self.pass_time(days=1)
            close(deal)
            self.take(deal, self.offer)
            dialog = self.stop_of(deal.action_set_won, deal)
            self.assertEqual([label for label, _remark in self.offered(dialog)], ["Present the offer"])
            self.record(dialog, self.present)
            deal.action_set_won()
            self.assertEqual(deal.won_status, "won")

    def test_what_no_stop_names_is_not_offered(self):
        dialogs = self.env["crm.lead.progress.dialog"].with_user(self.seller)

        def offered(deal):
            return self.offered(dialogs.browse(deal.action_record_progress()["res_id"]))

        # Never was there.
        self.assertEqual(offered(self.make_deal(stage_id=self.needs.id).with_user(self.seller)), [])
        deal = self.gone_back()
        self.assertEqual(len(offered(deal)), 2)
        self.take(deal, self.offer)
        self.assertEqual(offered(deal), [("Present the offer", "required in Bidding")])
        self.present.team_id = self.other_team
        self.assertEqual(offered(deal), [])
        self.present.team_id = False
        self.bidding.leaving_rule = "nothing"
        self.assertEqual(offered(deal), [])

    def test_actions_that_one_may_not_read(self):
        company = self.env["res.company"].create({"name": "Another company"})
        team = self.env["crm.team"].create({"name": "Team Abroad", "company_id": False})
        deal = self.gone_back()
        deal.with_user(self.env.user).team_id = team
        self.offer.team_id = team
        # The deal stays in the company that it is in.
        team.company_id = company
        with self.assertRaises(AccessError):
            self.offer.with_user(self.seller).read(["name"])
        dialog = self.env["crm.lead.progress.dialog"].with_user(self.seller)
        dialog = dialog.browse(deal.action_record_progress()["res_id"])
        self.assertEqual(self.offered(dialog), [("Present the offer", "required in Bidding")])
