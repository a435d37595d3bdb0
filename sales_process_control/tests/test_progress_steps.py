from datetime import timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .recording_common import RecordingCase


@tagged("post_install", "-at_install")
class TestProgressSteps(RecordingCase):
    """An activity of a step's type takes the step, however it is marked done."""

    def test_every_way_of_marking_done(self):
        for way in ("action_feedback", "action_done", "action_feedback_schedule_next", "action_done_schedule_next"):
            with self.subTest(way=way):
                deal = self.make_deal()
                getattr(self.plan(deal), way)()
                [row] = self.progress_rows(deal)
                self.assertEqual((row.step_id, row.step_name, row.source), (self.ring, "Ring them", "activity"))
                self.assertEqual((row.team_id, row.currency_id), (self.team, self.company.currency_id))
                # What nobody has said in the dialog is not made up.
                self.assertEqual((row.likelihood, row.date_deadline, row.customer_budget), (0, False, 0))
        deal = self.make_deal()
        activity = self.plan(deal)
        activity.with_context(active_model="crm.lead", active_id=deal.id).action_done_redirect_to_other()
        self.assertEqual(self.steps_of(deal), ["Ring them"])

    def test_by_somebody_who_may_not_read_the_deal(self):
        deal = self.make_deal()
        activity = self.plan(deal)
        activity.sudo().user_id = self.colleague
        self.env.invalidate_all()
        self.assertFalse(deal.with_user(self.colleague).has_access("read"))
        activity.with_user(self.colleague).with_context(customer_reaction="neutral").action_feedback(feedback="Done")
        [row] = self.progress_rows(deal)
        self.assertEqual((row.step_id, row.reaction, row.user_id), (self.ring, "neutral", self.colleague))

    def test_the_next_activity_takes_the_next_step_and_then_the_last(self):
        deal = self.make_deal()
        for _number in range(4):
            self.plan(deal).action_feedback(feedback="Rang")
            self.pass_time(hours=1)
        names = ["Ring them", "Ring them again", "Ring them again", "Ring them again"]
        self.assertEqual(self.steps_of(deal), names)

    def test_several_at_once(self):
        one, two = self.make_deal(), self.make_deal(stage_id=self.bidding.id)
        activities = self.plan(one | two) | self.plan(one) | self.plan(one)
        activities |= self.plan(one, activity_type_id=self.meeting.id)
        activities._action_done(feedback="All at once")
        taken = sorted(self.steps_of(one))
        self.assertEqual(taken, ["Ring them", "Ring them again", "Ring them again", "See them"])
        self.assertEqual(self.steps_of(two), ["Send the bid"])

    def test_a_step_in_between_that_was_taken_by_name(self):
        deal = self.make_deal()
        self.record(deal, step=self.ring)
        self.plan(deal).action_feedback(feedback="Rang")
        self.assertEqual(self.steps_of(deal), ["Ring them", "Ring them again"])

    def test_a_kind_of_activity_chosen_in_the_dialog_takes_its_step(self):
        deal = self.make_deal()
        row = self.record(deal, activity_type_id=self.call.id)
        self.assertEqual(row.step_id, self.ring)

    def test_no_step_of_that_type(self):
        deal = self.make_deal()
        self.plan(deal, activity_type_id=self.todo.id).action_feedback(feedback="Did")
        self.plan(deal, activity_type_id=False).action_feedback(feedback="Did something")
        self.assertEqual(self.steps_of(deal), ["-", "-"])

    def test_steps_of_teams(self):
        ours, theirs = self.make_deal(), self.make_deal(team_id=self.other_team.id)
        without = self.make_deal(team_id=False, user_id=False)
        for deal in (ours, theirs, without):
            self.plan(deal, user=self.manager, activity_type_id=self.todo.id).action_feedback(feedback="Did")
        self.assertEqual(
            [self.steps_of(deal) for deal in (ours, theirs, without)], [["-"], [self.of_others.name], ["-"]]
        )
        self.assertEqual(self.progress_rows(theirs).team_id, self.other_team)
        self.assertFalse(self.progress_rows(without).team_id)

    def test_archived_steps(self):
        deal = self.make_deal()
        self.ring.active = False
        self.plan(deal).action_feedback(feedback="Rang")
        self.assertEqual(self.steps_of(deal), ["Ring them again"])

    def test_a_deleted_step_leaves_its_name(self):
        deal = self.make_deal()
        self.plan(deal).action_feedback(feedback="Rang")
        self.ring.unlink()
        self.assertEqual(self.steps_of(deal), ["Ring them"])
        self.assertFalse(self.progress_rows(deal).step_id)

    def test_leads_and_closed_deals_take_no_steps(self):
        lead, lost = self.make_deal(type="lead"), self.make_deal()
        activities = self.plan(lead | lost)
        lost.with_context(mail_activity_quick_update=True).action_set_lost()
        activities.exists().sudo()._action_done(feedback="Rang")
        self.assertEqual(set(self.steps_of(lead) + self.steps_of(lost)), {"-"})

    def test_the_stage_that_the_deal_is_in_now(self):
        deal = self.make_deal()
        activity = self.plan(deal)
        deal.stage_id = self.bidding
        activity.action_feedback(feedback="Rang")
        self.assertEqual(self.steps_of(deal), ["Send the bid"])
        deal.stage_id = self.needs
        self.plan(deal).action_feedback(feedback="Rang")
        self.assertEqual(self.steps_of(deal), ["Send the bid", "-"])

    def test_what_was_taken_stays_taken_when_the_deal_comes_back(self):
        deal = self.make_deal()
        self.plan(deal).action_feedback(feedback="Rang")
        self.pass_time(days=1)
        deal.stage_id = self.bidding
        self.pass_time(days=1)
        deal.stage_id = self.contact
        self.plan(deal).action_feedback(feedback="Rang")
        self.assertEqual(self.steps_of(deal), ["Ring them", "Ring them again"])

    def held_meeting(self, deal):
        activity = self.plan(deal, activity_type_id=self.meeting.id)
        self.meet(deal, self.start + timedelta(hours=2), activity_ids=[(6, 0, activity.ids)])
        self.set_time(self.start + timedelta(hours=5))
        return activity

    def test_a_meeting_takes_its_step_once(self):
        deal = self.make_deal()
        activity = self.held_meeting(deal)
        self.run_job()
        self.assertEqual(self.steps_of(deal), ["See them"])
        activity.with_context(customer_reaction="positive").action_feedback(feedback="Met")
        self.run_job()
        self.assertEqual(self.steps_of(deal), ["See them"])
        self.assertEqual(self.progress_rows(deal).reaction, "positive")

    def test_a_meeting_that_the_job_finds_after_the_deal_has_moved_on(self):
        see_again = self.see.copy({"stage_id": self.bidding.id, "name": "See them again"})
        deal = self.make_deal()
        self.held_meeting(deal)
        deal.stage_id = self.bidding
        self.run_job()
        self.assertEqual(self.steps_of(deal), ["-"])
        self.assertFalse(self.Progress.search([("step_id", "=", see_again.id)]))

    def test_a_person_who_names_the_step_of_a_meeting_knows_better(self):
        deal = self.make_deal()
        other = self.see.copy({"name": "Show them around", "sequence": 9})
        self.held_meeting(deal)
        self.run_job()
        self.assertEqual(self.steps_of(deal), ["See them"])
        self.save(self.open_dialog(deal, step=other, feedback="Met"))
        self.assertEqual(self.steps_of(deal), ["Show them around"])

    def test_the_past_takes_no_steps(self):
        deal = self.make_deal()
        self.plan(deal).action_feedback(feedback="Rang")
        self.held_meeting(deal)
        self.run_job()
        self.env.cr.execute("DELETE FROM crm_lead_progress")
        self.env.invalidate_all()
        self.assertEqual(self.Progress.rebuild(), 2)
        self.assertEqual(self.steps_of(deal), ["-", "-"])
        self.assertEqual(self.progress_rows(deal).team_id, self.team)


@tagged("post_install", "-at_install")
class TestReaction(RecordingCase):
    """How the customer took it, where Odoo's own ways are gone."""

    def test_by_context_and_by_field(self):
        for way in ("action_feedback", "action_feedback_schedule_next"):
            with self.subTest(way=way):
                deal = self.make_deal()
                messages = self.messages_of(deal)
                activity = self.plan(deal).with_context(customer_reaction="negative")
                getattr(activity, way)(feedback="Too dear")
                [row] = self.progress_rows(deal)
                self.assertEqual((row.reaction, row.feedback), ("negative", "Too dear"))
                self.assertIn("Negative", (self.messages_of(deal) - messages).body)
        deal = self.make_deal()
        activity = self.plan(deal)
        activity.customer_reaction = "positive"
        activity.action_done()
        self.assertEqual(self.progress_rows(deal).reaction, "positive")

    def test_the_next_activity_has_a_reaction_of_its_own(self):
        deal = self.make_deal()
        activity = self.plan(deal).with_context(customer_reaction="negative")
        action = activity.action_feedback_schedule_next(feedback="Too dear")
        following = self.plan(deal).with_context(**action["context"])
        following.action_done()
        self.assertEqual(self.progress_rows(deal).mapped("reaction").count("negative"), 1)

    def test_without_one_the_entry_is_odoo_s_own(self):
        deal = self.make_deal()
        messages = self.messages_of(deal)
        self.plan(deal).action_feedback(feedback="Fine")
        self.assertNotIn("o_progress_line", (self.messages_of(deal) - messages).body)
        self.assertFalse(self.progress_rows(deal).reaction)

    def test_a_chinese_entry_has_no_gap_behind_its_colon(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        deal = self.make_deal()
        messages = self.messages_of(deal)
        activity = self.plan(deal).with_context(lang="zh_CN", customer_reaction="negative")
        activity.action_feedback(feedback="太贵")
        self.assertRegex((self.messages_of(deal) - messages).body, "反应\uff1a\\w")

    def test_a_wrong_one_is_refused(self):
        deal = self.make_deal()
        activity = self.plan(deal)
        for reaction in ("delighted", "<b>", 1, ["positive"]):
            with self.subTest(reaction=reaction):
                with self.assertRaisesRegex(ValidationError, "positive, neutral or negative"):
                    activity.with_context(customer_reaction=reaction).action_feedback(feedback="Fine")
                with self.assertRaisesRegex(ValidationError, "positive, neutral or negative"):
                    activity.write({"customer_reaction": reaction})
        self.assertTrue(activity.active)
        self.assertFalse(self.progress_rows(deal))

    def test_only_opportunities_take_one(self):
        deal, lead = self.make_deal(), self.make_deal(type="lead")
        model_id = self.env["ir.model"]._get_id("res.partner")
        other = self.plan(deal, res_model_id=model_id, res_id=self.customer.id).sudo()
        activities = self.plan(deal | lead)
        self.assertEqual((activities | other).mapped("takes_reaction"), [True, False, False])
        (activities.sudo() | other).with_context(customer_reaction="positive")._action_done(feedback="Fine")
        self.assertEqual((activities | other).mapped("customer_reaction"), ["positive", False, False])
        message = self.env["mail.message"].search([("model", "=", "res.partner"), ("res_id", "=", self.customer.id)])
        self.assertFalse([body for body in message.mapped("body") if "o_progress_line" in body])

    def test_nobody_says_by_context_what_the_dialog_says(self):
        """The dialog's word is no value that a remote caller can send."""
        deal = self.make_deal()
        activity = self.plan(deal)
        activity.with_context(recorded_progress=[self.bid.id, [["Sales action", "Forged"]]]).action_feedback()
        [row] = self.progress_rows(deal)
        self.assertEqual((row.source, row.step_id), ("activity", self.ring))
        self.assertNotIn("Forged", row.message_id.body)
