import { Component, onWillUnmount } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { WithSearch } from "@web/search/with_search/with_search";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { leaveAddress } from "../screen/address";
import { loadChartLibrary } from "../screen/charts/chart";
import { FORECAST_ADDRESS } from "./forecast_address";
import { ForecastPage } from "./forecast_page";

/** Screen of the forecast: loads the favorites and the state of the address, and shows the page. */
export class Forecast extends Component {
    static template = "sales_process_control.Forecast";
    static components = { ForecastPage, WithSearch };
    static props = { ...standardActionServiceProps };

    setup() {
        this.address = FORECAST_ADDRESS.read();
        // Started early. The charts await the library themselves and report its failure.
        loadChartLibrary().catch(() => {});
        onWillUnmount(() => leaveAddress(this.props.action));
    }

    /** The search has no filters: the favorites store the query of the page in their context. */
    get search() {
        const { globalState } = this.props;
        return {
            resModel: "crm.forecast",
            context: { search_view_ref: "sales_process_control.crm_forecast_view_search_screen" },
            searchViewId: false,
            loadIrFilters: true,
            // An address has the whole query, so the user's default favorite does not apply.
            activateFavorite: !Object.keys(this.address).length,
            searchMenuTypes: ["favorite"],
            ...(globalState ? { globalState } : {}),
        };
    }
}

registry.category("lazy_components").add("sales_process_control.Forecast", Forecast);
