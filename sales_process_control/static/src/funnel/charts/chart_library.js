/* global ChartFunnel */
import { loadBundle } from "@web/core/assets";

/** How much narrower a stage is at its foot. */
const TAPER = 0.18;

let areStagesKnown = false;

/**
 * The funnel's shape has each stage run into the next one. Stages are no steps of one crowd, and the next one may be
 * wider: here each is a shape of its own.
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

/** Odoo's own Chart.js, and the funnel's shape for it. */
export async function loadChartLibrary() {
    await loadBundle("web.chartjs_lib");
    await loadBundle("sales_process_control.chart_funnel_lib");
    if (!areStagesKnown) {
        registerStages();
        areStagesKnown = true;
    }
}
