from odoo import Command

# Imported as a module: a test class imported by name would run here again.
from . import test_deal_review_tours

#: So many open stages has the long process.
STAGES = 40
TRILLION = 10**12

#: What the scripts below share: actions are opened one after the other in one page.
HELPERS = """
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const until = async (find, what) => {
    for (let round = 0; round < 300; round++) {
        const found = find();
        if (found) {
            return found;
        }
        await sleep(50);
    }
    throw new Error(`Not found: ${what}`);
};
const isShown = (element) => element.checkVisibility({ visibilityProperty: true }) && element.offsetWidth > 1;
const nameOf = (element) => {
    const words = (element.ariaLabel || element.innerText || "").slice(0, 40);
    return `${element.tagName}.${[...element.classList].join(".")} "${words}"`;
};
const openPage = async ({ action, ready }) => {
    const { action: service } = odoo.__WOWL_DEBUG__.root.env.services;
    await service.doAction(action, { clearBreadcrumbs: true });
    await until(() => document.querySelector(ready), ready);
    await until(() => !document.querySelector("[aria-busy='true'], .o_loading_indicator"), "the end of reading");
    // The page of a form's notebook fades in: until then its colors are not those that one reads.
    const isMoving = (animation) => animation.effect.getComputedTiming().iterations < Infinity;
    await until(() => !document.querySelector(".tab-pane.fade:not(.show)"), "the page of the notebook");
    await until(() => !document.getAnimations().some(isMoving), "the end of fading");
    await sleep(100);
};
const CLICKABLE = "button, a[href], select, summary, input:not([type=hidden]), [role=button]";
const clickables = (roots) =>
    [...document.querySelectorAll(roots)].flatMap((root) =>
        [root, ...root.querySelectorAll(CLICKABLE)].filter(
            (element) => element.matches(CLICKABLE) && !element.disabled && isShown(element)
        )
    );
const report = (faults) => {
    if (faults.length) {
        console.error([...new Set(faults)].slice(0, 40).join("\\n"));
    } else {
        console.log("test successful");
    }
};
"""

#: What goes beyond the window, lies under something else or is too small for a pointer.
MEASURE = """
// What is wider than its place on purpose has a scrollbar of its own. Odoo's status bar shows long names in one line.
const SCROLLED = [".o_numbers_scroll", ".o_list_renderer", ".o_deal_review_tiles"]
    .concat([".o_content:has(.o_statusbar_status)", ".o_form_view_container", ".o_form_sheet_bg"])
    .join();
// The lines between the stages are as high as the canvas below them leaves room.
const LOW = ".o_funnel_passage *";
const isScrolled = (element) =>
    ["auto", "scroll"].includes(getComputedStyle(element).overflowX) && element.scrollWidth > element.clientWidth + 1;
const measure = (page, roots) => {
    const faults = [];
    const { scrollWidth } = document.scrollingElement;
    if (scrollWidth > innerWidth) {
        faults.push(`${page}: one has to scroll sideways: ${scrollWidth} of ${innerWidth}`);
    }
    for (const root of document.querySelectorAll(roots)) {
        for (let element = root; element; element = element.parentElement) {
            if (isScrolled(element) && !element.matches(SCROLLED)) {
                faults.push(`${page}: ${nameOf(element)} scrolls: ${element.scrollWidth} of ${element.clientWidth}`);
            }
        }
        for (const element of root.querySelectorAll("*")) {
            if (isScrolled(element) && !element.closest(SCROLLED)) {
                faults.push(`${page}: ${nameOf(element)} scrolls: ${element.scrollWidth} of ${element.clientWidth}`);
            }
        }
    }
    const elements = clickables(roots);
    for (const element of elements) {
        element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
        const { left, right, top, bottom, width, height } = element.getBoundingClientRect();
        if (left < -1 || (right > innerWidth + 1 && width <= innerWidth)) {
            faults.push(`${page}: ${nameOf(element)} is outside: ${left} to ${right}`);
            continue;
        }
        const [x, y] = [(left + right) / 2, (top + bottom) / 2];
        const isHit = (dx, dy) => {
            const hit = document.elementFromPoint(x + dx, y + dy);
            return element.contains(hit) || Boolean(hit?.closest("label")?.contains(element));
        };
        if (!isHit(0, 0)) {
            const over = document.elementFromPoint(x, y);
            faults.push(`${page}: ${nameOf(element)} lies under ${over && nameOf(over)}`);
        } else if (!element.matches(LOW) && ![-11, 11].every((d) => isHit(d, 0) && isHit(0, d))) {
            faults.push(`${page}: ${nameOf(element)} is smaller than 24 pixels: ${width} x ${height}`);
        }
    }
    return { count: elements.length, faults };
};
"""


class ScreensCase(test_deal_review_tours.DealReviewTourCase):
    """A page visits all screens, as someone does who may do everything."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.group_ids = [Command.link(cls.env.ref("base.group_system").id)]

    @classmethod
    def stretch(cls):
        """Make names of 120 characters, every second one without a space, amounts of 10¹², and 40 open stages.

        The set-up panel is shown, and required sales actions are missing.
        """
        cls.env.company.is_sales_setup_put_away = False
        actions = cls.env["crm.stage.step"].create(
            [{"name": name, "stage_id": cls.bidding.id, "is_required": True} for name in ("Call", "Visit")]
        )
        cls.env["crm.stage"].create(
            [{"name": f"Tour Stage {number}", "sequence": 2} for number in range(STAGES - 2)],
        )
        cls.bidding.sequence = 3
        stages = cls.env["crm.stage"].search([("is_won", "=", False)])
        deals = cls.env["crm.lead"].search([("won_status", "=", "pending")])
        people = cls.seller.partner_id | cls.manager.partner_id
        for records in (stages, deals, cls.customer, people, cls.team, actions):
            for number, record in enumerate(records):
                record.name = cls.long_name(record.name, number)
        cls.env.company.name = cls.long_name(cls.env.company.name, 1)
        deals.expected_revenue = TRILLION
        cls.hot.hot_flag_ids.write({"note": cls.long_name("Signs", 1), "amount": TRILLION})
        cls.env.cr.flush()

    @staticmethod
    def long_name(name, number):
        words = f"{name} of the northern administration of procurement and supply " * 3
        return words.replace(" ", "" if number % 2 else " ")[:120]

    def pages(self):
        """Return the actions of the screens, what says that they are there, and what on them is this module's."""
        form = {"type": "ir.actions.act_window", "res_model": "crm.lead", "views": [[False, "form"]]}
        pages = {
            "workbench": ("crm_workbench_action", ".o_workbench .o_block", ".o_workbench"),
            "deal review": ("crm_deal_review_action", ".o_deal_review_banner", ".o_deal_review_banner, .o_deal_lines"),
            "process review": ("crm_process_review_action", ".o_process_review .o_block", ".o_process_review"),
            "forecast": ("crm_forecast_screen_action", ".o_sales_forecast .o_block", ".o_sales_forecast"),
            "funnel": ("crm_funnel_action", ".o_sales_funnel .o_block", ".o_sales_funnel main"),
            "deal": (
                form | {"res_id": self.hot.id},
                ".o_lead_process .o_process_visit, .o_lead_process button",
                ".o_lead_process, .o_deal_summary, .o_hot_reason, .o_chance, .o_chance_evidence",
            ),
        }
        return [
            {
                "page": page,
                "action": f"sales_process_control.{action}" if isinstance(action, str) else action,
                "ready": ready,
                "roots": roots,
            }
            for page, (action, ready, roots) in pages.items()
        ]
