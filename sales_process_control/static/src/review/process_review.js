import { Component, onWillUnmount } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { WithSearch } from "@web/search/with_search/with_search";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { leaveAddress } from "../screen/address";
import { loadChartLibrary } from "../screen/charts/chart";
import { REVIEW_ADDRESS } from "./review_address";
import { ReviewPage } from "./review_page";

/** Screen of the process review: loads the favorites and the state of the address, and shows the page. */
export class ProcessReview extends Component {
    static template = "sales_process_control.ProcessReview";
    static components = { ReviewPage, WithSearch };
    static props = { ...standardActionServiceProps };

    setup() {
        this.address = REVIEW_ADDRESS.read();
        // Started early. The charts await the library themselves and report its failure.
        loadChartLibrary().catch(() => {});
        onWillUnmount(() => leaveAddress(this.props.action));
    }

    /** The search has no filters: the favorites store the query of the page in their context. */
    get search() {
        const { globalState } = this.props;
        return {
            resModel: "crm.stage.visit",
            context: { search_view_ref: "sales_process_control.crm_stage_visit_view_search_review" },
            searchViewId: false,
            loadIrFilters: true,
            // An address has the whole query, so the user's default favorite does not apply.
            activateFavorite: !Object.keys(this.address).length,
            searchMenuTypes: ["favorite"],
            ...(globalState ? { globalState } : {}),
        };
    }
}

registry.category("lazy_components").add("sales_process_control.ProcessReview", ProcessReview);
