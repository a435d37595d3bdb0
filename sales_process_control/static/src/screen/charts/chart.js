import { onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { localization } from "@web/core/l10n/localization";
import { readPalette } from "./chart_palette";

/** Load Odoo's Chart.js. */
export function loadChartLibrary() {
    return loadBundle("web.chartjs_lib");
}

/** Return whether the user prefers reduced motion. */
export function prefersReducedMotion() {
    return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/**
 * Draw a chart on a canvas, and draw it again after each rendering of the component.
 *
 * The canvas handles no events. Elements that open records are HTML buttons above the canvas, so that they work with the
 * keyboard and with screen readers.
 *
 * @param {string} refName of the canvas
 * @param {(palette: Object, isRightToLeft: boolean) => Object} configure returns type, data, options and plugins for
 *  Chart.js
 * @param {() => Promise} [loadLibrary] loads Chart.js, and what the chart needs besides
 */
export function useChart(refName, configure, loadLibrary = loadChartLibrary) {
    const canvasRef = useRef(refName);
    let chart;
    function destroy() {
        chart?.destroy();
        chart = null;
    }
    onWillStart(loadLibrary);
    useEffect(() => {
        if (!canvasRef.el || (chart && chart.canvas !== canvasRef.el)) {
            destroy();
        }
        if (!canvasRef.el) {
            return;
        }
        const palette = readPalette(canvasRef.el);
        const { type, data, options, plugins } = configure(palette, localization.direction === "rtl");
        const allOptions = {
            responsive: true,
            maintainAspectRatio: false,
            events: [],
            animation: prefersReducedMotion() ? false : { duration: 250 },
            font: { family: palette.font },
            ...options,
            plugins: { legend: { display: false }, tooltip: { enabled: false }, ...options.plugins },
        };
        // The type and the orientation of an existing chart cannot be changed.
        if (chart && (chart.config.type !== type || chart.options.indexAxis !== options.indexAxis)) {
            destroy();
        }
        if (chart) {
            Object.assign(chart, { data, options: allOptions });
            chart.update();
        } else {
            chart = new Chart(canvasRef.el, { type, data, options: allOptions, plugins });
        }
    });
    onWillUnmount(destroy);
}
