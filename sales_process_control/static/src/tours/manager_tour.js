import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

const SETUP = ".o_workbench_setup h2";

/**
 * Guided tour of a sales manager, for users: it begins on the workbench, from its help or the set-up panel. Odoo does not
 * start it by itself, since its record is a custom tour (`data/web_tour_data.xml`).
 */
registry.category("web_tour.tours").add("sales_process_control_manager", {
    url: "/odoo/workbench",
    steps: () => [
        {
            isActive: [SETUP],
            content: _t(
                "The first steps for your company, and which are done. Hide the panel at the end. Click the title."
            ),
            trigger: SETUP,
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            content: _t("Whose deals? Your own, those of your teams, or all."),
            trigger: ".o_workbench_header .o_radio_chip[data-value='all']",
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            content: _t("Each salesperson has a row. Each number opens its deals. Click the title."),
            trigger: ".o_workbench_sellers:not([aria-busy='true']) h2",
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            content: _t("This menu contains the page for the weekly meeting."),
            trigger: ".o_menu_sections button[data-menu-xmlid='crm.crm_menu_sales']",
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            content: _t("Open the Deal Review."),
            trigger: ".o-dropdown--menu [data-menu-xmlid='sales_process_control.crm_deal_review_menu']",
            tooltipPosition: "right",
            run: "click",
        },
        {
            content: _t("What has changed since a day, and the totals. Click a tile to list its deals."),
            trigger: ".o_deal_review_tile",
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            content: _t("This menu contains the reviews, the forecast and the funnel."),
            trigger: ".o_menu_sections button[data-menu-xmlid='crm.crm_menu_report']",
            tooltipPosition: "bottom",
            run: "click",
        },
        {
            content: _t("Open the Sales Funnel."),
            trigger: ".o-dropdown--menu [data-menu-xmlid='sales_process_control.crm_funnel_menu']",
            tooltipPosition: "right",
            run: "click",
        },
        {
            content: _t("The funnel of any day, and what changed between two days, to the cent. Click the title."),
            trigger: ".o_funnel_waterfall:not([aria-busy='true']) h2",
            tooltipPosition: "top",
            run: "click",
        },
    ],
});
