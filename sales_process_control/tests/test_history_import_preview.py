import base64
import csv
import io
from datetime import datetime

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .history_common import HEADER, STORY, HistoryImportCase


@tagged("post_install", "-at_install")
class TestHistoryImportPreview(HistoryImportCase):
    """The preview of an import."""

    def test_preview_tells_what_will_come_and_imports_nothing(self):
        before = self.counts()
        wizard = self.wizard_of(STORY.replace("Bidding", "Survey"))
        wizard.action_preview()
        self.assertEqual(self.counts(), before)
        self.assertEqual((wizard.deal_count, wizard.event_count, wizard.fault_count), (3, 6, 0))
        self.assertEqual((wizard.first_at, wizard.last_at), (datetime(2025, 1, 10, 9), datetime(2025, 2, 1, 9)))
        self.assertEqual(
            [(line.name, line.stage_id, line.is_won, line.deals) for line in wizard.stage_ids],
            [
                ("First Contact", self.contact, False, 1),
                ("Needs Analysis", self.needs, False, 2),
                ("Survey", self.env["crm.stage"], False, 1),
                ("Won", self.signed, True, 1),
            ],
        )

    def test_deals_without_a_line_about_their_stage_are_named_and_not_counted(self):
        """As in the history of fields of another program, whose times of day have a column of their own here."""
        wizard = self.wizard_of(
            "deal,new value,field,date,time\nd1,5,Amount,2025-01-10,9:30\nd2,Bidding,Stage,2025-01-10,9:30\n"
        )
        wizard.action_preview()
        self.assertEqual((wizard.deal_count, wizard.event_count, wizard.open_count), (1, 1, 1))
        self.assertIn("1 opportunity has no line about its stage, and is left out: d1.", wizard.doubts)
        self.assertIn("The times of day under time are joined to their dates.", wizard.doubts)

    def test_order_and_meaning_of_stages_can_be_changed(self):
        wizard = self.wizard_of(STORY.replace("Bidding", "Survey").replace("Needs Analysis", "Wants"))
        wizard.action_preview()
        lines = {line.name: line for line in wizard.stage_ids}
        self.assertEqual([line.name for line in wizard.stage_ids], ["First Contact", "Survey", "Wants", "Won"])
        lines["Wants"].stage_id = self.needs
        lines["Survey"].sequence = 0
        wizard.action_import()
        stages = self.env["crm.stage"].search([], order="sequence, id")
        self.assertEqual(
            stages.mapped("name"),
            ["Survey", "First Contact", "Needs Analysis", "Bidding", "Negotiation", "Signing"],
        )
        self.assertEqual(self.outcomes_of(self.deal_of("d2")), ["Needs Analysis: lost"])

    def test_faults_are_listed_and_nothing_is_imported(self):
        wizard = self.wizard_of(STORY + "d3,Bidding,soon,,\n" * 130)
        wizard.action_preview()
        self.assertEqual((wizard.fault_count, len(wizard.fault_ids)), (130, 100))
        self.assertEqual(wizard.more_faults, "… and 30 more.")
        self.assertIn("130 errors", wizard.fault_text)
        first = wizard.fault_ids[0]
        self.assertEqual((first.line, first.column), ("8", "at"))
        self.assertIn("“soon” is not a date", first.reason)
        with self.assertRaisesRegex(UserError, "Nothing was imported.(.|\n)*and 30 more"):
            self.wizard_of(STORY + "d3,Bidding,soon,,\n" * 130).action_import()
        self.assertFalse(self.deal_of("d1"))

    def test_a_fault_names_the_column_as_the_file_does(self):
        with self.assertRaisesRegex(UserError, "\nLine 2, column Stage Name: The value is missing. Fill in the cell.$"):
            self.wizard_of("Deal,Stage Name,at\nd1,,2025-01-10\n").action_import()
        with self.assertRaisesRegex(UserError, "\nColumn Time of the event: This column is missing. Choose a column"):
            self.wizard_of("deal,stage,Weather\nd1,Bidding,Rain\n").action_import()

    def test_the_first_deals_name_stages_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.bidding.with_context(lang="fr_FR").name = "Appel d'offres"
        wizard = self.wizard_of("deal,stage,at\nd1,Bidding,2025-01-10\n").with_context(lang="fr_FR")
        wizard.action_preview()
        self.assertIn("Appel d'offres", wizard.deal_ids.course)

    def test_the_number_of_faults_is_written_in_the_singular_and_in_the_plural(self):
        for count, text in (
            (1, "1 error: nothing is imported until it is corrected or left out."),
            (2, "2 errors: nothing is imported until they are corrected or left out."),
        ):
            with self.subTest(count=count):
                wizard = self.wizard_of(STORY + "d3,Bidding,soon,,\n" * count)
                wizard.action_preview()
                self.assertEqual(wizard.fault_text, text)

    def test_good_deals_can_be_imported_and_the_others_are_offered_as_a_file(self):
        wizard = self.wizard_of(STORY + "d3,Bidding,soon,,\n")
        wizard.action_preview()
        self.assertEqual(wizard.good_count, 2)
        wizard.skip_bad = True
        wizard.action_import()
        self.assertTrue(self.deal_of("d1") and self.deal_of("d2"))
        self.assertFalse(self.deal_of("d3"))
        lines = base64.b64decode(wizard.bad_file).decode("utf-8-sig").splitlines()
        self.assertEqual([line.split(",")[0] for line in lines], ["deal", "d3", "d3"])
        self.assertIn("left out", wizard.result)

    def test_a_win_in_a_stage_that_is_not_won_is_a_fault(self):
        with self.assertRaisesRegex(UserError, "“Bidding” is not a won stage in Odoo"):
            self.wizard_of(HEADER + "d1,Bidding,2025-01-10,won,\n").action_import()
        wizard = self.wizard_of(HEADER + "d1,Bidding,2025-01-10,won,\n")
        wizard.action_preview()
        self.assertEqual(wizard.fault_count, 1)
        wizard.stage_ids.stage_id = self.signed
        wizard.action_check()
        self.assertEqual(wizard.fault_count, 0)
        wizard.action_import()
        self.assertEqual(self.deal_of("d1").stage_id, self.signed)

    def test_a_name_that_says_won_is_odoos_won_stage_unless_another_is_chosen(self):
        team = self.env["crm.team"].create({"name": "Export"})
        story = (
            "deal,stage,at,team\nd1,Bidding,2025-01-10,Export\nd1,赢单,2025-01-11,Export\nd2,Signed,2025-01-11,Export\n"
        )
        wizard = self.wizard_of(story)
        wizard.action_preview()
        lines = {line.name: line for line in wizard.stage_ids}
        self.assertEqual((lines["赢单"].stage_id, lines["Signed"].stage_id), (self.signed, self.signed))
        self.assertEqual(wizard.doubtful_stage_ids.mapped("name"), ["Signed"], "a proposal is no answer")
        # A stage of this name, and a stage of the team, come before.
        values = {"is_won": True, "sequence": 99}
        named = self.env["crm.stage"].create({"name": "Signed", **values})
        own = self.env["crm.stage"].create({"name": "Exported", "team_ids": team.ids, **values})
        wizard = self.wizard_of(story)
        wizard.action_preview()
        lines = {line.name: line for line in wizard.stage_ids}
        self.assertEqual((lines["赢单"].stage_id, lines["Signed"].stage_id), (own, named))
        # Another kind drops the proposal, in the dialog and for a program.
        with Form(lines["赢单"]) as line:
            line.kind = "stage"
            self.assertFalse(line.stage_id)
            line.kind = "won"
            self.assertEqual(line.stage_id, self.signed)
            line.stage_id = self.env["crm.stage"]
        wizard.action_import()
        made = self.deal_of("d1").stage_id
        self.assertEqual((made.name, made.is_won, made in (self.signed | named | own)), ("赢单", True, False))
        again = self.wizard_of(story.replace("d1", "e1"))
        again.action_preview()
        self.assertIn(made, again.stage_ids.stage_id, "the stage that was made is found by its name")

    def test_sales_managers_only(self):
        for user in (self.seller, new_test_user(self.env, "process_plain", groups="base.group_user")):
            with self.subTest(user=user.login), self.assertRaises(AccessError), mute_logger("odoo.addons.base.models"):
                self.Import.with_user(user).create({"file": base64.b64encode(STORY.encode())})
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.env["crm.history.importer"].with_user(user).import_history(STORY.encode())
        importer = self.env["crm.history.importer"]
        for name in (
            *("examine", "run", "begin", "go_on", "import_history", "bad_lines"),
            *("plan_part", "import_large_file", "reason_of_doubt"),
        ):
            self.assertTrue(getattr(importer, name)._api_private)

    def test_lines_left_out_run_no_formula_and_come_back_as_they_were(self):
        deals = ("=1+1", "+2", "-x", "@sum", "'=quoted", " =padded", "plain", "it's", "\uff1d1+1", "\uff20sum")
        rows = [[deal, '=HYPERLINK("x")', "soon", "-5"] for deal in deals]
        output = io.StringIO()
        csv.writer(output).writerows([["deal", "stage", "at", "amount"], *rows])
        importer = self.Import.env["crm.history.importer"]
        plan = importer.examine(output.getvalue().encode())
        lines = list(csv.reader(io.StringIO(importer.bad_lines(plan).decode("utf-8-sig"))))
        self.assertEqual(
            [line[0] for line in lines[1:]],
            ["'=1+1", "+2", "'-x", "'@sum", "''=quoted", "' =padded", "plain", "it's", "'\uff1d1+1", "'\uff20sum"],
        )
        self.assertEqual({tuple(line[1:4]) for line in lines[1:]}, {('\'=HYPERLINK("x")', "soon", "-5")})
        corrected = importer.bad_lines(plan).decode("utf-8-sig").replace("soon", "2025-01-10")
        again = importer.examine(corrected.encode())
        self.assertEqual(again.faults, ())
        self.assertEqual(list(again.reading.events), [deal.strip() for deal in deals])
        self.assertEqual({events[0].stage for events in again.reading.events.values()}, {'=HYPERLINK("x")'})
        # Other files are read as they are.
        other = importer.examine(b"deal,stage,at\n'=x,Bidding,2025-01-10\n")
        self.assertEqual(list(other.reading.events), ["'=x"])
