import { registry } from "@web/core/registry";

const CARD = ".o_kanban_record:contains(Deal of the tour)";
const DIALOG = ".o_dialog .o_form_view";
const PIPELINE = "/odoo/action-crm.crm_lead_action_pipeline";

function pressButton(name) {
    return [
        { content: `Press ${name}`, trigger: `.o_dialog button[name=${name}]`, run: "click" },
        { content: "The dialog is closed", trigger: "body:not(:has(.o_dialog))" },
    ];
}

function enterNote(note) {
    return { content: `Enter the note ${note}`, trigger: `${DIALOG} [name=note] input`, run: `edit ${note}` };
}

/**
 * @param {string} look action on the flame that opens the popover: hover or click
 * @param {Object[]} edit steps that open the dialog from the popover
 */
function raiseEditAndSettle(look, edit) {
    return [
        { content: "The newer deal is the first one", trigger: ".o_kanban_record:first:contains(Recent arrival)" },
        { content: "Raise a flag on the older one", trigger: `${CARD} .o_hot_flame_cold`, run: "click" },
        enterNote("Signing around 10 March"),
        { content: "Enter a due date", trigger: `${DIALOG} [name=due_date] input`, run: "edit 12/31/2099" },
        { content: "Leave the field", trigger: `${DIALOG} [name=note] input`, run: "click" },
        ...pressButton("action_save"),
        {
            content: "The deal is the first one, with flame and note",
            trigger: ".o_kanban_record:first:contains(Deal of the tour):contains(Signing around 10 March)",
        },
        { content: "Open the popover", trigger: `${CARD} .o_hot_flame_hot`, run: look },
        { content: "The popover shows the amount", trigger: ".o_hot_flag_popover .o_hot_flag_amount:contains(1,000)" },
        {
            content: "The popover shows the distance of the due date",
            trigger: ".o_hot_flag_due .o_due_distance:contains(/in \\d+ days/)",
        },
        ...edit,
        enterNote("Signing on Friday"),
        ...pressButton("action_save"),
        { content: "The card shows the new note", trigger: `${CARD}:contains(Signing on Friday)` },
        { content: "Open the popover again", trigger: `${CARD} .o_hot_flame_hot`, run: look },
        {
            content: "The popover shows the former note",
            trigger: ".o_hot_flag_before li:contains(Signing around 10 March)",
        },
        ...edit,
        ...pressButton("action_withdraw"),
        { content: "A notification says so", trigger: ".o_notification:contains(Hot flag withdrawn)" },
        { content: "The card has no flame", trigger: `${CARD}:not(:has(.o_hot_flame_hot))` },
        {
            content: "The newer deal is the first one again",
            trigger: ".o_kanban_record:first:contains(Recent arrival)",
        },
    ];
}

const EDIT = { content: "Open the dialog of the flag", trigger: ".o_hot_flag_popover .o_hot_flag_edit", run: "click" };

registry.category("web_tour.tours").add("sales_process_control_hot_flag", {
    url: PIPELINE,
    steps: () => raiseEditAndSettle("hover", [EDIT]),
});

registry.category("web_tour.tours").add("sales_process_control_hot_flag_phone", {
    url: PIPELINE,
    steps: () => [
        ...raiseEditAndSettle("click", [
            {
                content: "The popover fits the screen",
                trigger: ".o_hot_flag_popover",
                run() {
                    const { left, right } = this.anchor.getBoundingClientRect();
                    if (left < 0 || right > window.innerWidth) {
                        throw new Error(`The popover goes from ${left} to ${right} of ${window.innerWidth}`);
                    }
                },
            },
            EDIT,
        ]),
    ],
});

/** Raise, look at and edit a flag with the keyboard. */
registry.category("web_tour.tours").add("sales_process_control_hot_flag_keyboard", {
    url: PIPELINE,
    steps: () => [
        {
            content: "Focus the outline",
            trigger: `${CARD} .o_hot_flame_cold`,
            run() {
                this.anchor.focus();
            },
        },
        { content: "Raise a flag", trigger: ".o_hot_flame_cold:focus", run: "press Enter" },
        enterNote("Signing around 10 March"),
        ...pressButton("action_save"),
        {
            content: "Focus the flame",
            trigger: `${CARD} .o_hot_flame_hot`,
            run() {
                this.anchor.focus();
            },
        },
        {
            content: "The flame is described by the popover",
            trigger: ".o_hot_flame_hot[aria-describedby][aria-expanded=true]",
        },
        { content: "The popover shows the salesperson", trigger: ".o_hot_flag_popover .o_hot_flag_seller" },
        { content: "Close the popover", trigger: ".o_hot_flame_hot:focus", run: "press Escape" },
        { content: "The popover is closed", trigger: "body:not(:has(.o_hot_flag_popover))" },
        { content: "Open the dialog of the flag", trigger: ".o_hot_flame_hot:focus", run: "press Enter" },
        { content: "The dialog shows the note", trigger: `${DIALOG} [name=note] input:value(Signing around 10 March)` },
        ...pressButton("action_break"),
        { content: "The card has no flame", trigger: `${CARD}:not(:has(.o_hot_flame_hot))` },
    ],
});

/** Raise a flag on several deals of a list, and open all flags of one. */
registry.category("web_tour.tours").add("sales_process_control_hot_flag_list", {
    url: PIPELINE,
    steps: () => [
        { content: "Switch to the list", trigger: ".o_switch_view.o_list", run: "click" },
        { content: "Select all", trigger: ".o_list_view thead .o_list_record_selector input", run: "click" },
        { content: "Raise a flag on each", trigger: ".o_control_panel button[name=action_hot_flag]", run: "click" },
        enterNote("Signs with the others"),
        ...pressButton("action_save"),
        {
            content: "Both rows have a flame",
            trigger:
                ".o_list_view tbody:has(.o_data_row:eq(1) .o_hot_flame_hot):has(.o_data_row:eq(0) .o_hot_flame_hot)",
        },
        {
            content: "Hover over the name of one",
            trigger: ".o_data_row:contains(Recent arrival) .o_hot_name",
            run: "hover",
        },
        { content: "The popover shows the note", trigger: ".o_hot_flag_popover:contains(Signs with the others)" },
        {
            content: "Open the deal by its name",
            trigger: ".o_data_row:contains(Recent arrival) .o_hot_name span",
            run: "click",
        },
        { content: "The form shows the note", trigger: ".o_form_view .o_hot_note:contains(Signs with the others)" },
        { content: "Open all flags of the deal", trigger: "button[name=action_open_hot_flags]", run: "click" },
        { content: "The list has the flag", trigger: ".o_list_view .o_data_row:contains(Signs with the others)" },
    ],
});

/** Raise two flags on a customer without a deal. */
registry.category("web_tour.tours").add("sales_process_control_hot_flag_customer", {
    url: "/odoo/action-base.action_partner_form",
    steps: () => [
        { content: "Search the customer", trigger: ".o_searchview_input", run: "fill Customer of the tour" },
        { content: "Search by name", trigger: ".o_searchview_autocomplete .o-dropdown-item:first", run: "click" },
        { content: "Open the customer", trigger: ".o_data_row td:contains(Customer of the tour)", run: "click" },
        { content: "Raise a flag", trigger: ".o_form_view .o_hot_flame_cold", run: "click" },
        enterNote("May add an order"),
        ...pressButton("action_save"),
        { content: "The form shows the note", trigger: ".o_form_view .o_hot_note:contains(May add an order)" },
        { content: "Open the popover", trigger: ".o_form_view .o_hot_flame_hot", run: "hover" },
        { content: "Raise another flag", trigger: ".o_hot_flag_popover .o_hot_flag_raise", run: "click" },
        enterNote("Pays the second instalment"),
        { content: "Open the kinds", trigger: `${DIALOG} [name=kind] input`, run: "click" },
        { content: "Choose the payment", trigger: ".o_select_menu_item:contains(Pays)", run: "click" },
        ...pressButton("action_save"),
        {
            content: "The form shows the new note",
            trigger: ".o_form_view .o_hot_note:contains(Pays the second instalment)",
        },
        {
            content: "The button counts both flags",
            trigger: "button[name=action_open_hot_flags] .o_stat_value:contains(2)",
        },
    ],
});

const FORM = ".o_form_view";

/** @param {string} name of a stage in the status bar */
function pressStage(name) {
    return { content: `Move to ${name}`, trigger: `.o_statusbar_status button:contains(${name})`, run: "click" };
}

/** Win a hot deal by a click on its stage and take that back: the flame follows without a reload. */
registry.category("web_tour.tours").add("sales_process_control_hot_flag_won", {
    url: PIPELINE,
    steps: () => [
        { content: "The card has a flame", trigger: `${CARD} .o_hot_flame_hot` },
        { content: "Open the deal", trigger: CARD, run: "click" },
        { content: "The form has a flame", trigger: `${FORM} .o_hot_flame_hot` },
        pressStage("Tour Signed"),
        { content: "The flame is gone", trigger: `${FORM}:not(:has(.o_hot_flame_hot))` },
        pressStage("Tour Contact"),
        { content: "The flame is back, with its note", trigger: `${FORM} .o_hot_note:contains(Signs soon)` },
        { content: "Back to the board", trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item a", run: "click" },
        {
            content: "Drop the card on the won stage",
            trigger: CARD,
            run: "drag_and_drop(.o_kanban_group:contains(Tour Signed))",
        },
        {
            content: "The card has no flame",
            trigger: `.o_kanban_group:contains(Tour Signed) ${CARD}:not(:has(.o_hot_flame_hot))`,
        },
        {
            content: "The board has added it up there",
            trigger: ".o_kanban_group:contains(Tour Signed) .o_animated_number:contains(1,000)",
        },
        {
            content: "Drop it on the first stage",
            trigger: `.o_kanban_group:contains(Tour Signed) ${CARD}`,
            run: "drag_and_drop(.o_kanban_group:contains(Tour Contact))",
        },
        {
            content: "The card has its flame again",
            trigger: `.o_kanban_group:contains(Tour Contact) ${CARD} .o_hot_flame_hot`,
        },
    ],
});
