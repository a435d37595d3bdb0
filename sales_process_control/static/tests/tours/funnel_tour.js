import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const BIDDING = ".o_funnel_distribution .o_chart_bar[data-stage='Tour Bidding']";

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
        content: "Each stage has its deals",
        trigger: `${BIDDING} .o_record_number[aria-label*='2']`,
    },
    {
        content: "What changed adds up",
        trigger: ".o_funnel_waterfall:contains('adds up to the cent'):not(:has(.o_funnel_unbalanced))",
    },
    {
        content: "The weeks can be played",
        trigger: ".o_funnel_weeks .o_weeks_bar",
    },
    {
        content: "A deal entered, and one stayed",
        trigger: ".o_flow_table tr[data-row='entered'] .o_flow_number",
    },
];

const doNotScrollSideways = {
    content: "Nothing goes beyond the edge of the screen",
    trigger: ".o_funnel_content",
    run() {
        const page = document.documentElement;
        const wide = [page, this.anchor].filter((element) => element.scrollWidth > element.clientWidth + 1);
        if (wide.length) {
            throw new Error(`One has to scroll sideways: ${wide.map((element) => element.className)}`);
        }
    },
};

/** The number that was clicked at last. */
let told;

function opensRecords(content, trigger) {
    return [
        {
            content,
            trigger,
            run({ click }) {
                told = Number(this.anchor.getAttribute("aria-label").match(/\d+/)[0]);
                return click();
            },
        },
        {
            content: "As many as it says",
            trigger: ".o_list_view .o_data_row",
            run() {
                const rows = document.querySelectorAll(".o_list_view .o_data_row").length;
                if (rows !== told) {
                    throw new Error(`${told} records were told, and ${rows} are shown`);
                }
            },
        },
    ];
}

const goBack = {
    content: "Back, as the browser does it",
    trigger: ".o_list_view",
    run: () => window.history.back(),
};

registry.category("web_tour.tours").add("sales_process_control_funnel", {
    steps: () => [
        ...openFunnel,
        ...lookAtBlocks,
        {
            content: "Count",
            trigger: ".o_sales_funnel .o_radio_chip[data-value='count']",
            run: "click",
        },
        {
            content: "It is in the address",
            trigger: ".o_sales_funnel .o_radio_chip[data-value='count'][aria-checked='true']",
        },
        {
            content: "Look for what is mine",
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            content: "There is nothing of a manager's own",
            trigger: ".o_search_bar_menu .o_menu_item:contains('Mine')",
            run: "click",
        },
        {
            content: "It is said, and what to do",
            trigger: ".o_funnel_distribution .o_funnel_clear",
            run: "click",
        },
        {
            content: "All are there again",
            trigger: BIDDING,
        },
        ...opensRecords("A bar opens its deals", `${BIDDING} .o_record_number:first-child`),
        goBack,
        {
            content: "All is as it was",
            trigger: ".o_sales_funnel .o_radio_chip[data-value='count'][aria-checked='true']",
        },
        ...opensRecords("A bar opens its postings", ".o_funnel_waterfall [data-kind='created'] .o_record_number"),
        {
            content: "Back by the breadcrumbs",
            trigger: ".o_breadcrumb .breadcrumb-item a:contains('Sales Funnel')",
            run: "click",
        },
        {
            content: "Still count",
            trigger: ".o_sales_funnel .o_radio_chip[data-value='count'][aria-checked='true']",
        },
        ...opensRecords("A cell opens its deals", ".o_flow_table tr[data-row='entered'] .o_flow_number:eq(0)"),
        goBack,
        {
            content: "The numbers of the picture",
            trigger: ".o_funnel_distribution .o_funnel_numbers_toggle",
            run: "click",
        },
        {
            content: "In a table",
            trigger: ".o_funnel_distribution .o_funnel_numbers:not(.visually-hidden) tr:contains('Tour Bidding')",
        },
        doNotScrollSideways,
    ],
});

registry.category("web_tour.tours").add("sales_process_control_funnel_phone", {
    steps: () => [
        ...lookAtBlocks,
        doNotScrollSideways,
        {
            content: "Play",
            trigger: ".o_weeks_play",
            run: "click",
        },
        {
            content: "It runs to the end by itself",
            trigger: ".o_weeks_play[aria-label='Play']",
        },
        ...opensRecords("A bar opens its deals", `${BIDDING} .o_record_number:first-child`),
    ],
});
