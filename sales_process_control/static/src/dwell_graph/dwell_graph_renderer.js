import { cookie } from "@web/core/browser/cookie";
import { getCustomColor } from "@web/core/colors/colors";
import { _t } from "@web/core/l10n/translation";
import { GraphRenderer } from "@web/views/graph/graph_renderer";

/** Draws the limits of stages as a dashed line and their medians as points over the bars. */
export class DwellGraphRenderer extends GraphRenderer {
    /** @override */
    getBarChartData() {
        const data = super.getBarChartData();
        return { ...data, datasets: [...data.datasets, ...this.getStageDatasets()] };
    }

    /** Return the datasets of limits and medians; none where no stage has any, or bars are not in days. */
    getStageDatasets() {
        const { isInDays, data } = this.model;
        if (!isInDays) {
            return [];
        }
        const numbers = (name) => data.labels.map((_label, index) => data.stageDwells[index]?.[name] || null);
        return [
            { ...this.getLimitStyle(), label: _t("Limit"), data: numbers("limit_days") },
            { ...this.getMedianStyle(), label: _t("Median"), data: numbers("median_days") },
        ].filter((dataset) => dataset.data.some((number) => number !== null));
    }

    getLimitStyle() {
        const color = getComputedStyle(this.rootRef.el).getPropertyValue("--danger").trim() || "#d44c59";
        return {
            isOfStages: true,
            type: "line",
            order: -2,
            stack: "limit",
            // Level over each stage, also if there is only one.
            stepped: "middle",
            pointStyle: "line",
            pointRadius: 16,
            pointHoverRadius: 20,
            pointHitRadius: 10,
            pointBorderWidth: 3,
            borderDash: [6, 4],
            borderWidth: 2,
            borderColor: color,
            backgroundColor: color,
        };
    }

    getMedianStyle() {
        const color = getCustomColor(cookie.get("color_scheme"), "#111827", "#e4e4e4");
        return {
            isOfStages: true,
            type: "line",
            order: -3,
            stack: "median",
            showLine: false,
            pointStyle: "rectRot",
            pointRadius: 6,
            pointHoverRadius: 9,
            pointHitRadius: 10,
            borderWidth: 1,
            borderColor: color,
            backgroundColor: color,
        };
    }

    /** @override */
    getLegendOptions() {
        const options = super.getLegendOptions();
        if (this.model.metaData.mode !== "bar") {
            return options;
        }
        const { generateLabels } = options.labels;
        options.labels.usePointStyle = true;
        options.labels.pointStyleWidth = 20;
        options.labels.generateLabels = (chart) =>
            generateLabels(chart).map((label) => ({ ...label, pointStyle: label.pointStyle || "rect" }));
        return options;
    }

    /** @override */
    getTooltipItems(data, metaData, tooltipModel) {
        const { datasets } = this.chart.data;
        const isOfStages = ({ datasetIndex }) => datasets[datasetIndex].isOfStages;
        const points = tooltipModel.dataPoints;
        const items = super.getTooltipItems(data, metaData, {
            dataPoints: points.filter((point) => !isOfStages(point)),
        });
        for (const { dataIndex, datasetIndex } of points.filter(isOfStages)) {
            const { backgroundColor, data: values, label } = datasets[datasetIndex];
            items.push({ label, value: this.formatValue(values[dataIndex]), boxColor: backgroundColor });
        }
        const text = data.stageDwells[points[0].dataIndex]?.text;
        return text ? [...items, { label: text, value: "", boxColor: "transparent" }] : items;
    }
}
