import { registry } from "@web/core/registry";

const CARD = ".o_kanban_record:contains(Deal of the tour)";
const PIPELINE = "/odoo/action-crm.crm_lead_action_pipeline";

/** Record progress on a phone with four taps and the text. */
registry.category("web_tour.tours").add("sales_process_control_record_progress_phone", {
    url: PIPELINE,
    steps: () => [
        {
            content: "The card shows that there is no next action",
            trigger: `${CARD} .o_next_action_missing:contains(No next action)`,
        },
        { content: "First tap", trigger: `${CARD} .o_record_progress`, run: "click" },
        {
            content: "The open required step is the first one",
            trigger: ".modal .o_field_widget[name=step_id] [role=radio]:first-child:contains(Call the tour required)",
        },
        {
            content: "Second tap",
            trigger: ".modal [name=step_id] [role=radio]:contains(Call the tour)",
            run: "click",
        },
        {
            content: "The types of activity are hidden",
            trigger: ".modal:not(:has([name=activity_type_id] [role=radio]))",
        },
        { content: "Type", trigger: ".modal [name=feedback] textarea", run: "edit They like <b>it</b>" },
        { content: "Third tap", trigger: ".modal [name=reaction] [data-value=positive]", run: "click" },
        {
            content: "Everything fits the width of the screen",
            trigger: ".modal [name=reaction] [data-value=positive][aria-checked=true]",
            run() {
                const elements = [...document.querySelectorAll(".modal *")];
                const overflowing = elements.filter(
                    (element) => element.getBoundingClientRect().right > window.innerWidth + 1
                );
                if (overflowing.length || document.documentElement.scrollWidth > window.innerWidth) {
                    throw new Error(`Elements outside the screen: ${overflowing.map((element) => element.className)}`);
                }
            },
        },
        { content: "Fourth tap", trigger: ".modal .o_record_progress_save", run: "click" },
        { content: "The dialog is closed, and the pipeline is shown", trigger: `body:not(:has(.modal)) ${CARD}` },
    ],
});

/** An error keeps the entered values, and saving also plans the next action. */
registry.category("web_tour.tours").add("sales_process_control_record_progress", {
    url: PIPELINE,
    steps: () => [
        { content: "Open the deal", trigger: CARD, run: "click" },
        { content: "Record progress", trigger: ".o_form_view button[name=action_record_progress]", run: "click" },
        { content: "Enter the feedback", trigger: ".modal [name=feedback] textarea", run: "edit Wants a discount" },
        { content: "Save without an action", trigger: ".modal .o_record_progress_save", run: "click" },
        { content: "The message says that the action is missing", trigger: ".modal:contains(Choose what was done)" },
        {
            content: "Close the message",
            trigger: ".modal:contains(Choose what was done) .modal-footer button:contains(Close)",
            run: "click",
        },
        {
            content: "The feedback is still there",
            trigger: ".modal [name=feedback] textarea",
            run() {
                if (this.anchor.value !== "Wants a discount") {
                    throw new Error(`The feedback was lost: ${this.anchor.value}`);
                }
            },
        },
        {
            content: "Choose a type of activity",
            trigger: ".modal [name=activity_type_id] [role=radio]:contains(Call)",
            run: "click",
        },
        { content: "Enter the budget", trigger: ".modal [name=customer_budget] input", run: "edit 800" },
        { content: "Enter the next action", trigger: ".modal [name=next_summary] input", run: "edit Send the offer" },
        {
            content: "Save without the date of the next action",
            trigger: ".modal .o_record_progress_save",
            run: "click",
        },
        {
            content: "Close the message",
            trigger: ".modal:contains(Enter the due date of the next action) .modal-footer button:contains(Close)",
            run: "click",
        },
        {
            content: "Search the type of the next action",
            trigger: ".modal [name=next_type_id] input",
            run: "edit Email",
        },
        { content: "Choose the suggestion", trigger: ".o-autocomplete--dropdown-item:contains(Email)", run: "click" },
        {
            content: "The type sets the date",
            trigger: ".modal [name=next_date] button:contains(/[0-9]/), .modal [name=next_date] input:value(/[0-9]/)",
        },
        { content: "Save", trigger: ".modal .o_record_progress_save", run: "click" },
        {
            content: "The form shows the budget",
            trigger: "body:not(:has(.modal)) .o_over_budget:contains(Over budget)",
        },
        { content: "The chatter shows the feedback", trigger: ".o-mail-Message:contains(Wants a discount)" },
        { content: "The next action is planned", trigger: ".o-mail-Activity:contains(Send the offer)" },
    ],
});

/** Enter the reaction in Odoo's popover in the chatter. */
registry.category("web_tour.tours").add("sales_process_control_mark_done_with_reaction", {
    url: PIPELINE,
    steps: () => [
        {
            content: "The card shows that the next action is overdue",
            trigger: `${CARD} .o_next_action_overdue:contains(Next action overdue)`,
        },
        { content: "Open the deal", trigger: CARD, run: "click" },
        { content: "Mark the activity as done", trigger: ".o-mail-Activity-markDone", run: "click" },
        {
            content: "Enter the feedback",
            trigger: ".o-mail-ActivityMarkAsDone textarea",
            run: "edit Too expensive for them",
        },
        {
            content: "Choose the reaction",
            trigger: ".o-mail-ActivityMarkAsDone [data-value=negative]",
            run: "click",
        },
        { trigger: ".o-mail-ActivityMarkAsDone [data-value=negative][aria-checked=true]" },
        { content: "Done", trigger: ".o-mail-ActivityMarkAsDone button[aria-label=Done]", run: "click" },
        {
            content: "The chatter shows feedback and reaction",
            trigger: ".o-mail-Message:contains(Too expensive for them):contains(Negative)",
        },
        { content: "No activity is planned", trigger: "body:not(:has(.o-mail-Activity))" },
    ],
});
