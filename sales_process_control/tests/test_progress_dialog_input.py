from datetime import timedelta

from lxml import etree

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .recording_common import RecordingCase


@tagged("post_install", "-at_install")
class TestProgressDialogInput(RecordingCase):
    """Bad input, and what has changed meanwhile: a clear error, nothing written, and nothing lost of what was typed."""

    def typed(self, deal, step=None, **values):
        """A dialog in which much was typed."""
        values = {
            "feedback": "A long story",
            "reaction": "negative",
            "likelihood": 44,
            "date_deadline": self.env.cr.now().date() + timedelta(days=40),
            "customer_budget": 77,
            "next_summary": "Ring again",
            "next_date": self.env.cr.now().date() + timedelta(days=2),
            **values,
        }
        return self.open_dialog(deal, step=step or self.ring, **values)

    def test_nothing_chosen(self):
        deal = self.make_deal()
        self.assertRefused(self.typed(deal, step_id=False), deal, UserError, "Choose what was done")
        self.assertRefused(self.open_dialog(deal), deal, UserError, "Choose what was done")

    def test_likelihood(self):
        deal = self.make_deal(probability=20)
        for likelihood in (0, 100, -5, 100.01, 1e9):
            with self.subTest(likelihood=likelihood):
                dialog = self.typed(deal, likelihood=likelihood)
                self.assertRefused(dialog, deal, ValidationError, "less than 100 percent")
        dialog = self.typed(deal)
        for likelihood in (float("nan"), float("inf")):
            with self.assertRaisesRegex(ValidationError, "must be a percentage"):
                dialog.write({"likelihood": likelihood})
        self.assertEqual(dialog.likelihood, 44)

    def test_a_likelihood_is_shown_as_a_whole_percent(self):
        for model, kind in (
            ("crm.lead.progress.dialog", "form"),
            ("crm.lead.progress", "form"),
            ("crm.lead.progress", "list"),
        ):
            arch = etree.fromstring(self.env[model].get_view(view_type=kind)["arch"])
            with self.subTest(model=model, kind=kind):
                # The field of the dialog is typed into.
                [field] = arch.xpath("//field[@name='likelihood']")
                self.assertIn((field.get("widget"), field.get("digits")), [("whole_percents", None), (None, "[16, 0]")])

    def test_budget(self):
        dialog = self.typed(self.make_deal())
        for budget in (float("nan"), float("inf"), -1):
            with self.assertRaisesRegex(ValidationError, "between 0 and"):
                dialog.write({"customer_budget": budget})
        self.assertEqual(dialog.customer_budget, 77)

    def test_next_action(self):
        deal = self.make_deal()
        yesterday = self.env.cr.now().date() - timedelta(days=1)
        self.assertRefused(self.typed(deal, next_date=yesterday), deal, ValidationError, "in the past")
        for values in ({"next_summary": "Ring again"}, {"next_type_id": self.todo.id, "next_summary": False}):
            dialog = self.typed(deal, **values)
            dialog.next_date = False
            self.assertRefused(dialog, deal, ValidationError, "Enter the due date of the next action")

    def test_a_step_that_is_not_expected(self):
        for step in (self.bid, self.of_others):
            with self.subTest(step=step.name):
                deal = self.make_deal()
                self.assertFalse(self.open_dialog(deal, step=step).step_id)
                dialog = self.typed(deal, step_id=step.id)
                self.assertRefused(dialog, deal, UserError, step.name)

    def test_a_step_that_was_archived_or_given_to_another_team_meanwhile(self):
        for values in ({"active": False}, {"team_id": self.other_team.id}):
            with self.subTest(values=values):
                deal = self.make_deal()
                step = self.ring.copy()
                dialog = self.typed(deal, step=step)
                step.write(values)
                self.assertRefused(dialog, deal, UserError, "not a sales action")

    def test_a_step_that_was_deleted_meanwhile(self):
        deal = self.make_deal()
        step = self.ring.copy()
        dialog = self.typed(deal, step=step)
        step.unlink()
        self.assertRefused(dialog, deal, UserError, "deleted in the meantime")
        with self.assertRaisesRegex(UserError, "deleted .*in the meantime"):
            dialog.step_id = step.id
        # Another choice goes, be it a kind of activity or a step.
        dialog.activity_type_id = self.todo
        self.save(dialog)
        self.assertEqual(self.progress_rows(deal).activity_type_id, self.todo)
        other = self.make_deal()
        step = self.ring.copy()
        dialog = self.typed(other, step=step)
        step.unlink()
        dialog.step_id = self.see
        self.save(dialog)
        self.assertEqual(self.steps_of(other), ["See them"])

    def test_a_deal_that_moved_on_meanwhile(self):
        deal = self.make_deal()
        dialog = self.typed(deal)
        deal.stage_id = self.bidding
        self.assertRefused(dialog, deal, UserError, "Bidding")

    def test_a_deal_that_went_to_another_team_meanwhile(self):
        deal = self.make_deal(team_id=self.other_team.id)
        dialog = self.typed(deal, step=self.of_others)
        self.assertEqual(dialog.step_id, self.of_others)
        deal.team_id = self.team
        self.assertRefused(dialog, deal, UserError, "not a sales action")

    def test_a_deal_that_was_closed_meanwhile(self):
        lost, won, late = self.make_deal(), self.make_deal(), self.make_deal()
        dialogs = [self.typed(deal) for deal in (lost, won)]
        last = self.typed(late, step_id=False, activity_type_id=self.call.id)
        lost.action_set_lost()
        won.action_set_won()
        late.action_set_lost()
        self.assertRefused(dialogs[0], lost, UserError, "closed in the meantime")
        self.assertRefused(dialogs[1], won, UserError, "Signing")
        self.assertRefused(last, late, UserError, "cannot be changed any more")

    def test_a_deal_that_was_deleted_meanwhile(self):
        deal, gone = self.make_deal(), self.make_deal()
        dialog = self.typed(gone)
        gone.unlink()
        self.assertRefused(dialog, gone, UserError, "deleted or merged in the meantime")
        with self.assertRaisesRegex(UserError, "deleted .*in the meantime"):
            gone.with_user(self.seller).action_record_progress()
        with self.assertRaisesRegex(UserError, "one opportunity at a time"):
            (deal | self.make_deal()).with_user(self.seller).action_record_progress()

    def test_a_planned_activity_that_was_cancelled_meanwhile(self):
        deal = self.make_deal()
        planned = self.plan(deal)
        dialog = self.typed(deal)
        planned.unlink()
        dialog.write({"planned_activity_id": planned.id, "feedback": "Still here"})
        self.save(dialog)
        self.assertEqual(self.progress_rows(deal).feedback, "Still here")

    def test_html_stays_text(self):
        deal = self.make_deal()
        words = "<script>alert(1)</script> & <b>bold</b>"
        step = self.ring.copy({"name": "<i>Ring</i>"})
        dialog = self.typed(deal, step=step, feedback=words, next_summary="<u>Next</u>")
        self.save(dialog)
        [row] = self.progress_rows(deal)
        self.assertEqual((row.feedback, row.step_name), (words, "<i>Ring</i>"))
        body = row.message_id.body
        for text in ("&lt;script&gt;", "&lt;b&gt;bold", "&lt;i&gt;Ring", "&lt;u&gt;Next"):
            self.assertIn(text, body)
        for tag in ("<script", "<b>", "<i>", "<u>"):
            self.assertNotIn(tag, body)

    def test_100000_characters(self):
        deal = self.make_deal()
        words = "0123456789" * 10000
        row = self.record(deal, step=self.ring, feedback=words)
        self.assertEqual(row.feedback, words)
        self.assertIn(words, row.message_id.body)

    def test_blank_words_are_none(self):
        row = self.record(self.make_deal(), step=self.ring, feedback="  \n ")
        self.assertFalse(row.feedback)

    def test_numbers_that_another_program_does_not_give_stay_as_they_are(self):
        deal = self.make_deal(customer_budget=70, date_deadline="2026-05-05", probability=20)
        dialogs = self.Dialog.with_user(self.seller)
        dialog = dialogs.create({"lead_id": deal.id, "step_id": self.ring.id, "customer_budget": 80})
        self.save(dialog)
        self.assertEqual((deal.customer_budget, deal.probability, str(deal.date_deadline)), (80, 20, "2026-05-05"))
        self.assertEqual(self.steps_of(deal), ["Ring them"])

    def test_a_preselected_step_that_is_no_id(self):
        deal = self.make_deal()
        for value in ([], {}, [self.ring.id], "x", 1.5, -1, None):
            with self.subTest(value=value):
                action = deal.with_user(self.seller).with_context(default_step_id=value).action_record_progress()
                self.assertFalse(self.env[action["res_model"]].browse(action["res_id"]).step_id)
        action = deal.with_user(self.seller).with_context(default_step_id=self.ring.id).action_record_progress()
        self.assertEqual(self.env[action["res_model"]].browse(action["res_id"]).step_id, self.ring)
