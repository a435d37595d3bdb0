import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

const ATTENTION = ".o_workbench_attention:not([aria-busy='true'])";
const ROW = `${ATTENTION} .o_deal_row`;
const PROGRESS = ".modal:has(.o_record_progress_save)";
const FLAG = ".modal:has([name='target_ref'], [name='note'])";

/**
 * Guided tour of a salesperson, for users: it begins on the workbench, from its help. Odoo does not start it by itself,
 * since its record is a custom tour (`data/web_tour_data.xml`). Steps about a deal are left out while no deal is listed.
 */
registry.category("web_tour.tours").add("sales_process_control_seller", {
    url: "/odoo/workbench",
    steps: () => [
        {
            content: _t(
                "Start your day here: deals that need attention, and why. The most urgent deal is on top. Click the title."
            ),
            trigger: `${ATTENTION} h2`,
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            isActive: [`${ROW} button[data-action='record']`],
            // Odoo hides the bubbles of steps in a dialog that a step has opened. This bubble says what to do there.
            content: _t(
                "Have you talked to the customer? Record progress: choose what was done, write what the customer said, and save."
            ),
            trigger: `${ROW} button[data-action='record']`,
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            isActive: [`${ROW} button[data-action='record']`],
            content: _t("Choose what was done."),
            trigger: `${PROGRESS} [name='step_id'] [role='radio'], ${PROGRESS} [name='activity_type_id'] [role='radio']`,
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            isActive: [`${ROW} button[data-action='record']`],
            content: _t("Write what the customer said, in the customer's words."),
            trigger: `${PROGRESS} [name='feedback'] textarea`,
            tooltipPosition: "bottom",
            run: "edit Wants to see the offer",
        },
        {
            isActive: [`${ROW} button[data-action='record']`],
            content: _t("Save, or close the dialog. You can also plan the next action here."),
            trigger: `${PROGRESS} .o_record_progress_save, ${PROGRESS} .modal-footer button[special='cancel']`,
            tooltipPosition: "top",
            run: "click",
        },
        {
            // See above.
            content: _t(
                "Is a customer about to sign, order again or pay? Raise a flag: choose the customer or the deal, and write why."
            ),
            trigger: "body:not(.modal-open) .o_workbench_raise",
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            content: _t("Type a part of the name of the customer or the deal, and choose it."),
            trigger: `${FLAG} [name='target_ref'] input`,
            tooltipPosition: "bottom",
            run: "edit chairs",
        },
        {
            isActive: ["auto"],
            trigger: ".o_record_search_menu .dropdown-item:has(.o_record_search_name:contains('hairs'))",
            run: "click",
        },
        { isActive: ["auto"], trigger: `${FLAG} .o_hot_target_details` },
        {
            content: _t("Write why the customer is hot, in one line."),
            trigger: `${FLAG} [name='note'] input`,
            tooltipPosition: "bottom",
            run: "edit Signs around the tenth",
        },
        {
            content: _t("Raise the flag, or close the dialog. Hot customers come first everywhere."),
            trigger: `${FLAG} .modal-footer button[name='action_save'], ${FLAG} .modal-footer button[special='cancel']`,
            tooltipPosition: "top",
            run: "click",
        },
        {
            isActive: [`${ROW} button[data-action='moveOn']`],
            // No deal in use has to be moved for the tour.
            content: _t("The arrow of a deal moves it to the next stage. Click the title to continue."),
            trigger: `body:not(.modal-open) ${ATTENTION} h2`,
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            content: _t("Here is what is due today. Use the check mark to mark it as done."),
            trigger: "body:not(.modal-open) .o_workbench_today h2",
            tooltipPosition: "top",
            run: "click",
        },
    ],
});
