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

function say(note) {
    return { content: `Say ${note}`, trigger: `${DIALOG} [name=note] input`, run: `edit ${note}` };
}

/** Whatever opens the popover of the card: a pointer, or a finger. */
function raiseEditAndSettle(look, edit) {
    return [
        { content: "The newer deal is the first", trigger: ".o_kanban_record:first:contains(Recent arrival)" },
        { content: "Raise a flag on the older one", trigger: `${CARD} .o_hot_flame_cold`, run: "click" },
        say("Signing around 10 March"),
        { content: "Until a day to come", trigger: `${DIALOG} [name=due_date] input`, run: "edit 12/31/2099" },
        { content: "Leave the date", trigger: `${DIALOG} [name=note] input`, run: "click" },
        ...pressButton("action_save"),
        {
            content: "It comes first, with its flame and its reason",
            trigger: ".o_kanban_record:first:contains(Deal of the tour):contains(Signing around 10 March)",
        },
        { content: "Look why", trigger: `${CARD} .o_hot_flame_hot`, run: look },
        { content: "Amount and seller are told", trigger: ".o_hot_flag_popover .o_hot_flag_amount:contains(1,000)" },
        { content: "and the distance", trigger: ".o_hot_flag_due .o_due_distance:contains(/in \\d+ days/)" },
        ...edit,
        say("Signing on Friday"),
        ...pressButton("action_save"),
        { content: "The card says the new note", trigger: `${CARD}:contains(Signing on Friday)` },
        { content: "Look again", trigger: `${CARD} .o_hot_flame_hot`, run: look },
        {
            content: "The popover tells what was said before",
            trigger: ".o_hot_flag_before li:contains(Signing around 10 March)",
        },
        ...edit,
        ...pressButton("action_withdraw"),
        { content: "The flame is out", trigger: `${CARD}:not(:has(.o_hot_flame_hot))` },
        {
            content: "and the deal back in its place",
            trigger: ".o_kanban_record:first:contains(Recent arrival)",
        },
    ];
}

const EDIT = { content: "Edit it", trigger: ".o_hot_flag_popover .o_hot_flag_edit", run: "click" };

registry.category("web_tour.tours").add("sales_process_control_hot_flag", {
    url: PIPELINE,
    steps: () => raiseEditAndSettle("hover", [EDIT]),
});

registry.category("web_tour.tours").add("sales_process_control_hot_flag_phone", {
    url: PIPELINE,
    steps: () => [
        ...raiseEditAndSettle("click", [
            {
                content: "All of it is on the screen",
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

/** Hot deals without a mouse: look, hide, edit. */
registry.category("web_tour.tours").add("sales_process_control_hot_flag_keyboard", {
    url: PIPELINE,
    steps: () => [
        {
            content: "Come to the outline",
            trigger: `${CARD} .o_hot_flame_cold`,
            run() {
                this.anchor.focus();
            },
        },
        { content: "Raise a flag", trigger: ".o_hot_flame_cold:focus", run: "press Enter" },
        say("Signing around 10 March"),
        ...pressButton("action_save"),
        {
            content: "Come to the flame",
            trigger: `${CARD} .o_hot_flame_hot`,
            run() {
                this.anchor.focus();
            },
        },
        { content: "It is described", trigger: ".o_hot_flame_hot[aria-describedby][aria-expanded=true]" },
        { content: "Why is told", trigger: ".o_hot_flag_popover .o_hot_flag_seller" },
        { content: "Hide it", trigger: ".o_hot_flame_hot:focus", run: "press Escape" },
        { content: "It is hidden", trigger: "body:not(:has(.o_hot_flag_popover))" },
        { content: "Edit it", trigger: ".o_hot_flame_hot:focus", run: "press Enter" },
        { content: "The dialog is open", trigger: `${DIALOG} [name=note] input:value(Signing around 10 March)` },
        ...pressButton("action_break"),
        { content: "The flame is out", trigger: `${CARD}:not(:has(.o_hot_flame_hot))` },
    ],
});

/** A flag on each of several deals of a list, and all flags of one. */
registry.category("web_tour.tours").add("sales_process_control_hot_flag_list", {
    url: PIPELINE,
    steps: () => [
        { content: "Change to the list", trigger: ".o_switch_view.o_list", run: "click" },
        { content: "Select all", trigger: ".o_list_view thead .o_list_record_selector input", run: "click" },
        { content: "Mark them hot", trigger: ".o_control_panel button[name=action_hot_flag]", run: "click" },
        say("Signs with the others"),
        ...pressButton("action_save"),
        {
            content: "Both have their flame",
            trigger:
                ".o_list_view tbody:has(.o_data_row:eq(1) .o_hot_flame_hot):has(.o_data_row:eq(0) .o_hot_flame_hot)",
        },
        {
            content: "Point at the name of one",
            trigger: ".o_data_row:contains(Recent arrival) .o_hot_name",
            run: "hover",
        },
        { content: "See why", trigger: ".o_hot_flag_popover:contains(Signs with the others)" },
        {
            content: "Open it by its name",
            trigger: ".o_data_row:contains(Recent arrival) .o_hot_name span",
            run: "click",
        },
        { content: "The form says why", trigger: ".o_form_view .o_hot_note:contains(Signs with the others)" },
        { content: "See all its flags", trigger: "button[name=action_open_hot_flags]", run: "click" },
        { content: "There is one", trigger: ".o_list_view .o_data_row:contains(Signs with the others)" },
    ],
});

/** A customer without a deal is hot for two reasons. */
registry.category("web_tour.tours").add("sales_process_control_hot_flag_customer", {
    url: "/odoo/action-base.action_partner_form",
    steps: () => [
        { content: "Look for the customer", trigger: ".o_searchview_input", run: "fill Customer of the tour" },
        { content: "by the name", trigger: ".o_searchview_autocomplete .o-dropdown-item:first", run: "click" },
        { content: "Open the customer", trigger: ".o_data_row td:contains(Customer of the tour)", run: "click" },
        { content: "Raise a flag", trigger: ".o_form_view .o_hot_flame_cold", run: "click" },
        say("May add an order"),
        ...pressButton("action_save"),
        { content: "The form says why", trigger: ".o_form_view .o_hot_note:contains(May add an order)" },
        { content: "Look closer", trigger: ".o_form_view .o_hot_flame_hot", run: "hover" },
        { content: "Raise another", trigger: ".o_hot_flag_popover .o_hot_flag_raise", run: "click" },
        say("Pays the second instalment"),
        { content: "It is a payment", trigger: `${DIALOG} [name=kind] input`, run: "click" },
        { content: "to come", trigger: ".o_select_menu_item:contains(Pays)", run: "click" },
        ...pressButton("action_save"),
        { content: "Both are told", trigger: ".o_form_view .o_hot_note:contains(Pays the second instalment)" },
        { content: "and counted", trigger: "button[name=action_open_hot_flags] .o_stat_value:contains(2)" },
    ],
});
