import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

/** Move a card, open the deal's stage history, and look at the pivots of both ledgers. */
registry.category("web_tour.tours").add("sales_process_control_ledgers", {
    url: "/odoo",
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open CRM",
            trigger: ".o_app[data-menu-xmlid='crm.crm_menu_root']",
            run: "click",
        },
        {
            content: "The card shows the days in stage",
            trigger:
                ".o_kanban_group:contains(Tour Contact) .o_kanban_record:contains(Deal of the tour) .o_stage_days:contains(4 days)",
        },
        {
            content: "Move the card to the next stage",
            trigger: ".o_kanban_record:contains(Deal of the tour)",
            run: "drag_and_drop(.o_kanban_group:contains(Tour Bidding))",
        },
        {
            content: "The card is in the next stage",
            trigger:
                ".o_kanban_group:contains(Tour Bidding) .o_kanban_record:contains(Deal of the tour) .o_stage_days:contains(<1 day)",
        },
        {
            content: "Open the deal",
            trigger: ".o_kanban_group:contains(Tour Bidding) .o_kanban_record:contains(Deal of the tour)",
            run: "click",
        },
        {
            content: "Open its stage history",
            trigger: "button[name='action_open_stage_visits']",
            run: "click",
        },
        {
            content: "The visit of the first stage has four days",
            trigger: ".o_list_view .o_data_row:contains(Tour Contact):contains(Advanced):contains(4.0)",
        },
        {
            content: "The visit of the second stage is open",
            trigger: ".o_list_view .o_data_row:contains(Tour Bidding):contains(Still here)",
        },
        {
            content: "Open the reports",
            trigger: ".o_menu_sections button[data-menu-xmlid='crm.crm_menu_report']",
            run: "click",
        },
        {
            content: "Open the stage visits",
            trigger: ".o-dropdown--menu [data-menu-xmlid='sales_process_control.crm_stage_visit_menu']",
            run: "click",
        },
        {
            content: "The pivot has a row for the stage",
            trigger: ".o_pivot table:contains(Tour Contact)",
        },
        {
            content: "Open the reports again",
            trigger: ".o_menu_sections button[data-menu-xmlid='crm.crm_menu_report']",
            run: "click",
        },
        {
            content: "Open the pipeline movements",
            trigger: ".o-dropdown--menu [data-menu-xmlid='sales_process_control.crm_pipeline_movement_menu']",
            run: "click",
        },
        {
            content: "The graph is drawn",
            trigger: ".o_graph_view canvas",
        },
        {
            content: "Switch to the pivot",
            trigger: ".o_switch_view.o_pivot",
            run: "click",
        },
        {
            content: "The pivot has a column for each kind of movement",
            trigger: ".o_pivot table:contains(Created):contains(Advanced)",
        },
    ],
});
