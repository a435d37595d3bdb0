import { Component, onMounted, onWillUpdateProps, useRef } from "@odoo/owl";
import { getCurrency } from "@web/core/currency";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { deserializeDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { downloadFile } from "@web/core/network/download";
import { useService } from "@web/core/utils/hooks";
import { deepEqual } from "@web/core/utils/objects";
import { url } from "@web/core/utils/urls";
import { useSetupAction } from "@web/search/action_hook";
import { ControlPanel } from "@web/search/control_panel/control_panel";
import { SearchBar } from "@web/search/search_bar/search_bar";
import { useSearchBarToggler } from "@web/search/search_bar/search_bar_toggler";
import { useFocusInBlock } from "../kit/focus";
import { RadioChips } from "../kit/radio_chips";
import { joinedPhrases } from "../kit/text_lists";
import { SafeBlock, useSafeBlocks } from "../screen/block";
import { dayLabel } from "../screen/number_labels";
import { PeriodPicker } from "../screen/period_picker";
import { drawPicture } from "../screen/picture";
import { FunnelDistribution } from "./funnel_distribution";
import { FunnelFlow } from "./funnel_flow";
import { MEASURES } from "./funnel_labels";
import { FunnelModel } from "./funnel_model";
import { FunnelWaterfall } from "./funnel_waterfall";
import { FunnelWeeks } from "./funnel_weeks";

/** Blocks in the order of the screen; `source` is the name of their data in `FunnelModel.live`. */
const BLOCKS = [
    { name: "distribution", source: "funnel", component: FunnelDistribution, title: _t("Distribution") },
    { name: "waterfall", source: "funnel", component: FunnelWaterfall, title: _t("What changed") },
    { name: "weeks", source: "weeks", component: FunnelWeeks, title: _t("Through the weeks") },
    { name: "flow", source: "funnel", component: FunnelFlow, title: _t("Where deals went") },
];

/**
 * Picker of a period, and date pickers of the day and of the earlier day that it is compared with. While a past week is
 * previewed, there is its day alone.
 */
export class FunnelDays extends Component {
    static template = "sales_process_control.FunnelDays";
    static components = { DateTimeInput, PeriodPicker };
    static props = {
        /** Periods of the server, see `PeriodPicker`. */
        periods: { type: Array, element: Object },
        period: { type: [String, { value: false }] },
        /** Serialized dates; false until the server has answered. */
        day: { type: [String, { value: false }] },
        before: { type: [String, { value: false }] },
        /** Last day that can be chosen. */
        today: { type: [String, { value: false }] },
        isPreview: { type: Boolean },
        /** Called with the key of the period. */
        onPeriod: { type: Function },
        /** Called with the day that was changed: {day} or {before}. */
        onChange: { type: Function },
    };

    get periodLabel() {
        return _t("Period");
    }

    get otherLabel() {
        return _t("Other Days");
    }

    get period() {
        return !this.props.isPreview && this.props.period;
    }

    get pickers() {
        const { today } = this.props;
        const maxDate = today ? deserializeDate(today) : undefined;
        return {
            day: this.getPicker("day", maxDate),
            before: this.getPicker("before", maxDate),
        };
    }

    getPicker(name, maxDate) {
        const value = this.props[name];
        return {
            id: `o_funnel_${name}`,
            class: "o_funnel_date",
            type: "date",
            value: value ? deserializeDate(value) : false,
            maxDate,
            onApply: (date) => this.props.onChange({ [name]: date ? serializeDate(date) : false }),
        };
    }
}

/** Page of the sales funnel: search, choices, and blocks. */
export class FunnelPage extends Component {
    static template = "sales_process_control.FunnelPage";
    static components = { ControlPanel, FunnelDays, RadioChips, SafeBlock, SearchBar };
    static props = {
        /** Props of the client action. */
        action: { type: Object },
        /** Query of the address, see `readAddress`. */
        address: { type: Object },
        /** Domain and context of the search; a favorite has stored the query in the context. */
        domain: { type: Array },
        context: { type: Object },
        /** Local state of the action, from which `useSetupAction` restores how far the page was scrolled. */
        state: { type: Object, optional: true },
        className: { type: String, optional: true },
    };

    setup() {
        this.actionService = useService("action");
        this.rootRef = useRef("root");
        useFocusInBlock(this.rootRef);
        this.searchBarToggler = useSearchBarToggler();
        this.model = new FunnelModel(this.props);
        this.state = this.model.state;
        this.toSafeBlock = useSafeBlocks();
        useSetupAction({
            rootRef: this.rootRef,
            getContext: () => this.model.getFavoriteContext(),
            getLocalState: () => ({ funnel: this.model.getLocalState() }),
        });
        // The page is rendered at once, and the blocks are filled when they are read.
        onMounted(() => this.model.load());
        onWillUpdateProps((nextProps) => {
            if (!deepEqual(nextProps.context, this.props.context)) {
                this.model.applyFavorite(nextProps.context);
            }
            if (!deepEqual(nextProps.domain, this.props.domain) || !deepEqual(nextProps.context, this.props.context)) {
                this.model.setDomain(nextProps.domain);
            }
        });
    }

    get measures() {
        return Object.entries(MEASURES).map(([value, { label }]) => ({ value, label: label.toString() }));
    }

    get currencies() {
        return this.model.funnel?.currencies || [];
    }

    /** Message about a query that could not be used. The data of the last query stay on the screen. */
    get problem() {
        return this.state.problem || this.env.searchModel.problem;
    }

    get spreadsheetUrl() {
        const { day, before, measure, currencyId, domain } = this.model.query;
        const parameters = { day, before, measure, currency_id: currencyId, domain: JSON.stringify(domain) };
        const given = Object.entries(parameters).filter(([, value]) => value);
        return url("/sales_process_control/funnel/xlsx", Object.fromEntries(given));
    }

    /** Props of the pickers of the days. */
    get days() {
        const { preview } = this.state;
        const { period, day, before } = this.model.query;
        return {
            periods: this.model.funnel?.periods || [],
            period,
            day: preview ? preview.day : day,
            before,
            today: this.model.funnel?.today || false,
            isPreview: Boolean(preview),
            onPeriod: (name) => this.model.setPeriod(name),
            onChange: (days) => this.model.setDays(days),
        };
    }

    /** The blocks as props of `SafeBlock`. */
    get blocks() {
        return BLOCKS.map(({ name, source, component, title }) => {
            const blockProps = {
                ...this.model.getProps(source),
                measure: this.state.measure,
                ...this.getExtraProps(name),
            };
            const frame = { title: title.toString(), className: `o_funnel_${name}` };
            return this.toSafeBlock({ name, component, blockProps, ...frame });
        });
    }

    getExtraProps(name) {
        if (name === "distribution") {
            const { searchModel } = this.env;
            const onClear = this.props.domain.length ? () => searchModel.clearQuery() : null;
            return {
                preview: this.state.preview,
                conversion: this.model.conversion,
                conversionError: this.model.live.blocks.conversion?.error || "",
                onRetryConversion: this.model.live.getProps("conversion").onRetry,
                onClear,
                onNew: () => this.openPipeline(),
            };
        }
        if (name === "weeks") {
            const { day, before } = this.model.query;
            return {
                day,
                before,
                onPreview: (preview) => this.model.setPreview(preview),
                onChoose: (chosenDay) => this.model.setDays({ day: chosenDay }),
            };
        }
        return { isWaiting: Boolean(this.state.preview) };
    }

    openPipeline() {
        return this.actionService.doAction("crm.crm_lead_action_pipeline");
    }

    get canSavePicture() {
        const { funnel } = this.model;
        // A past week has no days that the picture could name, and numbers of other filters are not those of its title.
        return Boolean(funnel?.stages.length) && this.model.isOfQuery(funnel) && !this.state.preview;
    }

    /** Return the texts of a chart that are beside its canvas: {text, x, y}, relative to the canvas. */
    getTexts(name) {
        const canvas = this.rootRef.el.querySelector(`.o_funnel_${name} canvas`);
        const elements = [...this.rootRef.el.querySelectorAll(`.o_funnel_${name} .o_funnel_passage`)];
        const { left, top } = canvas?.getBoundingClientRect() || {};
        return elements
            .filter((element) => element.childElementCount)
            .map((element) => {
                const place = element.getBoundingClientRect();
                const text = [...element.children].map((part) => part.textContent.trim()).join(" ");
                return { text, x: place.left + place.width / 2 - left, y: place.top + place.height / 2 - top };
            });
    }

    /** Download title, days, filters and the first two charts as one image. */
    async savePicture() {
        const { day, before, currency_id: currencyId } = this.model.funnel;
        const charts = BLOCKS.slice(0, 2).map(({ name, title }) => ({
            title: title.toString(),
            canvas: this.rootRef.el.querySelector(`.o_funnel_${name} canvas`),
            texts: this.getTexts(name),
        }));
        const { measure } = this.state;
        const currency = measure === "count" ? null : getCurrency(currencyId);
        const unit = joinedPhrases([MEASURES[measure].label, currency?.name]);
        const title = _t("Sales Funnel");
        const days = _t("%(day)s compared with %(before)s", { day: dayLabel(day), before: dayLabel(before) });
        const canvas = drawPicture(this.rootRef.el.querySelector(".o_block"), {
            title,
            lines: [`${days} · ${unit}`, this.env.searchModel.facetLabels.join(" · ")].filter(Boolean),
            charts: charts.filter((chart) => chart.canvas),
        });
        const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
        downloadFile(blob, `${title} ${day}.png`, "image/png");
    }
}
