import { Component, onMounted } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { DateTimeInput } from "@web/core/datetime/datetime_input";
import { deserializeDate, formatDate, serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useBus } from "@web/core/utils/hooks";
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
        this.live = useLiveData({
            read: async () => ({ tiles: await this.model.readTiles() }),
            getBatches: () => [["tiles"]],
        });
        useBus(this.model, "update", () => this.onSearchUpdate());
        onMounted(() => this.live.reload(["tiles"]));
    }

    /** The search has changed: show what is pressed now, and read the tiles if these are others. */
    onSearchUpdate() {
        if (this.model.isOutdated || this.model.isAnswerNew) {
            this.live.reload(["tiles"]);
        }
        this.render();
    }

    get review() {
        return this.model.review;
    }

    get frame() {
        return frameOf(this.live.getProps("tiles"));
    }

    get answer() {
        return this.live.getProps("tiles").data;
    }

    get query() {
        const { since, teamId, userId } = this.review;
        return { period: since, teamId, userId, companyId: false };
    }

    get pickers() {
        return this.answer && { ...this.answer, companies: [], periods: this.periods };
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
        return this.isDay ? "" : formatDate(deserializeDate(this.answer.since_day));
    }

    get calendar() {
        return {
            type: "date",
            value: deserializeDate(this.review.since),
            maxDate: luxon.DateTime.local().minus({ days: 1 }),
            class: "o_deal_review_day o_input form-control form-control-sm",
            onApply: (day) => day && this.model.choose({ since: serializeDate(day) }),
        };
    }

    get tiles() {
        return this.answer.tiles.map((tile) => ({
            tile,
            answer: this.answer,
            isPressed: tile.key === this.review.tile,
            onToggle: () => this.model.toggleTile(tile.key),
        }));
    }

    get leftOut() {
        return leftOutLabel(this.answer.left_out || []);
    }

    /** Choose by a picker. The choice of a date begins with the day that is shown. */
    choose({ period, ...values }) {
        if (period) {
            values.since = period === A_DATE ? this.answer.since_day : period;
        }
        return this.model.choose(values);
    }
}

registry.category("lazy_components").add("sales_process_control.DealReviewBanner", DealReviewBanner);
