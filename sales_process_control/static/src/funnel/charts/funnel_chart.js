import { Component } from "@odoo/owl";
import { RecordNumber } from "../../screen/record_number";
import { useChart } from "../../screen/charts/chart";
import { stageShades, textOn } from "../../screen/charts/chart_palette";
import { loadStagesLibrary } from "./stages_type";

const FONT = 13;
const LINE = FONT + 5;
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

/** Write the label of a stage on a background of its shade, since the shape may be narrower, or crossed by an outline. */
function writeStage(ctx, shape, shade, lines) {
    const { y, base } = shape.getProps(["y", "base"], true);
    const width = Math.max(...lines.map((line) => ctx.measureText(line).width)) + 12;
    const height = lines.length * LINE + 4;
    ctx.fillStyle = shade;
    ctx.beginPath();
    ctx.roundRect(base - width / 2, y - height / 2, width, height, 6);
    ctx.fill();
    ctx.fillStyle = textOn(shade);
    ctx.textAlign = "center";
    lines.forEach((line, row) => ctx.fillText(line, base, y + (row - (lines.length - 1) / 2) * LINE));
}

/** Plugin that writes the labels of the stages. */
const captions = {
    id: "captions",
    afterDatasetsDraw(chart) {
        const { ctx, data, width } = chart;
        const shapes = chart.getDatasetMeta(0).data;
        ctx.save();
        ctx.textBaseline = "middle";
        data.captions.forEach(({ lines, was, wasBrief }, index) => {
            ctx.font = `${FONT}px ${data.font}`;
            writeStage(ctx, shapes[index], data.datasets[0].backgroundColor[index], lines);
            ctx.font = `${FONT - 2}px ${data.font}`;
            ctx.textAlign = data.isRightToLeft ? "left" : "right";
            ctx.fillStyle = data.muted;
            ctx.fillText(width < NARROW ? wasBrief : was, data.isRightToLeft ? 0 : width, shapes[index].y);
        });
        ctx.restore();
    },
};

/** Funnel of a day with the earlier day as an outline. Buttons open the deals of each stage on both days. */
export class FunnelChart extends Component {
    static template = "sales_process_control.FunnelChart";
    static components = { RecordNumber };
    static props = {
        /** Stages in their order: {key, name, lines, was, wasBrief, value, before, label, beforeLabel, number, beforeNumber} */
        stages: { type: Array, element: Object },
    };

    setup() {
        useChart("canvas", (palette, isRightToLeft) => this.configure(palette, isRightToLeft), loadStagesLibrary);
    }

    configure(palette, isRightToLeft) {
        const { stages } = this.props;
        const shape = { grouped: false, borderColor: "transparent", categoryPercentage: 0.9 };
        return {
            type: "stages",
            plugins: [outline, captions],
            data: {
                labels: stages.map(({ key }) => key),
                datasets: [
                    {
                        ...shape,
                        data: stages.map(({ value }) => Math.max(0, value)),
                        backgroundColor: stageShades(palette, stages.length),
                    },
                    {
                        ...shape,
                        data: stages.map(({ before }) => Math.max(0, before)),
                        backgroundColor: "transparent",
                    },
                ],
                captions: stages.map(({ lines, was, wasBrief }) => ({ lines, was, wasBrief })),
                isRightToLeft,
                ...palette,
            },
            options: {
                indexAxis: "y",
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
