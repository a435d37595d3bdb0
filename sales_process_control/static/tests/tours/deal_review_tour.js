import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";
import { checkNoHorizontalScrolling, pressEnter } from "./page_steps";

const openReview = [
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
        content: "The Deal Review is an entry",
        trigger: ".o-dropdown--menu .o-dropdown-item[data-menu-xmlid='sales_process_control.crm_deal_review_menu']",
        run: "click",
    },
];

/** Return a step that is done when a tile is pressed and the list has so many deals. */
function shows(key, count) {
    return {
        content: `The list has the ${count} deals of the tile ${key}`,
        trigger:
            `.o_deal_review:has([data-tile='${key}'][aria-pressed='true'])` +
            `:has(.o_data_row:nth-of-type(${count})):not(:has(.o_data_row:nth-of-type(${count + 1})))`,
    };
}

registry.category("web_tour.tours").add("sales_process_control_deal_review", {
    steps: () => [
        ...openReview,
        shows("open", 3),
        {
            content: "The deal with a broken promise comes first; it is new",
            trigger: ".o_data_row:first-of-type:contains('Office of the tour') .o_deal_is_new",
        },
        {
            content: "A deal that changed shows what it was",
            trigger:
                ".o_data_row:contains('Chairs of the tour') td[name='expected_revenue'] .o_changed_value:contains('was')",
        },
        {
            content: "Why is it likely? The evidence opens by the keyboard",
            trigger: ".o_data_row:first-of-type .o_deal_chance",
            run() {
                this.anchor.focus();
            },
        },
        {
            content: "The evidence",
            trigger: ".o_popover .o-tooltip:contains('stayed in')",
        },
        {
            content: "What came in during the last 30 days?",
            trigger: ".o_query_period",
            run: "select -30d",
        },
        {
            content: "The day is a facet",
            trigger: ".o_searchview_facet:contains('30 days')",
        },
        {
            content: "New ones",
            trigger: "[data-tile='new']",
            run: pressEnter,
        },
        shows("new", 2),
        {
            content: "Open one of them",
            trigger: ".o_data_row:contains('Chairs of the tour') td[name='stage_id']",
            run: "click",
        },
        {
            content: "Back to the list",
            trigger: ".o_form_view:has(.o_chance) .o_breadcrumb .breadcrumb-item a:contains('Deal Review')",
            run: "click",
        },
        shows("new", 2),
        {
            content: "The day is still chosen",
            trigger: ".o_query_period:has(option[value='-30d']:checked)",
        },
        {
            content: "A second click removes the filter",
            trigger: "[data-tile='new']",
            run: "click",
        },
        {
            content: "No tile is pressed",
            trigger: ".o_deal_review:not(:has([aria-pressed='true'])) .o_deal_review_tiles",
        },
        {
            content: "What was won in this quarter?",
            trigger: "[data-tile='won']",
            run: "click",
        },
        {
            content: "The list has as many deals as the tile says",
            trigger:
                ".o_deal_review:has([data-tile='won'][aria-pressed='true']):not(:contains('Office of the tour'))" +
                " .o_data_row:contains('Old deal')",
            run() {
                const rows = document.querySelectorAll(".o_data_row").length;
                const label = document.querySelector("[data-tile='won'] .o_deal_review_tile_label").textContent;
                if (rows !== parseInt(label)) {
                    throw new Error(`The tile says ${label}, but the list has ${rows} records`);
                }
            },
        },
        {
            content: "The facet of the tile can be removed",
            trigger: ".o_searchview_facet:last .o_facet_remove",
            run: "click",
        },
        {
            content: "The team",
            trigger: ".o_deal_review:not(:has([aria-pressed='true'])) .o_query_team input",
            run: "edit Tour",
        },
        {
            content: "The team of the tour",
            trigger: ".o-autocomplete--dropdown-item:not(:has(.o_loading)) a:contains('Tour')",
            run: "click",
        },
        {
            content: "It is a facet",
            trigger: ".o_searchview_facet:contains('Tour')",
        },
        {
            content: "What is open",
            trigger: "[data-tile='open']",
            run: pressEnter,
        },
        shows("open", 3),
        checkNoHorizontalScrolling(".o_deal_review .o_content"),
    ],
});

registry.category("web_tour.tours").add("sales_process_control_deal_review_phone", {
    steps: () => [
        {
            content: "Deals are cards with the same banner, and readers of own documents choose no team",
            trigger:
                ".o_deal_review.o_kanban_view:not(:has(.o_query_team)):has([data-tile='open'][aria-pressed='true'])" +
                " .o_kanban_record:contains('Chairs of the tour') .o_changed_value",
        },
        checkNoHorizontalScrolling(".o_deal_review .o_content"),
        {
            content: "What is new?",
            trigger: "[data-tile='new']",
            run: "click",
        },
        {
            content: "One deal came in lately",
            trigger:
                ".o_deal_review:has([data-tile='new'][aria-pressed='true']):not(:contains('Racks of the tour'))" +
                " .o_kanban_record:contains('Office of the tour')",
            run: "click",
        },
        {
            content: "The deal is open",
            trigger: ".o_form_view .o_chance",
        },
    ],
});
