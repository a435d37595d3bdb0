import { Component, onMounted, onWillUpdateProps, useRef, useState } from "@odoo/owl";
import { getCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { downloadFile } from "@web/core/network/download";
import { ErrorHandler } from "@web/core/utils/components";
import { useService } from "@web/core/utils/hooks";
import { deepEqual } from "@web/core/utils/objects";
import { url } from "@web/core/utils/urls";
import { useSetupAction } from "@web/search/action_hook";
import { ControlPanel } from "@web/search/control_panel/control_panel";
import { SearchBar } from "@web/search/search_bar/search_bar";
import { useSearchBarToggler } from "@web/search/search_bar/search_bar_toggler";
import { Block } from "../kit/block/block";
import { RadioChips } from "../kit/radio_chips/radio_chips";
import { reasonOf } from "../kit/reason_of_error";
import { FunnelDays } from "./funnel_days";
import { FunnelDistribution } from "./funnel_distribution";
import { FunnelFlow } from "./funnel_flow";
import { drawPicture } from "./funnel_picture";
import { FunnelView } from "./funnel_view";
import { FunnelWaterfall } from "./funnel_waterfall";
import { FunnelWeeks } from "./funnel_weeks";
import { dayLabel, MEASURES } from "./funnel_words";

/** In the order in which one looks at them, and what each is read with. */
const BLOCKS = [
    { name: "distribution", source: "funnel", Component: FunnelDistribution, title: _t("Distribution") },
    { name: "waterfall", source: "funnel", Component: FunnelWaterfall, title: _t("What changed") },
    { name: "weeks", source: "weeks", Component: FunnelWeeks, title: _t("Through the weeks") },
    { name: "flow", source: "funnel", Component: FunnelFlow, title: _t("Where deals went") },
];

/** The page of the sales funnel: what it is about, and its blocks. */
export class FunnelPage extends Component {
    static template = "sales_process_control.FunnelPage";
    static components = { Block, ControlPanel, ErrorHandler, FunnelDays, RadioChips, SearchBar };
    static props = {
        /** The props of the client action. */
        action: { type: Object },
        /** What the link has asked for by which it was opened. */
        address: { type: Object },
        /** What the search looks for. */
        domain: { type: Array },
        /** A favourite's context has days and measure. */
        context: { type: Object },
        className: { type: String, optional: true },
    };

    setup() {
        this.actionService = useService("action");
        this.rootRef = useRef("root");
        this.searchBarToggler = useSearchBarToggler();
        this.view = new FunnelView(this.props);
        this.page = this.view.page;
        /** Why a block cannot be drawn, by its name. */
        this.broken = useState({});
        this.retries = {};
        useSetupAction({
            rootRef: this.rootRef,
            getContext: () => this.view.favourite(),
            getLocalState: () => ({ funnel: this.view.known() }),
        });
        // The page is there at once, and fills itself.
        onMounted(() => this.view.show());
        onWillUpdateProps((next) => {
            if (!deepEqual(next.context, this.props.context)) {
                this.view.takeFavourite(next.context);
            }
            if (!deepEqual(next.domain, this.props.domain) || !deepEqual(next.context, this.props.context)) {
                this.view.search(next.domain);
            }
        });
    }

    get measures() {
        return Object.entries(MEASURES).map(([value, { label }]) => ({ value, label: label.toString() }));
    }

    get currencies() {
        return this.view.funnel?.currencies || [];
    }

    /** What cannot be shown as it was asked for; what was shown stays. */
    get problem() {
        return this.page.problem || this.env.searchModel.problem;
    }

    get spreadsheetUrl() {
        const { day, before, measure, currencyId, domain } = this.view.asked;
        const parameters = { day, before, measure, currency_id: currencyId, domain: JSON.stringify(domain) };
        const given = Object.entries(parameters).filter(([, value]) => value);
        return url("/sales_process_control/funnel/xlsx", Object.fromEntries(given));
    }

    /** What stands on the page. */
    get blocks() {
        return BLOCKS.map(({ name, source, Component: One, title }) => {
            const props = { ...this.block(source, name), measure: this.page.measure, ...this.extras(name) };
            const broken = this.broken[name];
            const frame = {
                title: title.toString(),
                className: `o_funnel_${name}`,
                status: "error",
                error: broken || "",
                onRetry: props.onRetry,
            };
            return { name, One, props, broken, frame, onError: (error) => this.onBroken(name, error) };
        });
    }

    block(source, name) {
        const { status, data, error } = this.view.live.blocks[source] || { status: "loading", data: null, error: "" };
        this.retries[name] ||= () => this.retry(source, name);
        return { status, data, error, onRetry: this.retries[name] };
    }

    extras(name) {
        if (name === "distribution") {
            const { searchModel } = this.env;
            const onClear = this.props.domain.length ? () => searchModel.clearQuery() : null;
            return { preview: this.page.preview, onClear, onNew: () => this.openPipeline() };
        }
        if (name === "weeks") {
            const { day, before, currencyId } = this.view.asked;
            return {
                day,
                before,
                currencyId,
                onPreview: (preview) => this.view.pass(preview),
                onChoose: (chosen) => this.view.changeDays({ day: chosen }),
            };
        }
        return {};
    }

    /** What comes from the server could not be drawn: the other blocks do not lack for it. */
    onBroken(name, error) {
        this.broken[name] = reasonOf(error.cause || error);
    }

    async retry(source, name) {
        await this.view.live.reload([source]);
        delete this.broken[name];
    }

    openPipeline() {
        return this.actionService.doAction("crm.crm_lead_action_pipeline");
    }

    /** Title, days, filters and both charts as one file. */
    async savePicture() {
        const { day, before } = this.view.asked;
        const charts = BLOCKS.slice(0, 2).map(({ name, title }) => ({
            title: title.toString(),
            canvas: this.rootRef.el.querySelector(`.o_funnel_${name} canvas`),
        }));
        const { currencyId, measure } = this.page;
        const currency = measure === "count" ? null : getCurrency(currencyId || this.view.funnel.currency_id);
        const unit = [MEASURES[measure].label, currency?.name].filter(Boolean).join(", ");
        const title = _t("Sales Funnel");
        const days = _t("%(day)s compared with %(before)s", { day: dayLabel(day), before: dayLabel(before) });
        const canvas = drawPicture(this.rootRef.el.querySelector(".o_block"), {
            title,
            lines: [`${days} · ${unit}`, this.env.searchModel.words.join(" · ")].filter(Boolean),
            charts: charts.filter((chart) => chart.canvas),
        });
        const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
        downloadFile(blob, `${title} ${day}.png`, "image/png");
    }

    get canSavePicture() {
        return !!this.view.funnel?.stages.length;
    }
}
