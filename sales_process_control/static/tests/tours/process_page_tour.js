import { registry } from "@web/core/registry";

const CARD = ".o_kanban_record:contains(Deal of the tour)";
const PIPELINE = "/odoo/action-crm.crm_lead_action_pipeline";

/** Schedule the next action on the page, mark it as done, and see the page follow. */
function planAndDo() {
    return [
        { content: "Open the deal", trigger: CARD, run: "click" },
        { content: "Open its process", trigger: ".o_notebook .nav-link[name=process]", run: "click" },
        { content: "The page shows the stage", trigger: ".o_process_stage h2:contains(Tour Contact)" },
        {
            content: "The page shows the days in the stage",
            trigger: ".o_process_stage .o_process_days:contains(4 days in this stage)",
        },
        {
            content: "The page shows the open step",
            trigger: ".o_process_step[data-done=''] .o_process_record:contains(Introduce us)",
        },
        { content: "The page shows that nothing was recorded", trigger: ".o_process_empty" },
        { content: "Schedule an action", trigger: ".o_process_no_action ~ .o_process_schedule", run: "click" },
        { content: "Enter the summary", trigger: ".o_dialog [name=summary] input", run: "edit Ring them" },
        { content: "Save", trigger: ".o_dialog button[name=action_schedule_activities]", run: "click" },
        { content: "The page shows the next action", trigger: ".o_process_next_action:contains(Ring them)" },
        { content: "Mark the activity as done in the chatter", trigger: ".o-mail-Activity-markDone", run: "click" },
        { content: "Enter the feedback", trigger: ".o-mail-ActivityMarkAsDone textarea", run: "edit They like it" },
        { content: "Done", trigger: ".o-mail-ActivityMarkAsDone button[aria-label=Done]", run: "click" },
        { content: "The page shows the feedback", trigger: ".o_process_entry:contains(They like it)" },
        { content: "The page shows that no action is planned", trigger: ".o_process_no_action" },
    ];
}

registry.category("web_tour.tours").add("sales_process_control_process_page", {
    url: PIPELINE,
    steps: () => [
        ...planAndDo(),
        { content: "Open the visit", trigger: ".o_process_stage .o_process_days", run: "click" },
        {
            content: "The list has only this visit",
            trigger: ".o_list_view:not(:has(.o_data_row ~ .o_data_row)) .o_data_row:contains(Tour Contact)",
        },
    ],
});

registry.category("web_tour.tours").add("sales_process_control_process_page_phone", {
    url: PIPELINE,
    steps: () => [
        ...planAndDo(),
        {
            content: "Everything fits the width of the screen",
            trigger: ".o_lead_process",
            run() {
                const overflowing = [...this.anchor.querySelectorAll("*")].filter(
                    (element) => element.getBoundingClientRect().right > window.innerWidth + 1
                );
                if (overflowing.length || document.documentElement.scrollWidth > window.innerWidth) {
                    throw new Error(`Elements outside the screen: ${overflowing.map((element) => element.className)}`);
                }
            },
        },
    ],
});

/** Load the six-stage process for a team from the settings. */
registry.category("web_tour.tours").add("sales_process_control_process_loader", {
    url: "/odoo/action-crm.crm_config_settings_action",
    steps: () => [
        { content: "Load the process", trigger: "#six_stage_process button", run: "click" },
        { content: "Search a team", trigger: ".o_dialog [name=team_id] input", run: "edit Tour" },
        { content: "Choose the suggestion", trigger: ".o-autocomplete--dropdown-item:contains(Tour)", run: "click" },
        { content: "The preview lists the stages", trigger: ".o_process_preview li:contains(Bidding):contains(new)" },
        {
            content: "The preview lists the steps",
            trigger: ".o_process_preview li li:contains(Send the offer):contains(required)",
        },
        { content: "Load the stages", trigger: ".o_dialog button[name=action_load]", run: "click" },
        {
            content: "The notification counts the stages",
            trigger: ".o_notification:contains(6 stages were created for Tour)",
        },
        { content: "The dialog is closed", trigger: "body:not(:has(.o_dialog))" },
    ],
});
