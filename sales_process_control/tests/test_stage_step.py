from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .leaving_common import LeavingCase


@tagged("post_install", "-at_install")
class TestStageStep(LeavingCase):
    """The sales actions that a stage expects."""

    def test_edited_on_the_stage(self):
        with Form(self.bidding.with_user(self.manager)) as form:
            form.leaving_rule = "warning"
            with form.step_ids.new() as step:
                step.name = "Ask for the decision"
                step.activity_type_id = self.call
                step.is_required = True
        self.assertEqual(self.bidding.leaving_rule, "warning")
        made = self.bidding.step_ids[-1]
        self.assertEqual(
            (made.name, made.activity_type_id, made.is_required), ("Ask for the decision", self.call, True)
        )

    def test_a_name_is_needed(self):
        for name in ("", " ", "\t\n"):
            with self.subTest(name=name), self.assertRaisesRegex(ValidationError, "needs a name"):
                self.offer.name = name
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.Step.create({"stage_id": self.bidding.id})

    def test_a_team_that_the_stage_does_not_have(self):
        self.offer.team_id = self.other_team  # a stage of all teams has any
        with self.assertRaisesRegex(ValidationError, "Team South has its own sales actions"):
            self.bidding.team_ids = self.team
        self.bidding.team_ids = self.team | self.other_team
        self.offer.team_id = self.team
        self.bidding.team_ids = self.team
        with self.assertRaisesRegex(ValidationError, "Team South does not use the stage Bidding"):
            self.offer.team_id = self.other_team
        with self.assertRaisesRegex(ValidationError, "Team South does not use the stage Bidding"):
            self.Step.create({"name": "Call", "stage_id": self.bidding.id, "team_id": self.other_team.id})
        # An archived sales action is not expected.
        self.offer.active = False
        self.offer.team_id = self.other_team
        with self.assertRaises(ValidationError):
            self.offer.active = True

    def test_a_copy_of_a_stage_has_copies_of_its_steps(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.offer.with_context(lang="fr_FR").name = "Envoyer l'offre"
        self.lunch.guidance = "Nothing too heavy"
        self.present.active = False
        copy = self.bidding.copy()
        self.assertEqual(copy.step_ids.mapped("name"), ["Send the offer", "Have lunch"])
        self.assertFalse(copy.step_ids & self.bidding.step_ids)
        self.assertEqual(copy.step_ids[0].with_context(lang="fr_FR").name, "Envoyer l'offre")
        self.assertEqual((copy.step_ids[1].guidance, copy.leaving_rule), ("Nothing too heavy", "stop"))

    def test_what_was_done_stays_when_a_step_is_deleted(self):
        deal = self.deal_in_bidding()
        self.take(deal, self.offer)
        self.offer.unlink()
        row = self.Progress.search([("lead_id", "=", deal.id)])
        self.assertEqual((row.step_id.id, row.step_name), (False, "Send the offer"))

    def test_a_stage_that_is_deleted_takes_its_steps_along(self):
        stage = self.env["crm.stage"].create({"name": "Gone soon", "sequence": 70})
        step = self.Step.create({"name": "Call", "stage_id": stage.id})
        stage.unlink()
        self.assertFalse(step.exists())

    def test_which_steps_apply(self):
        deal = self.deal_in_bidding()
        self.assertEqual(self.bidding.step_ids._applies_to(deal), self.offer | self.present | self.lunch)
        self.offer.team_id = self.other_team
        self.present.active = False
        self.assertEqual((self.offer | self.present | self.lunch)._applies_to(deal), self.lunch)

    def test_python_and_sql_agree_on_what_applies(self):
        self.offer.team_id = self.other_team
        self.lunch.is_required = True
        for team in (self.team, self.other_team, self.env["crm.team"]):
            deal = self.deal_in_bidding(team_id=team.id, user_id=False)
            applying = self.bidding.step_ids._applies_to(deal.with_user(self.env.user))
            key = (deal.id, self.bidding.id)
            names = {step.id: step.name for step in applying}
            self.assertEqual(self.Step._open_required_of([(deal, key[1], False)])[key], names)
