import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";
import { checkNoHorizontalScrolling, pressEnter } from "./page_steps";

const openForecast = [
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
        content: "The forecast is an entry",
        trigger: ".o-dropdown--menu .o-dropdown-item[data-menu-xmlid='sales_process_control.crm_forecast_screen_menu']",
        run: "click",
    },
];

const NEXT_MONTH =
    ".o_sales_forecast:has(.o_query_period option[value='next_month']:checked):not(:has([aria-busy='true']))";

const lookAtBlocks = [
    {
        content: "The forecast is a sentence",
        trigger: ".o_forecast_total .o_forecast_headline:contains('in 8 of 10 cases; target')",
    },
    {
        content: "What is won is on the bar",
        trigger: ".o_forecast_bar:has([data-part='won'])",
    },
    {
        content: "Choose the next month: on the last day of a quarter nothing more is expected in it",
        trigger: ".o_query_period",
        run: "select next_month",
    },
    {
        content: "What is expected is on the bar",
        trigger: `${NEXT_MONTH} .o_forecast_bar:has([data-part='expected'])`,
    },
    {
        content: "Deals have evidence",
        trigger: ".o_forecast_deals [data-deal] .o_forecast_evidence:contains('Tour Bidding')",
    },
    {
        content: "All blocks are there, and none has failed",
        trigger: ".o_sales_forecast:not(:has(.o_block_failed, .o_block_skeleton)) .o_forecast_owners",
    },
];

function opens(content, trigger, rows, run = "click") {
    return [
        { content, trigger, run },
        {
            content: `The list has ${rows} records`,
            trigger: ".o_list_view .o_data_row",
            run() {
                const found = document.querySelectorAll(".o_list_view .o_data_row").length;
                if (found !== rows) {
                    throw new Error(`The list has ${found} records instead of ${rows}`);
                }
            },
        },
    ];
}

const goBack = {
    content: "Go back by the breadcrumbs",
    trigger: ".o_breadcrumb .breadcrumb-item a:contains('Sales Forecast')",
    run: "click",
};

registry.category("web_tour.tours").add("sales_process_control_forecast", {
    steps: () => [
        ...openForecast,
        ...lookAtBlocks,
        ...opens(
            "The line of the expected part opens the open deals",
            ".o_forecast_counts .o_record_number:contains('open')",
            3,
            pressEnter
        ),
        {
            content: "They have their chances in the period",
            trigger: ".o_list_view .o_data_row td[name='chance_in_period']:contains('%')",
        },
        goBack,
        { content: "The choice is still there", trigger: `${NEXT_MONTH} .o_query_period` },
        {
            content: "What is still to come has no records: it is explained",
            trigger: `${NEXT_MONTH} .o_forecast_explain[aria-expanded='false']`,
            run: pressEnter,
        },
        {
            content: "From deals that came in lately",
            trigger:
                ".o_forecast_total:has(.o_forecast_explain[aria-expanded='true']) #o_forecast_arrivals:contains('were created')",
        },
        ...opens(
            "A seller's expected amount opens the seller's deals",
            "[data-table='sellers'] [data-cell='expected'] .o_record_number",
            3
        ),
        goBack,
        {
            content: "Choose the month",
            trigger: `${NEXT_MONTH} .o_query_period`,
            run: "select month",
        },
        {
            content: "The heading says so",
            trigger: ".o_forecast_trail h2:contains('Through the month')",
        },
        ...opens(
            "The line of the won part opens the won deals",
            ".o_forecast_counts .o_record_number:contains('won')",
            3
        ),
        goBack,
        {
            content: "Show the numbers of the chart",
            trigger: ".o_forecast_trail .o_numbers_toggle",
            run: "click",
        },
        {
            content: "They are in a table",
            trigger: ".o_forecast_trail .o_numbers:not(.visually-hidden) tbody tr",
        },
        ...opens("All open deals", ".o_forecast_deals .o_block_head .o_record_number", 3),
        goBack,
        {
            content: "Choose a team",
            trigger: ".o_query_team input",
            run: "edit Tour",
        },
        {
            content: "The team of the tour",
            trigger: ".o-autocomplete--dropdown-item:not(:has(.o_loading)) a:contains('Tour')",
            run: "click",
        },
        {
            content: "A team has no target here",
            trigger: ".o_forecast_headline:not(:contains('target'))",
        },
        checkNoHorizontalScrolling(".o_forecast_content"),
        {
            content: "Open a deal",
            trigger: ".o_forecast_deals .o_forecast_deal",
            run: pressEnter,
        },
        {
            content: "The deal is open",
            trigger: ".o_form_view .o_process_age_outcome, .o_form_view .o_chance_evidence",
        },
    ],
});

registry.category("web_tour.tours").add("sales_process_control_forecast_phone", {
    steps: () => [
        ...lookAtBlocks,
        {
            content: "Readers of own documents choose no team, and see none",
            trigger: ".o_sales_forecast:not(:has(.o_query_team, [data-table='teams'])) .o_query_period",
        },
        checkNoHorizontalScrolling(".o_forecast_content"),
        ...opens(
            "A number opens its deals",
            ".o_forecast_counts .o_number_list_item:nth-child(2) .o_record_number",
            3
        ).slice(0, 1),
        {
            content: "The deals are there",
            trigger: ".o_kanban_record:contains('Racks of the tour'), .o_data_row:contains('Racks of the tour')",
        },
    ],
});
