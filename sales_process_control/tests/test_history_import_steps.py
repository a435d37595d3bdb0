import base64
from datetime import datetime
from pathlib import Path

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.misc import file_path

from .history_common import HistoryImportCase

SAMPLES = ("events.csv", "stage_columns.csv", "deals.csv")
#: Day and month could be either. A heading that nobody knows.
UNKNOWN = (
    "Ref,Wohin,Wann,Betrag\nA-1,Needs Analysis,03/04/2025,100\nA-1,Angebot raus,05/04/2025,100\n"
    "A-2,Needs Analysis,03/04/2025,50\nA-2,Deal closed,07/04/2025,50\n"
)
CHOSEN = {"Ref": "deal", "Wohin": "stage", "Wann": "at", "Betrag": "amount"}


@tagged("post_install", "-at_install")
class TestHistoryImportSteps(HistoryImportCase):
    """The steps of the dialog: how a file is read, what is chosen and remembered, and the deals as they will be."""

    def choose(self, wizard, **meanings):
        for line in wizard.column_ids:
            line.meaning = meanings.get(line.heading, line.meaning)

    def chosen(self, content=UNKNOWN, filename="unknown.csv"):
        """Return a dialog in which an unknown file was explained."""
        wizard = self.wizard_of(content, filename)
        wizard.action_look()
        self.choose(wizard, **CHOSEN)
        wizard.date_order = "DMY"
        wizard.action_look()
        return wizard

    def meanings(self, wizard):
        return {line.heading: line.meaning for line in wizard.column_ids}

    def test_the_step_shows_how_a_file_is_read(self):
        headings = "Sales report;;\n;;\nDeal ID;Deal Name;Stage;Modified Time;Amount\n"
        content = headings + "1;Fence;Bidding;13.02.2025 10:00;1.250,5\n"
        wizard = self.wizard_of(content.encode("utf-16"))
        wizard.action_look()
        self.assertEqual(
            (wizard.state, wizard.encoding, wizard.layout, wizard.heading_line, wizard.date_order, wizard.zone),
            ("columns", "utf-16", "events", 3, "DMY", "UTC"),
        )
        self.assertTrue(wizard.has_local_times and wizard.has_date_order)
        self.assertEqual(
            [(line.heading, line.samples, line.meaning) for line in wizard.column_ids],
            [
                ("Deal ID", "1", "deal"),
                ("Deal Name", "Fence", "name"),
                ("Stage", "Bidding", "stage"),
                ("Modified Time", "13.02.2025 10:00", "at"),
                ("Amount", "1.250,5", "amount"),
            ],
        )
        wizard.zone = "Asia/Shanghai"
        self.choose(wizard, **{"Deal Name": "ignored"})
        wizard.action_preview()
        self.assertEqual((wizard.state, wizard.first_at), ("preview", datetime(2025, 2, 13, 2)))
        self.assertEqual(wizard.deal_ids.mapped("name"), ["1"])

    def test_what_cannot_be_known_is_asked_and_back_keeps_what_was_chosen(self):
        wizard = self.wizard_of(UNKNOWN)
        wizard.action_look()
        labels = [label for _key, label in wizard.column_ids._fields["meaning"]._description_selection(self.env)]
        self.assertTrue(wizard.fault_ids)
        self.assertLessEqual({*wizard.fault_ids.mapped("column")}, {*labels}, "what has to be chosen below")
        wizard.action_preview()
        self.assertEqual(wizard.state, "columns", "what is missing is said before the preview")
        self.choose(wizard, **CHOSEN)
        wizard.action_look()
        self.assertEqual(self.meanings(wizard), CHOSEN)
        self.assertFalse(wizard.date_order)
        self.assertIn("does the day, the month or the year come first", wizard.fault_ids.reason)
        wizard.date_order = "MDY"
        wizard.action_preview()
        self.assertEqual((wizard.state, wizard.first_at), ("preview", datetime(2025, 3, 4)))
        wizard.action_back()
        self.assertEqual((wizard.state, wizard.date_order, self.meanings(wizard)), ("columns", "MDY", CHOSEN))
        wizard.date_order = "DMY"
        wizard.action_back()
        self.assertTrue(wizard.state == "upload" and wizard.file)
        wizard.action_look()
        self.assertEqual((wizard.state, wizard.date_order, self.meanings(wizard)), ("columns", "DMY", CHOSEN))
        wizard.action_preview()
        self.assertEqual(wizard.first_at, datetime(2025, 4, 3))
        # Another file is looked at anew.
        wizard.action_back()
        wizard.file = base64.b64encode(b"Ref,Wohin,Wann,Betrag\nA-1,Bidding,2025-04-13,100\n")
        wizard.action_look()
        self.assertFalse(wizard.choices)
        self.assertNotEqual(self.meanings(wizard), CHOSEN)

    def test_a_meaning_is_taken_from_the_column_in_which_it_was_found(self):
        wizard = self.wizard_of("deal,stage,at,Other Time\nd1,Bidding,2025-01-10,2025-02-10\n")
        wizard.action_look()
        self.choose(wizard, **{"Other Time": "at"})
        wizard.action_preview()
        self.assertEqual(self.meanings(wizard)["at"], "ignored")
        self.assertEqual(wizard.first_at, datetime(2025, 2, 10))

    def test_names_that_look_like_an_end_are_asked_for(self):
        wizard = self.chosen()
        wizard.action_preview()
        [doubtful] = wizard.doubtful_stage_ids
        self.assertEqual((doubtful.name, doubtful.kind, wizard.fault_count), ("Deal closed", "won", 0))
        for start in (wizard.action_start, wizard.action_import):
            with self.assertRaisesRegex(UserError, "Are the choices for these names correct.*Deal closed"):
                start()
        doubtful.kind = "lost"
        wizard.action_check()
        self.assertEqual((wizard.won_count, wizard.lost_count, wizard.open_count), (0, 1, 1))
        self.assertFalse(wizard.doubtful_stage_ids, "chosen: asked no more")
        wizard.action_import()
        self.assertEqual(self.deal_of("A-2").won_status, "lost")
        self.assertFalse(self.env["crm.stage"].search([("name", "=", "Deal closed")]))

    def test_a_confirmed_name_stands_for_what_was_proposed(self):
        wizard = self.chosen()
        wizard.action_preview()
        wizard.action_confirm_start()
        while wizard.state == "running":
            wizard.import_next_chunk()
        self.assertEqual(self.deal_of("A-2").won_status, "won")

    def test_a_program_is_told_which_name_to_decide(self):
        with self.assertRaisesRegex(UserError, "“Finished” stand for a stage"):
            self.wizard_of("deal,stage,at\nd1,Bidding,2025-01-10\nd1,Finished,2025-01-11\n").action_import()

    def test_what_was_chosen_is_remembered_for_the_next_file_of_these_headings(self):
        wizard = self.chosen()
        wizard.action_preview()
        line = wizard.stage_ids.filtered(lambda line: line.name == "Angebot raus")
        line.stage_id = self.bidding
        wizard.doubtful_stage_ids.kind = "lost"
        wizard.action_import()
        self.assertEqual(self.deal_of("A-1").stage_id, self.bidding)
        following = UNKNOWN.replace("A-", "B-")
        again = self.wizard_of(following)
        again.action_look()
        self.assertEqual((again.date_order, self.meanings(again)), ("DMY", CHOSEN))
        self.assertTrue(again.recalled_on)
        again.action_preview()
        self.assertFalse(again.doubtful_stage_ids)
        self.assertEqual((again.lost_count, again.open_count), (1, 1))
        self.assertIn(("Angebot raus", self.bidding), [(line.name, line.stage_id) for line in again.stage_ids])
        again.action_start_anew()
        self.assertFalse(again.recalled_on or again.choices)
        self.assertNotEqual(self.meanings(again), CHOSEN)
        self.assertTrue(again.fault_ids)
        # Other headings are another file, and the first look at it is not disturbed.
        other = self.wizard_of(following.replace("Betrag", "Summe"))
        other.action_look()
        self.assertFalse(other.recalled_on or other.choices)

    def test_the_first_deals_are_shown_as_they_will_be(self):
        content = (
            "deal,name,stage,at,event,amount,customer,salesperson\n"
            "1,Mill,Needs Analysis,2025-02-03T09:00:00Z,,100,Mill Ltd,process_manager\n"
            "1,Mill,,2025-02-10T09:00:00Z,won,120,,\n"
            "2,Hotel,Needs Analysis,2025-02-03T09:00:00Z,,,,nobody\n2,Hotel,Price,2025-02-04T21:00:00Z,lost,,,\n"
            "3,Yard,New Stage,2025-02-03T09:00:00Z,,,,\n3,Yard,Bidding,2025-02-04T09:00:00Z,,7,,\n"
        )
        wizard = self.wizard_of(content)
        wizard.action_preview()
        self.assertEqual((wizard.won_count, wizard.lost_count, wizard.open_count), (1, 1, 1))
        self.assertEqual(
            [(line.name, line.customer, line.salesperson, line.amount, line.course) for line in wizard.deal_ids],
            [
                ("Mill", "Mill Ltd", self.manager.name, 120, "Needs Analysis 7 d → Won Feb 10, 2025"),
                ("Hotel", "", "", 0, "Needs Analysis 1.5 d → Lost Feb 4, 2025 (Price)"),
                ("Yard", "", "", 7, "New Stage 1 d → Bidding since Feb 4, 2025"),
            ],
        )
        self.assertFalse(self.deal_of("Mill"))
        wizard.action_import()
        self.assertEqual(self.deal_of("Mill").won_status, "won")

    def test_what_is_doubtful_is_said_in_words(self):
        wizard = self.wizard_of(
            "deal,stage,at,customer,IsDeleted\nRenewal,Bidding,2025-01-05,North,false\n"
            "Renewal,Negotiation,2025-01-05,South,false\nGone,Bidding,2025-01-05,East,true\n"
        )
        wizard.action_preview()
        for said in (
            "1 opportunity was deleted in the other program, and is left out: Gone",
            "Renewal",
            "one day without times",
        ):
            self.assertIn(said, wizard.doubts)
        self.assertEqual(wizard.deal_count, 1)

    def test_each_sample_gives_what_it_says(self):
        for name in SAMPLES:
            with self.subTest(sample=name):
                content = Path(file_path(f"sales_process_control/static/samples/{name}")).read_bytes()
                wizard = self.wizard_of(content, name)
                wizard.action_preview()
                self.assertEqual((wizard.fault_count, wizard.doubtful_stage_ids.ids), (0, []))
                self.assertEqual((wizard.won_count, wizard.lost_count, wizard.open_count), (1, 1, 1))
                before = self.Lead.with_context(active_test=False).search([])
                self.assertNotIn("ignored", wizard.column_ids.mapped("meaning"))
                with self.no_module_errors():
                    wizard.action_import()
                made = self.Lead.with_context(active_test=False).search([("id", "not in", before.ids)])
                found = {lead.name: (lead.won_status, lead.expected_revenue, lead.partner_name) for lead in made}
                self.assertEqual(
                    found,
                    {
                        "Reception desk": ("won", 12500, "Sample North"),
                        "Archive shelves": ("lost", 8000, "Sample South"),
                        "Lounge chairs": ("pending", 3100.5, "Sample East"),
                    },
                )
        self.assertBalanced()

    def test_a_remembered_encoding_is_not_for_files_in_another_one(self):
        text = "deal,stage,at,customer\nA-1,Bidding,2025-01-10,Müller\n"
        wizard = self.wizard_of(text.encode("cp1252"))
        wizard.action_look()
        wizard.encoding = "latin-1"
        wizard.action_preview()
        wizard.action_import()
        again = self.wizard_of(text.replace("A-1", "B-1"))
        again.action_look()
        self.assertEqual(again.encoding, "utf-8")
        again.action_preview()
        again.action_import()
        self.assertEqual(self.deal_of("A-1").partner_name, "Müller")
        self.assertEqual(self.deal_of("B-1").partner_name, "Müller")

    def test_what_is_remembered_belongs_to_the_sales_managers_of_the_company(self):
        wizard = self.chosen()
        wizard.action_preview()
        wizard.action_confirm_start()
        mapping = self.env["crm.history.mapping"].search([])
        self.assertEqual(len(mapping), 1)
        abroad = self.env["res.company"].create({"name": "Company Abroad"})
        manager_abroad = new_test_user(
            self.env,
            "mapping_abroad",
            groups="sales_team.group_sale_manager",
            company_id=abroad.id,
            company_ids=abroad.ids,
        )
        readers = {
            "own": new_test_user(self.env, "mapping_own", groups="sales_team.group_sale_salesman"),
            "all": new_test_user(self.env, "mapping_all", groups="sales_team.group_sale_salesman_all_leads"),
            "portal": new_test_user(self.env, "mapping_portal", groups="base.group_portal"),
        }
        for name, user in readers.items():
            with self.subTest(user=name), self.assertRaises(AccessError), mute_logger("odoo.addons.base.models"):
                mapping.with_user(user).read(["choices"])
        self.assertTrue(mapping.with_user(self.manager).read(["choices"]))
        self.assertFalse(mapping.with_user(manager_abroad).search([]))
        theirs = (
            self.Import.with_user(manager_abroad)
            .with_company(abroad)
            .create({"file": base64.b64encode(UNKNOWN.encode()), "filename": "x.csv"})
        )
        theirs.action_look()
        self.assertFalse(theirs.recalled_on)

    def test_what_a_program_writes_into_the_choices_is_no_traceback(self):
        for odd in (
            "x",
            [1],
            {"columns": [1], "zone": 5, "ends": {"a": 1}},
            {"columns": {"x": "deal", "0": "nonsense", "9" * 5000: "deal"}, "stages": {"needs analysis": 2**63}},
        ):
            wizard = self.chosen()
            wizard.write({"choices": odd, "shown": odd})
            wizard.action_preview()
            wizard.action_look()
            self.assertEqual(wizard.state, "columns")
