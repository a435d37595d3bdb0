import os
from pathlib import Path

from odoo.tests import HttpCase, tagged

# The module is imported, not its test case, which would run here again.
from . import test_tours

ACTION = "/odoo/action-sales_process_control.crm_stage_history_import_action"
TOUR = "sales_process_control_history_import_hubspot"
#: Goes through the steps of the dialog with a file, and looks for serious findings of axe-core in each.
LOOK = """
(async () => {
    const until = async (find) => {
        for (let round = 0; round < 400; round++) {
            const found = find();
            if (found) {
                return found;
            }
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        throw new Error(`Not found: ${find}`);
    };
    const faults = [];
    const get = (selector) => document.querySelector(`.o_dialog ${selector}`);
    // Odoo's own: the dialog without a name, its status bar, the input of files, and the cells of editable lists.
    const ofOdoo = ["aria-dialog-name", "label", "scrollable-region-focusable", "select-name", "button-name"];
    const rules = Object.fromEntries([...ofOdoo, "empty-table-header"].map((id) => [id, { enabled: false }]));
    const look = async (what) => {
        const exclude = [[".o_form_label"], [".o_form_statusbar"], [".o_select_menu"]];
        const context = { include: [".o_dialog"], exclude };
        const { passes, violations } = await axe.run(context, { resultTypes: ["violations", "passes"], rules });
        for (const { id, impact, nodes } of violations) {
            if (["serious", "critical"].includes(impact)) {
                faults.push(`${what}: ${id} (${impact}): ${nodes.map((node) => node.html + node.failureSummary)}`);
            }
        }
        if (passes.length < 5) {
            faults.push(`${what}: axe-core has looked at nothing`);
        }
    };
    await until(() => get("[name=file] input[type=file]"));
    await look("file");
    const transfer = new DataTransfer();
    const lines = ["deal,stage,at", "Tour mill,Tour first,2025-01-10", "Tour mill,Signed,2025-01-12"];
    transfer.items.add(new File([lines.join("\\n")], "a.csv"));
    const input = get("[name=file] input[type=file]");
    input.files = transfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    await until(() => get("[name=file] input[type=text]"));
    get("button[name=action_look]").click();
    await until(() => get("[name=column_ids] .o_data_row"));
    await look("columns");
    get("button[name=action_preview]").click();
    await until(() => get("[name=deal_ids] .o_data_row"));
    await look("preview");
    get(".btn-close").click();
    await until(() => !document.querySelector(".o_dialog"));
    if (faults.length) {
        console.error(faults.join("\\n"));
    } else {
        console.log("test successful");
    }
})();
"""


@tagged("post_install", "-at_install")
class TestHistoryImportTours(HttpCase):
    """An export of HubSpot from the file to the result."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        test_tours.TestTours.set_up_one_deal.__func__(cls, cls.env.ref("base.user_admin"))

    def import_by_tour(self):
        self.start_tour(ACTION, TOUR, login="admin")
        leads = self.env["crm.lead"].with_context(active_test=False).search([("name", "=like", "Tour %")])
        self.assertEqual(
            {lead.name: lead.won_status for lead in leads},
            {"Tour mill": "won", "Tour hotel": "pending", "Tour yard": "lost"},
        )
        self.assertEqual(set(leads.stage_visit_ids.mapped("origin")), {"import"})

    def test_an_export_of_hubspot(self):
        self.import_by_tour()

    def test_accessibility_of_each_step(self):
        axe = os.environ.get("AXE_CORE")
        if not axe:
            self.skipTest("AXE_CORE does not name axe-core's script, as it does in the sandbox")
        script = Path(axe).read_text(encoding="utf-8") + LOOK
        ready = "Boolean(document.querySelector('.o_dialog [name=file]'))"
        self.browser_js(ACTION, script, ready=ready, login="admin")

    def test_an_export_of_hubspot_on_a_phone_in_chinese(self):
        """The steps are those of the desktop: none depends on the language or the width."""
        self.browser_size, self.touch_enabled = "375x667", True
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(["crm", "sales_process_control"], ["zh_CN"])
        self.env.ref("base.user_admin").lang = "zh_CN"
        self.import_by_tour()
