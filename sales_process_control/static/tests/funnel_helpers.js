import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { defineModels, fields, models, onRpc, preloadBundle } from "@web/../tests/web_test_helpers";
import { FunnelPage } from "@sales_process_control/funnel/funnel_page";
import { CHOOSE_DELAY } from "@sales_process_control/funnel/funnel_weeks";
import { SalesFunnel } from "@sales_process_control/funnel/sales_funnel";
import { makeConversion, makeFunnel, makeWeeks } from "./funnel_data";
import { mountPage } from "./page_helpers";

class CrmPipelineMovement extends models.Model {
    _name = "crm.pipeline.movement";
    stage_id = fields.Integer();
    stage_name = fields.Char();
    team_id = fields.Many2one({ relation: "crm.team" });
    date_deadline = fields.Date();
    _views = {
        search: `
            <search>
                <field name="stage_name" string="Tag" />
                <filter name="direct" string="Direct Sales" domain="[('team_id', '=', 1)]" />
                <filter name="undated" string="Without Expected Closing" domain="[('date_deadline', '=', False)]" />
            </search>`,
    };
    _filters = [];
}

class CrmTeam extends models.Model {
    _name = "crm.team";
    name = fields.Char();
    _records = [{ id: 1, name: "Direct Sales" }];
}

export function defineFunnelModels() {
    defineMailModels();
    defineModels([CrmPipelineMovement, CrmTeam]);
    preloadBundle("web.chartjs_lib");
    preloadBundle("sales_process_control.chart_funnel_lib");
}

/**
 * Mock the server's methods of the funnel.
 *
 * @param {Object} answers
 * @param {Object|Function} answers.funnel values that replace those of the example, or a function that answers or throws
 * @param {Object|Function} answers.weeks answer, or a function that answers or throws
 * @param {Function} answers.conversion answers or throws
 * @returns {{funnel: Array, weeks: Array, conversion: Array}} arguments of each call
 */
export function mockFunnel({ funnel = {}, weeks = makeWeeks(), conversion = answerConversion } = {}) {
    const calls = { funnel: [], weeks: [], conversion: [] };
    onRpc("crm.pipeline.movement", "get_funnel_conversion", ({ args }) => {
        calls.conversion.push(args);
        return conversion(...args);
    });
    onRpc("crm.pipeline.movement", "get_funnel", ({ args }) => {
        calls.funnel.push(args);
        return typeof funnel === "function" ? funnel(...args) : makeFunnel(funnel);
    });
    onRpc("crm.pipeline.movement", "get_funnel_weeks", ({ args }) => {
        calls.weeks.push(args);
        return typeof weeks === "function" ? weeks(...args) : weeks;
    });
    return calls;
}

function answerConversion(day, before) {
    return makeConversion({ day, before });
}

/** Wait until all requests are answered and the page is rendered. */
export async function settle() {
    await animationFrame();
    await advanceTime(CHOOSE_DELAY + 100);
    await animationFrame();
    await animationFrame();
    await animationFrame();
}

/**
 * Mount the funnel and wait until it is read.
 *
 * @param {Object} props of the client action
 * @returns {Promise<FunnelPage>}
 */
export function mountFunnel(props = {}) {
    return mountPage({ Screen: SalesFunnel, Page: FunnelPage, props, actionId: 7, settle });
}

/** @returns {Object} data of the chart of a block */
export function drawn(block) {
    return Chart.getChart(document.querySelector(`.o_funnel_${block} canvas`)).data;
}
