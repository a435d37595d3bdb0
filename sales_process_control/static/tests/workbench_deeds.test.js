import { describe, expect, queryFirst, test } from "@odoo/hoot";
import { animationFrame, Deferred } from "@odoo/hoot-mock";
import { contains, makeServerError, mockService, onRpc } from "@web/../tests/web_test_helpers";
import { mockDialog, mockPopover, makeFlag } from "./kit_helpers";
import { makeBlocks, makeWorkbench } from "./workbench_data";
import { defineWorkbenchModels, mockActions, mockWorkbench, mountWorkbench, settle } from "./workbench_helpers";

defineWorkbenchModels();

describe.current.tags("desktop");

const DEAL = ".o_workbench_attention [data-deal='3']";
/** What a deal that goes on may change: what one looks at, then the sums. */
const MOVED = [
    ["mine", ["hot", "attention", "today", "opportunities", "customers"]],
    ["mine", ["funnel", "conversion"]],
];

/** The page, without the calls that have painted it. */
async function showPage(closing) {
    const asked = mockWorkbench();
    const opened = mockActions(closing);
    await mountWorkbench();
    asked.length = 0;
    return { asked, opened };
}

test("an activity is scheduled, and what it changes is read at once", async () => {
    const { asked, opened } = await showPage();
    await contains(`${DEAL} [data-deed=schedule]`).click();
    await settle();
    expect(opened[0][0].res_model).toBe("mail.activity.schedule");
    expect(opened[0][0].context.active_ids).toEqual([3]);
    expect(asked).toEqual([["mine", ["today", "attention", "opportunities", "customers"]]]);
});

test("progress is recorded", async () => {
    const { asked, opened } = await showPage();
    onRpc("crm.lead", "action_record_progress", ({ args }) => ({ name: "dialog", ids: args[0] }));
    await contains(`${DEAL} [data-deed=record]`).click();
    await settle();
    expect(opened[0][0]).toEqual({ name: "dialog", ids: [3] });
    expect(asked).toEqual(MOVED);
});

test("a flag is raised, or the open one is settled", async () => {
    const { asked } = await showPage();
    const flagged = [];
    mockDialog(flagged);
    expect(`${DEAL} [data-deed=flag]`).toHaveAttribute("aria-label", "Raise a hot flag: Office fit-out");
    expect("[data-deal='4'] [data-deed=flag]").toHaveAttribute("title", "Edit or settle the flag");
    await contains(`${DEAL} [data-deed=flag]`).click();
    await settle();
    expect(flagged).toEqual([["crm.lead", [3]]]);
    expect(asked).toEqual([["mine", ["hot", "attention", "opportunities"]]]);
});

test("a deal is marked as lost by Odoo's own dialog", async () => {
    const { asked, opened } = await showPage();
    await contains(`${DEAL} [data-deed=lose]`).click();
    await settle();
    expect(opened[0][0]).toBe("crm.crm_lead_lost_action");
    expect(opened[0][1].additionalContext.active_ids).toEqual([3]);
    expect(asked).toEqual(MOVED);
});

test("a deal that is lost goes at once, before the server has answered", async () => {
    let answer = null;
    mockWorkbench(async (scope, names) => {
        await answer;
        return makeWorkbench(scope, names);
    });
    mockActions();
    await mountWorkbench();
    answer = new Deferred();
    const count = () => Number.parseInt(queryFirst(".o_workbench_attention .o_record_number").textContent);
    const before = count();
    await contains(`${DEAL} [data-deed=lose]`).click();
    await settle();
    expect(DEAL).toHaveCount(0);
    expect("[data-deal='4'].o_deal_row").toHaveCount(1);
    expect(count()).toBe(before - 1);
    answer.resolve();
});

test("an activity that is done goes at once, before the server has answered", async () => {
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
        const { asked } = await showPage(closing);
        await contains(`${DEAL} [data-deed=lose]`).click();
        await settle();
        expect(asked).toEqual([]);
        expect(DEAL).toHaveCount(1);
    });
}

test("a deal that is gone is said to be, and goes", async () => {
    expect.errors(1);
    const { asked } = await showPage();
    onRpc("crm.lead", "action_record_progress", () => {
        throw makeServerError({ message: "This opportunity was deleted meanwhile." });
    });
    await contains(`${DEAL} [data-deed=record]`).click();
    await settle();
    expect.verifyErrors([/RPC_ERROR/]);
    expect(asked).toEqual(MOVED);
});

test("an activity that is gone is said to be, and goes", async () => {
    expect.errors(1);
    const { asked } = await showPage();
    onRpc("mail.activity", "activity_format", () => {
        throw makeServerError({ message: "Record does not exist." });
    });
    await contains("[data-entry='activity 11'] .o_today_done").click();
    await settle();
    expect.verifyErrors([/RPC_ERROR/]);
    expect(asked).toEqual([["mine", ["today", "attention", "opportunities", "customers"]]]);
});

test("who may not write on a deal is offered nothing that would fail", async () => {
    const { attention } = makeBlocks();
    attention.deals[0].can_write = false;
    mockWorkbench({ attention });
    await mountWorkbench();
    expect(`${DEAL} [data-deed]`).toHaveCount(0);
    expect("[data-deal='4'] [data-deed]").toHaveCount(4);
});

test("the flame of a card opens its flag, and the page is told when it has changed", async () => {
    const { asked } = await showPage();
    const flagged = [];
    mockPopover(() => [makeFlag({ id: 2, lead_id: 42 })]);
    mockDialog(flagged);
    await contains("[data-flag='2'] .o_hot_flame").click();
    await settle();
    expect(flagged).toEqual([["crm.hot.flag", [2]]]);
    expect(asked).toEqual([["mine", ["hot", "attention", "opportunities"]]]);
});

test("the buttons of the page have a deal chosen first, among the open ones of the scope", async () => {
    const { asked } = await showPage();
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
    expect(asked).toEqual(MOVED);
});

for (const [answer, model] of [
    ["confirm", "crm.lead"],
    ["cancel", "res.partner"],
]) {
    test(`a flag is raised on what one chooses: ${model}`, async () => {
        const { asked } = await showPage();
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
        expect(asked).toHaveLength(1);
    });
}

test("an activity is marked as done where it stands, by Odoo's own popover", async () => {
    const { asked } = await showPage();
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
    expect(asked).toEqual([["mine", ["today", "attention", "opportunities", "customers"]]]);
});
