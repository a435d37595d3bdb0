/* global ChartFunnel */
import { loadBundle } from "@web/core/assets";

/** Odoo's own Chart.js, and the funnel's shape for it. */
export async function loadChartLibrary() {
    await loadBundle("web.chartjs_lib");
    await loadBundle("sales_process_control.chart_funnel_lib");
    Chart.register(ChartFunnel.FunnelController, ChartFunnel.TrapezoidElement);
}
