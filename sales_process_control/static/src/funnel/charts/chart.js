/* global ChartFunnel */
import { onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { localization } from "@web/core/l10n/localization";
import { readPalette } from "./chart_palette";

/** Share of the width by which a stage is narrower at its lower edge. */
const TAPER = 0.18;

let isStagesRegistered = false;

/**
 * Register the chart type "stages": a funnel whose stages are separate trapezoids. In the type "funnel" of the library
 * each stage narrows to the width of the next one, which does not fit stages of a pipeline: the next stage may be wider.
 */
function registerStages() {
    const { FunnelController, TrapezoidElement } = ChartFunnel;

    class StageElement extends TrapezoidElement {
        static id = "stage";

        computeWayPoints(useFinalPosition) {
            const { left, right, top, bottom } = this.getBounds(useFinalPosition);
            const inset = ((right - left) * TAPER) / 2;
            return [
                [left, top],
                [right, top],
                [right - inset, bottom],
                [left + inset, bottom],
            ];
        }
    }

    class StagesController extends FunnelController {
        static id = "stages";
        static defaults = { dataElementType: StageElement.id };
    }

    Chart.register(FunnelController, TrapezoidElement, StageElement, StagesController);
}

/** Load Odoo's Chart.js and the chart type "stages". */
export async function loadChartLibrary() {
    await loadBundle("web.chartjs_lib");
    await loadBundle("sales_process_control.chart_funnel_lib");
    if (!isStagesRegistered) {
        registerStages();
        isStagesRegistered = true;
    }
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
