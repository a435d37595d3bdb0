from datetime import date, timedelta

from odoo.tests import tagged

from .test_pace import PaceCase


@tagged("post_install", "-at_install")
class TestPaceReason(PaceCase):
    """One sentence of facts."""

    def test_golden_sentence(self):
        deal = self.bid(date_deadline=date(2026, 3, 10))
        self.pass_time(days=3)
        self.hear(deal)
        for day in (20, 30):
            self.pass_time(days=1)
            deal.date_deadline = date(2026, 4, day)
        self.set_time(self.start + timedelta(days=18, hours=5))
        reason = "18 days in Bidding (limit 12), no contact from the customer for 15 days, closing date pushed twice."
        self.assertPace(deal, "stalled", reason)

    def test_words(self):
        deal = self.bid()
        for elapsed, change, reason in (
            (timedelta(days=12), None, None),
            (
                timedelta(days=12, hours=2),
                None,
                "Just over 12 days in Bidding (limit 12), no contact from the customer yet.",
            ),
            (timedelta(days=18), self.hear, "18 days in Bidding (limit 12), last progress less than a day ago."),
            (timedelta(days=19), None, "19 days in Bidding (limit 12), last progress 1 day ago."),
            (timedelta(days=21), None, "21 days in Bidding (limit 12), last progress 3 days ago."),
            (
                timedelta(days=33),
                self.plan,
                "33 days in Bidding (limit 12), no contact from the customer for 15 days, next activity tomorrow.",
            ),
        ):
            self.set_time(self.start + elapsed)
            if change:
                change(deal)
            self.env.cr.flush()
            deal.invalidate_recordset()
            self.assertEqual(deal.pace_reason or None, reason)
        today = (self.start + timedelta(days=33)).date()
        activity = deal.activity_ids
        facts = "33 days in Bidding (limit 12), no contact from the customer for 15 days"
        for days, words in ((0, "next activity today"), (2, "next activity in 2 days")):
            self.pass_time(minutes=1)
            activity.date_deadline = today + timedelta(days=days)
            self.assertEqual(deal.pace_reason, f"{facts}, {words}.")
        self.pass_time(hours=1)
        activity.date_deadline = today + timedelta(days=9)
        self.assertPace(deal, "stalled", f"{facts}, next activity planned 3 times since the limit passed.")

    def test_only_what_says_something_is_from_the_customer(self):
        def done(feedback, **values):
            return lambda deal: self.plan(deal, **values).action_feedback(feedback=feedback)

        for act, words in (
            (done("They wait for the budget"), "for 20 days"),
            (done("", activity_type_id=self.todo.id), "yet"),
            (done(False), "yet"),
            (lambda deal: self.meet(deal, self.start, hours=0.5), "for 19 days"),
            (self.hear, "for 20 days"),
        ):
            with self.subTest(words=words):
                self.set_time(self.start)
                deal = self.bid()
                act(deal)
                self.pass_time(days=20)
                self.run_job()
                self.assertPace(
                    deal, "stalled", f"20 days in Bidding (limit 12), no contact from the customer {words}."
                )

    def test_stage_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.bidding.with_context(lang="fr_FR").name = "Offre"
        deal = self.bid()
        self.pass_time(days=14)
        self.assertIn("Offre", deal.with_context(lang="fr_FR").pace_reason)
        self.assertIn("Bidding", deal.pace_reason)
