import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { defineModels, fields, models, onRpc, preloadBundle } from "@web/../tests/web_test_helpers";
import { ProcessReview } from "@sales_process_control/review/process_review";
import { ReviewPage } from "@sales_process_control/review/review_page";
import { makeReview } from "./review_data";
import { mountPage } from "./page_helpers";

class CrmStageVisit extends models.Model {
    _name = "crm.stage.visit";
    stage_id = fields.Integer();
    _views = { search: `<search><field name="stage_id" /></search>` };
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

class CrmStage extends models.Model {
    _name = "crm.stage";
}

export function defineReviewModels() {
    defineMailModels();
    defineModels([CrmStageVisit, CrmTeam, CrmLead, CrmStage]);
    preloadBundle("web.chartjs_lib");
}

/**
 * Mock `get_review`.
 *
 * @param {Object|Function} values see `makeReview`, or a function that answers or throws
 * @returns {Array} arguments of each call
 */
export function mockReview(values = {}) {
    const calls = [];
    onRpc("crm.process.review", "get_review", ({ args }) => {
        calls.push(args);
        return typeof values === "function" ? values(args) : makeReview(args, values);
    });
    return calls;
}

/** Wait until both requests are answered and the page is rendered. */
export async function settle() {
    await animationFrame();
    await advanceTime(500);
    await animationFrame();
    await animationFrame();
    await animationFrame();
}

/**
 * Mount the review and wait until it is read.
 *
 * @param {Object} props of the client action
 * @returns {Promise<ReviewPage>}
 */
export function mountReview(props = {}) {
    return mountPage({ Screen: ProcessReview, Page: ReviewPage, props, actionId: 8, settle });
}

/** @returns {Object} data of the chart of a block */
export function drawn(block) {
    return Chart.getChart(document.querySelector(`.o_review_${block} canvas`)).data;
}
