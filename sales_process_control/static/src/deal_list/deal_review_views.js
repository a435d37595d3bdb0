import { LazyComponent } from "@web/core/assets";
import { registry } from "@web/core/registry";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { listView } from "@web/views/list/list_view";
import { DealReviewSearchModel } from "./deal_review_search_model";
import { NumberSearchModel } from "./number_search_model";

/** List of the Deal Review: Odoo's list with the banner above. */
export class DealReviewListController extends listView.Controller {
    static template = "sales_process_control.DealReviewListView";
    static components = { ...listView.Controller.components, LazyComponent };
}

/** Cards of the Deal Review, for phones, with the same banner. */
export class DealReviewKanbanController extends kanbanView.Controller {
    static template = "sales_process_control.DealReviewKanbanView";
    static components = { ...kanbanView.Controller.components, LazyComponent };
}

registry
    .category("views")
    .add("deal_review_list", {
        ...listView,
        Controller: DealReviewListController,
        SearchModel: DealReviewSearchModel,
    })
    .add("deal_review_kanban", {
        ...kanbanView,
        Controller: DealReviewKanbanController,
        SearchModel: DealReviewSearchModel,
    })
    // Odoo's own views, under names that load the widgets of this folder.
    .add("deal_list", { ...listView, SearchModel: NumberSearchModel })
    .add("deal_kanban", { ...kanbanView, SearchModel: NumberSearchModel });
