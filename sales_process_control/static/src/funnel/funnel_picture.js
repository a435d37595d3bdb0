import { brightness, readPalette } from "./charts/chart_palette";

const MARGIN = 24;
const GAP = 32;
const LINE = 22;
/** Wider than this the charts stand beneath one another. */
const WIDEST = 2000;

function placesOf(charts) {
    const sizes = charts.map(({ canvas }) => ({ width: canvas.clientWidth, height: canvas.clientHeight }));
    const together = sizes.reduce((sum, { width }) => sum + width + GAP, -GAP);
    const isBeside = together <= WIDEST && together > 800;
    let along = 0;
    const places = sizes.map((size) => {
        const place = { ...size, x: isBeside ? along : 0, y: isBeside ? 0 : along };
        along += (isBeside ? size.width : size.height + LINE + 8) + GAP;
        return place;
    });
    return {
        places,
        width: Math.max(...places.map(({ x, width }) => x + width)),
        height: Math.max(...places.map(({ y, height }) => y + height)) + LINE + 8,
    };
}

/**
 * One picture of what the screen shows, on the ground that it is shown on.
 *
 * @param {HTMLElement} element whose colours are taken
 * @param {Object} what
 * @param {string} what.title
 * @param {string[]} what.lines days and filters
 * @param {{title: string, canvas: HTMLCanvasElement}[]} what.charts
 * @returns {HTMLCanvasElement}
 */
export function drawPicture(element, { title, lines, charts }) {
    const palette = readPalette(element);
    const { places, width, height } = placesOf(charts);
    const head = MARGIN + 34 + lines.length * LINE + GAP / 2;
    const canvas = document.createElement("canvas");
    const scale = charts[0].canvas.width / charts[0].canvas.clientWidth;
    canvas.width = Math.ceil((width + 2 * MARGIN) * scale);
    canvas.height = Math.ceil((head + height + MARGIN) * scale);
    const context = canvas.getContext("2d");
    context.scale(scale, scale);
    context.fillStyle = palette.ground;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.textBaseline = "top";
    const write = (text, x, y, font, color) => {
        context.font = `${font} ${palette.font}`;
        context.fillStyle = color;
        context.fillText(text, x, y);
    };
    const text = palette.text;
    const muted = brightness(palette.ground) > 0.5 ? palette.muted : text;
    write(title, MARGIN, MARGIN, "bold 22px", text);
    lines.forEach((line, index) => write(line, MARGIN, MARGIN + 34 + index * LINE, "14px", muted));
    charts.forEach((chart, index) => {
        const { x, y, width: chartWidth, height: chartHeight } = places[index];
        write(chart.title, MARGIN + x, head + y, "bold 15px", text);
        context.drawImage(chart.canvas, MARGIN + x, head + y + LINE + 8, chartWidth, chartHeight);
    });
    return canvas;
}
