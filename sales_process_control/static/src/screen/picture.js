import { brightness, readPalette } from "./charts/chart_palette";

const MARGIN = 24;
const GAP = 32;
const LINE = 22;
/** Between these widths, in pixels, the charts are placed side by side; otherwise one below the other. */
const MIN_ROW_WIDTH = 800;
const MAX_ROW_WIDTH = 2000;
/** Height of the title of a chart. */
const TITLE_HEIGHT = LINE + 8;
/** Height of the title of the picture. */
const HEADING_HEIGHT = 34;

/** Return the position and size of each chart, and the size of all of them. */
function layOut(charts) {
    const sizes = charts.map(({ canvas }) => ({ width: canvas.clientWidth, height: canvas.clientHeight }));
    const rowWidth = sizes.reduce((sum, { width }) => sum + width + GAP, -GAP);
    const isRow = rowWidth <= MAX_ROW_WIDTH && rowWidth > MIN_ROW_WIDTH;
    let offset = 0;
    const places = sizes.map((size) => {
        const place = { ...size, x: isRow ? offset : 0, y: isRow ? 0 : offset };
        offset += (isRow ? size.width : size.height + TITLE_HEIGHT) + GAP;
        return place;
    });
    return {
        places,
        width: Math.max(...places.map(({ x, width }) => x + width)),
        height: Math.max(...places.map(({ y, height }) => y + height)) + TITLE_HEIGHT,
    };
}

/**
 * Draw charts with titles as one image.
 *
 * @param {HTMLElement} element whose background and text colours are used
 * @param {Object} content
 * @param {string} content.title
 * @param {string[]} content.lines texts below the title
 * @param {{title: string, canvas: HTMLCanvasElement}[]} content.charts
 * @returns {HTMLCanvasElement}
 */
export function drawPicture(element, { title, lines, charts }) {
    const palette = readPalette(element);
    const { places, width, height } = layOut(charts);
    const head = MARGIN + HEADING_HEIGHT + lines.length * LINE + GAP / 2;
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
    lines.forEach((line, index) => write(line, MARGIN, MARGIN + HEADING_HEIGHT + index * LINE, "14px", muted));
    charts.forEach((chart, index) => {
        const { x, y, width: chartWidth, height: chartHeight } = places[index];
        write(chart.title, MARGIN + x, head + y, "bold 15px", text);
        context.drawImage(chart.canvas, MARGIN + x, head + y + TITLE_HEIGHT, chartWidth, chartHeight);
    });
    return canvas;
}
