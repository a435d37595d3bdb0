from datetime import timedelta

from odoo.tests import Form, tagged

from .recording_common import RecordingCase


@tagged("post_install", "-at_install")
class TestProgressDialog(RecordingCase):
    """One save records what was done: one row, one entry in the chatter."""

    def day(self, days=0):
        return (self.env.cr.now() + timedelta(days=days)).date()

    def test_as_a_seller_does_it(self):
        deal = self.make_deal()
        dialog = self.open_dialog(deal)
        form = Form(dialog)
        form.step_id = self.ring
        self.assertEqual(form.activity_type_id, self.call)
        form.feedback = "They are interested"
        form.reaction = "positive"
        form.save()
        messages = self.messages_of(deal)
        self.save(dialog)
        [row] = self.progress_rows(deal)
        self.assertEqual((row.step_id, row.step_name, row.source), (self.ring, "Ring them", "recorded"))
        self.assertEqual((row.feedback, row.reaction, row.user_id), ("They are interested", "positive", self.seller))
        self.assertEqual((row.date, row.stage_id, row.activity_type_id), (self.start, self.contact, self.call))
        self.assertEqual(row.visit_id, deal.stage_visit_ids)
        self.assertEqual(deal.last_progress_at, self.start)
        [entry] = self.messages_of(deal) - messages
        self.assertEqual((row.message_id, entry.author_id), (entry, self.seller.partner_id))
        for words in ("Ring them", "They are interested", "Positive"):
            self.assertEqual(entry.body.count(words), 1)

    def test_one_entry_says_what_has_changed(self):
        soon, late = self.day(10), self.day(20)
        deal = self.make_deal(date_deadline=soon, customer_budget=70, probability=20)
        self.pass_time(days=1)
        messages = self.messages_of(deal)
        row = self.record(
            deal, step=self.ring, likelihood=65, date_deadline=late, customer_budget=90, feedback="More money"
        )
        [entry] = self.messages_of(deal) - messages
        self.assertEqual(row.message_id, entry)
        values = {value.field_id.name: value for value in entry.sudo().tracking_value_ids}
        self.assertEqual(set(values), {"probability", "date_deadline", "customer_budget"})
        for name, old, new in (("probability", 20, 65), ("customer_budget", 70, 90)):
            self.assertEqual((values[name].old_value_float, values[name].new_value_float), (old, new))
        closing = values["date_deadline"]
        self.assertEqual((closing.old_value_datetime.date(), closing.new_value_datetime.date()), (soon, late))
        self.assertEqual((deal.probability, deal.date_deadline, deal.customer_budget), (65, late, 90))
        self.assertEqual((row.likelihood, row.date_deadline, row.customer_budget), (65, late, 90))
        self.assertEqual(deal.push_count, 1)

    def test_the_row_keeps_the_deal_as_it_is(self):
        deal = self.make_deal(date_deadline=self.day(10), customer_budget=70, probability=20)
        row = self.record(deal, step=self.ring)
        self.assertEqual((row.likelihood, row.date_deadline, row.customer_budget), (20, self.day(10), 70))
        self.assertEqual((row.currency_id, row.team_id), (self.company.currency_id, self.team))
        self.assertEqual(row.company_id, self.company)
        self.assertFalse(row.message_id.sudo().tracking_value_ids)

    def test_a_step_without_a_kind_of_activity(self):
        deal = self.make_deal()
        row = self.record(deal, step=self.note_down, feedback="Noted")
        self.assertEqual((row.step_id, row.activity_type_id.ids), (self.note_down, []))
        self.assertIn("Note it down", row.message_id.body)

    def test_a_kind_of_activity_without_a_step(self):
        deal = self.make_deal(stage_id=self.needs.id)
        row = self.record(deal, activity_type_id=self.todo.id)
        self.assertEqual((row.step_id.ids, row.step_name, row.activity_type_id), ([], False, self.todo))

    def test_open_steps_are_offered_first(self):
        deal = self.make_deal()
        self.record(deal, step=self.ring)
        choices = self.open_dialog(deal).step_choices
        self.assertEqual(
            [(choice["label"], choice["is_done"]) for choice in choices],
            [("Ring them again", False), ("See them", False), ("Note it down", False), ("Ring them", True)],
        )

    def test_the_step_that_was_named_is_taken_and_not_the_first_of_its_type(self):
        deal = self.make_deal()
        self.record(deal, step=self.ring_again)
        self.record(deal, step=self.ring_again)
        self.assertEqual(self.steps_of(deal), ["Ring them again", "Ring them again"])

    def test_what_was_planned_is_done_and_not_doubled(self):
        deal = self.make_deal()
        later, due, other = (
            self.plan(deal, date_deadline=self.day(5)),
            self.plan(deal, date_deadline=self.day(1)),
            self.plan(deal, activity_type_id=self.todo.id),
        )
        of_colleague = self.plan(deal, user=self.manager, date_deadline=self.day(-1))
        row = self.record(deal, step=self.ring, feedback="Rang them")
        self.assertEqual(row.activity_id, due)
        self.assertEqual(self.activities_of(deal), later | other | of_colleague)
        self.assertEqual(self.activities_of(deal, active=False), due)
        self.assertEqual(due.feedback, "Rang them")

    def test_another_planned_one_or_none_may_be_chosen(self):
        deal = self.make_deal()
        due, later = self.plan(deal, date_deadline=self.day(1)), self.plan(deal, date_deadline=self.day(5))
        row = self.record(deal, activity_type_id=self.call.id, planned_activity_id=later.id)
        self.assertEqual((row.activity_id, self.activities_of(deal)), (later, due))
        row = self.record(deal, activity_type_id=self.call.id, planned_activity_id=False)
        self.assertNotEqual(row.activity_id, due)
        self.assertEqual(self.activities_of(deal), due)

    def test_a_planned_one_that_a_colleague_has_finished_meanwhile(self):
        deal = self.make_deal()
        planned = self.plan(deal)
        dialog = self.open_dialog(deal, step=self.ring_again)
        self.assertEqual(dialog.planned_activity_id, planned)
        planned.with_user(self.manager).action_feedback(feedback="Rang them already")
        self.save(dialog)
        self.assertEqual(self.steps_of(deal), ["Ring them", "Ring them again"])

    def test_a_meeting_that_lies_ahead_is_not_the_one_that_was_held(self):
        deal = self.make_deal()
        planned = self.plan(deal, activity_type_id=self.meeting.id)
        self.meet(deal, self.start + timedelta(days=1), activity_ids=[(6, 0, planned.ids)])
        self.assertFalse(self.open_dialog(deal, step=self.see).planned_activity_id)
        self.set_time(self.start + timedelta(days=2))
        dialog = self.open_dialog(deal, step=self.see, feedback="Met")
        self.assertEqual(dialog.planned_activity_id, planned)
        self.save(dialog)
        [row] = self.progress_rows(deal)
        self.assertEqual((row.source, row.date), ("recorded", self.start + timedelta(days=1, hours=1)))
        self.run_job()
        self.assertEqual(self.steps_of(deal), ["See them"])

    def test_what_was_not_planned_leaves_no_trace_of_a_plan(self):
        deal = self.make_deal()
        notified = self.env["mail.notification"].search_count([])
        row = self.record(deal, step=self.ring)
        self.assertFalse(self.plans_of(deal))
        self.assertFalse(self.activities_of(deal))
        self.assertTrue(row.activity_id.date_done)
        self.assertEqual(self.env["mail.notification"].search_count([]), notified)
        self.assertFalse(row.message_id.notified_partner_ids)

    def test_next_action(self):
        deal = self.make_deal()
        row = self.record(
            deal,
            step=self.ring,
            next_type_id=self.todo.id,
            next_summary="Send a sample",
            next_date=self.day(3),
            next_user_id=self.manager.id,
        )
        planned = self.activities_of(deal)
        self.assertEqual((planned.summary, planned.date_deadline), ("Send a sample", self.day(3)))
        self.assertEqual((planned.user_id, planned.activity_type_id), (self.manager, self.todo))
        self.assertEqual(len(self.plans_of(deal)), 1)
        self.assertIn("Send a sample", row.message_id.body)

    def test_next_action_is_due_today_at_the_earliest_and_one_s_own(self):
        deal = self.make_deal()
        self.record(deal, step=self.ring, next_summary="Ring once more", next_date=self.day())
        planned = self.activities_of(deal)
        self.assertEqual((planned.date_deadline, planned.user_id), (self.day(), self.seller))
        self.assertTrue(planned.activity_type_id)

    def test_likelihood_that_was_not_touched_stays_automated(self):
        deal = self.make_deal()
        deal.action_set_automated_probability()
        self.assertTrue(deal.is_automated_probability)
        row = self.record(deal, step=self.ring, customer_budget=5)
        self.assertTrue(deal.is_automated_probability)
        self.assertAlmostEqual(row.likelihood, deal.probability)
        self.record(deal, step=self.see, likelihood=deal.probability + 11)
        self.assertFalse(deal.is_automated_probability)

    def test_the_row_keeps_what_odoo_says(self):
        """Whatever the likelihood is changed to, and whatever Odoo says later."""
        deal = self.make_deal(probability=20)
        deal.automated_probability = 35
        row = self.record(deal, step=self.ring, likelihood=80)
        deal.automated_probability = 60
        self.env.cr.flush()
        row.invalidate_recordset()
        self.assertEqual((row.likelihood, row.odoo_probability), (80, 35))

    def test_what_a_colleague_has_changed_meanwhile_stays(self):
        deal = self.make_deal(date_deadline=self.day(10), customer_budget=70, probability=20)
        dialog = self.open_dialog(deal, step=self.ring)
        deal.with_user(self.manager).write({"date_deadline": self.day(30), "customer_budget": 95, "probability": 33})
        self.env.cr.flush()
        dialog.customer_budget = 99
        self.save(dialog)
        self.assertEqual((deal.probability, deal.date_deadline, deal.customer_budget), (33, self.day(30), 99))
        [row] = self.progress_rows(deal)
        self.assertEqual((row.likelihood, row.date_deadline, row.customer_budget), (33, self.day(30), 99))

    def test_a_date_and_a_budget_may_be_taken_away(self):
        deal = self.make_deal(date_deadline=self.day(10), customer_budget=70)
        row = self.record(deal, step=self.ring, date_deadline=False, customer_budget=0)
        self.assertEqual((deal.date_deadline, deal.customer_budget), (False, 0))
        self.assertEqual((row.date_deadline, row.customer_budget), (False, 0))

    def test_closed_deals_and_leads(self):
        won, lost, lead = self.make_deal(), self.make_deal(), self.make_deal(type="lead")
        won.action_set_won()
        lost.action_set_lost()
        self.env.cr.flush()
        for deal in (won, lost, lead):
            dialog = self.open_dialog(deal, activity_type_id=self.call.id, feedback="Thanks", customer_budget=3)
            self.assertFalse(dialog.step_choices)
            self.save(dialog)
            [row] = self.progress_rows(deal)
            self.assertEqual((row.source, row.feedback, row.step_name), ("recorded", "Thanks", False))
            self.assertEqual(deal.customer_budget, 3)
        self.assertEqual((won.won_status, lost.won_status), ("won", "lost"))
