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
            content: "Open what is looked for",
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
            content: "It is chosen",
            trigger: `${FORM} .o_field_widget[name=file] input[type=text]:value(${name})`,
        },
        {
            content: "Preview it",
            trigger: ".o_dialog button[name=action_preview]",
            run: "click",
        },
    ];
}

/** Import a history with a preview, and see the opportunities. */
registry.category("web_tour.tours").add("sales_process_control_history_import", {
    url: "/odoo",
    steps: () => [
        ...openConfiguration("crm_stage_history_import_menu"),
        ...chooseFile("history.csv", GOOD_FILE),
        {
            content: "The preview counts what is there",
            trigger: `${FORM} .o_field_widget[name=event_count]:contains(3)`,
        },
        {
            content: "It lists the stages in their order",
            trigger: `${FORM} .o_data_row:contains(Tour first) + .o_data_row:contains(Tour second)`,
        },
        {
            content: "It names who is not known",
            trigger: `${FORM} .o_field_widget[name=unknown_people]:contains(nobody here)`,
        },
        {
            content: "Import it",
            trigger: ".o_dialog button[name=action_start]",
            run: "click",
        },
        {
            content: "It is imported",
            trigger: `${FORM} .o_field_widget[name=result]:contains(2 opportunities were imported)`,
        },
        {
            content: "Open the opportunities",
            trigger: ".o_dialog button[name=action_open_leads]",
            run: "click",
        },
        {
            content: "They are there, in their stages",
            trigger: ".o_list_view .o_data_row:contains(Tour mill):contains(Tour second)",
        },
        {
            content: "both of them",
            trigger: ".o_list_view .o_data_row:contains(Tour hotel):contains(Tour first)",
        },
    ],
});

/** An import that fails says why. */
registry.category("web_tour.tours").add("sales_process_control_history_import_fails", {
    url: "/odoo",
    steps: () => [
        ...openConfiguration("crm_stage_history_import_menu"),
        ...chooseFile("bad.csv", BAD_FILE),
        {
            content: "It says where and why",
            trigger: `${FORM} .o_field_widget[name=fault_ids] .o_data_row:contains(2):contains(at):contains(is no date)`,
        },
        {
            content: "There is nothing to import",
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

/** Import until something fails, with its reason and how far it is. */
function importUntilItFails() {
    return [
        ...openConfiguration("crm_stage_history_import_menu"),
        ...chooseFile("history.csv", GOOD_FILE),
        {
            content: "Import it",
            trigger: ".o_dialog button[name=action_start]",
            run: "click",
        },
        {
            content: "It says why it does not go on",
            trigger: `${FORM} .o_history_progress [role=alert]:contains(What is done stays):contains(Out of luck)`,
        },
        {
            content: "It says how far it is",
            trigger: `${FORM} .o_history_progress progress[value="1"][max="2"] + div:contains(1 of 2 opportunities)`,
        },
        {
            content: "No other file can be chosen meanwhile",
            trigger: ".o_dialog footer:not(:has(button[name=action_back]))",
        },
    ];
}

/** An import that something has interrupted goes on from there. */
registry.category("web_tour.tours").add("sales_process_control_history_import_goes_on", {
    url: "/odoo",
    steps: () => [
        ...importUntilItFails(),
        {
            content: "Go on",
            trigger: `${FORM} .o_history_progress button:contains(Go On)`,
            run: "click",
        },
        {
            content: "It is imported, each opportunity once",
            trigger: `${FORM} .o_field_widget[name=result]:contains(2 opportunities were imported)`,
        },
    ],
});

/** An import that was stopped leaves what is done, and the same file adds the rest. */
registry.category("web_tour.tours").add("sales_process_control_history_import_stopped", {
    url: "/odoo",
    steps: () => [
        ...importUntilItFails(),
        {
            content: "Stop",
            trigger: `${FORM} .o_history_progress [role=alert] button:contains(Stop)`,
            run: "click",
        },
        {
            content: "It says what is left, and how to go on",
            trigger: `${FORM} .o_field_widget[name=result]:contains(1 opportunity is left. Import the same file again)`,
        },
        {
            content: "Choose the file again",
            trigger: ".o_dialog button[name=action_back]",
            run: "click",
        },
        ...chooseFile("history.csv", GOOD_FILE),
        {
            content: "Import it",
            trigger: ".o_dialog button[name=action_start]",
            run: "click",
        },
        {
            content: "The rest is imported",
            trigger: `${FORM} .o_field_widget[name=result]:contains(1 opportunity was imported before)`,
        },
    ],
});

/** An import is taken back as a whole. */
registry.category("web_tour.tours").add("sales_process_control_history_taken_back", {
    url: "/odoo",
    steps: () => [
        ...openConfiguration("crm_imported_history_menu"),
        {
            content: "Take the import back",
            trigger: ".o_data_row:contains(tour.csv):contains(Imported) button[name=action_take_back]",
            run: "click",
        },
        {
            content: "Really",
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "It is gone, and that is said",
            trigger: ".o_data_row:contains(tour.csv):contains(Taken back)",
        },
    ],
});
