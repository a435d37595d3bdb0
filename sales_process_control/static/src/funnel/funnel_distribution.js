import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Block, frameOf } from "../screen/block";
import { conversionLabel, daysOrUnknown } from "../screen/conversion_labels";
import { leftOutLabel } from "../screen/left_out";
import { countLabel, percentLabel, signedLabel } from "../kit/numbers";
import { joinedNames, joinedPhrases } from "../kit/text_lists";
import { dayLabel, dealsLabel } from "../screen/number_labels";
import { NumbersTable, NumbersToggle } from "../screen/numbers_table";
import { shortDayLabel } from "../screen/short_labels";
import { FunnelChart } from "./charts/funnel_chart";
import { BLOCK_PROPS, hideEmptyIfMany, stageKey } from "./funnel_block";
import { passageOf } from "./funnel_passage";
import { dayAfter, fullLabel, HALF_A_CENT, plainLabel, roundedLabel, shortLabel, valueOf } from "./funnel_labels";

const ZERO = { value: 0, amount: 0, weighted: 0, expected: 0 };
const NO_SHARE = { value: false };

/** Compare the places of two stages; deals without a stage come last. */
function comparePlaces(one, other) {
    const [first, second] = [one, other].map(({ sequence }) => (sequence === false ? Infinity : sequence));
    return first === second ? one.stage_id - other.stage_id : first - second;
}

/** Block with the funnel of the day, and the earlier day as an outline. */
export class FunnelDistribution extends Component {
    static template = "sales_process_control.FunnelDistribution";
    static components = { Block, FunnelChart, NumbersTable, NumbersToggle };
    static props = {
        ...BLOCK_PROPS,
        /** A past week, shown instead of both days, see `FunnelWeeks`. */
        preview: { type: [Object, { value: null }], optional: true },
        /** How deals went on between both days, as the server answers; null until then. */
        conversion: { type: [Object, { value: null }], optional: true },
        /** Why there is no conversion; empty without a failure. */
        conversionError: { type: String, optional: true },
        /** Reads the conversion again. */
        onRetryConversion: { type: Function, optional: true },
        /** Clears the search; null without filters. */
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
        const isFull = ({ day, before, isPassed }) => isPassed || day.records || before.records;
        return !preview && !!data && !this.stages.some(isFull);
    }

    get day() {
        return this.props.preview?.day || this.props.data.day;
    }

    get dayTitle() {
        return dayLabel(this.day);
    }

    /** What the outline shows; empty for a past week, which is compared with no day. */
    get outlineTitle() {
        return this.props.preview ? "" : _t("outline: %s", dayLabel(this.props.data.before));
    }

    /** Stages with the numbers of the day that is shown: the chosen day or that of the preview. */
    get shownStages() {
        const { preview } = this.props;
        if (preview) {
            return preview.stages.map((stage) => ({ ...stage, before: ZERO }));
        }
        return hideEmptyIfMany(this.stages, ({ day, before, isPassed }) => !isPassed && !day.value && !before.value);
    }

    /** Stages of both days, and those that deals came into between them and were open in on neither day. */
    get stages() {
        const stages = this.props.data.stages.map((stage) => ({ ...stage, key: stageKey(stage) }));
        const keys = new Set(stages.map(({ key }) => key));
        for (const { stage_id: id, name, sequence, entered, visits } of this.props.conversion?.stages || []) {
            const key = stageKey({ stage_id: id, name });
            if (!keys.has(key) && (entered.value || visits.value)) {
                const isAfter = (stage) => comparePlaces(stage, { stage_id: id, sequence }) > 0;
                const place = stages.findIndex(isAfter);
                const passed = { stage_id: id, name, sequence, key, day: ZERO, before: ZERO, share: NO_SHARE };
                stages.splice(place < 0 ? stages.length : place, 0, { ...passed, isPassed: true });
            }
        }
        return stages;
    }

    /** Conversion of the stages by their keys. */
    get conversions() {
        const stages = this.props.conversion?.stages || [];
        return Object.fromEntries(stages.map((stage) => [stageKey(stage), stage]));
    }

    /** Value that has the whole width, so that the weeks of a preview have one scale; 0 for the largest one shown. */
    get scale() {
        const { preview, measure } = this.props;
        return preview ? valueOf(preview.largest, measure) : 0;
    }

    /** Stages as the chart takes them. */
    get chartStages() {
        const { measure, preview } = this.props;
        const { conversions } = this;
        return this.shownStages.map((stage, index) => {
            const { count, amount, brief } = this.getLabels(stage, index);
            const was = preview ? "" : this.getBeforeLabel(stage.before);
            return {
                key: `${stage.key} ${index}`,
                name: stage.name,
                numbers: `${count} · ${amount}`,
                briefNumbers: `${count} · ${brief}`,
                was,
                wasBrief: preview ? "" : shortLabel(valueOf(stage.before, measure), measure),
                value: valueOf(stage.day, measure),
                before: valueOf(stage.before, measure),
                label: `${stage.name} · ${joinedPhrases([count, amount])}`,
                beforeLabel: _t("%(stage)s: %(was)s", { stage: stage.name, was }),
                // A preview has no records to open.
                number: preview || stage.isPassed ? null : stage.day,
                beforeNumber: preview || stage.isPassed ? null : stage.before,
                passage: preview ? [] : passageOf(conversions[stage.key]),
            };
        });
    }

    /** Return the labels of the numbers of a stage, for example "44", "¥ 720,000  -95,000" and "720k -95k". */
    getLabels({ day, before }, index) {
        const { measure, preview } = this.props;
        const count = index ? fullLabel(day.value, "count") : dealsLabel(day.value);
        const shown = measure === "count" ? "amount" : measure;
        const value = valueOf(day, shown);
        const change = preview ? "" : this.getChangeLabel(day, before, measure);
        const amount = roundedLabel(value, shown, this.currencyId);
        return {
            count,
            amount: [amount, change].filter(Boolean).join("  "),
            brief: shortLabel(value, shown),
        };
    }

    getChangeLabel(day, before, measure) {
        const change = valueOf(day, measure) - valueOf(before, measure);
        return Math.abs(change) < HALF_A_CENT ? "" : signedLabel(plainLabel(change, measure), change);
    }

    getBeforeLabel(before) {
        const day = shortDayLabel(this.props.data.before);
        const value = shortLabel(valueOf(before, this.props.measure), this.props.measure);
        return _t("%(day)s: %(remark)s", { day, remark: value });
    }

    get remarks() {
        const { data, preview } = this.props;
        const estimated = joinedNames(data.estimated.map((key) => dayLabel(data[key])));
        return [
            estimated && !preview ? _t("estimated: %s", estimated) : "",
            data.is_converted ? _t("several currencies, at today's rate") : "",
            ...(preview ? [] : this.leftOutRemarks),
            data.has_recurring ? _t("amounts without recurring revenue") : "",
            this.weightRemark,
        ].filter(Boolean);
    }

    /** What amounts are weighted by. */
    get weightRemark() {
        const { measure, data } = this.props;
        if (measure === "weighted") {
            return _t("weighted by the share of deals of each stage that are won");
        }
        if (measure === "chance") {
            return data.has_chances
                ? _t("weighted by the mean chance to sign of the deals now open in each stage")
                : _t("the chance to sign is not known yet");
        }
        return "";
    }

    /** What the numbers between the stages say. */
    get explanation() {
        const { conversionError, data, preview } = this.props;
        if (conversionError) {
            return _t("The conversion of the stages could not be read.");
        }
        if (preview || !this.chartStages.some(({ passage }) => passage.length)) {
            return "";
        }
        return _t(
            "↓ of the deals that came in from %(start)s to %(end)s: moved on / moved on or lost, the rate or its range (from ten deals on), days within which half leave",
            { start: dayLabel(dayAfter(data.before)), end: dayLabel(data.day) }
        );
    }

    /** Amounts that are in no sum; with the day if they differ between both days. */
    get leftOutRemarks() {
        const { day, before, left_out: leftOut } = this.props.data;
        const [ofDay, ofBefore] = [leftOut.day, leftOut.before].map((list) =>
            leftOutLabel(list.filter(({ amount }) => amount))
        );
        if (ofDay === ofBefore) {
            // Without amounts on both days, the currencies of deals that came in and left between them are named.
            return [ofDay || leftOutLabel(leftOut.day)];
        }
        return [
            ofDay && _t("%(day)s: %(remark)s", { day: dayLabel(day), remark: ofDay }),
            ofBefore && _t("%(day)s: %(remark)s", { day: dayLabel(before), remark: ofBefore }),
        ];
    }

    get columns() {
        const { day, before } = this.props.data;
        const labels = [dayLabel(day), dayLabel(before)];
        const onBothDays = (heading) => labels.map((label) => joinedPhrases([heading, label]));
        return [
            _t("Stage"),
            ...onBothDays(_t("Deals")),
            ...onBothDays(_t("Amount")),
            ...onBothDays(_t("Weighted")),
            ...onBothDays(_t("By Chance")),
            _t("Won"),
            _t("Came in"),
            _t("Moved on"),
            _t("Moved on or lost"),
            _t("Conversion"),
            _t("Half leave within"),
        ];
    }

    get rows() {
        const { totals } = this.props.data;
        const { conversions, stages } = this;
        const rows = stages.map((stage, index) => ({
            key: `${stageKey(stage)} ${index}`,
            name: stage.name,
            cells: [
                ...this.getCells(stage),
                { label: this.getShareLabel(stage.share) },
                ...this.getConversionCells(conversions[stageKey(stage)]),
            ],
        }));
        // A deal is in the conversion of each stage that it came into, so that there is no sum.
        const cells = [...this.getCells(totals), { label: "" }, ...this.getConversionCells()];
        return [...rows, { key: "total", name: _t("Total"), cells }];
    }

    /** Return the cells of the conversion of a stage, which are empty without one. */
    getConversionCells(conversion) {
        if (!conversion) {
            return Array.from({ length: 5 }, () => ({ label: "" }));
        }
        const { entered, went_on: wentOn, decided, visits, median } = conversion;
        return [
            ...[entered, wentOn, decided].map((number) => ({ label: fullLabel(number.value, "count"), number })),
            { label: entered.value ? conversionLabel(conversion) : "" },
            { label: visits.value ? daysOrUnknown(median) : "", number: median === false ? undefined : visits },
        ];
    }

    getCells({ day, before }) {
        return ["count", "amount", "weighted", "chance"].flatMap((measure) =>
            [day, before].map((number) => ({
                label: fullLabel(valueOf(number, measure), measure, this.currencyId),
                number: number === ZERO ? undefined : number,
            }))
        );
    }

    getShareLabel({ value, won, settled, is_overall: isOverall }) {
        if (value === false) {
            return "";
        }
        const percent = percentLabel(value);
        // The server sends no counts of deals that the user may not read.
        const share =
            settled === false
                ? percent
                : _t("%(share)s (%(won)s of %(decided)s)", {
                      share: percent,
                      won: countLabel(won),
                      decided: countLabel(settled),
                  });
        return isOverall ? _t("%s, over all stages", share) : share;
    }
}
