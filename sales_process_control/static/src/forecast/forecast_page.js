import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { ControlPanel } from "@web/search/control_panel/control_panel";
import { SearchBarMenu } from "@web/search/search_bar_menu/search_bar_menu";
import { SafeBlock, useSafeBlocks } from "../screen/block";
import { queryPageProps, useQueryPage } from "../screen/query_page";
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
    { name: "total", component: ForecastTotal, title: _t("Expected result") },
    { name: "deals", component: ForecastDeals, title: _t("Open deals behind the forecast") },
    { name: "trail", component: ForecastTrail, title: _t("Through the period") },
    { name: "owners", component: ForecastOwners, title: _t("By team and by salesperson") },
    { name: "accuracy", component: ForecastAccuracy, title: _t("Accuracy") },
    { name: "estimates", component: ForecastEstimates, title: _t("Quality of estimates") },
];

/** Page of the forecast: pickers and blocks. */
export class ForecastPage extends Component {
    static template = "sales_process_control.ForecastPage";
    static components = { ControlPanel, QueryPickers, SafeBlock, SearchBarMenu };
    static props = queryPageProps;

    setup() {
        this.model = new ForecastModel(this.props);
        this.toSafeBlock = useSafeBlocks();
        useQueryPage(this.model);
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
            const blockProps = { ...this.model.live.getProps(name), ...frame, answer: this.answer };
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
}
