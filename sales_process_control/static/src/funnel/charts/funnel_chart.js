import { Component } from "@odoo/owl";
import { RecordNumber } from "../../screen/record_number";
import { useChart } from "../../screen/charts/chart";
import { stageShades } from "../../screen/charts/chart_palette";
import { loadStagesLibrary } from "./stages_type";

const FONT = 13;
/** Height of the line above a bar with the name of the stage, which is also that of the line below it, in pixels. */
const LINE = 22;
/** Pixels between the middle of the name and the bar. */
const GAP = 9;
/** Height of a bar, and of one of many bars. */
const BAR = 28;
const SMALL_BAR = 12;
/** With more stages than this, bars are small. */
const MANY_STAGES = 10;
/** Pixels beside the funnel for the label of the earlier day; on narrow charts for its number alone. */
const SIDE = 84;
const NARROW_SIDE = 44;
/** Pixels below which a chart is narrow. */
const NARROW = 420;

/**
 * Plugin that draws the outline of the earlier day: dashes in two colours, which are visible on any shade. The border of
 * the library's shape has no dashes and leaves one side open.
 */
const outline = {
    id: "outline",
    afterDatasetsDraw(chart) {
        const { ctx, data } = chart;
        ctx.save();
        ctx.lineWidth = 1.5;
        const shapes = chart.getDatasetMeta(1).data;
        for (const shape of shapes.filter((_shape, index) => data.datasets[1].data[index])) {
            ctx.beginPath();
            shape.computeWayPoints().forEach(([x, y]) => ctx.lineTo(x, y));
            ctx.closePath();
            ctx.setLineDash([]);
            ctx.strokeStyle = data.ground;
            ctx.stroke();
            ctx.setLineDash([4, 3]);
            ctx.strokeStyle = data.muted;
            ctx.stroke();
        }
        ctx.restore();
    },
};

/**
 * Return the label of a stage that is not wider than the chart: a long name is cut, numbers never are.
 *
 * @param {CanvasRenderingContext2D} ctx
 * @param {{name: string, numbers: string, briefNumbers: string}} caption
 * @param {number} width in pixels
 * @returns {string}
 */
function fitLabel(ctx, { name, numbers, briefNumbers }, width) {
    const widthOf = (text) => ctx.measureText(text).width;
    const whole = `${name} · ${numbers}`;
    if (widthOf(whole) <= width) {
        return whole;
    }
    const rest = ` · ${widthOf(numbers) > 0.7 * width ? briefNumbers : numbers}`;
    const letters = [...name];
    const isTooWide = () => widthOf(`${letters.join("")}…${rest}`) > width;
    if (widthOf(`${name}${rest}`) <= width) {
        return `${name}${rest}`;
    }
    while (letters.length > 1 && isTooWide()) {
        letters.pop();
    }
    return `${letters.join("")}…${rest}`;
}

/** Plugin that writes the label of each stage above its bar, where it hides none, and the earlier day beside the bar. */
const captions = {
    id: "captions",
    afterDatasetsDraw(chart) {
        const { ctx, data, width } = chart;
        const shapes = chart.getDatasetMeta(0).data;
        ctx.save();
        ctx.textBaseline = "middle";
        data.captions.forEach((caption, index) => {
            const { y, base, height } = shapes[index].getProps(["y", "base", "height"], true);
            ctx.font = `${FONT}px ${data.font}`;
            ctx.textAlign = "center";
            ctx.fillStyle = data.text;
            const label = fitLabel(ctx, caption, 2 * Math.min(base, width - base));
            ctx.fillText(label, base, y - height / 2 - GAP);
            ctx.font = `${FONT - 2}px ${data.font}`;
            ctx.textAlign = data.isRightToLeft ? "left" : "right";
            ctx.fillStyle = data.muted;
            ctx.fillText(width < NARROW ? caption.wasBrief : caption.was, data.isRightToLeft ? 0 : width, y);
        });
        ctx.restore();
    },
};

/**
 * Funnel of a day with the earlier day as an outline. Buttons open the deals of each stage on both days. Between two
 * stages there is a line about the deals that went from one to the other.
 */
export class FunnelChart extends Component {
    static template = "sales_process_control.FunnelChart";
    static components = { RecordNumber };
    static props = {
        /**
         * Stages in their order: {key, name, numbers, briefNumbers, was, wasBrief, value, before, label, beforeLabel,
         * number, beforeNumber, passage}, see `passageOf`
         */
        stages: { type: Array, element: Object },
        /** Value that has the whole width; 0 for the largest one. */
        scale: { type: Number, optional: true },
    };

    static defaultProps = { scale: 0 };

    get isSmall() {
        return this.props.stages.length > MANY_STAGES;
    }

    setup() {
        useChart("canvas", (palette, isRightToLeft) => this.configure(palette, isRightToLeft), loadStagesLibrary);
    }

    configure(palette, isRightToLeft) {
        const { scale, stages } = this.props;
        const bar = this.isSmall ? SMALL_BAR : BAR;
        const shape = { grouped: false, borderColor: "transparent", categoryPercentage: bar / (bar + 2 * LINE) };
        return {
            type: "stages",
            plugins: [outline, captions],
            data: {
                labels: stages.map(({ key }) => key),
                datasets: [
                    {
                        ...shape,
                        // A small value has a bar that is visible, and no value has none.
                        data: stages.map(({ value }) => (value > 0 ? value : null)),
                        minBarLength: 2,
                        backgroundColor: stageShades(palette, stages.length),
                    },
                    {
                        ...shape,
                        data: stages.map(({ before }) => Math.max(0, before)),
                        backgroundColor: "transparent",
                    },
                ],
                captions: stages.map(({ name, numbers, briefNumbers, was, wasBrief }) => ({
                    name,
                    numbers,
                    briefNumbers,
                    was,
                    wasBrief,
                })),
                isRightToLeft,
                ...palette,
            },
            options: {
                indexAxis: "y",
                scales: scale ? { x: { suggestedMin: -scale, suggestedMax: scale } } : {},
                layout: { padding: ({ chart }) => this.sides(chart, isRightToLeft) },
            },
        };
    }

    sides({ width }, isRightToLeft) {
        if (width >= NARROW) {
            return { left: SIDE, right: SIDE };
        }
        return { [isRightToLeft ? "left" : "right"]: NARROW_SIDE };
    }
}
