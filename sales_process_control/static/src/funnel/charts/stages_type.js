/* global ChartFunnel */
import { loadBundle } from "@web/core/assets";
import { loadChartLibrary } from "../../screen/charts/chart";

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
export async function loadStagesLibrary() {
    await loadChartLibrary();
    await loadBundle("sales_process_control.chart_funnel_lib");
    if (!isStagesRegistered) {
        registerStages();
        isStagesRegistered = true;
    }
}
