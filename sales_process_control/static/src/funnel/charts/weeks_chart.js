import { Component } from "@odoo/owl";
import { useChart } from "../../screen/charts/chart";
import { mix, stageShades } from "../../screen/charts/chart_palette";

/** Half the width of the slider's thumb: padding that puts its middle over the first and the last point at the ends. */
const HALF_BAR = 8;

/** Plugin that makes the estimated points pale. */
const pale = {
    id: "pale",
    afterDatasetsDraw({ ctx, chartArea, scales, data }) {
        if (!data.estimated) {
            return;
        }
        const [from, to] = [0, data.estimated - 1].map((index) => scales.x.getPixelForValue(index));
        const left = Math.min(from, to);
        ctx.save();
        ctx.globalAlpha = 0.55;
        ctx.fillStyle = data.ground;
        ctx.fillRect(left, chartArea.top, Math.abs(to - from), chartArea.height);
        ctx.restore();
    },
};

/** Plugin that draws a dashed line at the earlier day. */
const earlierDay = {
    id: "earlierDay",
    afterDatasetsDraw({ ctx, chartArea, scales, data }) {
        if (data.before === null) {
            return;
        }
        const at = Math.floor(data.before);
        const [from, to] = [at, at + 1].map((index) => scales.x.getPixelForValue(index));
        const x = Math.round(from + (to - from) * (data.before - at)) + 0.5;
        ctx.save();
        ctx.strokeStyle = data.text;
        ctx.setLineDash([4, 3]);
        ctx.beginPath();
        ctx.moveTo(x, chartArea.top);
        ctx.lineTo(x, chartArea.bottom);
        ctx.stroke();
        ctx.restore();
    },
};

/** Stacked areas of the stages through the weeks. */
export class WeeksChart extends Component {
    static template = "sales_process_control.WeeksChart";
    static props = {
        labels: { type: Array, element: String },
        /** Values of each stage at each point, in the order of the stages. */
        stages: { type: Array, element: Array },
        /** Number of estimated points; they are the first ones. */
        estimated: { type: Number },
        /** Position of the earlier day as a fractional index of the points. */
        before: { type: [Number, { value: null }] },
    };

    setup() {
        useChart("canvas", (palette, isRightToLeft) => this.configure(palette, isRightToLeft));
    }

    configure(palette, isRightToLeft) {
        const { labels, stages, estimated, before } = this.props;
        const shades = stageShades(palette, stages.length);
        const bands = stages.map((values, index) => ({
            data: values,
            fill: "stack",
            backgroundColor: shades[index],
            borderColor: mix(shades[index], palette.ground, 0.6),
            borderWidth: 1,
            pointRadius: 0,
            tension: 0.2,
        }));
        return {
            type: "line",
            plugins: [pale, earlierDay],
            // Reversed, so that the first stage is the uppermost area, as in the funnel.
            data: { labels, datasets: bands.reverse(), estimated, before, ...palette },
            options: {
                // There may be hundreds of points.
                animation: false,
                layout: { padding: { left: HALF_BAR, right: HALF_BAR } },
                scales: {
                    x: {
                        reverse: isRightToLeft,
                        grid: { display: false },
                        border: { color: palette.line },
                        ticks: {
                            color: palette.muted,
                            autoSkip: true,
                            autoSkipPadding: 24,
                            maxRotation: 0,
                            align: "inner",
                        },
                    },
                    y: { stacked: true, display: false, beginAtZero: true },
                },
            },
        };
    }
}
