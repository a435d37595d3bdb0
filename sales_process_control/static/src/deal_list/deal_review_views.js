import { LazyComponent } from "@web/core/assets";
import { registry } from "@web/core/registry";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { listView } from "@web/views/list/list_view";
import { DealReviewSearchModel } from "./deal_review_search_model";
import { NumberSearchModel } from "./number_search_model";

/** Return what the deals of a list are chosen by. A load by the same is a reload: deals may have changed. */
function choiceOf({ domain, context, groupBy, orderBy, offset }) {
    return JSON.stringify([domain, context, groupBy, orderBy, offset || 0]);
}

/** Tell the banner, by the search model, when deals of the list were saved or read again. */
const withNewsForBanner = (Controller) =>
    class extends Controller {
        setup() {
            super.setup();
            this.env.searchModel.isListInUse = () =>
                Boolean(this.model.root.editedRecord || this.model.root.selection?.length);
        }

        get modelParams() {
            const params = super.modelParams;
            const { searchModel } = this.env;
            let choice, isReload;
            const hooks = {
                onWillLoadRoot: (config) => {
                    const next = choiceOf(config);
                    isReload = next === choice;
                    choice = next;
                },
                onRootLoaded: () => isReload && searchModel.noteListChange(),
                onSavedMulti: () => searchModel.noteListChange(),
                onRecordSaved: () => searchModel.noteListChange(),
            };
            for (const [name, hook] of Object.entries(hooks)) {
                const inherited = params.hooks[name];
                hooks[name] = (...args) => {
                    hook(...args);
                    return inherited?.(...args);
                };
            }
            return { ...params, hooks: { ...params.hooks, ...hooks } };
        }
    };

/** List of the Deal Review: Odoo's list with the banner above. */
export class DealReviewListController extends withNewsForBanner(listView.Controller) {
    static template = "sales_process_control.DealReviewListView";
    static components = { ...listView.Controller.components, LazyComponent };
}

/** Cards of the Deal Review, for phones, with the same banner. */
export class DealReviewKanbanController extends withNewsForBanner(kanbanView.Controller) {
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
