import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { nbsp } from "@web/core/utils/strings";
import { Block, frameOf } from "../screen/block";
import { EmptyState } from "../screen/empty_state";
import { dayLabel } from "../screen/number_labels";
import { NumbersTable, NumbersToggle } from "../screen/numbers_table";
import { RecordNumber } from "../screen/record_number";
import { shortDayLabel } from "../screen/short_labels";
import { WaterfallChart } from "./charts/waterfall_chart";
import { BLOCK_PROPS, classOf, COMPARISON_PROPS } from "./funnel_block";
import { signedLabel } from "../kit/numbers";
import { joinedPhrases, labelled } from "../kit/text_lists";
import { fullLabel, HALF_A_CENT, missingFrom, shortLabel, valueOf } from "./funnel_labels";

/** Colors by the effect of a movement on the pipeline. */
const TONES = {
    entry: "success",
    gain: "success",
    setback: "warning",
    neutral: "grey",
    removed: "grey",
    won: "blue",
    lost: "danger",
};

/** Block with the movements that lead from the open pipeline of the earlier day to that of the day. */
export class FunnelWaterfall extends Component {
    static template = "sales_process_control.FunnelWaterfall";
    static components = { Block, EmptyState, NumbersTable, NumbersToggle, RecordNumber, WaterfallChart };
    static props = { ...BLOCK_PROPS, ...COMPARISON_PROPS };

    setup() {
        this.state = useState({ isShown: false });
    }

    get frame() {
        return { ...frameOf(this.props), className: classOf("o_funnel_waterfall", this.props) };
    }

    get isEmpty() {
        return !!this.props.data && !this.props.data.waterfall.some(({ number }) => number.records);
    }

    get periodTitle() {
        const { before, day } = this.props.data;
        return _t("%(before)s to %(day)s", { before: dayLabel(before), day: dayLabel(day) });
    }

    get opening() {
        return this.props.data.waterfall[0];
    }

    get closing() {
        return this.props.data.waterfall.at(-1);
    }

    /** Steps between opening and closing. */
    get movements() {
        return this.props.data.waterfall.slice(1, -1);
    }

    /** Amount by which opening and movements differ from the closing; 0 if they add up. */
    get difference() {
        const numbers = [this.opening, ...this.movements].map(({ number }) => number);
        return missingFrom(numbers, this.closing.number, this.props.measure);
    }

    get balancedLabel() {
        return this.props.measure === "count" ? _t("adds up") : _t("adds up to the cent");
    }

    get unbalancedLabel() {
        return _t(
            "The numbers do not add up: %s is missing. Contact your administrator.",
            this.getLabel(this.difference)
        );
    }

    getLabel(value) {
        return fullLabel(value, this.props.measure, this.props.data.currency_id);
    }

    /** Return whether a movement changes the measured sum. */
    hasEffect(number) {
        return Math.abs(valueOf(number, this.props.measure)) >= HALF_A_CENT;
    }

    /** Movements whose postings cancel each other out. */
    get neutralMovements() {
        return this.movements.filter(({ number }) => number.records && !this.hasEffect(number));
    }

    get bars() {
        const { measure, data } = this.props;
        const getEndBar = (step, day, tone) => ({
            ...this.getBar(step, 0, valueOf(step.number, measure)),
            // Non-breaking spaces keep the day in one line.
            name: shortDayLabel(day).replaceAll(" ", nbsp),
            tone,
        });
        const bars = [getEndBar(this.opening, data.before, "primary")];
        for (const step of this.movements.filter(({ number }) => this.hasEffect(number))) {
            const from = bars.at(-1).to;
            bars.push(this.getBar(step, from, from + valueOf(step.number, measure)));
        }
        return [...bars, getEndBar(this.closing, data.day, "deep")];
    }

    getBar({ kind, effect, name, number, reopened }, from, to) {
        const value = valueOf(number, this.props.measure);
        const isStep = kind !== "opening" && kind !== "closing";
        return {
            key: kind,
            name,
            from,
            to,
            tone: TONES[effect] || "grey",
            text: isStep
                ? signedLabel(shortLabel(value, this.props.measure), value)
                : shortLabel(value, this.props.measure),
            label: joinedPhrases([
                labelled(name, isStep ? signedLabel(this.getLabel(value), value) : this.getLabel(value)),
                this.getReopenedLabel({ kind, number, reopened }),
            ]),
            number,
        };
    }

    /** Ends of which some were reopened since, with the sentence that reconciles them with the win rate. */
    get reopenedEnds() {
        return this.movements
            .filter(({ reopened }) => reopened?.value)
            .map((step) => ({ key: step.kind, number: step.reopened, label: this.getReopenedLabel(step) }));
    }

    /** Return "1,215 won, 639 of them reopened since"; empty if none was reopened. */
    getReopenedLabel({ kind, number, reopened }) {
        if (!reopened?.value) {
            return "";
        }
        const counts = {
            count: fullLabel(Math.abs(number.value), "count"),
            reopened: fullLabel(Math.abs(reopened.value), "count"),
        };
        return kind === "won"
            ? _t("%(count)s won, %(reopened)s of them reopened since", counts)
            : _t("%(count)s lost, %(reopened)s of them reopened since", counts);
    }

    get columns() {
        return [_t("Movement"), _t("Deals"), _t("Amount"), _t("Weighted"), _t("By Chance"), _t("Records")];
    }

    get rows() {
        return this.props.data.waterfall.map(({ kind, name, number }) => ({
            key: kind,
            name,
            cells: [
                ...["count", "amount", "weighted", "chance"].map((measure) => ({
                    label: fullLabel(valueOf(number, measure), measure, this.props.data.currency_id),
                    number,
                })),
                { label: fullLabel(number.records, "count") },
            ],
        }));
    }
}
