import { Component, onWillUnmount } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { deepEqual } from "@web/core/utils/objects";
import { SearchModel } from "@web/search/search_model";
import { WithSearch } from "@web/search/with_search/with_search";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { labelled } from "../kit/text_lists";
import { leaveAddress } from "../screen/address";
import { loadStagesLibrary } from "./charts/stages_type";
import { readAddress } from "./funnel_address";
import { FunnelPage } from "./funnel_page";

/** Search model that starts with the domain of the address instead of the user's default favorite. */
class FunnelSearchModel extends SearchModel {
    setup(services, { address }) {
        super.setup(services);
        this.address = address;
        /** Message for the user if the domain of the address could not be used. */
        this.problem = "";
    }

    async load(config) {
        await super.load(config);
        const { domain } = this.address;
        if (domain === undefined || deepEqual(domain, this.domain)) {
            return;
        }
        this.clearQuery();
        if (!(await this.addDomain(domain))) {
            this.problem = _t("The filters in the address could not be read, and are ignored.");
        }
    }

    /**
     * @param {Array|null} domain null if it could not be parsed
     * @returns {Promise<boolean>} whether the domain was added as facets of the search bar
     */
    async addDomain(domain) {
        if (!domain) {
            return false;
        }
        try {
            await (domain.length && this.splitAndAddDomain(domain));
        } catch {
            return false;
        }
        return true;
    }

    /** The facets of the search bar as texts, for example "Sales Team: Europe". */
    get facetLabels() {
        return this.facets.map(({ title, values, separator }) => {
            const text = values.join(` ${separator} `);
            return title ? labelled(title, text) : text;
        });
    }
}

/** Screen of the sales funnel: loads the search and the state of the address, and shows the page. */
export class SalesFunnel extends Component {
    static template = "sales_process_control.SalesFunnel";
    static components = { FunnelPage, WithSearch };
    static props = { ...standardActionServiceProps };

    setup() {
        this.address = readAddress();
        // Started early. The charts await the library themselves and report its failure.
        loadStagesLibrary().catch(() => {});
        onWillUnmount(() => leaveAddress(this.props.action));
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
