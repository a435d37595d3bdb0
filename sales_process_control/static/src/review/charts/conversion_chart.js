import { Component } from "@odoo/owl";
import { useChart } from "../../screen/charts/chart";
import { mix } from "../../screen/charts/chart_palette";
import { RecordNumber } from "../../screen/record_number";

const FONT = 12;
const GAP = 6;
/** Half the height of the ends of a whisker. */
const CAP = 5;
/** Share of the width for the names of the stages, and pixels for the label behind the bar. */
const NAME_SHARE = 0.3;
const LABEL = 132;
const NARROW_LABEL = 104;
/** Pixels below which a chart is narrow. */
const NARROW = 420;

/** Shorten a text until it fits into a width. */
function fit(ctx, text, width) {
    if (ctx.measureText(text).width <= width) {
        return text;
    }
    let end = text.length;
    while (end > 1 && ctx.measureText(`${text.slice(0, end)}…`).width > width) {
        end--;
    }
    return `${text.slice(0, end)}…`;
}

/** Plugin that draws the interval of each rate as a whisker. */
const whiskers = {
    id: "whiskers",
    afterDatasetsDraw(chart) {
        const { ctx, data, scales } = chart;
        const bars = chart.getDatasetMeta(0).data;
        ctx.save();
        ctx.strokeStyle = data.text;
        ctx.lineWidth = 1.5;
        data.rows.forEach(({ interval }, index) => {
            if (!interval) {
                return;
            }
            const [low, high] = interval.map((share) => scales.x.getPixelForValue(share));
            const { y } = bars[index];
            ctx.beginPath();
            ctx.moveTo(low, y);
            ctx.lineTo(high, y);
            for (const x of [low, high]) {
                ctx.moveTo(x, y - CAP);
                ctx.lineTo(x, y + CAP);
            }
            ctx.stroke();
        });
        ctx.restore();
    },
};

/** Plugin that writes the names of the stages before the bars, and their rates behind them. */
const captions = {
    id: "captions",
    afterDatasetsDraw(chart) {
        const { ctx, data, chartArea, width, scales } = chart;
        const bars = chart.getDatasetMeta(0).data;
        const isRtl = data.isRightToLeft;
        ctx.save();
        ctx.textBaseline = "middle";
        ctx.font = `${FONT}px ${data.font}`;
        const nameWidth = (isRtl ? width - chartArea.right : chartArea.left) - GAP;
        data.rows.forEach(({ name, label, high, isWorst }, index) => {
            const { y } = bars[index];
            ctx.fillStyle = data.text;
            ctx.textAlign = isRtl ? "right" : "left";
            ctx.font = `${isWorst ? "bold " : ""}${FONT}px ${data.font}`;
            ctx.fillText(fit(ctx, name, nameWidth), isRtl ? width : 0, y);
            ctx.font = `${FONT}px ${data.font}`;
            const end = scales.x.getPixelForValue(high);
            ctx.fillText(label, isRtl ? end - GAP : end + GAP, y);
        });
        ctx.restore();
    },
};

/** Conversion of the stages as a funnel of bars, each with the range in which its rate lies. Buttons open its deals. */
export class ConversionChart extends Component {
    static template = "sales_process_control.ConversionChart";
    static components = { RecordNumber };
    static props = {
        /** Stages in their order: {key, name, label, rate, interval, bounds, high, isWorst, text, number} */
        rows: { type: Array, element: Object },
    };

    setup() {
        useChart("canvas", (palette, isRightToLeft) => this.configure(palette, isRightToLeft));
    }

    configure(palette, isRightToLeft) {
        const { rows } = this.props;
        const bar = { grouped: false, categoryPercentage: 0.9, barPercentage: 0.72, borderRadius: 3 };
        const shade = mix(palette.primary, palette.ground, 0.6);
        const pale = mix(palette.primary, palette.ground, 0.22);
        const worst = mix(palette.danger, palette.ground, 0.7);
        return {
            type: "bar",
            plugins: [whiskers, captions],
            data: {
                labels: rows.map(({ key }) => key),
                datasets: [
                    {
                        ...bar,
                        data: rows.map(({ rate, bounds }) => rate || (bounds ? bounds[0] : 0)),
                        backgroundColor: rows.map(({ isWorst }) => (isWorst ? worst : shade)),
                    },
                    { ...bar, data: rows.map(({ bounds }) => bounds || [0, 0]), backgroundColor: pale },
                ],
                rows: rows.map(({ name, label, interval, high, isWorst }) => ({
                    name,
                    label,
                    interval,
                    high,
                    isWorst,
                })),
                isRightToLeft,
                ...palette,
            },
            options: {
                indexAxis: "y",
                layout: { padding: ({ chart }) => this.getPadding(chart.width, isRightToLeft) },
                scales: {
                    x: { display: false, min: 0, max: 1, reverse: isRightToLeft },
                    y: { display: false },
                },
            },
        };
    }

    getPadding(width, isRightToLeft) {
        const label = width < NARROW ? NARROW_LABEL : LABEL;
        const name = Math.round(width * NAME_SHARE);
        return isRightToLeft ? { left: label, right: name } : { left: name, right: label };
    }
}
