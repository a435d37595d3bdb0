import { Component, onMounted, onWillUpdateProps, useRef } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { deepEqual } from "@web/core/utils/objects";
import { useSetupAction } from "@web/search/action_hook";
import { ControlPanel } from "@web/search/control_panel/control_panel";
import { SearchBarMenu } from "@web/search/search_bar_menu/search_bar_menu";
import { SafeBlock, useSafeBlocks } from "../screen/block";
import { QueryPickers } from "../screen/query_pickers";
import { ForecastAccuracy } from "./forecast_accuracy";
import { ForecastDeals } from "./forecast_deals";
import { ForecastEstimates } from "./forecast_estimates";
import { ForecastModel } from "./forecast_model";
import { ForecastOwners } from "./forecast_owners";
import { ForecastTotal } from "./forecast_total";
import { ForecastTrail } from "./forecast_trail";

/** Blocks in the order of the screen; `name` is the key of the block of the server that has the data. */
const BLOCKS = [
    { name: "total", component: ForecastTotal, title: _t("How much will be won") },
    { name: "deals", component: ForecastDeals, title: _t("Where it comes from") },
    { name: "trail", component: ForecastTrail, title: _t("Through the period") },
    { name: "owners", component: ForecastOwners, title: _t("By team and by salesperson") },
    { name: "accuracy", component: ForecastAccuracy, title: _t("How good it was") },
    { name: "estimates", component: ForecastEstimates, title: _t("Who estimates well") },
];

/** Page of the forecast: pickers and blocks. */
export class ForecastPage extends Component {
    static template = "sales_process_control.ForecastPage";
    static components = { ControlPanel, QueryPickers, SafeBlock, SearchBarMenu };
    static props = {
        /** Props of the client action. */
        action: { type: Object },
        /** Query of the address, see `makeAddress`. */
        address: { type: Object },
        /** Context of the search; a favorite has stored the query in it. */
        context: { type: Object },
        /** Local state of the action, from which `useSetupAction` restores how far the page was scrolled. */
        state: { type: Object, optional: true },
        className: { type: String, optional: true },
    };

    setup() {
        this.rootRef = useRef("root");
        this.model = new ForecastModel(this.props);
        this.toSafeBlock = useSafeBlocks();
        this.retryFunctions = {};
        useSetupAction({
            rootRef: this.rootRef,
            getContext: () => this.model.getFavoriteContext(),
            getLocalState: () => ({ forecast: this.model.getLocalState() }),
        });
        // The page is rendered at once, and the blocks are filled when they are read.
        onMounted(() => this.model.start());
        onWillUpdateProps(({ context }) => {
            if (!deepEqual(context, this.props.context) && this.model.applyFavorite(context)) {
                this.model.choose({});
            }
        });
    }

    get answer() {
        return this.model.answer;
    }

    /** How long the period goes on, for example "Q4 2026 ends in 33 days". */
    get note() {
        if (!this.answer) {
            return "";
        }
        const { period_name: name, days_left: days } = this.answer;
        if (days < 1) {
            return _t("%s ends today", name);
        }
        return days === 1
            ? _t("%s ends tomorrow", name)
            : _t("%(period)s ends in %(days)s days", { period: name, days });
    }

    /** The blocks as props of `SafeBlock`. */
    get blocks() {
        return BLOCKS.map(({ name, component, title: lazyTitle }) => {
            const frame = { title: this.getTitle(name, lazyTitle), className: `o_forecast_${name}` };
            const blockProps = { ...this.getDataProps(name), ...frame, answer: this.answer };
            return this.toSafeBlock({ name, component, blockProps, ...frame });
        });
    }

    /** Some headings depend on the period. */
    getTitle(name, lazyTitle) {
        if (this.answer && name === "total") {
            return this.answer.period_name;
        }
        if (this.answer && name === "trail" && this.answer.start <= this.answer.today) {
            return this.answer.period_kind === "month" ? _t("Through the month") : _t("Through the quarter");
        }
        return lazyTitle.toString();
    }

    getDataProps(name) {
        const { status, data, error } = this.model.live.blocks[name] || { status: "loading", data: null, error: "" };
        this.retryFunctions[name] ||= () => this.model.live.reload([name]);
        return { status, data, error, onRetry: this.retryFunctions[name] };
    }
}
