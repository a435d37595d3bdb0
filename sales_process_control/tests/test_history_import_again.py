from datetime import datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .history_common import HEADER, STORY, HistoryImportCase


@tagged("post_install", "-at_install")
class TestHistoryImportAgain(HistoryImportCase):
    """Importing a file again, importing a longer file, and taking an import back."""

    def test_the_same_file_changes_nothing(self):
        self.import_file(STORY)
        before = self.counts()
        wizard = self.import_file(STORY)
        self.assertEqual(self.counts(), before)
        self.assertFalse(wizard.history_id)
        self.assertIn("3 opportunities were already imported", wizard.result)

    def test_a_longer_file_adds_the_rest(self):
        self.import_file(STORY)
        self.import_file(
            STORY + "d3,Bidding,2025-02-01,,\nd3,Price,2025-02-02,lost,40\nd2,Bidding,2025-02-03,,\n"
            "d1,Bidding,2025-02-04,,\nd4,Bidding,2025-02-05,,\n"
        )
        self.assertEqual(self.outcomes_of(self.deal_of("d3")), ["Needs Analysis: advanced", "Bidding: lost"])
        self.assertEqual((self.deal_of("d3").won_status, self.deal_of("d3").expected_revenue), ("lost", 40))
        self.assertEqual(self.deal_of("d3").date_closed, datetime(2025, 2, 2))
        self.assertEqual(self.outcomes_of(self.deal_of("d2")), ["Needs Analysis: lost", "Bidding: open"])
        self.assertEqual((self.deal_of("d2").active, self.deal_of("d2").lost_reason_id.id), (True, False))
        self.assertTrue(self.deal_of("d2").is_automated_probability)
        self.assertEqual(self.kinds_of(self.deal_of("d1"))[-2:], ["won", "reopened"])
        self.assertEqual(len(self.deal_of("d4")), 1)
        whole = self.counts()
        self.import_file(STORY)
        self.assertEqual(self.counts(), whole)

    def test_numbers_of_opportunities_are_written_in_the_singular_and_in_the_plural(self):
        two = HEADER + "d1,Bidding,2025-01-10,,\nd2,Bidding,2025-01-10,,\n"
        longer = "d1,Negotiation,2025-01-11,,\n"
        three = two + longer + "d3,Bidding,2025-01-10,,\n"
        for story, lines in (
            (two, ["2 opportunities were imported."]),
            (
                three,
                [
                    "1 opportunity was imported.",
                    "1 opportunity of an earlier import was updated.",
                    "1 opportunity was already imported, and the file has nothing new on it.",
                ],
            ),
            (
                three,
                [
                    "0 opportunities were imported.",
                    "3 opportunities were already imported, and the file has nothing new on them.",
                ],
            ),
        ):
            with self.subTest(lines=lines):
                self.assertEqual(self.import_file(story).result.splitlines(), lines)

    def test_the_number_of_opportunities_of_an_import_follows_the_rights_of_the_reader(self):
        history = self.import_file(STORY).history_id
        self.deal_of("d3").company_id = self.env["res.company"].create({"name": "Second Company"})
        self.env.cr.flush()
        self.assertEqual(history.with_user(self.manager).lead_count, 2)
        self.assertEqual(history.sudo().lead_count, 3)
        self.assertEqual(history.with_user(self.manager).lead_count, 2)

    def test_a_longer_file_leaves_the_customer_that_a_deal_has(self):
        company = self.env["res.partner"].create({"name": "Mother Company", "is_company": True})
        contact = self.env["res.partner"].create({"name": "Contact", "parent_id": company.id})
        story = "deal,stage,at,customer\nd1,Bidding,2025-01-10,Contact\n"
        self.import_file(story)
        self.import_file(story + "d1,Negotiation,2025-01-11,\n")
        self.assertEqual((self.deal_of("d1").partner_id, self.deal_of("d1").stage_id), (contact, self.talks))

    def test_what_contradicts_a_longer_file_leaves_the_deal_alone(self):
        header = "deal,stage,at,event,amount,expected closing\n"
        for name, change in (
            ("stage", lambda deal: deal.write({"stage_id": self.bidding.id})),
            ("amount", lambda deal: deal.write({"expected_revenue": 5})),
            ("expected closing", lambda deal: deal.write({"date_deadline": "2025-12-31"})),
            ("lost", lambda deal: deal.action_set_lost()),
            ("won", lambda deal: deal.action_set_won()),
            ("amount of a won deal", lambda deal: deal.write({"expected_revenue": 5})),
        ):
            with self.subTest(change=name):
                ended = "won" if name.endswith("won deal") else ""
                story = header + f"{name},Needs Analysis,2025-01-11,,30,2025-06-30\n{name},,2025-01-20,{ended},,\n"
                story = story if ended else story.replace(f"{name},,2025-01-20,,,\n", "")
                self.import_file(story)
                deal = self.deal_of(name)
                self.assertEqual(len(deal), 1)
                change(deal)
                self.env.cr.flush()
                before = self.counts()
                wizard = self.import_file(story + f"{name},Negotiation,2025-03-01,,,\n")
                self.assertEqual(self.counts(), before)
                self.assertIn(f"is not updated: {name}", wizard.result)

    def test_what_was_completed_by_hand_stays_and_a_longer_file_goes_on(self):
        customer = self.env["res.partner"].create({"name": "Right Customer"})
        story = (
            "deal,stage,at,salesperson,customer\n"
            "d1,Needs Analysis,2025-01-11,,Old Customer\nd2,Needs Analysis,2025-01-11,,\n"
        )
        first = self.import_file(story)
        deal = self.deal_of("d1")
        deal.write({"name": "Named by Hand", "user_id": self.seller.id, "partner_id": customer.id, "description": "x"})
        deal.message_post(body="They may come back")
        deal.activity_schedule("mail.mail_activity_data_todo")
        self.env.cr.flush()
        self.assertEqual(set(self.kinds_of(deal)), {"created", "transferred"})
        for line, outcomes in (
            ("d1,Bidding,2025-02-01,process_manager,New Customer\n", ["Needs Analysis: advanced", "Bidding: open"]),
            (
                "d1,Negotiation,2025-03-01,process_manager,New Customer\n",
                ["Needs Analysis: advanced", "Bidding: advanced", "Negotiation: open"],
            ),
        ):
            story += line
            result = self.import_file(story).result
            self.assertIn("1 opportunity of an earlier import was updated.", result)
            self.assertEqual(self.outcomes_of(deal), outcomes)
            self.assertEqual(
                (deal.name, deal.user_id, deal.partner_id), ("Named by Hand", self.seller, customer), "by hand"
            )
        visits = deal.stage_visit_ids.sorted("entered_at")
        days = [datetime(2025, 1, 11), datetime(2025, 2, 1), datetime(2025, 3, 1)]
        self.assertEqual((visits.mapped("entered_at"), visits[:-1].mapped("left_at")), (days, days[1:]))
        self.assertEqual(set(visits.mapped("user_id")), {self.seller})
        # The transfer counts from the last event that was imported before it.
        transfers = self.Movement.search([("lead_ref", "=", deal.id), ("kind", "=", "transferred")])
        self.assertEqual(set(transfers.mapped("date")), {days[0]})
        # What anybody has touched is not taken back.
        first.action_take_back()
        self.assertIn("1 opportunity was changed in Odoo since, and is kept: Named by Hand", first.result)
        self.assertTrue(deal.exists())
        self.assertFalse(self.deal_of("d2"))

    def test_what_nobody_has_completed_follows_the_file(self):
        story = "deal,stage,at,salesperson,customer\nd1,Needs Analysis,2025-01-11,,Old Customer\n"
        self.import_file(story)
        deal = self.deal_of("d1")
        deal.description = "Called them"
        self.env.cr.flush()
        self.import_file(story + "d1,Bidding,2025-02-01,process_manager,New Customer\n")
        self.assertEqual((deal.user_id, deal.partner_name), (self.manager, "New Customer"))

    def test_a_deal_that_was_deleted_since_does_not_come_again(self):
        self.import_file(STORY)
        self.deal_of("d3").unlink()
        self.env.cr.flush()
        before = self.counts()
        wizard = self.import_file(STORY)
        self.assertEqual(self.counts(), before)
        self.assertIn("1 opportunity was changed in Odoo since its import, and is not updated: d3", wizard.result)

    def test_an_import_can_be_taken_back_whole(self):
        kept = self.make_deal(name="Kept")
        self.env.cr.flush()
        stages, reasons = self.env["crm.stage"].search([]), self.env["crm.lost.reason"].search([])
        before = self.counts()
        wizard = self.import_file(STORY.replace("Bidding", "Survey"))
        self.assertNotEqual(self.env["crm.stage"].search([]), stages)
        wizard.action_take_back()
        self.assertEqual(self.counts(), before)
        self.assertEqual(self.env["crm.stage"].search([]), stages)
        self.assertEqual(self.env["crm.lost.reason"].search([]), reasons)
        self.assertEqual(wizard.history_id.state, "taken_back")
        self.assertEqual(self.outcomes_of(kept), ["First Contact: open"])
        # The file can be imported again.
        self.import_file(STORY)
        self.assertEqual(len(self.deal_of("d1")), 1)

    def test_what_others_use_stays_when_an_import_is_taken_back(self):
        wizard = self.import_file(STORY.replace("Bidding", "Survey"))
        survey = self.env["crm.stage"].search([("name", "=", "Survey")])
        kept = self.make_deal(stage_id=survey.id)
        self.env.cr.flush()
        wizard.action_take_back()
        self.assertTrue(survey.exists())
        self.assertEqual(kept.stage_id, survey)

    def test_one_changed_opportunity_does_not_keep_the_others_from_being_taken_back(self):
        wizard = self.import_file(STORY)
        self.deal_of("d3").expected_revenue = 5
        before = self.outcomes_of(self.deal_of("d3")), self.kinds_of(self.deal_of("d3"))
        with self.no_module_errors():
            wizard.action_take_back()
            self.env.cr.flush()
        self.assertEqual(
            wizard.result.splitlines(),
            ["history.csv was withdrawn.", "1 opportunity was changed in Odoo since, and is kept: d3"],
        )
        self.assertEqual(self.Lead.with_context(active_test=False).search([]).mapped("name"), ["d3"])
        self.assertEqual((self.outcomes_of(self.deal_of("d3")), self.kinds_of(self.deal_of("d3"))), before)
        self.assertEqual((wizard.history_id.state, wizard.history_id.lead_ids), ("taken_back", self.deal_of("d3")))
        self.assertEqual(self.env.execute_query(self.env["crm.pipeline.audit"]._drift_query()), [])
        self.assertBalanced()
        # What is imported again leaves the changed one alone.
        wizard = self.import_file(STORY)
        self.assertIn("2 opportunities were imported.", wizard.result)
        self.assertIn("is not updated: d3", wizard.result)

    def test_one_deleted_opportunity_does_not_keep_the_others_from_being_taken_back(self):
        wizard = self.import_file(STORY)
        self.deal_of("d3").with_user(self.manager).unlink()
        wizard.action_take_back()
        self.assertIn("1 opportunity was deleted or merged since. Its history is kept.", wizard.result)
        self.assertFalse(self.Lead.with_context(active_test=False).search([]))
        self.assertEqual(self.Visit.search([]).stage_name, "Needs Analysis")

    def test_one_opportunity_in_another_company_stays_unnamed(self):
        wizard = self.import_file(STORY)
        moved = self.deal_of("d3")
        moved.company_id = self.env["res.company"].create({"name": "Second Company"})
        self.env.cr.flush()
        action = wizard.history_id.with_user(self.manager).action_take_back()
        self.assertEqual(action["params"]["type"], "warning")
        self.assertIn("1 opportunity is kept, because you cannot access it.", action["params"]["message"])
        self.assertNotIn("d3", action["params"]["message"])
        self.assertEqual(self.Lead.with_context(active_test=False).search([]), moved)

    def test_an_import_of_which_all_was_touched_is_not_taken_back(self):
        wizard = self.import_file(HEADER + "d1,Bidding,2025-01-10,,\nd2,Bidding,2025-01-10,,\n")
        self.deal_of("d1").expected_revenue = 5
        self.deal_of("d2").unlink()
        before = self.counts()
        with self.assertRaisesRegex(
            UserError, "^Nothing was withdrawn.\n1 opp.*, and is kept: d1\n1 opp.* was deleted"
        ):
            wizard.action_take_back()
        self.assertEqual((self.counts(), wizard.history_id.state), (before, "done"))

    def test_an_import_that_went_on_with_others_gives_up_its_own(self):
        self.import_file(STORY)
        second = self.import_file(STORY + "d3,Bidding,2025-02-01,,\nd9,Bidding,2025-02-01,,\n")
        second.action_take_back()
        self.assertIn("updated 1 opportunity of an earlier import", second.result)
        self.assertFalse(self.deal_of("d9"))
        self.assertEqual(self.deal_of("d3").stage_id, self.bidding)

    def test_taking_back_takes_wins_and_losses_from_the_forecast(self):
        def counted():
            frequencies = self.env["crm.lead.scoring.frequency"].search([])
            # `int`, since Odoo starts counting at 0.1 to avoid zeros.
            return [sum(int(row[name]) for row in frequencies) for name in ("won_count", "lost_count")]

        # Odoo counts opportunities that were created since this date.
        self.env["ir.config_parameter"].set_param("crm.pls_start_date", "2020-01-01")
        before = counted()
        wizard = self.import_file(STORY)
        self.assertNotEqual(counted(), before)
        wizard.action_take_back()
        self.assertEqual(counted(), before)

    def test_an_import_that_went_on_with_others_is_taken_back_with_them(self):
        first = self.import_file(STORY)
        second = self.import_file(STORY + "d3,Bidding,2025-02-01,,\n")
        with self.assertRaisesRegex(UserError, "updated 1 opportunity of an earlier import. Withdraw that import"):
            second.action_take_back()
        first.action_take_back()
        self.assertEqual(self.counts(), (0, 0, 0))

    def test_an_import_that_went_on_is_taken_back_when_the_others_are(self):
        first = self.import_file(STORY)
        second = self.import_file(STORY + "d3,Bidding,2025-02-01,,\nd9,Bidding,2025-02-01,,\n")
        self.assertEqual(second.history_id.extended_count, 1)
        first.action_take_back()
        second.action_take_back()
        self.assertFalse(self.deal_of("d9"))
        self.assertEqual(self.counts(), (0, 0, 0))

    def test_records_of_imports_are_nobodys_to_write(self):
        history = self.import_file(STORY).history_id.with_user(self.manager)
        self.assertTrue(history.name)
        for write in (lambda: history.write({"state": "taken_back"}), lambda: history.create({"name": "x"})):
            with self.assertRaises(AccessError):
                write()
