import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

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

function opensList(block, label, row) {
    return [
        {
            content: `The number "${label}" opens what it counts`,
            trigger: `.o_workbench_${block} .o_record_number:contains('${label}')`,
            run: "click",
        },
        {
            content: "And no more",
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
        content: "Give up the stalled deal",
        trigger: `${STALLED_ROW} button[data-action='lose']`,
        run: "click",
    },
    {
        content: "Mark it as lost",
        trigger: ".modal .modal-footer button.btn-primary",
        run: "click",
    },
    {
        content: "It is gone at once, the other one is not",
        trigger:
            ".o_workbench_attention:not(:contains('Racks of the tour')):contains('Chairs of the tour'):contains('0 stalled')",
    },
];

registry.category("web_tour.tours").add("sales_process_control_workbench", {
    steps: () => [
        ...openWorkbench,
        {
            content: "Who is late with a promise stands first",
            trigger: `${HOT_CARD}:contains('Signs this week'):contains('1 day late')`,
        },
        {
            content: "Point at the flame",
            trigger: `${HOT_CARD} .o_hot_flame`,
            run: "hover",
        },
        {
            content: "It says why",
            trigger: ".o_hot_flag_popover_box:contains('Signs this week'):contains('Hot since')",
        },
        {
            content: "The day is told",
            trigger: ".o_workbench_today:contains('Call the tour')",
        },
        {
            content: "The funnel follows",
            trigger: ".o_workbench_funnel:contains('Tour Bidding')",
        },
        ...opensList("hot", "1 open", "Signs this week"),
        ...opensList("attention", "1 stalled", "Racks of the tour"),
        ...loseStalled,
        {
            content: "A seller with own documents is offered no other deals",
            trigger: ".o_workbench_header:not(:has(.o_radio_chip))",
        },
    ],
});

const lookAtAll = [
    {
        content: "A manager is asked once",
        trigger: ".o_workbench_offer .btn-primary",
        run: "click",
    },
    {
        content: "Nothing is hot of his own: it says what to do",
        trigger: ".o_workbench_hot .o_block_empty",
    },
    {
        content: "Look at all",
        trigger: ".o_workbench_header:not(:has(.o_workbench_offer)) .o_radio_chip[data-value='all']",
        run: "click",
    },
    {
        content: "The sellers follow",
        trigger: ".o_workbench_sellers:contains('workbench_seller')",
    },
    {
        content: "And who is hot",
        trigger: HOT_CARD,
    },
];

const doNotScrollSideways = {
    content: "Nothing goes beyond the edge of the screen",
    trigger: ".o_workbench_content",
    run() {
        const page = document.documentElement;
        const wide = [page, this.anchor].filter((element) => element.scrollWidth > element.clientWidth + 1);
        if (wide.length) {
            throw new Error(`One has to scroll sideways: ${wide.map((element) => element.className)}`);
        }
    },
};

registry.category("web_tour.tours").add("sales_process_control_workbench_manager_phone", {
    steps: () => [...lookAtAll, doNotScrollSideways],
});

registry.category("web_tour.tours").add("sales_process_control_workbench_manager", {
    steps: () => [
        ...openWorkbench,
        ...lookAtAll,
        ...opensList("attention", "1 slow", "Chairs of the tour"),
        {
            content: "The scope is remembered",
            trigger: ".o_workbench_header .o_radio_chip[data-value='all'][aria-checked='true']",
        },
        {
            content: "Begin here",
            trigger: ".o_workbench_home[aria-pressed='false']",
            run: "click",
        },
        {
            content: "From now on",
            trigger: ".o_workbench_home[aria-pressed='true']",
        },
    ],
});

registry.category("web_tour.tours").add("sales_process_control_workbench_phone", {
    steps: () => [
        {
            content: "Tap on the flame",
            trigger: `${HOT_CARD} .o_hot_flame`,
            run: "click",
        },
        {
            content: "It says why",
            trigger: ".o_hot_flag_popover_box:contains('Signs this week')",
        },
        doNotScrollSideways,
        ...loseStalled,
    ],
});
