import { useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { NumbersTable, NumbersToggle } from "../screen/numbers_table";
import { ConversionChart } from "./charts/conversion_chart";
import { ReviewBlock } from "./review_block";
import { conversionLabel } from "../screen/conversion_labels";
import { countLabel, isKnown } from "../kit/numbers";

/** Conversion from stage to stage, with the ranges in which the rates lie. */
export class ReviewConversion extends ReviewBlock {
    static template = "sales_process_control.ReviewConversion";
    static components = { ...ReviewBlock.components, ConversionChart, NumbersTable, NumbersToggle };

    setup() {
        this.state = useState({ isShown: false });
    }

    get stages() {
        return this.props.data.stages.filter(({ entered }) => entered.value > 0);
    }

    get isEmpty() {
        return !!this.props.data && !this.stages.length;
    }

    get chartRows() {
        return this.stages.map((stage) => {
            const conversion = conversionLabel(stage);
            const { rate, interval, at_least: atLeast, at_most: atMost, decided } = stage;
            const bounds = !isKnown(rate) && isKnown(atLeast) ? [atLeast, atMost] : null;
            return {
                key: String(stage.stage_id),
                name: stage.name,
                label: conversion,
                text: _t("%(stage)s: %(entered)s came in, %(ended)s moved on or lost, conversion %(conversion)s", {
                    stage: stage.name,
                    entered: countLabel(stage.entered.value),
                    ended: countLabel(decided.value),
                    conversion,
                }),
                rate: isKnown(rate) ? rate : 0,
                interval: (isKnown(rate) && interval) || null,
                bounds,
                high: bounds ? bounds[1] : Math.max(isKnown(rate) ? rate : 0, (isKnown(rate) && interval?.[1]) || 0),
                isWorst: Boolean(stage.is_worst),
                number: stage.entered,
            };
        });
    }

    get hasBounds() {
        return this.chartRows.some(({ bounds }) => bounds);
    }

    get columns() {
        return [
            _t("Stage"),
            _t("Came in"),
            _t("Moved on"),
            _t("Lost"),
            _t("Open"),
            _t("Moved on or lost"),
            _t("Conversion"),
        ];
    }

    get rows() {
        return this.stages.map((stage) => {
            const { entered, went_on: wentOn, lost, open, decided } = stage;
            return {
                key: String(stage.stage_id),
                name: stage.name,
                cells: [
                    ...[entered, wentOn, lost, open, decided].map((number) => ({
                        label: countLabel(number.value),
                        number,
                    })),
                    { label: conversionLabel(stage) },
                ],
            };
        });
    }
}
