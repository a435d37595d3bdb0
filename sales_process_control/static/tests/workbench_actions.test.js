import { describe, expect, queryFirst, test } from "@odoo/hoot";
import { animationFrame, Deferred } from "@odoo/hoot-mock";
import { contains, makeServerError, mockService, onRpc } from "@web/../tests/web_test_helpers";
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
    await mountWorkbench();
    calls.length = 0;
    return { calls, opened };
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
    expect("[data-deal='4'] [data-action=flag]").toHaveAttribute("title", "Edit or settle the flag");
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
    expect("[data-deal='4'] [data-action]").toHaveCount(4);
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

test("the buttons of the page let the user choose an open deal of the scope", async () => {
    const { calls } = await showPage();
    const recorded = [];
    onRpc("crm.lead", "action_record_progress", ({ args }) => {
        recorded.push(args[0]);
        return { name: "dialog" };
    });
    mockService("dialog", {
        add(_dialog, props, { onClose }) {
            expect(props.resModel).toBe("crm.lead");
            expect(props.domain.at(-2)).toEqual(["won_status", "=", "pending"]);
            expect(props.domain.at(-1)[0]).toBe("user_id");
            props.onSelected([8]);
            onClose();
        },
    });
    await contains(".o_workbench_record").click();
    await settle();
    expect(recorded).toEqual([[8]]);
    expect(calls).toEqual(ALL_BLOCKS);
});

for (const [answer, model] of [
    ["confirm", "crm.lead"],
    ["cancel", "res.partner"],
]) {
    test(`a flag is raised on what one chooses: ${model}`, async () => {
        const { calls } = await showPage();
        const flagged = [];
        mockDialog(flagged);
        mockService("dialog", {
            add(_dialog, props, { onClose }) {
                if (props.resModel) {
                    expect(props.resModel).toBe(model);
                    props.onSelected([8]);
                } else {
                    props[answer]();
                }
                onClose();
            },
        });
        await contains(".o_workbench_raise").click();
        await settle();
        expect(flagged).toEqual([[model, [8]]]);
        expect(calls).toHaveLength(1);
    });
}

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
