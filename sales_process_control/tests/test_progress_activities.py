from odoo.tests import tagged

from .progress_common import ProgressCase


@tagged("post_install", "-at_install")
class TestActivities(ProgressCase):
    """An activity that is marked done is progress, with the customer's words."""

    def test_done_activity(self):
        deal = self.make_deal()
        activity = self.plan(deal)
        self.pass_time(days=1)
        activity.action_feedback(feedback="They like it.\nPrice < 100 & soon")
        [row] = self.Progress.search([("lead_id", "=", deal.id)])
        self.env.cr.flush()
        self.assertEqual(row.source, "activity")
        self.assertEqual(row.date, self.env.cr.now())
        self.assertEqual(row.user_id, self.seller)
        self.assertEqual(row.activity_type_id, self.call)
        self.assertEqual(row.feedback, "They like it.\nPrice < 100 & soon")
        self.assertEqual((row.stage_id, row.visit_id), (self.contact, deal.stage_visit_ids))
        self.assertEqual((row.company_id, row.activity_id), (self.company, activity))
        self.assertEqual(deal.last_progress_at, self.env.cr.now())

    def test_many_at_once_each_with_its_message(self):
        deals = self.make_deal() | self.make_deal() | self.make_deal()
        activities = self.plan(deals) | self.plan(deals, activity_type_id=self.todo.id)
        activities._action_done(feedback="Called")
        rows = self.Progress.search([("lead_id", "in", deals.ids)])
        self.assertEqual(len(rows), 6)
        self.assertEqual(len(rows.message_id), 6)
        for row in rows:
            self.assertEqual(row.message_id.res_id, row.lead_id.id)
            self.assertEqual(row.message_id.mail_activity_type_id, row.activity_type_id)
            self.assertEqual(row.activity_id.activity_type_id, row.activity_type_id)

    def test_done_by_somebody_who_may_not_read_the_deal(self):
        deal = self.make_deal()
        activity = self.plan(deal)
        activity.sudo().user_id = self.colleague
        deal.invalidate_recordset()
        self.assertFalse(deal.with_user(self.colleague).has_access("read"))
        activity.with_user(self.colleague).action_feedback(feedback="Done anyway")
        self.assertEqual(self.Progress.search([("lead_id", "=", deal.id)]).user_id, self.colleague)
        self.assertEqual(self.progress_of(deal), self.env.cr.now())

    def test_a_lead_may_become_a_deal(self):
        lead = self.make_deal(type="lead")
        self.plan(lead).action_feedback(feedback="Interested")
        [row] = self.Progress.search([("lead_id", "=", lead.id)])
        self.assertFalse(row.visit_id)
        self.assertEqual(row.stage_id, self.contact)

    def test_activity_whose_deal_is_gone(self):
        gone, stays = self.make_deal(), self.make_deal()
        activities = self.plan(gone | stays)
        self.env.cr.execute("DELETE FROM crm_lead WHERE id = %s", [gone.id])
        self.env.invalidate_all()
        activities.sudo()._action_done(feedback="Too late")
        self.assertEqual(self.Progress.search([]).lead_id, stays)

    def test_activities_of_other_documents_are_no_progress(self):
        model_id = self.env["ir.model"]._get_id("res.partner")
        activity = self.plan(self.make_deal(), res_model_id=model_id, res_id=self.customer.id)
        with self.assertStatements("crm_lead_progress", 0):
            activity.sudo().action_feedback(feedback="Hm")
        self.assertFalse(self.Progress.search([]))

    def test_progress_goes_with_its_deal(self):
        deal = self.make_deal()
        self.plan(deal).action_feedback(feedback="Yes")
        deal.unlink()
        self.assertFalse(self.Progress.search([]))

    def test_stay_is_known_after_the_transaction_has_written_it_anew(self):
        deal = self.make_deal()
        self.pass_time(days=1)
        deal.stage_id = self.bidding
        self.env.cr.flush()
        self.plan(deal).action_feedback(feedback="Yes")
        deal.expected_revenue = 5
        self.env.cr.flush()
        [row] = self.Progress.search([("lead_id", "=", deal.id)])
        row.invalidate_recordset()
        self.assertEqual(row.visit_id.stage_id, self.bidding)
