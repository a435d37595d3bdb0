import { brightness, readPalette } from "./charts/chart_palette";

const MARGIN = 24;
const GAP = 32;
const LINE = 22;
/** Between these widths, in pixels, the charts are placed side by side; otherwise one below the other. */
const MIN_ROW_WIDTH = 800;
const MAX_ROW_WIDTH = 2000;
/** Height of the title of a chart. */
const TITLE_HEIGHT = LINE + 8;
/** Size of a square of a legend, and the space between two entries. */
const SWATCH = 10;
const LEGEND_GAP = 18;
/** Height of the title of the picture. */
const HEADING_HEIGHT = 34;

/** Chinese and Japanese characters, and their punctuation: a line may end before and after them. */
const WIDE = /[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\u{20000}-\u{3ffff}]/u;
/** Characters that do not end a line, and those that do not begin one. */
const OPENING = /[\p{Ps}\p{Pi}]/u;
const CLOSING = /[\p{Pe}\p{Pf}\p{Po}]/u;

/** Return the parts of a text between which a line may end. A space belongs to the part before it. */
function splitText(text) {
    const parts = [];
    let last = " ";
    for (const character of text) {
        const isBesideWide = WIDE.test(last + character) && !OPENING.test(last) && !CLOSING.test(character);
        if (character !== " " && (last === " " || isBesideWide)) {
            parts.push("");
        }
        parts.push((parts.pop() || "") + character);
        last = character;
    }
    return parts;
}

/** Break a text into lines that are not wider than the picture. A word that is wider than a line is broken anywhere. */
function wrap(context, text, width) {
    const fits = (line) => context.measureText(line.trimEnd()).width <= width;
    const lines = [];
    let line = "";
    for (const part of splitText(text).flatMap((word) => (fits(word) ? [word] : [...word]))) {
        if (line && !fits(line + part)) {
            lines.push(line.trimEnd());
            line = "";
        }
        line += part;
    }
    return [...lines, line.trimEnd()];
}

/**
 * Return the positions of the entries of a legend, relative to its upper left corner.
 *
 * @returns {{x: number, row: number, color: string, label: string}[]}
 */
function layOutLegend(context, legend, width) {
    let x = 0;
    let row = 0;
    return legend.map(({ color, label }) => {
        const length = SWATCH + 6 + context.measureText(label).width;
        if (x && x + length > width) {
            x = 0;
            row++;
        }
        const entry = { x, row, color, label };
        x += length + LEGEND_GAP;
        return entry;
    });
}

/** Return the position and size of each chart, and the size of all of them. */
function layOut(context, charts) {
    const sizes = charts.map(({ canvas, legend = [] }) => {
        const { clientWidth: width, clientHeight: height } = canvas;
        const entries = layOutLegend(context, legend, width);
        return { width, height: height + (entries.length ? (entries.at(-1).row + 1) * LINE : 0), entries };
    });
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
 * @param {{title: string, canvas: HTMLCanvasElement, legend?: {color: string, label: string}[], texts?: {text: string, x:
 *  number, y: number}[]}[]} content.charts `texts` are written over the canvas, around the point that they give
 * @returns {HTMLCanvasElement}
 */
export function drawPicture(element, { title, lines, charts }) {
    const palette = readPalette(element);
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d");
    context.font = `14px ${palette.font}`;
    const { places, width, height } = layOut(context, charts);
    const allLines = lines.flatMap((line) => wrap(context, line, width));
    const head = MARGIN + HEADING_HEIGHT + allLines.length * LINE + GAP / 2;
    const scale = charts[0].canvas.width / charts[0].canvas.clientWidth;
    canvas.width = Math.ceil((width + 2 * MARGIN) * scale);
    canvas.height = Math.ceil((head + height + MARGIN) * scale);
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
    allLines.forEach((line, index) => write(line, MARGIN, MARGIN + HEADING_HEIGHT + index * LINE, "14px", muted));
    charts.forEach((chart, index) => {
        const { x, y, entries } = places[index];
        const { clientWidth: chartWidth, clientHeight: chartHeight } = chart.canvas;
        write(chart.title, MARGIN + x, head + y, "bold 15px", text);
        context.drawImage(chart.canvas, MARGIN + x, head + y + TITLE_HEIGHT, chartWidth, chartHeight);
        context.textAlign = "center";
        context.textBaseline = "middle";
        for (const { text: note, x: across, y: down } of chart.texts || []) {
            write(note, MARGIN + x + across, head + y + TITLE_HEIGHT + down, "12px", muted);
        }
        context.textAlign = "start";
        context.textBaseline = "top";
        for (const { x: left, row, color, label } of entries) {
            const top = head + y + TITLE_HEIGHT + chartHeight + row * LINE;
            context.fillStyle = color;
            context.fillRect(MARGIN + x + left, top + 3, SWATCH, SWATCH);
            write(label, MARGIN + x + left + SWATCH + 6, top, "14px", text);
        }
    });
    return canvas;
}
