import { Component, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { useDebounced } from "@web/core/utils/timing";
import { Block, frameOf } from "../kit/block/block";
import { prefersStill } from "./charts/chart_hook";
import { WeeksChart } from "./charts/weeks_chart";
import { BLOCK_PROPS, stageKey } from "./funnel_block";
import { FunnelNumbers, NumbersToggle } from "./funnel_numbers";
import { dayLabel, fullLabel, shortDayLabel } from "./funnel_words";

/** Where each measure is in what a point tells of a stage. */
const PLACES = { count: 0, amount: 1, weighted: 2 };
/** Milliseconds for a week; more where things had better not move: there it steps. */
export const PACE = 300;
export const STILL_PACE = 1000;
/** Who goes on with the arrows is not to wait for every week that is passed. */
export const SETTLING = 400;

const { DateTime } = luxon;

/** The stages through the weeks, with a bar to be dragged, or played, to the day that is looked at. */
export class FunnelWeeks extends Component {
    static template = "sales_process_control.FunnelWeeks";
    static components = { Block, FunnelNumbers, NumbersToggle, WeeksChart };
    static props = {
        ...BLOCK_PROPS,
        currencyId: { type: [Number, { value: false }] },
        /** The two days that the screen is about; none while they are not known. */
        day: { type: [String, { value: false }] },
        before: { type: [String, { value: false }] },
        /** While the bar passes by: what the funnel looked like. */
        onPreview: { type: Function },
        onChoose: { type: Function },
    };

    setup() {
        this.state = useState({ isShown: false, isPlaying: false, index: null });
        this.settle = useDebounced(() => this.choose(), SETTLING);
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

    get estimated() {
        return this.points.filter((point) => point.is_estimated).length;
    }

    /** What is drawn: the same as long as nothing is new, while the bar passes many weeks. */
    get drawn() {
        const { data, measure } = this.props;
        if (this.kept?.data !== data || this.kept.measure !== measure) {
            const { labels, stages } = this;
            this.kept = { data, measure, labels, stages };
        }
        return this.kept;
    }

    get labels() {
        return this.points.map(({ day }) => shortDayLabel(day));
    }

    get stages() {
        const place = PLACES[this.props.measure];
        return this.props.data.stages.map((_stage, index) => this.points.map(({ stages }) => stages[index][place]));
    }

    get last() {
        return this.points.length - 1;
    }

    /** The point that the bar stands at: the one that is nearest to the day. */
    get index() {
        const { index } = this.state;
        return index === null ? Math.round(this.placeOf(this.props.day)) : Math.min(index, this.last);
    }

    /** Where a day is, counted in points. */
    placeOf(day) {
        const { points } = this;
        const after = points.findIndex((point) => day && point.day >= day);
        if (after <= 0) {
            return after ? this.last : 0;
        }
        const [from, at, to] = [points[after - 1].day, day, points[after].day].map((one) => DateTime.fromISO(one));
        return after - 1 + at.diff(from).toMillis() / to.diff(from).toMillis();
    }

    get before() {
        const { before } = this.props;
        return before && before >= this.points[0].day ? this.placeOf(before) : null;
    }

    get dayTitle() {
        return dayLabel(this.points[this.index].day);
    }

    get barText() {
        const { is_estimated: isEstimated } = this.points[this.index];
        return isEstimated ? _t("%s, estimated", this.dayTitle) : this.dayTitle;
    }

    get playLabel() {
        return this.state.isPlaying ? _t("Pause") : _t("Play");
    }

    /** Show a week as one passes by. */
    pass(index) {
        this.state.index = index;
        const { day, stages } = this.points[index];
        const named = this.props.data.stages.map((stage, place) => {
            const [value, amount, weighted] = stages[place];
            return [stageKey(stage), { value, amount, weighted }];
        });
        this.props.onPreview({ day, stages: Object.fromEntries(named) });
    }

    onInput(ev) {
        this.pause();
        this.pass(Number(ev.target.value));
        this.settle();
    }

    /** Stay where the bar stands. */
    choose() {
        const { index } = this.state;
        if (index !== null) {
            this.state.index = null;
            this.props.onChoose(this.points[index].day);
        }
    }

    togglePlay() {
        if (this.state.isPlaying) {
            this.pause();
            this.choose();
        } else {
            this.state.isPlaying = true;
            this.pass(this.index === this.last ? 0 : this.index);
            this.playOn();
        }
    }

    playOn() {
        this.timer = browser.setTimeout(
            () => {
                this.pass(Math.min(this.index + 1, this.last));
                if (this.index < this.last) {
                    this.playOn();
                } else {
                    this.pause();
                    this.choose();
                }
            },
            prefersStill() ? STILL_PACE : PACE
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
        const { measure, currencyId } = this.props;
        return this.points.map(({ day, is_estimated: isEstimated, stages }) => ({
            key: day,
            name: isEstimated ? _t("%s, estimated", dayLabel(day)) : dayLabel(day),
            cells: stages.map((values) => ({ label: fullLabel(values[PLACES[measure]], measure, currencyId) })),
        }));
    }
}
