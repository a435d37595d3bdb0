import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { defineModels, fields, models, onRpc, preloadBundle } from "@web/../tests/web_test_helpers";
import { Forecast } from "@sales_process_control/forecast/forecast";
import { ForecastPage } from "@sales_process_control/forecast/forecast_page";
import { makeScreen } from "./forecast_data";
import { mountPage } from "./page_helpers";

class CrmForecast extends models.Model {
    _name = "crm.forecast";
    team_id = fields.Integer();
    _views = { search: `<search><field name="team_id" /></search>` };
    _filters = [];
}

class CrmTeam extends models.Model {
    _name = "crm.team";
    name = fields.Char();
    _records = [
        { id: 1, name: "Direct Sales" },
        { id: 2, name: "Europe" },
    ];
}

class CrmLead extends models.Model {
    _name = "crm.lead";
}

export function defineForecastModels() {
    defineMailModels();
    defineModels([CrmForecast, CrmTeam, CrmLead]);
    preloadBundle("web.chartjs_lib");
}

/**
 * Mock `get_screen`.
 *
 * @param {Object|Function} values see `makeScreen`, or a function that answers or throws
 * @returns {Array} arguments of each call
 */
export function mockForecast(values = {}) {
    const calls = [];
    onRpc("crm.forecast.screen", "get_screen", ({ args }) => {
        calls.push(args);
        return typeof values === "function" ? values(args) : makeScreen(args, values);
    });
    return calls;
}

/** Wait until the requests are answered and the page is rendered. */
export async function settle() {
    await animationFrame();
    await advanceTime(500);
    await animationFrame();
    await animationFrame();
}

/**
 * Mount the forecast and wait until it is read.
 *
 * @param {Object} props of the client action
 * @returns {Promise<ForecastPage>}
 */
export function mountForecast(props = {}) {
    return mountPage({ Screen: Forecast, Page: ForecastPage, props, actionId: 8, settle });
}

/** @returns {Object} data of the chart of the stored forecasts */
export function drawnTrail() {
    return Chart.getChart(document.querySelector(".o_forecast_trail canvas")).data;
}
