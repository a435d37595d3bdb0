import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";
import { checkNoHorizontalScrolling } from "./page_steps";

const HOT_CARD = ".o_workbench_hot .o_hot_card:contains('Tour Works')";
const STALLED_ROW = ".o_workbench_attention .o_deal_row:contains('Racks of the tour')";

const openWorkbench = [
    stepUtils.showAppsMenuItem(),
    {
        content: "Open CRM",
        trigger: ".o_app[data-menu-xmlid='crm.crm_menu_root']",
        run: "click",
    },
    {
        content: "Sales",
        trigger: ".o_menu_sections button[data-menu-xmlid='crm.crm_menu_sales']",
        run: "click",
    },
    {
        content: "Open the workbench",
        trigger: ".o-dropdown--menu [data-menu-xmlid='sales_process_control.crm_workbench_menu']",
        run: "click",
    },
];

function openList(block, label, row) {
    return [
        {
            content: `The number "${label}" opens its records`,
            trigger: `.o_workbench_${block} .o_record_number:contains('${label}')`,
            run: "click",
        },
        {
            content: "The list has only this record",
            trigger: `.o_list_view:has(.o_data_row:contains('${row}')):not(:has(.o_data_row ~ .o_data_row))`,
        },
        {
            content: "Back to the workbench",
            trigger: ".o_breadcrumb .breadcrumb-item a:contains('Workbench')",
            run: "click",
        },
    ];
}

const loseStalled = [
    {
        content: "Press the button of the stalled deal that marks it as lost",
        trigger: `${STALLED_ROW} button[data-action='lose']`,
        run: "click",
    },
    {
        content: "Mark it as lost",
        trigger: ".modal .modal-footer button.btn-primary",
        run: "click",
    },
    {
        content: "The lost deal is removed, the other one is not",
        trigger:
            ".o_workbench_attention:not(:contains('Racks of the tour')):contains('Chairs of the tour'):contains('0 stalled')",
    },
];

registry.category("web_tour.tours").add("sales_process_control_workbench", {
    steps: () => [
        ...openWorkbench,
        {
            content: "The card of the customer shows note and lateness",
            trigger: `${HOT_CARD}:contains('Signs this week'):contains('1 day late')`,
        },
        {
            content: "Hover over the flame",
            trigger: `${HOT_CARD} .o_hot_flame`,
            run: "hover",
        },
        {
            content: "The popover shows the note",
            trigger: ".o_hot_flag_popover_box:contains('Signs this week'):contains('Hot since')",
        },
        {
            content: "The day has the activity",
            trigger: ".o_workbench_today:contains('Call the tour')",
        },
        {
            content: "The funnel has the stage",
            trigger: ".o_workbench_funnel:contains('Tour Bidding')",
        },
        ...openList("hot", "1 open", "Signs this week"),
        ...openList("attention", "1 stalled", "Racks of the tour"),
        ...loseStalled,
        {
            content: "A salesperson with own documents has no choice of scopes",
            trigger: ".o_workbench_header:not(:has(.o_radio_chip))",
        },
    ],
});

const chooseAllDeals = [
    {
        content: "Answer the question about the first page",
        trigger: ".o_workbench_offer .btn-primary",
        run: "click",
    },
    {
        content: "The block without flags shows what to do",
        trigger: ".o_workbench_hot .o_block_empty",
    },
    {
        content: "Choose all deals",
        trigger: ".o_workbench_header:not(:has(.o_workbench_offer)) .o_radio_chip[data-value='all']",
        run: "click",
    },
    {
        content: "The block of the sellers is shown",
        trigger: ".o_workbench_sellers:contains('workbench_seller')",
    },
    {
        content: "The flag is shown",
        trigger: HOT_CARD,
    },
];

const chooseProcessAndTeam = [
    {
        content: "The funnel shows the process with the most open deals",
        trigger: ".o_workbench_funnel:contains('Tour Bidding') .o_funnel_process select",
        run: "selectByLabel Tour Elsewhere: 0 deals",
    },
    {
        content: "The other process has no deals",
        trigger: ".o_workbench_funnel .o_block_empty",
    },
    {
        content: "Choose a team without deals",
        trigger: ".o_workbench_team select",
        run: "selectByLabel Tour Elsewhere",
    },
    {
        content: "The deals of other teams are gone",
        trigger: ".o_workbench_hot:not(:has(.o_hot_card)) .o_block_empty",
    },
    {
        content: "The header says how old the page is",
        trigger: ".o_workbench_as_of:contains('As of')",
    },
    {
        content: "Choose the team of the deals",
        trigger: ".o_workbench_team select",
        run: "selectByLabel Tour",
    },
    {
        content: "Its deals are shown",
        trigger: HOT_CARD,
    },
    {
        content: "The funnel is that of the team, which has one process",
        trigger: ".o_workbench_funnel:not(:has(.o_funnel_process)):contains('Tour Bidding')",
    },
];

registry.category("web_tour.tours").add("sales_process_control_workbench_manager_phone", {
    steps: () => [...chooseAllDeals, ...chooseProcessAndTeam, checkNoHorizontalScrolling(".o_workbench_content")],
});

registry.category("web_tour.tours").add("sales_process_control_workbench_manager", {
    steps: () => [
        ...openWorkbench,
        ...chooseAllDeals,
        ...chooseProcessAndTeam,
        ...openList("attention", "1 slow", "Chairs of the tour"),
        {
            content: "The scope is still chosen",
            trigger: ".o_workbench_header .o_radio_chip[data-value='all'][aria-checked='true']",
        },
        {
            content: "The team is still chosen",
            trigger: ".o_workbench_team select:has(option:checked:contains('Tour'))",
        },
        {
            content: "Make the workbench the first page",
            trigger: ".o_workbench_home[aria-pressed='false']",
            run: "click",
        },
        {
            content: "The workbench is the first page",
            trigger: ".o_workbench_home[aria-pressed='true']",
        },
    ],
});

registry.category("web_tour.tours").add("sales_process_control_workbench_phone", {
    steps: () => [
        {
            content: "Tap the flame",
            trigger: `${HOT_CARD} .o_hot_flame`,
            run: "click",
        },
        {
            content: "The popover shows the note",
            trigger: ".o_hot_flag_popover_box:contains('Signs this week')",
        },
        checkNoHorizontalScrolling(".o_workbench_content"),
        ...loseStalled,
    ],
});
