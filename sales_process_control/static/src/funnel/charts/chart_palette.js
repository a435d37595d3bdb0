/** The web client's own colours: what is dark there is dark here. */
const VARIABLES = {
    primary: "--primary",
    text: "--body-color",
    muted: "--gray-700",
    line: "--gray-400",
    success: "--success",
    warning: "--warning",
    danger: "--danger",
    blue: "--blue",
    grey: "--gray-500",
};

let probe;

/** Whatever CSS calls a colour, as [red, green, blue]. */
function channelsOf(color) {
    probe ||= document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    probe.fillStyle = color;
    probe.fillRect(0, 0, 1, 1);
    return [...probe.getImageData(0, 0, 1, 1).data].slice(0, 3);
}

/** @returns {string} so much of the first colour, the rest of the second */
export function mix(color, other, share) {
    const [first, second] = [channelsOf(color), channelsOf(other)];
    const mixed = first.map((channel, index) => Math.round(channel * share + second[index] * (1 - share)));
    return `rgb(${mixed.join(", ")})`;
}

/** How bright a colour looks, from 0 to 1. */
export function brightness(color) {
    const [red, green, blue] = channelsOf(color).map((channel) => {
        const part = channel / 255;
        return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** What stands on a colour so that it can be read: at which brightness black and white are told apart from it equally. */
export function textOn(color) {
    return brightness(color) > 0.179 ? "#000000" : "#ffffff";
}

/** The colour that is behind an element. */
function groundOf(element) {
    for (let at = element; at; at = at.parentElement) {
        const color = getComputedStyle(at).backgroundColor;
        if (color && color !== "transparent" && !color.endsWith(", 0)")) {
            return color;
        }
    }
    return "#ffffff";
}

let palette;

/**
 * The colours with which charts are drawn. They are read once, as reading makes the browser lay out the page: another
 * scheme of colours comes with another page.
 *
 * @param {HTMLElement} element that stands where charts do
 */
export function readPalette(element) {
    palette ||= readColors(element);
    return palette;
}

function readColors(element) {
    const style = getComputedStyle(element);
    const read = ([name, variable]) => [name, style.getPropertyValue(variable).trim() || style.color];
    return {
        ...Object.fromEntries(Object.entries(VARIABLES).map(read)),
        ground: groundOf(element),
        font: style.fontFamily,
    };
}

/**
 * One shade for each stage, from pale at the first to deep at the last.
 *
 * @param {number} count
 * @returns {string[]}
 */
export function stageShades({ ground, primary }, count) {
    const isDark = brightness(ground) < 0.2;
    const deepest = mix(primary, isDark ? "#ffffff" : "#000000", 0.78);
    const palest = mix(primary, ground, 0.45);
    return Array.from({ length: count }, (_, index) => mix(deepest, palest, count > 1 ? index / (count - 1) : 0.5));
}
