/** CSS variables of the web client, so that charts follow its light and dark theme. */
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

/** Return a CSS colour in any notation as [red, green, blue]. */
function channelsOf(color) {
    probe ||= document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    probe.fillStyle = color;
    probe.fillRect(0, 0, 1, 1);
    return [...probe.getImageData(0, 0, 1, 1).data].slice(0, 3);
}

/**
 * Mix two CSS colours.
 *
 * @param {string} color
 * @param {string} other
 * @param {number} share of the first colour, from 0 to 1
 * @returns {string}
 */
export function mix(color, other, share) {
    const [first, second] = [channelsOf(color), channelsOf(other)];
    const mixed = first.map((channel, index) => Math.round(channel * share + second[index] * (1 - share)));
    return `rgb(${mixed.join(", ")})`;
}

/**
 * Return the relative luminance of a colour, from 0 to 1.
 *
 * Source: WCAG 2.1, definition of relative luminance.
 */
export function brightness(color) {
    const [red, green, blue] = channelsOf(color).map((channel) => {
        const part = channel / 255;
        return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Return black or white, whichever has more contrast. At the luminance of 0.179 both have the same contrast. */
export function textOn(color) {
    return brightness(color) > 0.179 ? "#000000" : "#ffffff";
}

/** Return the background colour behind an element. */
function backgroundOf(element) {
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
 * Return the colours and the font of charts. They are read once, since reading forces a layout of the page, and a change
 * of the theme reloads the page.
 *
 * @param {HTMLElement} element at the place of the chart
 * @returns {Object} colours by name; `ground` is the background, `font` the font family
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
        ground: backgroundOf(element),
        font: style.fontFamily,
    };
}

/**
 * Return a shade of the primary colour for each stage, from pale for the first one to deep for the last one.
 *
 * @param {Object} palette
 * @param {number} count of the stages
 * @returns {string[]}
 */
export function stageShades({ ground, primary }, count) {
    const isDark = brightness(ground) < 0.2;
    const deepest = mix(primary, isDark ? "#ffffff" : "#000000", 0.78);
    const palest = mix(primary, ground, 0.45);
    return Array.from({ length: count }, (_, index) => mix(deepest, palest, count > 1 ? index / (count - 1) : 0.5));
}
