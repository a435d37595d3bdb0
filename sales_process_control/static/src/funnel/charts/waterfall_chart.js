import { Component, onMounted, onWillUnmount, useRef, useState } from "@odoo/owl";
import { RecordNumber } from "../../kit/record_number/record_number";
import { useChart } from "./chart_hook";
import { mix } from "./chart_palette";

const FONT = 11;
const LINE = FONT + 3;
/** Pixels that a letter takes, about: whether names have room beneath their bars need not be known better. */
const LETTER = 6.5;

function endsOf(bar, isLying) {
    const { x, y, base } = bar.getProps(["x", "y", "base"], true);
    const [across, end] = isLying ? [y, x] : [x, y];
    return { across, low: Math.min(end, base), high: Math.max(end, base) };
}

/** From where one bar ends to where the next one begins. */
const steps = {
    id: "steps",
    beforeDatasetsDraw(chart) {
        const { ctx, data, scales } = chart;
        const { isLying, bars, line } = data;
        const scale = isLying ? scales.x : scales.y;
        ctx.save();
        ctx.strokeStyle = line;
        ctx.beginPath();
        chart.getDatasetMeta(0).data.forEach((shape, index, shapes) => {
            if (index) {
                const level = Math.round(scale.getPixelForValue(bars[index - 1].to)) + 0.5;
                const [from, to] = [shapes[index - 1], shape].map((one) => endsOf(one, isLying).across);
                ctx.moveTo(...(isLying ? [level, from] : [from, level]));
                ctx.lineTo(...(isLying ? [level, to] : [to, level]));
            }
        });
        ctx.stroke();
        ctx.restore();
    },
};

function writeBeneath({ ctx, height }, { text, name, isFall }, { across, low, high }) {
    ctx.textAlign = "center";
    ctx.textBaseline = isFall ? "top" : "alphabetic";
    ctx.fillText(text, across, isFall ? high + 4 : low - 4);
    ctx.textBaseline = "top";
    name.split(" ").forEach((word, row) => ctx.fillText(word, across, height - 3 * LINE + row * LINE));
}

function writeBeside({ ctx, width, data }, { text, name }, { across, low, high }) {
    const { isRightToLeft } = data;
    ctx.textBaseline = "middle";
    ctx.textAlign = isRightToLeft ? "right" : "left";
    ctx.fillText(text, isRightToLeft ? low - 4 : high + 4, across);
    ctx.fillText(name, isRightToLeft ? width : 0, across);
}

const captions = {
    id: "captions",
    afterDatasetsDraw(chart) {
        const { ctx, data } = chart;
        ctx.save();
        ctx.font = `${FONT}px ${data.font}`;
        ctx.fillStyle = data.text;
        chart.getDatasetMeta(0).data.forEach((shape, index) => {
            const write = data.isLying ? writeBeside : writeBeneath;
            write(chart, data.bars[index], endsOf(shape, data.isLying));
        });
        ctx.restore();
    },
};

/** From what was there to what is there, by what has happened. Each bar opens its postings. */
export class WaterfallChart extends Component {
    static template = "sales_process_control.WaterfallChart";
    static components = { RecordNumber };
    static props = {
        /** In their order: {key, name, text, from, to, tone, label, number} */
        bars: { type: Array, element: Object },
    };

    setup() {
        this.rootRef = useRef("root");
        /** Whether the bars lie beneath one another, because their names have no room side by side. */
        this.state = useState({ isLying: false });
        const observer = new ResizeObserver(() => this.fit());
        onMounted(() => observer.observe(this.rootRef.el));
        onWillUnmount(() => observer.disconnect());
        useChart("canvas", (palette, isRightToLeft) => this.configure(palette, isRightToLeft));
    }

    fit() {
        const { bars } = this.props;
        const words = bars.flatMap(({ name, text }) => [...name.split(" "), text]);
        const longest = Math.max(...words.map((word) => word.length));
        this.state.isLying = this.rootRef.el.clientWidth / bars.length < longest * LETTER + 4;
    }

    toneOf(palette, tone) {
        return tone === "deep" ? mix(palette.primary, palette.text, 0.75) : palette[tone];
    }

    configure(palette, isRightToLeft) {
        const { bars } = this.props;
        const { isLying } = this.state;
        const longestName = Math.max(...bars.map(({ name }) => name.length)) * LETTER;
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
                isLying,
                isRightToLeft,
                ...palette,
            },
            options: {
                indexAxis: isLying ? "y" : "x",
                scales: isLying
                    ? { x: { ...value, reverse: isRightToLeft }, y: category }
                    : { x: { ...category, reverse: isRightToLeft }, y: value },
                layout: {
                    padding: isLying
                        ? { [start]: longestName, [end]: 9 * LETTER }
                        : { top: LINE + 6, bottom: 3 * LINE + 6 },
                },
            },
        };
    }
}
