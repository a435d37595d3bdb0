from collections import defaultdict
from pathlib import Path

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import TranslationModuleReader

MODULE = "sales_process_control"
#: Names of programs, and what is written alike in Chinese.
NAMES = {
    "Dynamics 365",
    "HubSpot",
    "Microsoft Teams",
    "Odoo",
    "Pipedrive",
    "Salesforce",
    "Slack",
    "UTF-16",
    "UTF-8",
    "Zoho CRM",
    "https://…",
}
I18N = Path(__file__).resolve().parent.parent / "i18n"


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """Whatever the module says can be translated, and is said in Chinese."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = polib.pofile(str(I18N / f"{MODULE}.pot"))
        cls.chinese = polib.pofile(str(I18N / "zh_CN.po"))

    def test_template_holds_every_term(self):
        told = {entry.msgid for entry in self.template}
        missing = defaultdict(list)
        for _module, _kind, name, _number, source, *_more in TranslationModuleReader(self.env.cr, [MODULE]):
            # Only the demonstration makes teams.
            if source not in told and not name.startswith("crm.team,"):
                missing[source].append(name)
        self.assertFalse(dict(missing), "Terms that sales_process_control.pot lacks")

    def test_chinese_says_all_of_it(self):
        translated = {entry.msgid for entry in self.chinese if entry.msgstr.strip() and "fuzzy" not in entry.flags}
        self.assertFalse({entry.msgid for entry in self.template} - translated - NAMES, "Terms without a translation")
