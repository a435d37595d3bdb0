import base64

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .history_common import STORY, HistoryImportCase

LINES = tuple(f"crm.stage.history.import.{name}" for name in ("stage", "fault", "column", "deal"))
GROUP = "sales_team.group_sale_manager"


@tagged("post_install", "-at_install")
class TestHistoryImportAccess(HistoryImportCase):
    """A dialog, its file, stages and faults belong to their user; only the import writes what it writes on deals."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.abroad = cls.env["res.company"].create({"name": "Company Abroad"})
        cls.manager_abroad = new_test_user(
            cls.env, "manager_abroad", groups=GROUP, company_id=cls.abroad.id, company_ids=[Command.set(cls.abroad.ids)]
        )
        cls.manager_here = new_test_user(cls.env, "manager_here", groups=GROUP)
        cls.administrator = new_test_user(cls.env, "import_admin", groups=f"{GROUP},base.group_system")

    def others(self):
        return self.manager_here, self.manager_abroad, self.administrator

    def previewed(self, content=STORY, **values):
        wizard = self.wizard_of(content, **values)
        wizard.action_preview()
        self.env.flush_all()
        return wizard

    def assertRefused(self, use):
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            use()
            self.env.flush_all()

    def test_nobody_else_finds_a_dialog_its_stages_or_its_faults(self):
        wizard = self.previewed(STORY + "d3,Bidding,soon,,\n", skip_bad=True)
        owned_by_user = (wizard, wizard.stage_ids, wizard.fault_ids, wizard.column_ids, wizard.deal_ids)
        self.assertTrue(all(owned_by_user))
        for user in self.others():
            for owned in owned_by_user:
                records = owned.with_user(user)
                with self.subTest(user=user.login, model=records._name):
                    self.assertFalse(records.search([("id", "in", records.ids)]))
                    self.assertRefused(records.read)
                    self.assertRefused(lambda: records.write({"create_date": False}))  # noqa: B023
                    self.assertRefused(records[0].copy)
                    self.assertRefused(records.unlink)

    def test_nobody_else_uses_a_dialog(self):
        wizard = self.previewed()
        wizard.action_start()
        self.env.flush_all()
        for user in self.others():
            theirs = wizard.with_user(user)
            for name in (
                "action_look",
                "action_start_anew",
                "action_preview",
                "action_confirm_start",
                "action_import",
                "action_start",
                "action_check",
                "action_back",
                "action_open_leads",
                "action_take_back",
                "import_next_chunk",
                "stop_import",
            ):
                with self.subTest(user=user.login, method=name):
                    self.assertRefused(getattr(theirs, name))
        self.assertEqual(wizard.state, "running")

    def test_nobody_puts_a_line_into_the_dialog_of_another_user(self):
        wizard = self.previewed()
        for user in self.others():
            own = self.Import.with_user(user).create({"filename": "own.csv"})
            for model in LINES:
                lines = self.env[model].with_user(user)
                with self.subTest(user=user.login, model=model):
                    self.assertRefused(lambda: lines.create({"import_id": wizard.id}))  # noqa: B023
                    line = lines.create({"import_id": own.id})
                    self.assertRefused(lambda: line.write({"import_id": wizard.id}))  # noqa: B023

    def test_a_dialog_shows_no_import_and_no_company_that_its_user_may_not_read(self):
        history = self.import_file(STORY).history_id
        theirs = self.Import.with_user(self.manager_abroad)
        own = theirs.create({})
        self.assertRefused(lambda: own.write({"history_id": history.id}))
        self.assertRefused(lambda: own.write({"company_id": self.company.id}))
        self.assertRefused(lambda: theirs.create({"history_id": history.id}))
        self.assertRefused(lambda: theirs.with_context(default_history_id=history.id).create({}))

    def test_an_import_goes_on_with_its_own_record_whatever_the_dialog_says(self):
        other = self.import_file("deal,stage,at\nother,Bidding,2025-01-10\n").history_id
        wizard = self.previewed()
        wizard.action_start()
        history = wizard.history_id
        wizard.history_id = other
        wizard.import_next_chunk()
        self.assertEqual((other.event_count, history.event_count), (1, 6))
        self.assertEqual(len(history.lead_ids), 3)
        self.assertEqual(wizard.history_id, history)

    def test_actions_before_an_import_say_so(self):
        wizard = self.previewed()
        for name in ("action_take_back", "action_open_leads"):
            with self.assertRaisesRegex(UserError, "^Nothing imported yet.$"):
                getattr(wizard, name)()
        wizard.state = "running"
        for name in ("import_next_chunk", "stop_import"):
            with self.assertRaisesRegex(UserError, "^The import has not started.$"):
                getattr(wizard, name)()

    def test_a_person_writes_nothing_that_the_import_writes_on_deals(self):
        history = self.import_file(STORY).history_id
        deal = self.make_deal()
        self.env.cr.flush()
        for user in (self.seller, self.manager, self.administrator):
            leads = self.Lead.with_user(user)
            for values in ({"imported_history_id": history.id}, {"imported_until": "2025-01-01 00:00:00"}):
                [(name, value)] = values.items()
                with self.subTest(user=user.login, field=name):
                    leads.browse(deal.id).write(values)
                    self.assertTrue(leads.fields_get([name])[name]["readonly"])
                    column = f"{name}/.id" if name == "imported_history_id" else name
                    loaded = leads.load(["name", column], [["Loaded", str(value)]])["ids"]
                    # Salespeople may not read imports, so that a file cannot name one.
                    if (user, name) != (self.seller, "imported_history_id"):
                        self.assertTrue(loaded)
                    made = leads.create({"name": "New", **values}) | leads.browse(deal.id).copy(values)
                    made |= leads.with_context(**{f"default_{name}": value}).create({"name": "New"})
                    self.env.flush_all()
                    self.env.invalidate_all()
                    self.assertFalse(any((made | made.browse(loaded)).mapped(name)))
        self.assertFalse(deal.imported_history_id or deal.imported_until)
        imported = self.deal_of("d3").with_user(self.manager)
        self.assertFalse(imported.copy().imported_until or imported.copy().imported_history_id)

    def test_files_are_read_by_their_user_only(self):
        """Also by the address that downloads a field, which reads the record with the rights of the user."""
        wizard = self.previewed()
        content = (
            self.env["ir.binary"]
            .with_user(self.manager)
            ._find_record(res_model=wizard._name, res_id=wizard.id, field="file")
        )
        self.assertEqual(base64.b64decode(content.file), STORY.encode())
        for user in self.others():
            binary = self.env["ir.binary"].with_user(user)
            with self.subTest(user=user.login):
                self.assertRefused(
                    lambda: binary._find_record(  # noqa: B023
                        res_model=wizard._name, res_id=wizard.id, field="file"
                    )
                )
