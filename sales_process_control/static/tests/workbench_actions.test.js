import { describe, edit, expect, press, queryFirst, test } from "@odoo/hoot";
import { advanceTime, animationFrame, Deferred } from "@odoo/hoot-mock";
import { contains, makeServerError, mockService, onRpc } from "@web/../tests/web_test_helpers";
import { STOP_RESOLVED } from "@sales_process_control/stage_gate/stop_dialog";
import { mockDialog, mockPopover, makeFlag } from "./kit_helpers";
import { makeBlocks, makeWorkbench } from "./workbench_data";
import { defineWorkbenchModels, mockActions, mockWorkbench, mountWorkbench, settle } from "./workbench_helpers";

defineWorkbenchModels();

describe.current.tags("desktop");

const DEAL = ".o_workbench_attention [data-deal='3']";
/** Requests after a change of a deal: the first blocks, then the others. */
const ALL_BLOCKS = [
    ["mine", ["state", "hot", "attention", "today", "opportunities", "customers"]],
    ["mine", ["funnel", "conversion"]],
];

/** Mount the page; `calls` has only the requests made afterwards. */
async function showPage(closing) {
    const calls = mockWorkbench();
    const opened = mockActions(closing);
    const page = await mountWorkbench();
    calls.length = 0;
    return { calls, opened, page };
}

test("scheduling an activity reloads the affected blocks", async () => {
    const { calls, opened } = await showPage();
    await contains(`${DEAL} [data-action=schedule]`).click();
    await settle();
    expect(opened[0][0].res_model).toBe("mail.activity.schedule");
    expect(opened[0][0].context.active_ids).toEqual([3]);
    expect(calls).toEqual([["mine", ["today", "attention", "opportunities", "customers"]]]);
});

test("recording progress reloads all blocks", async () => {
    const { calls, opened } = await showPage();
    onRpc("crm.lead", "action_record_progress", ({ args }) => ({ name: "dialog", ids: args[0] }));
    await contains(`${DEAL} [data-action=record]`).click();
    await settle();
    expect(opened[0][0]).toEqual({ name: "dialog", ids: [3] });
    expect(calls).toEqual(ALL_BLOCKS);
});

test("the flag button raises a flag, or edits the open one", async () => {
    const { calls } = await showPage();
    const flagged = [];
    mockDialog(flagged);
    expect(`${DEAL} [data-action=flag]`).toHaveAttribute("aria-label", "Raise a hot flag: Office fit-out");
    expect("[data-deal='4'] [data-action=flag]").toHaveAttribute("title", "Edit or close the flag");
    await contains(`${DEAL} [data-action=flag]`).click();
    await settle();
    expect(flagged).toEqual([["crm.lead", [3]]]);
    expect(calls).toEqual([["mine", ["hot", "attention", "opportunities"]]]);
});

test("a deal is marked as lost in Odoo's dialog", async () => {
    const { calls, opened } = await showPage();
    await contains(`${DEAL} [data-action=lose]`).click();
    await settle();
    expect(opened[0][0]).toBe("crm.crm_lead_lost_action");
    expect(opened[0][1].additionalContext.active_ids).toEqual([3]);
    expect(calls).toEqual(ALL_BLOCKS);
});

test("a lost deal is removed before the server has answered", async () => {
    let answer = null;
    mockWorkbench(async (scope, names) => {
        await answer;
        return makeWorkbench(scope, names);
    });
    mockActions();
    await mountWorkbench();
    answer = new Deferred();
    const count = () =>
        Number.parseInt(queryFirst(".o_workbench_attention .o_record_number:contains(stalled)").textContent);
    const before = count();
    await contains(`${DEAL} [data-action=lose]`).click();
    await settle();
    expect(DEAL).toHaveCount(0);
    expect("[data-deal='4'].o_deal_row").toHaveCount(1);
    expect(count()).toBe(before - 1);
    answer.resolve();
});

test("a done activity is removed before the server has answered", async () => {
    let answer = null;
    mockWorkbench(async (scope, names) => {
        await answer;
        return makeWorkbench(scope, names);
    });
    await mountWorkbench();
    answer = new Deferred();
    onRpc("mail.activity", "activity_format", () => ({
        "mail.activity": [{ id: 11, res_model: "crm.lead", res_id: 3, summary: "Call", chaining_type: "suggest" }],
    }));
    onRpc("mail.activity", "action_feedback", () => {
        expect.step("done");
        return true;
    });
    onRpc("/mail/thread/messages", () => ({ data: {}, messages: [] }));
    const count = () => Number.parseInt(queryFirst(".o_workbench_today .o_record_number").textContent);
    const before = count();
    await contains("[data-entry='activity 11'] .o_today_done").click();
    await animationFrame();
    await contains(".o-mail-ActivityMarkAsDone [aria-label=Done]").click();
    await expect.waitForSteps(["done"]);
    await settle();
    expect("[data-entry='activity 11']").toHaveCount(0);
    expect(count()).toBe(before - 1);
    answer.resolve();
});

for (const closing of [{ special: true }, { dismiss: true }]) {
    test(`a dialog that is cancelled changes nothing: ${Object.keys(closing)}`, async () => {
        const { calls } = await showPage(closing);
        await contains(`${DEAL} [data-action=lose]`).click();
        await settle();
        expect(calls).toEqual([]);
        expect(DEAL).toHaveCount(1);
    });
}

test("an action on a deleted deal shows the error and reloads the blocks", async () => {
    expect.errors(1);
    const { calls } = await showPage();
    onRpc("crm.lead", "action_record_progress", () => {
        throw makeServerError({ message: "This opportunity was deleted meanwhile." });
    });
    await contains(`${DEAL} [data-action=record]`).click();
    await settle();
    expect.verifyErrors([/RPC_ERROR/]);
    expect(calls).toEqual(ALL_BLOCKS);
});

test("an action on a deleted activity shows the error and reloads the blocks", async () => {
    expect.errors(1);
    const { calls } = await showPage();
    onRpc("mail.activity", "activity_format", () => {
        throw makeServerError({ message: "Record does not exist." });
    });
    await contains("[data-entry='activity 11'] .o_today_done").click();
    await settle();
    expect.verifyErrors([/RPC_ERROR/]);
    expect(calls).toEqual([["mine", ["today", "attention", "opportunities", "customers"]]]);
});

test("a deal that the user may not write has no buttons", async () => {
    const { attention } = makeBlocks();
    attention.deals[0].can_write = false;
    mockWorkbench({ attention });
    await mountWorkbench();
    expect(`${DEAL} [data-action]`).toHaveCount(0);
    expect("[data-deal='4'] [data-action]").toHaveCount(6);
});

test("the flame of a card opens its flag, and the affected blocks are reloaded", async () => {
    const { calls } = await showPage();
    const flagged = [];
    mockPopover(() => [makeFlag({ id: 2, lead_id: 42 })]);
    mockDialog(flagged);
    await contains("[data-flag='2'] .o_hot_flame").click();
    await settle();
    expect(flagged).toEqual([["crm.hot.flag", [2]]]);
    expect(calls).toEqual([["mine", ["hot", "attention", "opportunities"]]]);
});

/** Mock the search: one deal and one customer, of the same name. */
function mockSearch() {
    onRpc("crm.lead", "search_deals_and_customers", ({ args }) => {
        expect.step(args);
        const deal = {
            id: 8,
            name: "Works",
            partner_name: "Lumber Inc",
            stage_name: "Bidding",
            amount: 5,
            currency_id: 1,
        };
        return { deals: [deal], customers: [] };
    });
}

/** Press a button of the page, and choose the deal in the dialog by the keyboard alone. */
async function chooseDeal(button) {
    await contains(button).click();
    await animationFrame();
    expect(".o_dialog .o_record_search input").toBeFocused();
    await edit("works");
    await advanceTime(300);
    await animationFrame();
    expect(".o_record_search_menu .o_record_search_name:contains(Works)").toHaveCount(1);
    expect(".o_record_search_menu .o_record_search_details").toHaveText("Lumber Inc · Bidding · $ 5");
    await press("Enter");
    await animationFrame();
    await settle();
    expect(".o_dialog").toHaveCount(0);
}

test("the buttons of the page let the user choose an open deal", async () => {
    const { calls, opened } = await showPage();
    const recorded = [];
    mockSearch();
    onRpc("crm.lead", "action_record_progress", ({ args }) => {
        recorded.push(args[0]);
        return { name: "dialog" };
    });
    await chooseDeal(".o_workbench_record");
    expect.verifySteps([["works", false, null]]);
    expect(recorded).toEqual([[8]]);
    expect(calls).toEqual(ALL_BLOCKS);
    opened.length = 0;
    await chooseDeal(".o_workbench_schedule");
    expect.verifySteps([["works", false, null]]);
    expect(opened[0][0].context.active_ids).toEqual([8]);
});

test("a choice that is given up does nothing", async () => {
    const { calls } = await showPage();
    mockSearch();
    await contains(".o_workbench_record").click();
    await animationFrame();
    await contains(".o_dialog .btn-close").click();
    await settle();
    expect(calls).toEqual([]);
});

test("a flag is raised in one dialog, and the affected blocks are reloaded", async () => {
    const { calls, opened } = await showPage();
    await contains(".o_workbench_raise").click();
    await settle();
    expect(opened.map(([action]) => action)).toEqual(["sales_process_control.crm_hot_flag_dialog_action"]);
    expect(calls).toEqual([["mine", ["hot", "attention", "opportunities"]]]);
});

test("a deal is moved to the next stage, once for two clicks", async () => {
    const { calls } = await showPage();
    mockService("notification", { add: (message) => expect.step(message) });
    const answer = new Deferred();
    onRpc("crm.lead", "action_move_on", ({ args }) => {
        expect.step(args);
        return answer;
    });
    await contains(`${DEAL} [data-action=moveOn]`).click();
    await contains(`${DEAL} [data-action=moveOn]`).click();
    answer.resolve("Negotiation");
    await settle();
    expect.verifySteps([[[3], 5], "Moved to Negotiation"]);
    expect(calls).toEqual(ALL_BLOCKS);
});

test("a move that the stage gate blocks shows the error, and the blocks are read again", async () => {
    expect.errors(1);
    const { calls } = await showPage();
    onRpc("crm.lead", "action_move_on", () => {
        throw makeServerError({ message: "Missing required sales actions." });
    });
    await contains(`${DEAL} [data-action=moveOn]`).click();
    await settle();
    expect.verifyErrors([/RPC_ERROR/]);
    expect(calls).toEqual(ALL_BLOCKS);
    expect(DEAL).toHaveCount(1);
});

test("after a way on of the stage gate was taken, the blocks are read again", async () => {
    const { calls, page } = await showPage();
    page.env.bus.trigger(STOP_RESOLVED);
    await settle();
    expect(calls).toEqual(ALL_BLOCKS);
});

test("a deal in the last stage has no button for the next one", async () => {
    const { attention } = makeBlocks();
    attention.deals[0].has_next_stage = false;
    mockWorkbench({ attention });
    await mountWorkbench();
    expect(`${DEAL} [data-action=moveOn]`).toHaveCount(0);
    expect(`${DEAL} [data-action=win]`).toHaveCount(1);
});

test("a deal is won after a question, and is removed", async () => {
    const { calls } = await showPage();
    mockService("effect", { add: ({ message }) => expect.step(message) });
    onRpc("crm.lead", "action_win", ({ args }) => {
        expect.step(args);
        return { effect: { type: "rainbow_man", message: "Good job" } };
    });
    await contains(`${DEAL} [data-action=win]`).click();
    await animationFrame();
    expect(".o_dialog .modal-body").toHaveText("Is “Office fit-out” won?");
    await contains(".o_dialog .btn-secondary").click();
    await settle();
    expect(calls).toEqual([]);
    await contains(`${DEAL} [data-action=win]`).click();
    await animationFrame();
    await contains(".o_dialog .btn-primary").click();
    await settle();
    expect.verifySteps([[[3], 5], "Good job"]);
    expect(calls).toEqual(ALL_BLOCKS);
});

test("a win that the server refuses shows the error once, and the blocks are read again", async () => {
    expect.errors(1);
    const { calls } = await showPage();
    onRpc("crm.lead", "action_win", () => {
        throw makeServerError({ message: "This opportunity was closed meanwhile." });
    });
    await contains(`${DEAL} [data-action=win]`).click();
    await animationFrame();
    await contains(".o_dialog .btn-primary").click();
    await settle();
    expect.verifyErrors([/RPC_ERROR/]);
    expect(calls).toEqual(ALL_BLOCKS);
    expect(DEAL).toHaveCount(1);
    expect(".modal-body:contains(Is “Office fit-out” won?)").toHaveCount(0);
});

test("an activity is marked as done in Odoo's popover", async () => {
    const { calls } = await showPage();
    onRpc("mail.activity", "activity_format", () => ({
        "mail.activity": [{ id: 11, res_model: "crm.lead", res_id: 3, summary: "Call", chaining_type: "suggest" }],
    }));
    onRpc("mail.activity", "action_feedback", ({ args }) => {
        expect.step(args[0]);
        return true;
    });
    onRpc("/mail/thread/messages", () => ({ data: {}, messages: [] }));
    await contains("[data-entry='activity 11'] .o_today_done").click();
    await animationFrame();
    expect(".o-mail-ActivityMarkAsDone").toHaveCount(1);
    await contains(".o-mail-ActivityMarkAsDone [aria-label=Done]").click();
    await expect.waitForSteps([[11]]);
    await settle();
    expect(".o-mail-ActivityMarkAsDone").toHaveCount(0);
    expect(calls).toEqual([["mine", ["today", "attention", "opportunities", "customers"]]]);
});

test("the focus stays in the block when an activity is marked as done", async () => {
    const { today } = makeBlocks();
    let entries = today.entries;
    mockWorkbench((scope, names) => makeWorkbench(scope, names, { today: { ...today, entries } }));
    await mountWorkbench();
    onRpc("mail.activity", "activity_format", () => ({
        "mail.activity": [{ id: 11, res_model: "crm.lead", res_id: 3, summary: "Call", chaining_type: "suggest" }],
    }));
    onRpc("mail.activity", "action_feedback", () => {
        entries = entries.filter(({ id }) => id !== 11);
        expect.step("done");
        return true;
    });
    onRpc("/mail/thread/messages", () => ({ data: {}, messages: [] }));
    await contains("[data-entry='activity 11'] .o_today_done").focus();
    await press("Enter");
    await animationFrame();
    await animationFrame();
    await contains(".o-mail-ActivityMarkAsDone [aria-label=Done]").click();
    await expect.waitForSteps(["done"]);
    await settle();
    await settle();
    expect("[data-entry='activity 11']").toHaveCount(0);
    expect(".o_workbench_today h2").toBeFocused();
});
