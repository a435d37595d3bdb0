from unittest.mock import patch

from odoo.exceptions import RedirectWarning, UserError

from ..models.playbook.stage_gate import OPEN_STEPS_MESSAGE
from .common import AccessCase
from .progress_common import ProgressCase

STOPS = (RedirectWarning, UserError)


class LeavingCase(ProgressCase):
    """The stage of bidding holds who leaves it; three sales actions are expected there, two of them required."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Step = cls.env["crm.stage.step"]
        cls.Pass = cls.env["crm.stage.pass"]
        cls.offer, cls.present, cls.lunch = cls.Step.create(
            [
                {"name": "Send the offer", "stage_id": cls.bidding.id, "is_required": True, "sequence": 1},
                {"name": "Present the offer", "stage_id": cls.bidding.id, "is_required": True, "sequence": 2},
                {"name": "Have lunch", "stage_id": cls.bidding.id, "sequence": 3},
            ]
        )
        cls.bidding.leaving_rule = "stop"
        cls.env.cr.flush()

    def deal_in_bidding(self, user=None, **values):
        """A deal in the stage, as a person has it."""
        deal = self.make_deal(stage_id=self.bidding.id, **values)
        self.env.cr.flush()
        return deal.with_user(user or self.seller)

    def take(self, deal, *steps):
        """Have steps of a deal taken."""
        self.Progress.create(
            [
                {
                    "lead_id": deal.id,
                    "date": self.env.cr.now(),
                    "source": "recorded",
                    "step_id": step.id,
                    "step_name": step.name,
                }
                for step in steps
            ]
        )

    def assertStopped(self, act, *deals, names=("Send the offer", "Present the offer")):
        """Assert that a move is refused, that the refusal names the open steps, and that nothing was moved.

        :return: the exception
        """
        before = [deal.stage_id for deal in deals]
        # Without a savepoint: a stop has written nothing that would have to be taken back.
        try:
            act()
        except STOPS as stop:
            for name in names:
                self.assertIn(name, stop.args[0])
            self.assertNotIn("Have lunch", stop.args[0])
            self.assertEqual([deal.stage_id for deal in deals], before)
            return stop
        raise self.failureException("It was not stopped.")

    def quiet_commits(self):
        """Jobs commit as they go, which a test that is rolled back at its end must not."""
        return patch.object(self.env.cr, "commit", self.env.cr.flush)

    def messages_of(self, act):
        """What is sent to the screen of the person while something is done: [message]."""
        told = []

        def send(users, kind, message, **_more):
            if kind == OPEN_STEPS_MESSAGE:
                told.append(message)

        with patch.object(type(self.env["res.users"]), "_bus_send", send):
            act()
        return told

    def warnings_of(self, act):
        """What is told on the screen of the person while something is done: [text]."""
        return [message["message"] for message in self.messages_of(act)]


class LeavingAccessCase(AccessCase, LeavingCase):
    """Deals of several people that are held in the stage of bidding."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Lead.concat(*cls.deals.values()).write({"stage_id": cls.bidding.id})
        cls.env.cr.flush()

    def open_pass(self, deals, stage=None, user=None):
        """The dialog that the button of a stop opens."""
        user = user or self.manager
        action = deals.with_user(user).with_context(pass_stage_id=stage and stage.id).action_pass_stage()
        return self.env["crm.stage.pass.dialog"].with_user(user).browse(action["res_id"])

    def passes_of(self, deal):
        """[(from, to, by, reason, steps)]."""
        self.env.cr.flush()
        passes = deal.with_user(self.env.user).stage_pass_ids
        return [
            (row.stage_id, row.next_stage_id, row.user_id, row.reason, (row.step_names or "").splitlines())
            for row in passes
        ]
