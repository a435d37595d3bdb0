import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

/** Return the steps that open a report from CRM's reporting menu. */
function openReport(menu) {
    return [
        {
            content: "Open the reports",
            trigger: ".o_menu_sections button[data-menu-xmlid='crm.crm_menu_report']",
            run: "click",
        },
        {
            content: `Open ${menu}`,
            trigger: `.o-dropdown--menu [data-menu-xmlid='sales_process_control.${menu}']`,
            run: "click",
        },
    ];
}

/** Move a card, and look at it in each report: as a pivot, as a graph, and as the deals behind a number. */
registry.category("web_tour.tours").add("sales_process_control_stage_reports", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open CRM",
            trigger: ".o_app[data-menu-xmlid='crm.crm_menu_root']",
            run: "click",
        },
        {
            content: "Move the card to the next stage",
            trigger: ".o_kanban_group:contains(Tour Contact) .o_kanban_record:contains(Deal of the tour)",
            run: "drag_and_drop(.o_kanban_group:contains(Tour Bidding))",
        },
        {
            content: "The card is in the next stage",
            trigger: ".o_kanban_group:contains(Tour Bidding) .o_kanban_record:contains(Deal of the tour)",
        },
        ...openReport("crm_stage_conversion_report_menu"),
        {
            content: "The only deal of the first stage has converted, and too few deals are decided for a rate",
            trigger: ".o_pivot tbody tr:contains(Tour Contact)",
            run() {
                const shown = [...this.anchor.querySelectorAll("td")].map((cell) => cell.textContent.trim());
                if (shown.join() !== "1,1,0,0,0,,,,,0") {
                    throw new Error(`The first stage shows ${shown.join(" | ")}`);
                }
            },
        },
        {
            content: "In the second stage no deal is decided, so there is no rate",
            trigger: ".o_pivot tbody tr:contains(Tour Bidding)",
            run() {
                const shown = [...this.anchor.querySelectorAll("td")].map((cell) => cell.textContent.trim());
                if (shown.join() !== "1,0,0,0,1,,,,,0") {
                    throw new Error(`Stayed, went on, lost, removed, open, four rates and skipped are ${shown.join()}`);
                }
            },
        },
        {
            content: "There is no total over both stages, in which the deal would count twice",
            trigger: ".o_pivot tbody tr:first",
            run() {
                const shown = [...this.anchor.querySelectorAll("td")].map((cell) => cell.textContent.trim());
                if (shown.join("")) {
                    throw new Error(`The total shows ${shown.join(" | ")}`);
                }
            },
        },
        {
            content: "Open the deals that entered the first stage",
            trigger: ".o_pivot tbody tr:contains(Tour Contact) td.o_pivot_cell_value:first",
            run: "click",
        },
        {
            content: "The list has the deal",
            trigger: ".o_list_view .o_data_row:contains(Deal of the tour)",
        },
        {
            content: "Select the deal",
            trigger: ".o_list_view .o_data_row:contains(Deal of the tour) .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Open the opportunities of the rows",
            trigger: ".o_control_panel button[name='action_open_leads']",
            run: "click",
        },
        {
            content: "The list of opportunities opens",
            trigger: ".o_breadcrumb:contains(Opportunities)",
        },
        {
            content: "The list has the deal",
            trigger: ".o_list_view .o_data_row:contains(Deal of the tour)",
        },
        ...openReport("crm_stage_conversion_report_menu"),
        {
            content: "Switch to the graph",
            trigger: ".o_switch_view.o_graph",
            run: "click",
        },
        {
            content: "The graph is drawn",
            trigger: ".o_graph_view canvas",
        },
        ...openReport("crm_stage_dwell_report_menu"),
        {
            content: "The report of days opens",
            trigger: ".o_breadcrumb:contains(Stage Dwell Time)",
        },
        {
            content: "The graph of days is drawn",
            trigger: ".o_graph_view canvas",
        },
        {
            content: "Switch to the pivot",
            trigger: ".o_switch_view.o_pivot",
            run: "click",
        },
        {
            content: "The deal was in the first stage for four days",
            trigger: ".o_pivot tbody tr:contains(Tour Contact):contains(4.0)",
        },
        ...openReport("crm_win_report_menu"),
        {
            content: "The empty report explains itself, since no deal has ended",
            trigger: ".o_view_nocontent:contains(No opportunity was won or lost yet)",
        },
    ],
});
