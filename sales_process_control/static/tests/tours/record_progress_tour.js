import { registry } from "@web/core/registry";

const CARD = ".o_kanban_record:contains(Deal of the tour)";
const PIPELINE = "/odoo/action-crm.crm_lead_action_pipeline";

/** Four taps on a phone, and the typing. */
registry.category("web_tour.tours").add("sales_process_control_record_progress_phone", {
    url: PIPELINE,
    steps: () => [
        {
            content: "The card says what is missing",
            trigger: `${CARD} .o_next_action_missing:contains(No next action)`,
        },
        { content: "First tap", trigger: `${CARD} .o_record_progress`, run: "click" },
        {
            content: "What is required and open comes first",
            trigger: ".modal .o_field_widget[name=step_id] [role=radio]:first-child:contains(Call the tour required)",
        },
        {
            content: "Second tap",
            trigger: ".modal [name=step_id] [role=radio]:contains(Call the tour)",
            run: "click",
        },
        {
            content: "The kinds of activity are out of the way",
            trigger: ".modal:not(:has([name=activity_type_id] [role=radio]))",
        },
        { content: "Type", trigger: ".modal [name=feedback] textarea", run: "edit They like <b>it</b>" },
        { content: "Third tap", trigger: ".modal [name=reaction] [data-value=positive]", run: "click" },
        {
            content: "Nothing of it is beside the screen",
            trigger: ".modal [name=reaction] [data-value=positive][aria-checked=true]",
            run() {
                const elements = [...document.querySelectorAll(".modal *")];
                const beside = elements.filter((one) => one.getBoundingClientRect().right > window.innerWidth + 1);
                if (beside.length || document.documentElement.scrollWidth > window.innerWidth) {
                    throw new Error(`Beside the screen: ${beside.map((element) => element.className)}`);
                }
            },
        },
        { content: "Fourth tap", trigger: ".modal .o_record_progress_save", run: "click" },
        { content: "The dialog is closed, and the pipeline is there", trigger: `body:not(:has(.modal)) ${CARD}` },
    ],
});

/** An error loses nothing; what comes next is planned with the same save. */
registry.category("web_tour.tours").add("sales_process_control_record_progress", {
    url: PIPELINE,
    steps: () => [
        { content: "Open the deal", trigger: CARD, run: "click" },
        { content: "Record progress", trigger: ".o_form_view button[name=action_record_progress]", run: "click" },
        { content: "Type first", trigger: ".modal [name=feedback] textarea", run: "edit Wants a discount" },
        { content: "Save without what was done", trigger: ".modal .o_record_progress_save", run: "click" },
        { content: "It says what is missing", trigger: ".modal:contains(Say what was done)" },
        {
            content: "Close the message",
            trigger: ".modal:contains(Say what was done) .modal-footer button:contains(Close)",
            run: "click",
        },
        {
            content: "What was typed is still there",
            trigger: ".modal [name=feedback] textarea",
            run() {
                if (this.anchor.value !== "Wants a discount") {
                    throw new Error(`What was typed is lost: ${this.anchor.value}`);
                }
            },
        },
        {
            content: "Choose a kind of activity",
            trigger: ".modal [name=activity_type_id] [role=radio]:contains(Call)",
            run: "click",
        },
        { content: "The budget", trigger: ".modal [name=customer_budget] input", run: "edit 800" },
        { content: "What comes next", trigger: ".modal [name=next_summary] input", run: "edit Send the offer" },
        { content: "without a date", trigger: ".modal .o_record_progress_save", run: "click" },
        {
            content: "Close the message",
            trigger: ".modal:contains(When is the next action due) .modal-footer button:contains(Close)",
            run: "click",
        },
        { content: "The kind of it", trigger: ".modal [name=next_type_id] input", run: "edit Email" },
        { content: "Choose it", trigger: ".o-autocomplete--dropdown-item:contains(Email)", run: "click" },
        {
            content: "It brings its date",
            trigger: ".modal [name=next_date] button:contains(/[0-9]/), .modal [name=next_date] input:value(/[0-9]/)",
        },
        { content: "Save", trigger: ".modal .o_record_progress_save", run: "click" },
        {
            content: "The form shows the budget",
            trigger: "body:not(:has(.modal)) .o_over_budget:contains(Over budget)",
        },
        { content: "and the chatter tells it, once", trigger: ".o-mail-Message:contains(Wants a discount)" },
        { content: "The next action is planned", trigger: ".o-mail-Activity:contains(Send the offer)" },
    ],
});

/** In Odoo's own popover, from the chatter. */
registry.category("web_tour.tours").add("sales_process_control_mark_done_with_reaction", {
    url: PIPELINE,
    steps: () => [
        { content: "The card says it", trigger: `${CARD} .o_next_action_overdue:contains(Next action overdue)` },
        { content: "Open the deal", trigger: CARD, run: "click" },
        { content: "Mark it done", trigger: ".o-mail-Activity-markDone", run: "click" },
        {
            content: "Say what they said",
            trigger: ".o-mail-ActivityMarkAsDone textarea",
            run: "edit Too expensive for them",
        },
        {
            content: "and how they took it",
            trigger: ".o-mail-ActivityMarkAsDone [data-value=negative]",
            run: "click",
        },
        { trigger: ".o-mail-ActivityMarkAsDone [data-value=negative][aria-checked=true]" },
        { content: "Done", trigger: ".o-mail-ActivityMarkAsDone button[aria-label=Done]", run: "click" },
        {
            content: "The chatter tells both",
            trigger: ".o-mail-Message:contains(Too expensive for them):contains(Negative)",
        },
        { content: "Nothing is planned any more", trigger: "body:not(:has(.o-mail-Activity))" },
    ],
});
