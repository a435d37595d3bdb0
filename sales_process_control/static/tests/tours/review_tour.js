import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";
import { checkNoHorizontalScrolling } from "./page_steps";

const BIDDING = ".o_stage_card:contains('Tour Bidding')";

const openReview = [
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
        content: "The review is the first entry",
        trigger:
            ".o-dropdown--menu .o-dropdown-item:first-child[data-menu-xmlid='sales_process_control.crm_process_review_menu']",
        run: "click",
    },
];

const lookAtBlocks = [
    {
        content: "The page says what stands out, or that nothing does",
        trigger: ".o_review_headline .o_review_finding, .o_review_headline .o_review_nothing:not(:empty)",
    },
    {
        content: "Each stage has a card with its open deals",
        trigger: `${BIDDING} .o_stage_card_here:contains('2 here now')`,
    },
    {
        content: "Few deals are said in words",
        trigger: `${BIDDING} .o_stage_dwell_few`,
    },
    {
        content: "All blocks are there, and none has failed",
        trigger: ".o_process_review:not(:has(.o_block_failed, .o_block_skeleton)) .o_review_trust",
    },
];

/** The last number that was clicked. */
let clickedNumber;

/** Records of a list, and those of cards, which phones show. */
const RECORDS = ".o_list_view .o_data_row, .o_kanban_view .o_kanban_record:not(.o_kanban_ghost)";

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
            trigger: RECORDS,
            run() {
                const rows = document.querySelectorAll(RECORDS).length;
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

registry.category("web_tour.tours").add("sales_process_control_review", {
    steps: () => [
        ...openReview,
        ...lookAtBlocks,
        {
            content: "Choose another period",
            trigger: ".o_query_period",
            run: "select 3_months",
        },
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
            content: "The numbers are compared with the company",
            trigger: ".o_query_note:contains('and the whole company')",
        },
        ...opensRecords("A number opens its deals", `${BIDDING} .o_stage_card_here`),
        goBack,
        {
            content: "The choices are still there",
            trigger:
                ".o_process_review:has(.o_query_period option[value='3_months']:checked) .o_query_team input:value(Tour)",
        },
        ...opensRecords("A bar opens its deals", ".o_review_conversion [data-stage='Tour Bidding'] .o_record_number"),
        {
            content: "Go back by the breadcrumbs",
            trigger: ".o_breadcrumb .breadcrumb-item a:contains('Process Review')",
            run: "click",
        },
        {
            content: "Look further ahead",
            trigger: ".o_review_stages .o_radio_chip[data-value='60']",
            run: "click",
        },
        {
            content: "Show the numbers of the chart",
            trigger: ".o_review_conversion .o_numbers_toggle",
            run: "click",
        },
        {
            content: "The numbers are in a table",
            trigger: ".o_review_conversion .o_numbers:not(.visually-hidden) tr:contains('Tour Bidding')",
        },
        checkNoHorizontalScrolling(".o_review_content"),
        {
            content: "Open the playbook of the stage",
            trigger: `${BIDDING} .o_stage_card_playbook`,
            run: "click",
        },
        {
            content: "The stage is open",
            trigger: ".o_form_view .o_field_widget[name='name'] :value(Tour Bidding)",
        },
    ],
});

registry.category("web_tour.tours").add("sales_process_control_review_phone", {
    steps: () => [
        ...lookAtBlocks,
        {
            content: "Readers of own documents choose no team",
            trigger: ".o_process_review:not(:has(.o_query_team)) .o_query_period",
        },
        checkNoHorizontalScrolling(".o_review_content"),
        ...opensRecords("A number opens its deals", `${BIDDING} .o_stage_card_here`),
    ],
});
