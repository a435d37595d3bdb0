"""Markup and formulas in every text: nothing of them is run by a browser or by a spreadsheet."""

import io
from pathlib import Path

from lxml import html
from openpyxl import load_workbook

from odoo.tests import HttpCase, tagged

from .attack_common import AttackCase
from .introspection import extended_models, own_fields, own_models
from .test_odd_downloads import DOWNLOADS

SOURCES = Path(__file__).parents[1] / "static" / "src"
#: Ways by which a text becomes markup in the browser.
UNSAFE = ("markup(", "innerHTML", "outerHTML", "insertAdjacentHTML", "t-raw", "document.write", "eval(")


def bad(key):
    """Return a text that is a formula for a spreadsheet, and runs a script where it is taken for markup."""
    return f"=<img src=x onerror=alert({key})>"


@tagged("post_install", "-at_install")
class TestOddTexts(HttpCase, AttackCase):
    """All that people can type is such a text: names, notes, reasons, feedback, files."""

    def outer(self, key):
        return bad(key)

    def inner(self, key):
        return bad(f"'{key}'")

    def check_world(self):
        """The texts are no names by which a reader's deals are known."""

    def name_all(self):
        """Give such a name to everything that is named in a text of this module."""
        for records in (
            self.env["crm.stage"].search([]),
            self.env["crm.team"].search([]),
            self.env["crm.lost.reason"].search([]),
            self.env["crm.stage.step"].search([]),
            self.env["mail.activity.type"].search([]),
            self.manager | self.seller | self.colleague,
            self.company,
        ):
            for record in records:
                record.name = bad(record.id)

    def type_everywhere(self):
        """Type such a text into each text field of this module."""
        typed = 0
        for model in own_models(self.env) + extended_models(self.env):
            fields = self.env[model]._fields
            if not self.env[model]._auto:
                continue
            names = [
                name
                for name in own_fields(self.env.registry[model])
                if fields[name].type in ("char", "text", "html") and fields[name].store and not fields[name].readonly
            ]
            records = self.env[model].with_context(active_test=False).search([], limit=20)
            for name in names:
                for record in records:
                    record[name] = bad(record.id)
                    typed += 1
        self.assertGreater(typed, 50)

    def assertInert(self, text, where):
        """Assert that a browser runs nothing of an HTML text."""
        for element in html.fromstring(f"<div>{text}</div>").iter("*"):
            self.assertNotEqual(element.tag, "script", where)
            self.assertFalse([name for name in element.attrib if name.startswith("on")], (where, text))

    def html_texts(self):
        """Yield (model, field, text) of what the web client shows as markup."""
        for model in [*own_models(self.env), "crm.lead", "mail.activity", "mail.message"]:
            records = self.env[model]
            names = [name for name, field in records._fields.items() if field.type == "html"]
            if not names or not records._auto:
                continue
            for record in records.with_context(active_test=False).search([], limit=500):
                for name in names:
                    if record[name]:
                        yield model, name, record[name]

    def assert_no_formulas(self):
        """Assert that the spreadsheets of the screens hold such texts as texts."""
        self.authenticate(self.manager.login, self.manager.login)
        for url in DOWNLOADS:
            answer = self.url_open(url)
            self.assertEqual(answer.status_code, 200)
            book = load_workbook(io.BytesIO(answer.content))
            cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
            self.assertFalse([cell.value for cell in cells if cell.data_type == "f"], url)
            self.assertTrue([cell for cell in cells if "onerror" in str(cell.value)], url)

    def test_nothing_runs_a_text(self):
        self.make_world("manager")
        self.name_all()
        self.type_everywhere()
        # What is told in messages: a repair, and what changes on deals.
        self.env.cr.execute("UPDATE crm_lead SET push_count = 9 WHERE id = %s", [self.world["Own"][0].id])
        with self.assertLogs("odoo.addons.sales_process_control.models.recording.crm_pipeline_audit", "WARNING"):
            self.env["crm.pipeline.audit"]._cron_audit()
        for deals in self.world.values():
            deals[0].write({"date_deadline": "2026-12-24", "stage_id": self.talks.id, "user_id": self.seller.id})
            deals[0].message_post(body=deals[0].pace_reason or deals[0].hot_note or deals[0].name)
        self.env.flush_all()
        found = list(self.html_texts())
        for model, name, text in found:
            self.assertInert(text, (model, name))
        self.assertLessEqual({"mail.message", "mail.activity"}, {model for model, _name, _text in found})
        self.assertIn("&lt;img", "".join(text for _model, _name, text in found))
        self.assert_no_formulas()

    def test_templates_escape(self):
        """Templates of OWL escape what is text; nothing makes markup of it."""
        sources = [*SOURCES.rglob("*.js"), *SOURCES.rglob("*.xml")]
        self.assertGreater(len(sources), 100)
        found = [(str(path), way) for path in sources for way in UNSAFE if way in path.read_text(encoding="utf-8")]
        self.assertFalse(found)
