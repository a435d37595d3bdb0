import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { nbsp } from "@web/core/utils/strings";
import { Block, frameOf } from "../kit/block/block";
import { RecordNumber } from "../kit/record_number/record_number";
import { WaterfallChart } from "./charts/waterfall_chart";
import { BLOCK_PROPS } from "./funnel_block";
import { FunnelNumbers, NumbersToggle } from "./funnel_numbers";
import { dayLabel, fullLabel, missing, shortDayLabel, shortLabel, signed, valueOf } from "./funnel_words";

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

/** From what was open on the one day to what is open on the other: by what, and whether it adds up. */
export class FunnelWaterfall extends Component {
    static template = "sales_process_control.FunnelWaterfall";
    static components = { Block, FunnelNumbers, NumbersToggle, RecordNumber, WaterfallChart };
    static props = { ...BLOCK_PROPS };

    setup() {
        this.state = useState({ isShown: false });
    }

    get frame() {
        return frameOf(this.props);
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

    /** What has happened in between. */
    get movements() {
        return this.props.data.waterfall.slice(1, -1);
    }

    get difference() {
        const numbers = [this.opening, ...this.movements].map(({ number }) => number);
        return missing(numbers, this.closing.number, this.props.measure);
    }

    get soundness() {
        return this.props.measure === "count" ? _t("adds up") : _t("adds up to the cent");
    }

    get unsoundness() {
        return _t(
            "Does not add up: %s is missing. Please tell whoever looks after the system.",
            this.label(this.difference)
        );
    }

    label(value) {
        return fullLabel(value, this.props.measure, this.props.data.currency_id);
    }

    changes(number) {
        return Math.abs(valueOf(number, this.props.measure)) >= 0.005;
    }

    /** What has left the sum as it was: two postings each that cancel. */
    get idle() {
        return this.movements.filter(({ number }) => number.records && !this.changes(number));
    }

    get bars() {
        const { measure, data } = this.props;
        const end = (step, day, tone) => ({
            ...this.bar(step, 0, valueOf(step.number, measure)),
            // In one line.
            name: shortDayLabel(day).replaceAll(" ", nbsp),
            tone,
        });
        const bars = [end(this.opening, data.before, "primary")];
        for (const step of this.movements.filter(({ number }) => this.changes(number))) {
            const from = bars.at(-1).to;
            bars.push(this.bar(step, from, from + valueOf(step.number, measure)));
        }
        return [...bars, end(this.closing, data.day, "deep")];
    }

    bar({ kind, effect, name, number }, from, to) {
        const value = valueOf(number, this.props.measure);
        const isStep = kind !== "opening" && kind !== "closing";
        return {
            key: kind,
            name,
            from,
            to,
            tone: TONES[effect] || "grey",
            text: isStep ? signed(shortLabel(value, this.props.measure), value) : shortLabel(value, this.props.measure),
            label: `${name}: ${isStep ? signed(this.label(value), value) : this.label(value)}`,
            number,
        };
    }

    get columns() {
        return [_t("Movement"), _t("Deals"), _t("Amount"), _t("Weighted"), _t("Records")];
    }

    get rows() {
        return this.props.data.waterfall.map(({ kind, name, number }) => ({
            key: kind,
            name,
            cells: [
                ...["count", "amount", "weighted"].map((measure) => ({
                    label: fullLabel(valueOf(number, measure), measure, this.props.data.currency_id),
                    number,
                })),
                { label: fullLabel(number.records, "count") },
            ],
        }));
    }
}
