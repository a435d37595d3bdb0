from pathlib import Path

import polib

from odoo.addons.sales_process_control.tests.interface_words import faults_of
from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import TranslationModuleReader

MODULE = "spreadsheet_dashboard_sales_process_control"
I18N = Path(__file__).resolve().parent.parent / "i18n"


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """Whatever the dashboards say can be translated, and is said in Chinese."""

    def test_catalogues_are_complete(self):
        catalogue = polib.pofile(str(I18N / f"{MODULE}.pot"))
        template = {entry.msgid for entry in catalogue}
        chinese = polib.pofile(str(I18N / "zh_CN.po"))
        translated = {entry.msgid for entry in chinese if entry.msgstr.strip() and "fuzzy" not in entry.flags}
        terms = {source for *_place, source, _name, _comments in self.terms()}
        self.assertIn("Won Opportunities", terms, "the titles of charts are terms")
        self.assertFalse(terms - template, "Terms that the template lacks")
        self.assertFalse(template - translated, "Terms without a translation")
        self.assertFalse(faults_of(catalogue, chinese), "Terms that break the rules of sales_process_control")

    def terms(self):
        for _module, _kind, _name, _number, source, value, comments in TranslationModuleReader(self.env.cr, [MODULE]):
            yield source, value, comments
