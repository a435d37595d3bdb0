import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Block, frameOf } from "../kit/block/block";
import { FunnelChart } from "./charts/funnel_chart";
import { BLOCK_PROPS, PREVIEW, stageKey, worthShowing } from "./funnel_block";
import { FunnelNumbers, NumbersToggle } from "./funnel_numbers";
import {
    dayLabel,
    dealsLabel,
    fullLabel,
    glanceLabel,
    plainLabel,
    shortDayLabel,
    shortLabel,
    signed,
    valueOf,
} from "./funnel_words";

const NONE = { value: 0, amount: 0, weighted: 0 };

/** The funnel of the day, with the other day in outline. */
export class FunnelDistribution extends Component {
    static template = "sales_process_control.FunnelDistribution";
    static components = { Block, FunnelChart, FunnelNumbers, NumbersToggle };
    static props = {
        ...BLOCK_PROPS,
        preview: PREVIEW,
        /** What to do about an empty pipeline. */
        onClear: { type: [Function, { value: null }] },
        onNew: { type: Function },
    };

    setup() {
        this.state = useState({ isShown: false });
    }

    get frame() {
        return frameOf(this.props);
    }

    get currencyId() {
        return this.props.data.currency_id;
    }

    get isEmpty() {
        const { data, preview } = this.props;
        return !preview && !!data && !data.stages.some(({ day, before }) => day.records || before.records);
    }

    get day() {
        return this.props.preview?.day || this.props.data.day;
    }

    get dayTitle() {
        return dayLabel(this.day);
    }

    get outlineTitle() {
        return _t("outline: %s", dayLabel(this.props.data.before));
    }

    /** Each stage at the day that is shown; the bar of the weeks may have been dragged elsewhere. */
    get places() {
        const { data, preview } = this.props;
        const stages = data.stages.map((stage) => ({
            ...stage,
            key: stageKey(stage),
            day: preview ? preview.stages[stageKey(stage)] || NONE : stage.day,
        }));
        return worthShowing(stages, ({ day, before }) => !day.value && !before.value);
    }

    get stages() {
        const isTerse = this.places.length > 10;
        return this.places.map((place, index) => {
            const lines = this.linesOf(place, index);
            return {
                key: `${place.key} ${index}`,
                name: place.name,
                lines: isTerse ? [lines.join("  ")] : lines,
                was: this.wasLabel(place.before),
                wasBrief: shortLabel(valueOf(place.before, this.props.measure), this.props.measure),
                value: valueOf(place.day, this.props.measure),
                before: valueOf(place.before, this.props.measure),
                label: lines.join(", "),
                beforeLabel: _t("%(stage)s: %(was)s", { stage: place.name, was: this.wasLabel(place.before) }),
                // What the bar of the weeks only passes by opens nothing.
                number: this.props.preview ? null : place.day,
                beforeNumber: this.props.preview ? null : place.before,
            };
        });
    }

    /** "Needs analysis · 44", "¥ 720,000 -95,000" */
    linesOf({ name, day, before }, index) {
        const { measure } = this.props;
        const count = index ? fullLabel(day.value, "count") : dealsLabel(day.value);
        const shown = measure === "count" ? "amount" : measure;
        const amount = glanceLabel(valueOf(day, shown), shown, this.currencyId);
        const change = this.changeLabel(day, before, measure);
        return [`${name} · ${count}`, [amount, change].filter(Boolean).join("  ")];
    }

    changeLabel(day, before, measure) {
        const change = valueOf(day, measure) - valueOf(before, measure);
        // Less than a cent is what computers make of cents.
        if (Math.abs(change) < 0.005) {
            return "";
        }
        return signed(plainLabel(change, measure), change);
    }

    wasLabel(before) {
        const day = shortDayLabel(this.props.data.before);
        return `${day}: ${shortLabel(valueOf(before, this.props.measure), this.props.measure)}`;
    }

    get remarks() {
        const { data } = this.props;
        const estimated = data.estimated.map((which) => dayLabel(data[which])).join(", ");
        return [
            estimated ? _t("estimated: %s", estimated) : "",
            data.is_converted ? _t("several currencies at one rate, that of today") : "",
            data.has_recurring ? _t("amounts without recurring revenue") : "",
            this.props.measure === "weighted" ? _t("weighted by the share of deals that each stage has won") : "",
        ].filter(Boolean);
    }

    get columns() {
        const { day, before } = this.props.data;
        const days = [dayLabel(day), dayLabel(before)];
        const named = (what) => days.map((one) => `${what}, ${one}`);
        return [_t("Stage"), ...named(_t("Deals")), ...named(_t("Amount")), ...named(_t("Weighted")), _t("Won")];
    }

    get rows() {
        const { stages, totals } = this.props.data;
        const rows = stages.map((stage, index) => ({
            key: `${stageKey(stage)} ${index}`,
            name: stage.name,
            cells: [...this.cellsOf(stage), { label: this.shareLabel(stage.share) }],
        }));
        return [...rows, { key: "total", name: _t("Total"), cells: [...this.cellsOf(totals), { label: "" }] }];
    }

    cellsOf({ day, before }) {
        return ["count", "amount", "weighted"].flatMap((measure) =>
            [day, before].map((number) => ({
                label: fullLabel(valueOf(number, measure), measure, this.currencyId),
                number,
            }))
        );
    }

    shareLabel({ value, won, settled, is_overall: isOverall }) {
        if (value === false) {
            return "";
        }
        const percent = _t("%s%%", Math.round(100 * value));
        // Of others' deals one is told the share, and no counts.
        const share =
            settled === false ? percent : _t("%(share)s (%(won)s of %(settled)s)", { share: percent, won, settled });
        return isOverall ? _t("%s, over all stages", share) : share;
    }
}
