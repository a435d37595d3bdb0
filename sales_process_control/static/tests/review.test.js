import { beforeEach, describe, expect, queryAllTexts, queryOne, test } from "@odoo/hoot";
import { Deferred } from "@odoo/hoot-mock";
import { router } from "@web/core/browser/router";
import { contains, makeServerError, mockService, onRpc, serverState } from "@web/../tests/web_test_helpers";
import { openAddress as openAddressOf } from "./page_helpers";
import { makeReview, makeStages } from "./review_data";
import { defineReviewModels, mockReview, mountReview, settle } from "./review_helpers";

defineReviewModels();

describe.current.tags("desktop");

const NOTHING_CHOSEN = ["6_months", false, false, false];
const LATER = ["details", "results", "doubtful", "sellers", "trust"];

function openAddress(values) {
    openAddressOf(8, values);
}

beforeEach(() => openAddress({}));

test("the stages are read first, the other blocks after them", async () => {
    const calls = mockReview();
    await mountReview();
    expect(calls).toEqual([
        [...NOTHING_CHOSEN, ["stages"]],
        [...NOTHING_CHOSEN, LATER],
    ]);
    expect(".o_block").toHaveCount(9);
    expect(".o_block_skeleton, .o_block_failed").toHaveCount(0);
    expect(queryAllTexts(".o_block h2")).toEqual([
        "Summary",
        "Stages",
        "Conversion from stage to stage",
        "Results",
        "Sales velocity",
        "Slippage",
        "Probably not real",
        "By salesperson",
        "Reliability of these numbers",
    ]);
});

test("a card is shown before its details are there", async () => {
    const details = new Deferred();
    mockReview((args) => (args[4].includes("details") ? details.then(() => makeReview(args)) : makeReview(args)));
    await mountReview();
    const card = ".o_stage_card[data-stage='3']";
    expect(`${card} .o_stage_dwell_limit_label`).toHaveText("Limit 14 days");
    expect(`${card} .o_stage_limit_apply, ${card} .o_stage_card_reasons .o_record_number`).toHaveCount(0);
    details.resolve();
    await settle();
    expect(`${card} .o_stage_limit_apply`).toHaveCount(1);
    expect(`${card} .o_stage_card_reasons .o_record_number`).toHaveCount(1);
});

test("a part that could not be read shows its error, and the others stay", async () => {
    mockReview({ blocks: { results: { error: "out of order" } } });
    await mountReview();
    expect(".o_review_results .o_block_failed").toHaveText(/out of order/);
    expect(".o_review_trust .o_block_failed").toHaveCount(0);
    expect(".o_stage_card").toHaveCount(4);
});

test("details that could not be read are told above the cards, and are read again with the stages", async () => {
    const calls = [];
    mockReview((args) => {
        calls.push(args[4]);
        return calls.length < 4 && args[4].includes("details")
            ? makeReview(args, { blocks: { details: { error: "out of order" } } })
            : makeReview(args);
    });
    await mountReview();
    const failed = ".o_review_stages .o_review_details_failed";
    const reasons = ".o_stage_card[data-stage='3'] .o_stage_card_reasons .o_record_number";
    expect(failed).toHaveText(/suggested limits could not be read\.\s*out of order\s*Try again/);
    expect(".o_stage_card").toHaveCount(4);
    expect(".o_review_conversion [role=alert], .o_review_headline [role=alert]").toHaveCount(0);
    await contains(`${failed} .o_block_retry`).click();
    await settle();
    expect(failed).toHaveCount(1);
    await contains(`${failed} .o_block_retry`).click();
    await settle();
    expect(calls.slice(2)).toEqual([
        ["stages", "details"],
        ["stages", "details"],
    ]);
    expect(failed).toHaveCount(0);
    expect(reasons).toHaveCount(1);
});

test("if neither the stages nor their details could be read, one retry reads both", async () => {
    let isBroken = true;
    const broken = { stages: { error: "out of order" }, details: { error: "out of order" } };
    const calls = mockReview((args) => makeReview(args, isBroken ? { blocks: broken } : {}));
    await mountReview();
    expect(".o_review_stages [role=alert]").toHaveCount(1);
    isBroken = false;
    await contains(".o_review_stages .o_block_retry").click();
    await settle();
    expect(calls.at(-1)[4]).toEqual(["stages", "details"]);
    expect(".o_stage_card").toHaveCount(4);
    expect("[role=alert]").toHaveCount(0);
});

test("the page says what the period is compared with", async () => {
    mockReview();
    await mountReview();
    expect(".o_query_note").toHaveText("against the 6 months before");
    await contains(".o_query_team input").click();
    await contains(".o-autocomplete--dropdown-item:contains(Direct Sales)").click();
    await settle();
    expect(".o_query_note").toHaveText("against the 6 months before, and the whole company");
});

test("each choice is asked of the server, and written to the address", async () => {
    const written = [];
    const calls = mockReview({
        companies: [
            { id: 1, name: "My Company" },
            { id: 2, name: "Other" },
        ],
    });
    await mountReview({ updateActionState: (values) => written.push(values) });
    expect(written.at(-1)).toEqual({ period: "6_months", team: undefined, salesperson: undefined, company: undefined });
    await contains(".o_query_period").select("quarter");
    await settle();
    await contains(".o_query_company").select("2");
    await settle();
    await contains(".o_query_team input").click();
    await contains(".o-autocomplete--dropdown-item:contains(Europe)").click();
    await settle();
    expect(calls.at(-1)).toEqual(["quarter", 2, false, 2, LATER]);
    expect(written.at(-1)).toEqual({ period: "quarter", team: 2, salesperson: undefined, company: 2 });
    expect(queryOne(".o_review_spreadsheet").href).toMatch(/review\/xlsx\?period=quarter&team_id=2&company_id=2$/);
});

test("a link restores the query; what it does not know is left out", async () => {
    openAddress({ period: "3_months", team: 1, salesperson: "everybody", company: 5 });
    const calls = mockReview();
    await mountReview();
    expect(calls[0]).toEqual(["3_months", 1, false, 5, ["stages"]]);
    expect(".o_query_period").toHaveValue("3_months");
    expect(".o_query_team input").toHaveValue("Direct Sales");
});

test("opening the page from the menu again starts without the last query", async () => {
    openAddress({ period: "month" });
    mockReview();
    const page = await mountReview();
    page.__owl__.app.destroy();
    const calls = mockReview();
    await mountReview();
    expect(calls[0]).toEqual([...NOTHING_CHOSEN, ["stages"]]);
});

test("readers of own documents choose neither a team nor a salesperson", async () => {
    mockReview({ may_compare_all: false });
    await mountReview();
    expect(".o_query_period").toHaveCount(1);
    expect(".o_query_team, .o_query_salesperson, .o_query_company").toHaveCount(0);
});

test("filters of a link that readers of own documents cannot choose are dropped", async () => {
    openAddress({ period: "3_months", team: 1, salesperson: 2 });
    const written = [];
    const calls = mockReview({ may_compare_all: false });
    await mountReview({ updateActionState: (values) => written.push(values) });
    expect(calls[0]).toEqual(["3_months", 1, 2, false, ["stages"]]);
    expect(calls.slice(1)).toEqual([
        ["3_months", false, false, false, ["stages"]],
        ["3_months", false, false, false, LATER],
    ]);
    expect(written.at(-1)).toEqual({ period: "3_months", team: undefined, salesperson: undefined, company: undefined });
    expect(".o_block_skeleton, .o_block_failed").toHaveCount(0);
});

const ACCESS_ERROR = { type: "AccessError", message: "You have not selected this company." };

/** Answer as a user who has not selected the company 5. */
function refuseCompany(args) {
    if (args[3] === 5) {
        throw makeServerError(ACCESS_ERROR);
    }
    return makeReview(args);
}

test("a company that is not selected is dropped from the filters, with a message", async () => {
    openAddress({ period: "3_months", team: 1, company: 5 });
    const calls = mockReview(refuseCompany);
    await mountReview();
    expect(calls.slice(0, 2)).toEqual([
        ["3_months", 1, false, 5, ["stages"]],
        ["3_months", 1, false, false, ["stages"]],
    ]);
    expect(calls.at(-1)).toEqual(["3_months", 1, false, false, LATER]);
    expect(calls.filter((args) => args[3] === 5)).toHaveLength(1);
    expect(".o_stage_card").toHaveCount(4);
    expect(".o_block_skeleton, .o_block_failed").toHaveCount(0);
    expect(".o_query_period").toHaveValue("3_months");
    expect(".o_notification").toHaveText(/not selected the filtered company/);
    expect(router.current).toMatchObject({ period: "3_months", team: 1 });
    expect(router.current.company).toBe(undefined);
});

test("a refusal that is not about the company is shown, and the company stays chosen", async () => {
    openAddress({ company: 5 });
    mockReview(() => {
        throw makeServerError(ACCESS_ERROR);
    });
    const page = await mountReview();
    expect(".o_review_stages .o_block_failed").toHaveText(/not selected this company/);
    expect(".o_notification").toHaveCount(0);
    expect(page.model.query.companyId).toBe(5);
});

test("the focus stays in a block that is read again", async () => {
    let isBroken = true;
    mockReview((args) => makeReview(args, isBroken ? { blocks: { trust: { error: "out of order" } } } : {}));
    await mountReview();
    isBroken = false;
    await contains(".o_review_trust .o_block_retry").click();
    await settle();
    expect(".o_review_trust .o_block_failed").toHaveCount(0);
    expect(".o_review_trust h2").toBeFocused();
});

test("a slow answer to an earlier choice is not shown", async () => {
    const answers = {};
    mockReview((args) => {
        const answer = makeReview(args);
        if (args[4][0] !== "stages") {
            return answer;
        }
        return new Promise((resolve) => {
            answers[args[0]] = (name) =>
                resolve({
                    ...answer,
                    blocks: { stages: makeStages({ headline: false, nothing: name }) },
                });
        });
    });
    const page = await mountReview();
    page.model.choose({ period: "month" });
    await settle();
    answers.month("of the month");
    await settle();
    answers["6_months"]("of six months");
    await settle();
    expect(".o_review_nothing").toHaveText("of the month");
});

test("returning by the breadcrumbs shows the last data at once", async () => {
    mockReview();
    const page = await mountReview();
    await contains(".o_query_period").select("month");
    await settle();
    const state = { review: page.model.getLocalState() };
    page.__owl__.app.destroy();
    mockReview(() => new Promise(() => {}));
    await mountReview({ state });
    expect(".o_stage_card").toHaveCount(4);
    expect(".o_query_period").toHaveValue("month");
});

function withFavorite(views) {
    views.views.search.filters = [
        {
            id: 5,
            name: "My team",
            domain: "[]",
            context: "{'review_period': '12_months', 'review_team': 2}",
            sort: "[]",
            is_default: true,
            user_ids: [serverState.userId],
            action_id: 8,
            embedded_action_id: false,
            embedded_parent_res_id: false,
        },
    ];
    return views;
}

test("a favorite applies what it has stored", async () => {
    onRpc("get_views", async ({ parent }) => withFavorite(await parent()));
    const calls = mockReview();
    const page = await mountReview();
    expect(calls[0]).toEqual(["12_months", 2, false, false, ["stages"]]);
    expect(page.model.getFavoriteContext()).toEqual({
        review_period: "12_months",
        review_team: 2,
        review_salesperson: false,
        review_company: false,
    });
});

test("a favorite that is chosen later is applied", async () => {
    onRpc("get_views", async ({ parent }) => {
        const views = withFavorite(await parent());
        views.views.search.filters[0].is_default = false;
        return views;
    });
    const calls = mockReview();
    await mountReview();
    expect(calls[0]).toEqual([...NOTHING_CHOSEN, ["stages"]]);
    await contains(".o_searchview_dropdown_toggler").click();
    await contains(".o_favorite_menu .o_menu_item:contains(My team)").click();
    await settle();
    expect(calls.at(-1).slice(0, 2)).toEqual(["12_months", 2]);
});

test("a link has precedence over the default favorite", async () => {
    openAddress({ period: "month" });
    onRpc("get_views", async ({ parent }) => withFavorite(await parent()));
    const calls = mockReview();
    await mountReview();
    expect(calls[0]).toEqual(["month", false, false, false, ["stages"]]);
});

test("the suggested limit is set and undone with one click each", async () => {
    const set = [];
    let limit = 14;
    onRpc("crm.stage", "action_apply_suggested_limit", ({ args }) => {
        set.push(["apply", ...args]);
        limit = 17;
        return true;
    });
    onRpc("crm.stage", "action_undo_suggested_limit", ({ args }) => {
        set.push(["undo", ...args]);
        limit = args[1];
        return true;
    });
    mockReview((args) => {
        const stages = makeStages();
        Object.assign(stages.stages[0].dwell, { limit, set_days: limit });
        return makeReview(args, { blocks: { stages } });
    });
    await mountReview();
    const card = ".o_stage_card[data-stage='3']";
    expect(`${card} .o_stage_limit`).toHaveText(/Suggested 17 days, from 84 visits\s*Apply/);
    await contains(`${card} .o_stage_limit_apply`).click();
    await settle();
    expect(`${card} .o_stage_limit`).toHaveText(/Limit is now 17 days\.\s*Undo/);
    expect(`${card} .o_stage_dwell_limit_label`).toHaveText("Limit 17 days");
    expect(`${card} .o_stage_limit_undo`).toBeFocused();
    await contains(`${card} .o_stage_limit_undo`).click();
    await settle();
    expect(set).toEqual([
        ["apply", [3]],
        ["undo", [3], 14],
    ]);
    expect(`${card} .o_stage_dwell_limit_label`).toHaveText("Limit 14 days");
    expect(`${card} .o_stage_limit_apply`).toBeFocused();
});

/** Mount the review again with what it has stored when the user left it; the stage 4 has a limit by now. */
async function returnTo(page, applied, limit) {
    const state = { review: { ...page.model.getLocalState(), applied } };
    page.__owl__.app.destroy();
    mockReview((args) => {
        const stages = makeStages();
        stages.stages.find((stage) => stage.stage_id === 4).dwell.limit = limit;
        return makeReview(args, { blocks: { stages } });
    });
    await mountReview({ state });
}

test("a limit can be undone after returning by the breadcrumbs, for as long as it is in force", async () => {
    const set = [];
    onRpc("crm.stage", "action_apply_suggested_limit", () => true);
    onRpc("crm.stage", "action_undo_suggested_limit", ({ args }) => {
        set.push(args);
        return true;
    });
    mockReview();
    const page = await mountReview();
    const limit = ".o_stage_card[data-stage='4'] .o_stage_limit";
    await contains(`${limit}_apply`).click();
    await settle();
    await returnTo(page, page.actions.getApplied(), 24);
    expect(limit).toHaveText(/Limit is now 24 days\.\s*Undo/);
    await contains(`${limit}_undo`).click();
    await settle();
    expect(set).toEqual([[[4], 12]]);
});

test("a limit that was changed elsewhere meanwhile is not undone", async () => {
    mockReview();
    const page = await mountReview();
    await returnTo(page, { 4: { days: 24, earlier: 12 } }, 40);
    expect(".o_stage_limit_undo").toHaveCount(0);
});

test("who may not change stages sees the suggestion without a button", async () => {
    const stages = makeStages();
    stages.stages.forEach(({ dwell }) => (dwell.can_apply = false));
    mockReview({ blocks: { stages } });
    await mountReview();
    expect(".o_stage_card[data-stage='3'] .o_stage_limit").toHaveText("Suggested 17 days, from 84 visits");
    expect(".o_stage_limit_apply").toHaveCount(0);
});

test("numbers open their records, and the playbook opens the stage", async () => {
    const opened = [];
    mockService("action", { doAction: (action) => opened.push(action) });
    mockReview();
    await mountReview();
    await contains(".o_stage_card[data-stage='4'] .o_stage_card_outcomes button:contains(42 lost)").click();
    await contains(".o_stage_card[data-stage='4'] .o_stage_card_playbook").click();
    expect(opened[0]).toMatchObject({ res_model: "crm.stage.conversion.report", domain: [["id", "=", 42]] });
    expect(opened[1]).toMatchObject({ res_model: "crm.stage", res_id: 4 });
});

test("without any stage the page says what it is for, and opens the pipeline", async () => {
    const opened = [];
    mockService("action", { doAction: (action) => opened.push(action) });
    const stages = makeStages({ stages: [], headline: false, nothing: "There is nothing to compare yet." });
    mockReview({ blocks: { stages } });
    await mountReview();
    expect(".o_review_nothing").toHaveText("There is nothing to compare yet.");
    await contains(".o_review_pipeline").click();
    expect(opened).toEqual(["crm.crm_lead_action_pipeline"]);
    expect(".o_review_picture").toHaveAttribute("disabled");
});
