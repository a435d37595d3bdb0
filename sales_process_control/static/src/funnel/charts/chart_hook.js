import { onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";
import { localization } from "@web/core/l10n/localization";
import { loadChartLibrary } from "./chart_library";
import { readPalette } from "./chart_palette";

/** Whether somebody has asked that things do not move. */
export function prefersStill() {
    return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/**
 * A chart that is drawn anew whenever its component is.
 *
 * What can be opened lies above it as buttons of the page, for canvases have none: it hears no events itself.
 *
 * @param {string} refName of the canvas
 * @param {(palette: Object, isRightToLeft: boolean) => Object} configure type, data, options and plugins for Chart.js
 */
export function useChart(refName, configure) {
    const canvasRef = useRef(refName);
    let chart;
    function destroy() {
        chart?.destroy();
        chart = null;
    }
    onWillStart(loadChartLibrary);
    useEffect(() => {
        if (!canvasRef.el || (chart && chart.canvas !== canvasRef.el)) {
            destroy();
        }
        if (!canvasRef.el) {
            return;
        }
        const palette = readPalette(canvasRef.el);
        const { type, data, options, plugins } = configure(palette, localization.direction === "rtl");
        const drawn = {
            responsive: true,
            maintainAspectRatio: false,
            events: [],
            animation: prefersStill() ? false : { duration: 250 },
            font: { family: palette.font },
            ...options,
            plugins: { legend: { display: false }, tooltip: { enabled: false }, ...options.plugins },
        };
        if (chart && (chart.config.type !== type || chart.options.indexAxis !== options.indexAxis)) {
            destroy();
        }
        if (chart) {
            Object.assign(chart, { data, options: drawn });
            chart.update();
        } else {
            chart = new Chart(canvasRef.el, { type, data, options: drawn, plugins });
        }
    });
    onWillUnmount(destroy);
}
