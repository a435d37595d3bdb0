import os
from pathlib import Path

# As a module: what is imported by its name would be run here once more.
from . import test_workbench_tours

#: When all blocks are read: what axe-core finds that keeps people from using the page, and what goes beyond its edge.
LOOK = """
(async () => {
    const isBusy = () => document.querySelector("%(root)s %(part)s[aria-busy='true']");
    for (let round = 0; round < 200 && isBusy(); round++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const failed = ".o_block_failed, .o_workbench_failure, .o_funnel_problem, .o_deal_review_failed";
    const faults = document.querySelector(failed) ? ["a block has failed"] : [];
    const content = document.querySelector("%(root)s .o_content");
    if (content.scrollWidth > content.clientWidth + 1) {
        faults.push(`one has to scroll sideways: ${content.scrollWidth} of ${content.clientWidth}`);
    }
    if (document.body.classList.contains("o_rtl") !== ("%(direction)s" === "rtl")) {
        faults.push("the page does not run the way that it is read");
    }
    // Odoo's own search is not this module's to mend.
    const exclude = [[".o_searchview"], [".o_control_panel .btn:has(> .fa-search)"], ...%(exclude)s];
    const context = { include: [["%(root)s"]], exclude };
    // Targets of at least 24 px are a rule of WCAG 2.2, which axe-core leaves out by default.
    const options = { resultTypes: ["violations", "passes"], rules: { "target-size": { enabled: true } } };
    const { passes, violations } = await axe.run(context, options);
    for (const { id, impact, nodes } of violations) {
        if (["serious", "critical"].includes(impact)) {
            faults.push(`${id} (${impact}): ${nodes.map((node) => node.html + " " + node.failureSummary).join("; ")}`);
        }
    }
    if (passes.length < 5) {
        faults.push("axe-core has looked at nothing");
    }
    if (faults.length) {
        console.error(faults.join("\\n"));
    } else {
        console.log("test successful");
    }
})();
"""


class AccessibilityCase(test_workbench_tours.WorkbenchTourCase):
    """A page of blocks with other eyes and other hands: axe-core finds nothing serious on it."""

    #: The path of the page, what it is, and a part of it that says whether it is being read.
    path = ""
    root = ""
    part = ".o_block"
    #: Selectors of parts that are Odoo's own.
    exclude = ()

    def look(self, login, direction="ltr"):
        axe = os.environ.get("AXE_CORE")
        if not axe:
            self.skipTest("AXE_CORE does not name axe-core's script, as it does in the sandbox")
        exclude = [[selector] for selector in self.exclude]
        look = LOOK % {"direction": direction, "root": self.root, "part": self.part, "exclude": exclude}
        ready = f"Boolean(document.querySelector('{self.root} {self.part}'))"
        self.browser_js(self.path, Path(axe).read_text(encoding="utf-8") + look, ready=ready, login=login)


class OnDesktops:
    """Light and dark, on a wide screen, both ways of writing."""

    def test_light(self):
        self.look("workbench_seller")

    def test_dark(self):
        self.paint_it_dark()
        self.look("workbench_seller")

    def test_manager_on_a_wide_screen(self):
        self.browser_size = "2560x1200"
        self.look("workbench_manager")

    def test_from_right_to_left(self):
        self.env["res.lang"]._activate_lang("ar_001")
        self.seller.lang = "ar_001"
        self.look("workbench_seller", "rtl")


class OnPhones:
    browser_size = "375x667"
    touch_enabled = True

    def test_phone(self):
        self.look("workbench_seller")
