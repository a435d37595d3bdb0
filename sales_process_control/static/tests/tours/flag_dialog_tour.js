import { registry } from "@web/core/registry";
import { checkNoHorizontalScrolling } from "./page_steps";

const DIALOG = ".o_dialog";
const SEARCH = `${DIALOG} .o_record_search input`;

/** Type words into the search of a dialog, and choose what is found. */
function choose(words, name, run = "click") {
    const found = `.o_record_search_menu .dropdown-item:has(.o_record_search_name:contains('${name}'))`;
    return [
        { content: `Search ${words}`, trigger: SEARCH, run: `edit ${words}` },
        { content: `${name} is found`, trigger: found },
        run === "click"
            ? { content: `Choose ${name}`, trigger: found, run }
            : { content: `Choose ${name}`, trigger: SEARCH, run },
    ];
}

function raise(note) {
    return [
        { content: "Enter the note", trigger: `${DIALOG} [name=note] input`, run: `edit ${note}` },
        { content: "Press the last of the dates", trigger: `${DIALOG} .o_quick_dates button:last`, run: "click" },
        {
            content: "The date is set",
            trigger: `${DIALOG} .o_quick_dates button[aria-pressed='true']`,
        },
        { content: "Raise the flag", trigger: `${DIALOG} button[name=action_save]`, run: "click" },
        { content: "The dialog is closed", trigger: `body:not(:has(${DIALOG}))` },
    ];
}

const raiseOnChairs = (run) => [
    { content: "Raise a flag", trigger: ".o_workbench_raise", run: "click" },
    { content: "The search has the focus", trigger: `${SEARCH}:focus` },
    ...choose("chairs works", "Chairs of the tour", run),
    {
        content: "The dialog says which deal it is",
        trigger: `${DIALOG} .o_hot_target_details:contains('Tour Works'):contains('Tour Bidding'):contains('1,000')`,
    },
    {
        content: "The dialog fits the screen",
        trigger: `${DIALOG} .o_form_view`,
        run() {
            if (this.anchor.scrollWidth > this.anchor.clientWidth + 1) {
                throw new Error("The dialog has a horizontal scrollbar");
            }
        },
    },
    ...raise("Signs the chairs"),
    {
        content: "The flag is a card",
        trigger: ".o_workbench_hot .o_hot_card:contains('Signs the chairs')",
    },
];

const moveAndWin = [
    {
        content: "Move the hot deal to the next stage",
        trigger: ".o_workbench_attention .o_deal_row:contains('Office of the tour') button[data-action='moveOn']",
        run: "click",
    },
    {
        content: "The row shows the new stage, which is the last one",
        trigger:
            ".o_workbench_attention .o_deal_row:contains('Office of the tour'):contains('Tour Bidding'):not(:has(button[data-action='moveOn']))",
    },
    {
        content: "Mark the stalled deal as won",
        trigger: ".o_workbench_attention .o_deal_row:contains('Racks of the tour') button[data-action='win']",
        run: "click",
    },
    {
        content: "The question names the deal",
        trigger: `${DIALOG}:contains('Racks of the tour') .btn-primary`,
        run: "click",
    },
    {
        content: "The won deal is removed",
        trigger: ".o_workbench_attention:not(:contains('Racks of the tour')):contains('Chairs of the tour')",
    },
];

registry.category("web_tour.tours").add("sales_process_control_flag_dialog", {
    steps: () => [
        ...raiseOnChairs("press Enter"),
        { content: "Record progress", trigger: ".o_workbench_record", run: "click" },
        ...choose("racks", "Racks of the tour"),
        {
            content: "The dialog of progress opens on the deal",
            trigger: `${DIALOG} .modal-content:contains('Record Progress'):contains('Racks of the tour')`,
        },
        { content: "Close it", trigger: `${DIALOG} .btn-close`, run: "click" },
        { content: "Schedule an activity", trigger: ".o_workbench_schedule", run: "click" },
        ...choose("racks", "Racks of the tour"),
        { content: "Odoo's dialog opens", trigger: `${DIALOG} [name=activity_type_id]` },
        { content: "Close it", trigger: `${DIALOG} .btn-close`, run: "click" },
        { content: "The dialog is closed", trigger: `body:not(:has(${DIALOG}))` },
        ...moveAndWin,
        { content: "Raise a flag on a deal that is hot", trigger: ".o_workbench_raise", run: "click" },
        ...choose("office", "Office of the tour"),
        {
            content: "Its flag opens in the same dialog",
            trigger: `${DIALOG} [name=note] input:value(Signs this week)`,
        },
        { content: "Withdraw it", trigger: `${DIALOG} button[name=action_withdraw]`, run: "click" },
        {
            content: "The card is gone",
            trigger: ".o_workbench_hot:not(:contains('Signs this week')):contains('Signs the chairs')",
        },
    ],
});

registry.category("web_tour.tours").add("sales_process_control_flag_dialog_phone", {
    steps: () => [
        ...raiseOnChairs("click"),
        checkNoHorizontalScrolling(".o_workbench_content"),
        ...moveAndWin,
        checkNoHorizontalScrolling(".o_workbench_content"),
    ],
});

/** @param {string} row selector of a row or card */
const raiseFromMenu = (row) => [
    {
        content: "Press New",
        trigger: ".o_control_panel .btn-primary:contains('New')",
        run: "click",
    },
    ...choose("tour works", "Tour Works"),
    ...raise("May add an order"),
    { content: "The flag is in the list", trigger: `${row}:contains('May add an order')` },
];

registry.category("web_tour.tours").add("sales_process_control_flag_menu", {
    steps: () => raiseFromMenu(".o_list_view .o_data_row"),
});

registry.category("web_tour.tours").add("sales_process_control_flag_menu_phone", {
    steps: () => raiseFromMenu(".o_kanban_view .o_kanban_record"),
});
