import { Component } from "@odoo/owl";
import { countLabel } from "../../kit/numbers";
import { useChart } from "../../screen/charts/chart";
import { mix, textOn } from "../../screen/charts/chart_palette";
import { RecordNumber } from "../../screen/record_number";

const FONT = 11;

function monthAxis(palette, isRightToLeft) {
    return {
        reverse: isRightToLeft,
        grid: { display: false },
        border: { color: palette.line },
        ticks: { color: palette.muted, autoSkip: true, autoSkipPadding: 12, maxRotation: 0 },
    };
}

/** Velocity of each month as a line. A month without a value interrupts the line. */
export class VelocityChart extends Component {
    static template = "sales_process_control.VelocityChart";
    static props = {
        /** Months in their order: {name, value}; null without a value. */
        months: { type: Array, element: Object },
        /** Returns the label of a value on the axis. */
        format: { type: Function },
    };

    setup() {
        useChart("canvas", (palette, isRightToLeft) => this.configure(palette, isRightToLeft));
    }

    configure(palette, isRightToLeft) {
        const { months, format } = this.props;
        return {
            type: "line",
            data: {
                labels: months.map(({ name }) => name),
                datasets: [
                    {
                        data: months.map(({ value }) => value),
                        borderColor: palette.primary,
                        backgroundColor: mix(palette.primary, palette.ground, 0.15),
                        pointBackgroundColor: palette.primary,
                        borderWidth: 2,
                        pointRadius: 3,
                        fill: "origin",
                        spanGaps: false,
                    },
                ],
            },
            options: {
                scales: {
                    x: monthAxis(palette, isRightToLeft),
                    y: {
                        beginAtZero: true,
                        position: isRightToLeft ? "right" : "left",
                        grid: { color: mix(palette.line, palette.ground, 0.4) },
                        border: { display: false },
                        ticks: { color: palette.muted, maxTicksLimit: 4, callback: (value) => format(value) },
                    },
                },
            },
        };
    }
}

/** Plugin that writes the counts into the parts of the bars that are high enough. */
const counts = {
    id: "counts",
    afterDatasetsDraw(chart) {
        const { ctx, data } = chart;
        ctx.save();
        ctx.textAlign = "center";
        ctx.textBaseline = "middle";
        ctx.font = `${FONT}px ${data.font}`;
        data.datasets.forEach((dataset, index) => {
            ctx.fillStyle = textOn(dataset.backgroundColor);
            chart.getDatasetMeta(index).data.forEach((bar, month) => {
                const { x, y, base, width } = bar.getProps(["x", "y", "base", "width"], true);
                if (Math.abs(base - y) > FONT + 2 && width > FONT) {
                    ctx.fillText(countLabel(dataset.data[month]), x, (y + base) / 2);
                }
            });
        });
        ctx.restore();
    },
};

/** What became of the deals that were expected to close in each month, as stacked columns. Buttons open the deals. */
export class SlippageChart extends Component {
    static template = "sales_process_control.SlippageChart";
    static components = { RecordNumber };
    static props = {
        /** Months in their order: {key, name, label, number, parts}; parts are counts by outcome. */
        months: { type: Array, element: Object },
        /** Outcomes from the bottom up: {key, tone}; tones are names of colours of the palette. */
        outcomes: { type: Array, element: Object },
    };

    setup() {
        useChart("canvas", (palette, isRightToLeft) => this.configure(palette, isRightToLeft));
    }

    configure(palette, isRightToLeft) {
        const { months, outcomes } = this.props;
        return {
            type: "bar",
            plugins: [counts],
            data: {
                labels: months.map(({ name }) => name),
                datasets: outcomes.map(({ key, tone }) => ({
                    data: months.map(({ parts }) => parts[key]),
                    backgroundColor: palette[tone],
                    borderColor: palette.ground,
                    borderWidth: { top: 1 },
                    maxBarThickness: 56,
                })),
                ...palette,
            },
            options: {
                scales: {
                    x: { ...monthAxis(palette, isRightToLeft), stacked: true },
                    y: { display: false, stacked: true, beginAtZero: true },
                },
            },
        };
    }
}
