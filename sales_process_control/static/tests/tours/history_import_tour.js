import { registry } from "@web/core/registry";
import { inputFiles } from "@web/../tests/utils";
import { stepUtils } from "@web_tour/tour_utils";

const GOOD_FILE = `deal,stage,at,event,salesperson
Tour mill,Tour first,2025-01-10T09:00:00Z,,
Tour mill,Tour second,2025-01-12T09:00:00Z,,nobody here
Tour hotel,Tour first,2025-01-11T09:00:00Z,,
`;
const BAD_FILE = `deal,stage,at
Tour mill,Tour first,yesterday
`;

const FORM = ".o_dialog .o_form_view";

function openConfiguration(menu) {
    return [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open CRM",
            trigger: ".o_app[data-menu-xmlid='crm.crm_menu_root']",
            run: "click",
        },
        {
            content: "Open the configuration",
            trigger: ".o_menu_sections button[data-menu-xmlid='crm.crm_menu_config']",
            run: "click",
        },
        {
            content: "Open the menu item",
            trigger: `.o-dropdown--menu [data-menu-xmlid='sales_process_control.${menu}']`,
            run: "click",
        },
    ];
}

function chooseFile(name, content) {
    return [
        {
            content: `Choose ${name}`,
            trigger: `${FORM} .o_field_widget[name=file] .o_select_file_button`,
            async run() {
                await inputFiles(`${FORM} .o_field_widget[name=file] input[type=file]`, [
                    new File([content], name, { type: "text/csv" }),
                ]);
            },
        },
        {
            content: "The file is chosen",
            trigger: `${FORM} .o_field_widget[name=file] input[type=text]:value(${name})`,
        },
        {
            content: "Open the preview",
            trigger: ".o_dialog button[name=action_preview]",
            run: "click",
        },
    ];
}

/** Import a file with a preview, and open the opportunities. */
registry.category("web_tour.tours").add("sales_process_control_history_import", {
    url: "/odoo",
    steps: () => [
        ...openConfiguration("crm_stage_history_import_menu"),
        ...chooseFile("history.csv", GOOD_FILE),
        {
            content: "The preview counts the events",
            trigger: `${FORM} .o_field_widget[name=event_count]:contains(3)`,
        },
        {
            content: "The preview lists the stages in their order",
            trigger: `${FORM} .o_data_row:contains(Tour first) + .o_data_row:contains(Tour second)`,
        },
        {
            content: "The preview names the unknown people",
            trigger: `${FORM} .o_field_widget[name=unknown_people]:contains(nobody here)`,
        },
        {
            content: "Import the file",
            trigger: ".o_dialog button[name=action_start]",
            run: "click",
        },
        {
            content: "The file is imported",
            trigger: `${FORM} .o_field_widget[name=result]:contains(2 opportunities were imported)`,
        },
        {
            content: "Open the opportunities",
            trigger: ".o_dialog button[name=action_open_leads]",
            run: "click",
        },
        {
            content: "The list has the first opportunity in its stage",
            trigger: ".o_list_view .o_data_row:contains(Tour mill):contains(Tour second)",
        },
        {
            content: "The list has the second opportunity in its stage",
            trigger: ".o_list_view .o_data_row:contains(Tour hotel):contains(Tour first)",
        },
    ],
});

/** A file with faults cannot be imported. */
registry.category("web_tour.tours").add("sales_process_control_history_import_fails", {
    url: "/odoo",
    steps: () => [
        ...openConfiguration("crm_stage_history_import_menu"),
        ...chooseFile("bad.csv", BAD_FILE),
        {
            content: "The fault has line, column and reason",
            trigger: `${FORM} .o_field_widget[name=fault_ids] .o_data_row:contains(2):contains(at):contains(is no date)`,
        },
        {
            content: "The dialog has no button that imports",
            trigger: ".o_dialog footer:not(:has(button[name=action_start]))",
        },
        {
            content: "Choose another file",
            trigger: ".o_dialog button[name=action_back]",
            run: "click",
        },
        {
            content: "The file can be chosen again",
            trigger: `${FORM} .o_field_widget[name=file] .o_select_file_button`,
        },
    ],
});

/** Import a file until a request fails. */
function importUntilItFails() {
    return [
        ...openConfiguration("crm_stage_history_import_menu"),
        ...chooseFile("history.csv", GOOD_FILE),
        {
            content: "Import the file",
            trigger: ".o_dialog button[name=action_start]",
            run: "click",
        },
        {
            content: "The dialog shows the error",
            trigger: `${FORM} .o_history_progress [role=alert]:contains(What is done stays):contains(Out of luck)`,
        },
        {
            content: "The dialog shows the progress",
            trigger: `${FORM} .o_history_progress progress[value="1"][max="2"] + div:contains(1 of 2 opportunities)`,
        },
        {
            content: "The dialog has no button that goes back",
            trigger: ".o_dialog footer:not(:has(button[name=action_back]))",
        },
    ];
}

/** An import that has failed can be continued. */
registry.category("web_tour.tours").add("sales_process_control_history_import_goes_on", {
    url: "/odoo",
    steps: () => [
        ...importUntilItFails(),
        {
            content: "Continue the import",
            trigger: `${FORM} .o_history_progress button:contains(Go On)`,
            run: "click",
        },
        {
            content: "Each opportunity is imported once",
            trigger: `${FORM} .o_field_widget[name=result]:contains(2 opportunities were imported)`,
        },
    ],
});

/** After an import was stopped, importing the same file again adds the rest. */
registry.category("web_tour.tours").add("sales_process_control_history_import_stopped", {
    url: "/odoo",
    steps: () => [
        ...importUntilItFails(),
        {
            content: "Stop the import",
            trigger: `${FORM} .o_history_progress [role=alert] button:contains(Stop)`,
            run: "click",
        },
        {
            content: "The dialog says how to import the rest",
            trigger: `${FORM} .o_field_widget[name=result]:contains(1 opportunity is left. Import the same file again)`,
        },
        {
            content: "Choose the file again",
            trigger: ".o_dialog button[name=action_back]",
            run: "click",
        },
        ...chooseFile("history.csv", GOOD_FILE),
        {
            content: "Import the file",
            trigger: ".o_dialog button[name=action_start]",
            run: "click",
        },
        {
            content: "The rest is imported",
            trigger: `${FORM} .o_field_widget[name=result]:contains(1 opportunity was imported before)`,
        },
    ],
});

/** Undo a whole import. */
registry.category("web_tour.tours").add("sales_process_control_history_taken_back", {
    url: "/odoo",
    steps: () => [
        ...openConfiguration("crm_imported_history_menu"),
        {
            content: "Undo the import",
            trigger: ".o_data_row:contains(tour.csv):contains(Imported) button[name=action_take_back]",
            run: "click",
        },
        {
            content: "Confirm",
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "The import is marked as taken back",
            trigger: ".o_data_row:contains(tour.csv):contains(Taken back)",
        },
    ],
});
