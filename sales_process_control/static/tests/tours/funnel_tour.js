import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";
import { checkNoHorizontalScrolling } from "./page_steps";

const BIDDING = ".o_funnel_distribution .o_chart_bar[data-stage='Tour Bidding']";

const PASSAGE = ".o_funnel_passage[data-stage='Tour Bidding'] button.o_record_number";

const openFunnel = [
    stepUtils.showAppsMenuItem(),
    {
        content: "Open CRM",
        trigger: ".o_app[data-menu-xmlid='crm.crm_menu_root']",
        run: "click",
    },
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
];

const lookAtBlocks = [
    {
        content: "Each stage has a bar that opens its deals",
        trigger: `${BIDDING} .o_record_number[aria-label*='2']`,
    },
    {
        content: "The movements add up",
        trigger: ".o_funnel_waterfall:contains('adds up to the cent'):not(:has(.o_funnel_unbalanced))",
    },
    {
        content: "The weeks have a bar",
        trigger: ".o_funnel_weeks .o_weeks_bar",
    },
    {
        content: "The matrix has a cell for the deal that came in",
        trigger: ".o_flow_table tr[data-row='entered'] .o_flow_number",
    },
];

/** The last number that was clicked. */
let clickedNumber;

function opensRecords(content, trigger) {
    return [
        {
            content,
            trigger,
            run({ click }) {
                clickedNumber = Number(this.anchor.getAttribute("aria-label").match(/\d+/)[0]);
                return click();
            },
        },
        {
            content: "The list has as many records as the number says",
            trigger: ".o_list_view .o_data_row",
            run() {
                const rows = document.querySelectorAll(".o_list_view .o_data_row").length;
                if (rows !== clickedNumber) {
                    throw new Error(`The number is ${clickedNumber}, but the list has ${rows} records`);
                }
            },
        },
    ];
}

const goBack = {
    content: "Go back with the browser's button",
    trigger: ".o_list_view",
    run: () => window.history.back(),
};

registry.category("web_tour.tours").add("sales_process_control_funnel", {
    steps: () => [
        ...openFunnel,
        ...lookAtBlocks,
        {
            content: "Choose the count",
            trigger: ".o_sales_funnel .o_radio_chip[data-value='count']",
            run: "click",
        },
        {
            content: "The count is chosen",
            trigger: ".o_sales_funnel .o_radio_chip[data-value='count'][aria-checked='true']",
        },
        {
            content: "Open the search menu",
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            content: "Filter by own deals, of which the manager has none",
            trigger: ".o_search_bar_menu .o_menu_item:contains('Mine')",
            run: "click",
        },
        {
            content: "The empty block has a button that clears the search",
            trigger: ".o_funnel_distribution .o_funnel_clear",
            run: "click",
        },
        {
            content: "All deals are shown again",
            trigger: BIDDING,
        },
        ...opensRecords("A bar opens its deals", `${BIDDING} .o_record_number:first-child`),
        goBack,
        {
            content: "The count is still chosen",
            trigger: ".o_sales_funnel .o_radio_chip[data-value='count'][aria-checked='true']",
        },
        ...opensRecords("A bar opens its postings", ".o_funnel_waterfall [data-kind='created'] .o_record_number"),
        {
            content: "Go back by the breadcrumbs",
            trigger: ".o_breadcrumb .breadcrumb-item a:contains('Sales Funnel')",
            run: "click",
        },
        {
            content: "The count is still chosen",
            trigger: ".o_sales_funnel .o_radio_chip[data-value='count'][aria-checked='true']",
        },
        ...opensRecords("A cell opens its deals", ".o_flow_table tr[data-row='entered'] .o_flow_number:eq(0)"),
        goBack,
        ...opensRecords("The line below a bar opens the deals that came in", `${PASSAGE}:first`),
        goBack,
        {
            content: "Show the numbers of the chart",
            trigger: ".o_funnel_distribution .o_numbers_toggle",
            run: "click",
        },
        {
            content: "The numbers are in a table",
            trigger: ".o_funnel_distribution .o_numbers:not(.visually-hidden) tr:contains('Tour Bidding')",
        },
        {
            content: "Choose a period by its name",
            trigger: ".o_query_period:has(option[value='30_days']:checked)",
            run: "select 90_days",
        },
        {
            content: "The period is part of the address, its days are not",
            trigger: ".o_query_period:has(option[value='90_days']:checked)",
            run() {
                const parameters = new URLSearchParams(window.location.search);
                if (parameters.get("period") !== "90_days" || parameters.has("day") || parameters.has("before")) {
                    throw new Error(`The address is ${window.location}`);
                }
            },
        },
        {
            content: "Go a week back",
            trigger: ".o_weeks_step[data-step='back']",
            run: "click",
        },
        {
            content: "The days of a week are those of no period",
            trigger: ".o_query_period:has(option[value='']:checked)",
        },
        checkNoHorizontalScrolling(".o_funnel_content"),
    ],
});

registry.category("web_tour.tours").add("sales_process_control_funnel_phone", {
    steps: () => [
        ...lookAtBlocks,
        checkNoHorizontalScrolling(".o_funnel_content"),
        ...opensRecords("The line below a bar opens the deals that came in", `${PASSAGE}:first`),
        goBack,
        {
            content: "Choose a period by its name",
            trigger: ".o_query_period:has(option[value='30_days']:checked)",
            run: "select 90_days",
        },
        {
            content: "The period is chosen",
            trigger: ".o_query_period:has(option[value='90_days']:checked)",
        },
        checkNoHorizontalScrolling(".o_funnel_content"),
        {
            content: "Play",
            trigger: ".o_weeks_play",
            run: "click",
        },
        {
            content: "Playing stops at the last week",
            trigger: ".o_weeks_play[aria-label='Play']",
        },
        ...opensRecords("A bar opens its deals", `${BIDDING} .o_record_number:first-child`),
    ],
});
