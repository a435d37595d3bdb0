import { Component, onMounted, status, useRef } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { deserializeDate, formatDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useBus } from "@web/core/utils/hooks";
import { useFocusInBlock } from "../kit/focus";
import { frameOf } from "../screen/block";
import { leftOutLabel } from "../screen/left_out";
import { useLiveData } from "../screen/live_data";
import { QueryPickers } from "../screen/query_pickers";
import { DealReviewTile } from "./deal_review_tile";

/** Choices of the picker of the day, besides a day itself. */
const SINCE_LABELS = {
    "-1d": _t("Changed since yesterday"),
    "-7d": _t("Changed since 7 days ago"),
    "-30d": _t("Changed since 30 days ago"),
};
const A_DATE = "date";

/**
 * Banner above the deals of the Deal Review: since which day changes are shown, whose deals, and tiles with their totals.
 * A tile filters the deals below. What is chosen is kept by the search model (`DealReviewSearchModel`).
 */
export class DealReviewBanner extends Component {
    static template = "sales_process_control.DealReviewBanner";
    static components = { DateTimeInput, DealReviewTile, QueryPickers };
    static props = {};

    setup() {
        this.model = this.env.searchModel;
        /** The read of the forecast that is under way: whose deals, and its promise. */
        this.reading = null;
        this.live = useLiveData({
            read: (names) => this.read(names),
            getBatches: () => [["tiles"], ["forecast"]],
            onChanged: (names) => status(this) !== "destroyed" && names.includes("tiles") && this.model.listAgain(),
        });
        const rootRef = useRef("root");
        useFocusInBlock(rootRef, () => rootRef.el);
        useBus(this.model, this.model.constructor.LIST_CHANGED, () => this.reloadAfterList());
        useBus(this.model, "update", () => this.onSearchUpdate());
        onMounted(() => this.reload());
    }

    /** The search has changed: show what is pressed now, and read the tiles if these are others. */
    onSearchUpdate() {
        if (this.model.isOutdated || this.model.isAnswerNew) {
            this.reload();
        }
        this.render();
    }

    /** Read the tiles, then the numbers of those that wait for the forecast. */
    async reload() {
        await this.live.reload(["tiles"]);
        if (status(this) !== "destroyed" && !this.isForecastRead) {
            await this.readForecast();
        }
    }

    /** Read the numbers again after deals of the list were changed. */
    async reloadAfterList() {
        await this.live.reload(["tiles"]);
        if (status(this) !== "destroyed") {
            await this.live.reload(["forecast"]);
        }
    }

    /** Read the forecast of the deals that are chosen now, unless it is being read already. */
    async readForecast() {
        const deals = this.dealsOf(this.review);
        if (this.reading?.deals !== deals) {
            const reading = { deals, promise: this.live.reload(["forecast"]) };
            this.reading = reading;
            reading.promise.finally(() => {
                this.reading = this.reading === reading ? null : this.reading;
            });
        }
        await this.reading?.promise;
    }

    async read([name]) {
        if (name === "tiles") {
            return { tiles: await this.model.readTiles() };
        }
        const deals = this.dealsOf(this.review);
        return { forecast: { ...(await this.model.readForecastTiles()), deals } };
    }

    /** Whose deals are reviewed, as a text. The forecast does not depend on the day. */
    dealsOf({ teamId, userId }) {
        return JSON.stringify([teamId, userId]);
    }

    /** Numbers of the tiles that wait for the forecast; null unless they are of the deals that are chosen now. */
    get forecast() {
        const { data } = this.live.getProps("forecast");
        return data?.deals === this.dealsOf(this.review) ? data : null;
    }

    get isForecastRead() {
        return Boolean(this.forecast);
    }

    get review() {
        return this.model.review;
    }

    /** State of the tiles. Those of other deals or of another day are not shown while the chosen ones are read. */
    get tileProps() {
        return this.live.getProps("tiles", () => !this.model.isOutdated);
    }

    get frame() {
        return frameOf(this.tileProps);
    }

    /** Whether numbers of tiles are being read. */
    get isBusy() {
        const isWaiting = Boolean(this.answer) && !this.forecast && !this.failed;
        return this.frame.status === "loading" || isWaiting;
    }

    /** The first request that has failed. */
    get failed() {
        const frames = [this.frame, frameOf(this.live.getProps("forecast"))];
        return frames.find(({ error }) => error);
    }

    get answer() {
        return this.tileProps.data;
    }

    /** The last answer, whatever was chosen then: the pickers offer the same with each. */
    get lastAnswer() {
        return this.live.getProps("tiles").data;
    }

    get query() {
        const { since, teamId, userId } = this.review;
        return { period: since, teamId, userId, companyId: false };
    }

    get pickers() {
        return this.lastAnswer && { ...this.lastAnswer, companies: [], periods: this.periods };
    }

    get periods() {
        const { since } = this.review;
        const periods = Object.entries(SINCE_LABELS).map(([key, label]) => ({ key, name: label.toString() }));
        if (this.isDay) {
            periods.push({ key: since, name: _t("Changed since %s", formatDate(deserializeDate(since))) });
        } else {
            periods.push({ key: A_DATE, name: _t("Changed since a date") });
        }
        return periods;
    }

    /** Whether a day was chosen in the calendar. */
    get isDay() {
        return !(this.review.since in SINCE_LABELS);
    }

    /** The day since which changes are shown, in words. */
    get dayLabel() {
        return this.isDay || !this.answer ? "" : formatDate(deserializeDate(this.answer.since_day));
    }

    get calendar() {
        return {
            type: "date",
            value: deserializeDate(this.review.since),
            // In the time zone of the reader, the next day of the company may have begun.
            maxDate: deserializeDate(this.lastAnswer.last_day),
            class: "o_deal_review_day o_input form-control form-control-sm",
            onApply: (day) => day && this.model.choose({ since: serializeDate(day) }),
        };
    }

    get tiles() {
        const { forecast } = this;
        return this.answer.tiles.map((tile) => ({
            tile: forecast && tile.is_later ? { ...tile, ...forecast.tiles[tile.key], is_later: false } : tile,
            currencyId: this.answer.currency_id,
            hasFailed: Boolean(tile.is_later && !forecast && this.live.getProps("forecast").error),
            maySetTarget: Boolean(forecast?.may_set_target),
            isPressed: tile.key === this.review.tile,
            onToggle: () => this.model.toggleTile(tile.key),
        }));
    }

    get leftOut() {
        const { left_out: leftOut = [] } = this.forecast || this.answer;
        return leftOutLabel([...leftOut, ...(this.answer.changes_left_out || [])]);
    }

    /** Choose by a picker. The choice of a date begins with the day that is shown. */
    choose({ period, ...values }) {
        if (period) {
            values.since = period === A_DATE ? this.lastAnswer.since_day : period;
        }
        return this.model.choose(values);
    }
}

registry.category("lazy_components").add("sales_process_control.DealReviewBanner", DealReviewBanner);
