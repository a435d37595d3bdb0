import { Component, onMounted, onPatched, onWillUnmount, useRef, useState } from "@odoo/owl";
import { RecordNumber } from "../../screen/record_number";
import { useChart } from "../../screen/charts/chart";
import { mix } from "../../screen/charts/chart_palette";

const FONT = 11;
const LINE = FONT + 3;
/** Approximate width of a character in pixels, used to decide whether the names fit below the bars. */
const CHARACTER_WIDTH = 6.5;
/** Characters from here on, such as Chinese ones, are as wide as they are high. */
const FIRST_WIDE_CHARACTER = "\u2e80";

/** Return the approximate width of a text in pixels. */
function widthOf(text) {
    const widths = [...text].map((character) => (character < FIRST_WIDE_CHARACTER ? CHARACTER_WIDTH : FONT));
    return widths.reduce((sum, width) => sum + width, 0);
}

/** Return the position of a bar across the value axis, and its ends along it, in pixels. */
function endsOf(bar, isHorizontal) {
    const { x, y, base } = bar.getProps(["x", "y", "base"], true);
    const [across, end] = isHorizontal ? [y, x] : [x, y];
    return { across, low: Math.min(end, base), high: Math.max(end, base) };
}

/** Plugin that draws lines from the end of each bar to the start of the next one. */
const steps = {
    id: "steps",
    beforeDatasetsDraw(chart) {
        const { ctx, data, scales } = chart;
        const { isHorizontal, bars, line } = data;
        const scale = isHorizontal ? scales.x : scales.y;
        ctx.save();
        ctx.strokeStyle = line;
        ctx.beginPath();
        chart.getDatasetMeta(0).data.forEach((shape, index, shapes) => {
            if (index) {
                const level = Math.round(scale.getPixelForValue(bars[index - 1].to)) + 0.5;
                const [from, to] = [shapes[index - 1], shape].map((bar) => endsOf(bar, isHorizontal).across);
                ctx.moveTo(...(isHorizontal ? [level, from] : [from, level]));
                ctx.lineTo(...(isHorizontal ? [level, to] : [to, level]));
            }
        });
        ctx.stroke();
        ctx.restore();
    },
};

/** Write the value at the end of a vertical bar, and the name below it, one word per line. */
function writeBelow({ ctx, height }, { text, name, isFall }, { across, low, high }) {
    ctx.textAlign = "center";
    ctx.textBaseline = isFall ? "top" : "alphabetic";
    ctx.fillText(text, across, isFall ? high + 4 : low - 4);
    ctx.textBaseline = "top";
    name.split(" ").forEach((word, row) => ctx.fillText(word, across, height - 3 * LINE + row * LINE));
}

/** Write the value at the end of a horizontal bar, and the name at the edge of the chart. */
function writeBeside({ ctx, width, data }, { text, name }, { across, low, high }) {
    const { isRightToLeft } = data;
    ctx.textBaseline = "middle";
    ctx.textAlign = isRightToLeft ? "right" : "left";
    ctx.fillText(text, isRightToLeft ? low - 4 : high + 4, across);
    ctx.fillText(name, isRightToLeft ? width : 0, across);
}

/** Plugin that writes the names and values of the bars. */
const captions = {
    id: "captions",
    afterDatasetsDraw(chart) {
        const { ctx, data } = chart;
        ctx.save();
        ctx.font = `${FONT}px ${data.font}`;
        ctx.fillStyle = data.text;
        chart.getDatasetMeta(0).data.forEach((shape, index) => {
            const write = data.isHorizontal ? writeBeside : writeBelow;
            write(chart, data.bars[index], endsOf(shape, data.isHorizontal));
        });
        ctx.restore();
    },
};

/** Waterfall chart. Buttons open the postings of each bar. */
export class WaterfallChart extends Component {
    static template = "sales_process_control.WaterfallChart";
    static components = { RecordNumber };
    static props = {
        /** Bars in their order: {key, name, text, from, to, tone, label, number} */
        bars: { type: Array, element: Object },
    };

    setup() {
        this.rootRef = useRef("root");
        /** Whether the bars are horizontal, since their names do not fit side by side. */
        this.state = useState({ isHorizontal: false });
        const observer = new ResizeObserver(() => this.fit());
        onMounted(() => observer.observe(this.rootRef.el));
        // Other bars may have longer names or values at the same width.
        onPatched(() => this.fit());
        onWillUnmount(() => observer.disconnect());
        useChart("canvas", (palette, isRightToLeft) => this.configure(palette, isRightToLeft));
    }

    /** Choose the orientation that fits the width of the chart. */
    fit() {
        const { bars } = this.props;
        const words = bars.flatMap(({ name, text }) => [...name.split(" "), text]);
        const longest = Math.max(...words.map(widthOf));
        this.state.isHorizontal = this.rootRef.el.clientWidth / bars.length < longest + 4;
    }

    toneOf(palette, tone) {
        return tone === "deep" ? mix(palette.primary, palette.text, 0.75) : palette[tone];
    }

    configure(palette, isRightToLeft) {
        const { bars } = this.props;
        const { isHorizontal } = this.state;
        const longestName = Math.max(...bars.map(({ name }) => widthOf(name)));
        const [start, end] = isRightToLeft ? ["right", "left"] : ["left", "right"];
        const value = { display: false, beginAtZero: true };
        const category = { display: false, grid: { display: false } };
        return {
            type: "bar",
            plugins: [steps, captions],
            data: {
                labels: bars.map(({ key }) => key),
                datasets: [
                    {
                        data: bars.map(({ from, to }) => [from, to]),
                        backgroundColor: bars.map(({ tone }) => this.toneOf(palette, tone)),
                        minBarLength: 2,
                        borderSkipped: false,
                        barPercentage: 0.82,
                        categoryPercentage: 1,
                    },
                ],
                bars: bars.map(({ name, text, from, to }) => ({ name, text, to, isFall: to < from })),
                isHorizontal,
                isRightToLeft,
                ...palette,
            },
            options: {
                indexAxis: isHorizontal ? "y" : "x",
                scales: isHorizontal
                    ? { x: { ...value, reverse: isRightToLeft }, y: category }
                    : { x: { ...category, reverse: isRightToLeft }, y: value },
                layout: {
                    padding: isHorizontal
                        ? { [start]: longestName, [end]: 9 * CHARACTER_WIDTH }
                        : { top: LINE + 6, bottom: 3 * LINE + 6 },
                },
            },
        };
    }
}
