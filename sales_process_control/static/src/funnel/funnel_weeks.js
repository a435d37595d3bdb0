import { Component, onWillUnmount, onWillUpdateProps, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { useDebounced } from "@web/core/utils/timing";
import { Block, frameOf } from "../screen/block";
import { EmptyState } from "../screen/empty_state";
import { prefersReducedMotion } from "../screen/charts/chart";
import { leftOutLabel } from "../screen/left_out";
import { dayLabel } from "../screen/number_labels";
import { NumbersTable, NumbersToggle } from "../screen/numbers_table";
import { shortDayLabel } from "../screen/short_labels";
import { WeeksChart } from "./charts/weeks_chart";
import { BLOCK_PROPS, stageKey } from "./funnel_block";
import { fullLabel } from "./funnel_labels";

/** Index of each measure in the values of a stage at a point: [count, amount, weighted, expected]. */
const MEASURE_INDEXES = { count: 0, amount: 1, weighted: 2, chance: 3 };
/** Milliseconds per week while playing. */
export const PLAY_DELAY = 300;
/** The same for users who prefer reduced motion: slow single steps. */
export const REDUCED_MOTION_DELAY = 1000;
/** Milliseconds after the last move of the bar before its day is read, so that passed weeks are not read. */
export const CHOOSE_DELAY = 400;

const { DateTime } = luxon;

/** Return the values of a stage at a point as a number of the funnel. */
function toNumber([value, amount, weighted, expected]) {
    return { value, amount, weighted, expected };
}

/** Block with the stages through the weeks, and a bar that chooses the day: by dragging, by arrow keys or by playing. */
export class FunnelWeeks extends Component {
    static template = "sales_process_control.FunnelWeeks";
    static components = { Block, EmptyState, NumbersTable, NumbersToggle, WeeksChart };
    static props = {
        ...BLOCK_PROPS,
        /** Days of the query; false until the server has answered. */
        day: { type: [String, { value: false }] },
        before: { type: [String, { value: false }] },
        /**
         * Called with {day, stages, largest} of each week that the bar passes. Stages have `key`, `name` and the number
         * `day`; `largest` has the largest value of a stage in any week.
         */
        onPreview: { type: Function },
        /** Called with the day at which the bar stays. */
        onChoose: { type: Function },
    };

    setup() {
        /** `index`: point of the bar while it is moved; null while it stands at the day of the query. */
        this.state = useState({ isShown: false, isPlaying: false, index: null, announcement: "" });
        this.chooseLater = useDebounced(() => this.choose(), CHOOSE_DELAY);
        onWillUpdateProps(({ data }) => !data && this.rest());
        onWillUnmount(() => browser.clearTimeout(this.timer));
    }

    get frame() {
        return frameOf(this.props);
    }

    get points() {
        return this.props.data.points;
    }

    get isEmpty() {
        const { data } = this.props;
        return !!data && !data.points.some(({ stages }) => stages.some(([count]) => count));
    }

    get remark() {
        return leftOutLabel(this.props.data.left_out);
    }

    /** Number of estimated points; they are the first ones. */
    get estimated() {
        return this.points.filter((point) => point.is_estimated).length;
    }

    /** Labels and values of the chart. Cached, so that the chart is not drawn again while the bar moves. */
    get chartData() {
        const { data, measure } = this.props;
        if (this.cachedChartData?.data !== data || this.cachedChartData.measure !== measure) {
            const { labels, stages } = this;
            this.cachedChartData = { data, measure, labels, stages };
        }
        return this.cachedChartData;
    }

    get labels() {
        return this.points.map(({ day }) => shortDayLabel(day));
    }

    get stages() {
        const measureIndex = MEASURE_INDEXES[this.props.measure];
        return this.props.data.stages.map((_stage, stageIndex) =>
            this.points.map(({ stages }) => stages[stageIndex][measureIndex])
        );
    }

    get lastIndex() {
        return this.points.length - 1;
    }

    /** Index of the point at which the bar stands: while it is not moved, the one nearest to the day of the query. */
    get index() {
        const { index } = this.state;
        return index === null ? Math.round(this.positionOf(this.props.day)) : Math.min(index, this.lastIndex);
    }

    /** Return the position of a day on the axis as a fractional index of the points. */
    positionOf(day) {
        const { points } = this;
        const after = points.findIndex((point) => day && point.day >= day);
        if (after <= 0) {
            return after ? this.lastIndex : 0;
        }
        const [from, at, to] = [points[after - 1].day, day, points[after].day].map((text) => DateTime.fromISO(text));
        return after - 1 + at.diff(from).toMillis() / to.diff(from).toMillis();
    }

    /** Position of the earlier day; null if it is before the first point. */
    get before() {
        const { before } = this.props;
        return before && before >= this.points[0].day ? this.positionOf(before) : null;
    }

    get dayTitle() {
        return dayLabel(this.points[this.index].day);
    }

    /** What screen readers read of the bar. While it moves by itself, they would read every week. */
    get barText() {
        if (this.state.isPlaying) {
            return _t("Playing");
        }
        const { is_estimated: isEstimated } = this.points[this.index];
        return isEstimated ? _t("%s, estimated", this.dayTitle) : this.dayTitle;
    }

    get playLabel() {
        return this.state.isPlaying ? _t("Pause") : _t("Play");
    }

    /** Largest values of a stage in any week. */
    get largest() {
        const values = this.points.flatMap(({ stages }) => stages);
        return toNumber(
            Object.values(MEASURE_INDEXES).map((index) => Math.max(...values.map((value) => value[index] || 0)))
        );
    }

    /** Move the bar to a point, and preview its week. */
    moveTo(index) {
        this.state.index = index;
        const { day, stages: values } = this.points[index];
        const stages = this.props.data.stages.map((stage, stageIndex) => ({
            key: stageKey(stage),
            name: stage.name,
            day: toNumber(values[stageIndex]),
        }));
        this.props.onPreview({ day, stages, largest: this.largest });
    }

    /** Move the bar by a week, and choose its day once the bar stays. */
    step(weeks) {
        this.pause();
        this.moveTo(Math.min(this.lastIndex, Math.max(0, this.index + weeks)));
        this.chooseLater();
    }

    onKeydown(ev) {
        if (ev.key === "Escape" && this.state.isPlaying) {
            ev.stopPropagation();
            this.stop();
        }
    }

    onInput(ev) {
        this.pause();
        this.moveTo(Number(ev.target.value));
        this.chooseLater();
    }

    /** Choose the day at which the bar stands. */
    choose() {
        const { index } = this.state;
        if (index !== null) {
            this.state.index = null;
            this.props.onChoose(this.points[index].day);
        }
    }

    /** Stop playing, and choose the day at which the bar stands. */
    stop() {
        this.pause();
        this.state.announcement = _t("Stopped at %s", this.barText);
        this.choose();
    }

    /** Leave the bar where the query has its day: the weeks are those of other filters, and are not shown any more. */
    rest() {
        this.pause();
        this.chooseLater.cancel();
        this.state.index = null;
    }

    togglePlay() {
        if (this.state.isPlaying) {
            this.stop();
        } else {
            this.chooseLater.cancel();
            this.state.isPlaying = true;
            this.state.announcement = _t("Playing");
            this.moveTo(this.index === this.lastIndex ? 0 : this.index);
            this.scheduleNextWeek();
        }
    }

    scheduleNextWeek() {
        this.timer = browser.setTimeout(
            () => {
                this.moveTo(Math.min(this.index + 1, this.lastIndex));
                if (this.index < this.lastIndex) {
                    this.scheduleNextWeek();
                } else {
                    this.stop();
                }
            },
            prefersReducedMotion() ? REDUCED_MOTION_DELAY : PLAY_DELAY
        );
    }

    pause() {
        this.state.isPlaying = false;
        browser.clearTimeout(this.timer);
    }

    get columns() {
        return [_t("Day"), ...this.props.data.stages.map(({ name }) => name)];
    }

    get rows() {
        const { data, measure } = this.props;
        return this.points.map(({ day, is_estimated: isEstimated, stages }) => ({
            key: day,
            name: isEstimated ? _t("%s, estimated", dayLabel(day)) : dayLabel(day),
            cells: stages.map((values) => ({
                label: fullLabel(values[MEASURE_INDEXES[measure]], measure, data.currency_id),
            })),
        }));
    }
}
