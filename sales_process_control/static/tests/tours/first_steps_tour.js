import { registry } from "@web/core/registry";

const STEP = (key, state) => `.o_setup_step[data-step='${key}'][data-state='${state}']`;
const DEAL = ".o_workbench_attention .o_deal_row:contains('First mill')";

const loadProcess = [
    {
        content: "Load the process from the panel",
        trigger: `${STEP("stages", "open")} button:contains('six-stage')`,
        run: "click",
    },
    { content: "Search the team", trigger: ".o_dialog [name=team_id] input", run: "edit Tour Second" },
    {
        content: "Choose the team",
        trigger: ".o-autocomplete--dropdown-item:contains(Tour Second)",
        run: "click",
    },
    {
        content: "What happens to the other stages is said before",
        trigger: ".o_dialog [name=line_ids] .o_data_row:contains('Tour Contact'):contains('Kept for')",
    },
    { content: "Load the stages", trigger: ".o_dialog button[name=action_load]", run: "click" },
    {
        content: "The step is done, since stages have sales actions",
        trigger: `${STEP("stages", "done")}:contains('with sales actions')`,
    },
];

const skipSteps = ["history", "weekly", "alerts"].flatMap((key) => [
    { content: `Skip ${key}`, trigger: `${STEP(key, "open")} .o_setup_skip`, run: "click" },
    { content: `${key} is skipped`, trigger: STEP(key, "skipped") },
]);

const setTarget = [
    { content: "Open the targets", trigger: `${STEP("teams", "open")} button:contains('Set targets')`, run: "click" },
    { content: "New target", trigger: ".o_list_button_add", run: "click" },
    { content: "Enter the amount", trigger: ".o_selected_row [name=amount] input", run: "edit 5000" },
    { content: "Save it", trigger: ".o_list_button_save", run: "click" },
    {
        content: "Back to the workbench",
        trigger: ".o_breadcrumb .breadcrumb-item a:contains('Workbench')",
        run: "click",
    },
    {
        content: "All steps are done",
        trigger: `.o_workbench_setup:has(${STEP("teams", "done")}):has(.o_setup_complete):contains('5 of 5')`,
    },
];

const firstDeal = [
    { content: "Put the panel away", trigger: ".o_setup_put_away", run: "click" },
    { content: "It is gone", trigger: ".o_workbench:not(:has(.o_workbench_setup))" },
    {
        content: "The empty block offers the first deal",
        trigger: ".o_workbench_attention .o_empty_action",
        run: "click",
    },
    {
        content: "Name it",
        trigger: ".o_form_view [name=name] textarea, .o_form_view [name=name] input",
        run: "edit First mill",
    },
    { content: "Save it", trigger: ".o_form_button_save", run: "click" },
    { content: "It is saved", trigger: ".o_form_saved, .o_form_view:not(:has(.o_form_button_save:visible))" },
    {
        content: "Back to the workbench",
        trigger: ".o_breadcrumb .breadcrumb-item a:contains('Workbench'), .o_back_button",
        run: "click",
    },
];

const firstFlagAndReport = [
    { content: "Raise the first flag", trigger: `${DEAL} button[data-action='flag']`, run: "click" },
    { content: "Write the note", trigger: ".o_dialog [name=note] input", run: "edit Signs on Friday" },
    { content: "Save", trigger: ".o_dialog button[name=action_save]", run: "click" },
    { content: "The customer is hot", trigger: ".o_workbench_hot .o_hot_card:contains('Signs on Friday')" },
    {
        content: "Reporting",
        trigger: ".o_menu_sections button[data-menu-xmlid='crm.crm_menu_report']",
        run: "click",
    },
    {
        content: "Open the sales funnel",
        trigger: ".o-dropdown--menu [data-menu-xmlid='sales_process_control.crm_funnel_menu']",
        run: "click",
    },
    {
        content: "The first report has the deal in the first of the six stages",
        trigger: ".o_funnel_distribution:contains('First Contact') .o_record_number[aria-label*='1']",
    },
];

/** From the set-up panel of an empty company to the first report. */
registry.category("web_tour.tours").add("sales_process_control_first_steps", {
    steps: () => [...loadProcess, ...skipSteps, ...setTarget, ...firstDeal, ...firstFlagAndReport],
});
