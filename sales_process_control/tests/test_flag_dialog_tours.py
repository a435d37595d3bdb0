import json
import os
from pathlib import Path

from odoo.tests import tagged

# The module is imported, not its test case, which would run here again.
from . import test_workbench_tours

#: Opens dialogs from the workbench, searches in them, and looks for serious findings of axe-core in each.
LOOK = """
(async () => {
    const until = async (find) => {
        for (let round = 0; round < 200; round++) {
            const found = find();
            if (found) {
                return found;
            }
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        throw new Error(`Not found: ${find}`);
    };
    const faults = [];
    // Odoo's own: the dialog without a name, the roles of the autocomplete, labels of forms, and two field widgets.
    const ofOdoo = ["aria-dialog-name", "aria-required-attr", "aria-required-children", "aria-required-parent"];
    const rules = Object.fromEntries([...ofOdoo, "list", "listitem"].map((id) => [id, { enabled: false }]));
    const look = async (what) => {
        const context = { include: [".o_dialog"], exclude: [["[name=kind]"], ["[name=user_id]"], [".o_form_label"]] };
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
    for (const { button, isFlag } of %(dialogs)s) {
        document.querySelector(button).click();
        const input = await until(() => document.querySelector(".o_dialog .o_record_search input"));
        input.value = "tour";
        input.dispatchEvent(new InputEvent("input", { bubbles: true }));
        // A deal that is hot already would open its flag.
        const names = () => [...document.querySelectorAll(".o_record_search_menu .o_record_search_name")];
        const found = await until(() => names().find((name) => !name.querySelector(".fa-fire")));
        await look(`${button}: while one chooses`);
        if (isFlag) {
            found.closest(".o-autocomplete--dropdown-item").click();
            await until(() => document.querySelector(".o_hot_target_details"));
            await look(`${button}: with the chosen deal`);
        }
        // Odoo's test case wants no form with changes at the end.
        document.querySelector(".o_dialog .btn-close").click();
        await until(() => !document.querySelector(".o_dialog"));
    }
    if (faults.length) {
        console.error(faults.join("\\n"));
    } else {
        console.log("test successful");
    }
})();
"""
FLAG = {"button": ".o_workbench_raise", "isFlag": True}
CHOICE = {"button": ".o_workbench_record", "isFlag": False}


@tagged("post_install", "-at_install")
class TestFlagDialogTours(test_workbench_tours.WorkbenchTourCase):
    """One dialog from the workbench and from the menu, by keyboard and mouse."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Odoo's rainbow after a win would lie over the page.
        cls.env["ir.config_parameter"].set_param("base_setup.show_effect", False)
        cls.env["crm.stage"].create({"name": "Tour Signed", "sequence": 9, "is_won": True})
        cls.env.cr.flush()

    def notes(self):
        return set(self.env["crm.hot.flag"].search([("outcome", "=", "open")]).mapped("note"))

    def look(self, *dialogs):
        axe = os.environ.get("AXE_CORE")
        if not axe:
            self.skipTest("AXE_CORE does not name axe-core's script, as it does in the sandbox")
        script = Path(axe).read_text(encoding="utf-8") + LOOK % {"dialogs": json.dumps(dialogs)}
        ready = f"Boolean(document.querySelector('{dialogs[0]['button']}'))"
        self.browser_js("/odoo/workbench", script, ready=ready, login="workbench_seller")

    def test_the_day_of_a_seller(self):
        self.start_tour("/odoo/workbench", "sales_process_control_flag_dialog", login="workbench_seller")
        self.assertEqual(self.notes(), {"Signs the chairs"})
        self.assertEqual((self.stalled.won_status, self.hot.stage_id), ("won", self.bidding))

    def test_the_list_of_flags_in_the_dark(self):
        self.paint_it_dark()
        self.start_tour("/odoo/hot-flags", "sales_process_control_flag_menu", login="workbench_seller")
        self.assertEqual(self.notes(), {"Signs this week", "May add an order"})

    def test_accessibility_of_the_flag(self):
        self.look(FLAG)

    def test_accessibility_in_the_dark(self):
        self.paint_it_dark()
        self.look(CHOICE, FLAG)

    def test_the_day_of_a_seller_on_a_phone(self):
        self.browser_size, self.touch_enabled = "375x667", True
        self.start_tour("/odoo/workbench", "sales_process_control_flag_dialog_phone", login="workbench_seller")
        self.assertEqual(self.notes(), {"Signs this week", "Signs the chairs"})
        self.assertEqual((self.stalled.won_status, self.hot.stage_id), ("won", self.bidding))

    def test_the_list_of_flags_on_a_phone(self):
        self.browser_size, self.touch_enabled = "375x667", True
        self.start_tour("/odoo/hot-flags", "sales_process_control_flag_menu_phone", login="workbench_seller")
        self.assertEqual(self.notes(), {"Signs this week", "May add an order"})

    def test_accessibility_of_the_flag_on_a_phone(self):
        self.browser_size, self.touch_enabled = "375x667", True
        self.look(FLAG)
