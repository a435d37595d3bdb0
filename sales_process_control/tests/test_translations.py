from collections import defaultdict
from pathlib import Path

import polib
from lxml import etree

from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import TranslationModuleReader

from ..models.recording.text_lists import (
    joined_names,
    joined_parts,
    joined_phrases,
    joined_sentences,
    labelled,
    with_remark,
)
from .interface_words import faults_of
from .introspection import added_fields

MODULE = "sales_process_control"
#: Names of programs, and what is written alike in Chinese.
NAMES = {
    "Dynamics 365",
    "HubSpot",
    "ID",
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

    def test_words_of_the_interface(self):
        """One name for one thing, no jargon, short help texts, and Chinese punctuation."""
        self.assertFalse(faults_of(self.template, self.chinese), "Terms that break rules of interface_words.py")

    def test_labels_of_days_and_times(self):
        """A day is labelled *On*, a time is labelled *At*."""
        wrong = [
            f"{name}.{field.name}: {field.string}"
            for name, model in self.env.registry.items()
            for field in added_fields(model)
            if field.string.endswith({"date": " At", "datetime": " On"}.get(field.type, "\n"))
        ]
        self.assertFalse(wrong)

    def test_lists_within_sentences_have_chinese_separators(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        chinese = self.env(context={"lang": "zh_CN"})
        self.assertEqual(joined_names(chinese, ["报价", "拜访", "样品"]), "报价、拜访、样品")
        for text in (
            joined_parts(chinese, ["报价", "拜访"]),
            joined_phrases(chinese, ["报价", "拜访"]),
            labelled(chinese, "报价", "拜访"),
        ):
            self.assertRegex(text, r"^报价\W拜访$")
            self.assertNotRegex(text, "[,;:]")
        self.assertEqual(joined_sentences(chinese, ["已报价。", "已拜访。"]), "已报价。已拜访。")
        self.assertEqual(with_remark(chinese, "报价", "拜访"), "报价\uff08拜访\uff09")
        self.assertEqual(joined_names(self.env, ["Offer", "Visit", "Samples"]), "Offer, Visit, Samples")
        self.assertEqual(joined_sentences(self.env, ["One.", "Two."]), "One. Two.")
        self.assertEqual(with_remark(self.env, "Offer", "Visit"), "Offer (Visit)")

    def test_a_label_of_odoo_keeps_the_translations_of_odoo(self):
        """Odoo has no Chinese for the limit of a stage, and German: views of this module leave the label to Odoo."""
        codes = {"de_DE": "Tage bis Verfall", "zh_CN": "期限天数"}
        for code in codes:
            self.env["res.lang"]._activate_lang(code)
        self.env["ir.module.module"]._load_module_terms(["crm", MODULE], list(codes))
        for code, label in codes.items():
            for kind in ("list", "form"):
                with self.subTest(code=code, kind=kind):
                    stage = self.env["crm.stage"].with_context(lang=code)
                    arch = etree.fromstring(stage.get_view(view_type=kind)["arch"])
                    [field] = arch.xpath("//field[@name='rotting_threshold_days']")
                    self.assertIsNone(field.get("string"))
                    self.assertEqual(stage.fields_get(["rotting_threshold_days"])[field.get("name")]["string"], label)

    def test_a_term_that_breaks_the_rules_is_found(self):
        seller = polib.POEntry(
            msgid="The seller (at least 1) entered it.  One. Two. Three.",
            msgstr="热点客户,其他 unknown",
            occurrences=[("model:ir.model.fields,help:sales_process_control.field_crm_lead__pace", "0")],
        )
        label = polib.POEntry(
            msgid="Hot Flags.", msgstr="标志。", occurrences=[("model:ir.ui.menu,name:sales_process_control.menu", "0")]
        )
        message = polib.POEntry(msgid="You cannot do this", msgstr="不行。", occurrences=[("code:addons/a.py", "0")])
        found = faults_of([seller, label, message], [seller, label, message])
        for part in (
            "'seller'",
            "'at least'",
            "'entered'",
            "one or two sentences",
            "instead of 热点",
            "full-width",
            "'unknown' is not Chinese",
            "label has no full stop",
            "is 标记",
            "a sentence ends with a full stop",
            "ends with 。",
        ):
            with self.subTest(part=part):
                self.assertTrue([fault for fault in found if part in fault], found)
