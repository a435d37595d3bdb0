import { Component, onWillUnmount } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { WithSearch } from "@web/search/with_search/with_search";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { loadChartLibrary } from "./charts/chart_library";
import { leaveAddress, readAddress } from "./funnel_address";
import { FunnelPage } from "./funnel_page";
import { FunnelSearchModel } from "./funnel_search_model";

/** The funnel as it moves, with Odoo's own search about it. */
export class SalesFunnel extends Component {
    static template = "sales_process_control.SalesFunnel";
    static components = { FunnelPage, WithSearch };
    static props = { ...standardActionServiceProps };

    setup() {
        this.address = readAddress();
        // Each chart waits for it, and says so where it does not come.
        loadChartLibrary().catch(() => {});
        onWillUnmount(leaveAddress);
    }

    get search() {
        const { globalState } = this.props;
        return {
            resModel: "crm.pipeline.movement",
            SearchModel: FunnelSearchModel,
            searchModelArgs: { address: this.address },
            context: { search_view_ref: "sales_process_control.crm_pipeline_movement_view_search_funnel" },
            searchViewId: false,
            loadIrFilters: true,
            searchMenuTypes: ["filter", "favorite"],
            ...(globalState ? { globalState } : {}),
        };
    }
}

registry.category("lazy_components").add("sales_process_control.SalesFunnel", SalesFunnel);
