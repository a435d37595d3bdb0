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
            content: "See how the file is read",
            trigger: ".o_dialog button[name=action_look]",
            run: "click",
        },
    ];
}

function openPreview() {
    return [
        {
            content: "The columns are listed",
            trigger: `${FORM} .o_field_widget[name=column_ids] .o_data_row`,
        },
        {
            content: "Open the preview",
            trigger: ".o_dialog button[name=action_preview]",
            run: "click",
        },
    ];
}

const HUBSPOT_FILE = `Record ID,Deal Name,Amount,Close Date,Create Date,"Date entered ""Tour first (Sales Pipeline)""","Date entered ""Signed (Sales Pipeline)""","Date entered ""Closed lost (Sales Pipeline)""",Deal owner,Associated Company,Deal Score
9001,Tour mill,12500.00,2025-05-20 16:10,2025-04-02 09:15,2025-04-02 09:15,2025-04-28 11:00,,nobody here,Mill North,7
9002,Tour hotel,8000.00,2025-12-31 00:00,2025-06-01 08:00,2025-06-01 08:00,,,,Hotel South,3
9003,Tour yard,3100.50,2025-06-30 12:00,2025-05-05 14:00,2025-05-05 14:00,,2025-06-30 12:00,,Yard East,1
`;

/** Import an export of HubSpot: file, columns, preview, result. No step depends on the language or the width. */
registry.category("web_tour.tours").add("sales_process_control_history_import_hubspot", {
    url: "/odoo/action-sales_process_control.crm_stage_history_import_action",
    steps: () => [
        {
            content: "Sample files can be downloaded",
            trigger: `${FORM} a[href$='stage_columns.csv'][download]`,
        },
        ...chooseFile("deals.csv", HUBSPOT_FILE),
        {
            content: "A column of a stage is found",
            trigger: `${FORM} [name=column_ids] .o_data_row:contains(Tour first (Sales Pipeline))`,
        },
        {
            content: "An unknown column is listed",
            trigger: `${FORM} [name=column_ids] .o_data_row:contains(Deal Score)`,
        },
        {
            content: "The layout can be changed",
            trigger: `${FORM} [name=layout]`,
        },
        ...openPreview(),
        {
            content: "The name that looks like an end comes first",
            trigger: `${FORM} [name=doubtful_stage_ids] .o_data_row:contains(Signed)`,
        },
        {
            content: "Return to the columns",
            trigger: ".o_dialog footer button[name=action_back]",
            run: "click",
        },
        ...openPreview(),
        {
            content: "The first opportunities are shown",
            trigger: `${FORM} [name=deal_ids] .o_data_row:contains(Tour mill):contains(26.1):contains(→)`,
        },
        {
            content: "Import",
            trigger: ".o_dialog footer button[name=action_confirm_start]",
            run: "click",
        },
        {
            content: "Confirm the doubtful name",
            trigger: ".modal:not(:has(.o_form_view)) .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "Open the opportunities",
            trigger: ".o_dialog footer button[name=action_open_leads]",
            run: "click",
        },
        {
            content: "The opportunity is there",
            trigger: ".o_list_view .o_data_row:contains(Tour mill), .o_kanban_record:contains(Tour mill)",
        },
    ],
});

/** Import a file with a preview, and open the opportunities. */
registry.category("web_tour.tours").add("sales_process_control_history_import", {
    url: "/odoo",
    steps: () => [
        ...openConfiguration("crm_stage_history_import_menu"),
        ...chooseFile("history.csv", GOOD_FILE),
        ...openPreview(),
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
        ...openPreview(),
        {
            content: "The fault has line, column and reason",
            trigger: `${FORM} .o_field_widget[name=fault_ids] .o_data_row:contains(2):contains(at):contains(is not a date)`,
        },
        {
            content: "The dialog has no button that imports",
            trigger: ".o_dialog footer:not(:has(button[name=action_start]))",
        },
        {
            content: "Return to the columns",
            trigger: ".o_dialog button[name=action_back]",
            run: "click",
        },
        {
            content: "Return to the file",
            trigger: ".o_dialog:has([name=column_ids] .o_data_row) button[name=action_back]",
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
        ...openPreview(),
        {
            content: "Import the file",
            trigger: ".o_dialog button[name=action_start]",
            run: "click",
        },
        {
            content: "The dialog shows the error",
            trigger: `${FORM} .o_history_progress [role=alert]:contains(Imported opportunities are kept):contains(Out of luck)`,
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
            trigger: `${FORM} .o_history_progress button:contains(Continue)`,
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
        ...openPreview(),
        {
            content: "Import the file",
            trigger: ".o_dialog button[name=action_start]",
            run: "click",
        },
        {
            content: "The rest is imported",
            trigger: `${FORM} .o_field_widget[name=result]:contains(1 opportunity was already imported)`,
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
            trigger: ".o_data_row:contains(tour.csv):contains(Withdrawn)",
        },
    ],
});
