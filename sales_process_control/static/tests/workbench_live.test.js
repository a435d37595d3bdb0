import { describe, expect, queryOne, test } from "@odoo/hoot";
import { advanceTime, animationFrame, Deferred, mockDate } from "@odoo/hoot-mock";
import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";
import { LONGEST_DELAY, MESSAGE_DELAY, RETURN_DELAY } from "@sales_process_control/screen/live_data";
import { contains, serverState } from "@web/../tests/web_test_helpers";
import { makeBlocks, makeWorkbench } from "./workbench_data";
import { defineWorkbenchModels, mockMessages, mockWorkbench, mountWorkbench, settle } from "./workbench_helpers";

defineWorkbenchModels();

describe.current.tags("desktop");

const FIRST = ["state", "hot", "attention", "today", "opportunities", "customers"];
const LATER = ["funnel", "conversion"];

/** Wait until a message has reloaded the page. */
async function waitForReload() {
    await advanceTime(MESSAGE_DELAY * 3);
    await settle();
}

test("a message reloads the page, and unchanged elements stay in place", async () => {
    const blocks = makeBlocks();
    const calls = mockWorkbench((scope, names) => makeWorkbench(scope, names, blocks));
    const sendMessage = await mockMessages();
    await mountWorkbench();
    const [card, deal] = [queryOne("[data-flag='2']"), queryOne("[data-deal='4'].o_deal_row")];
    await contains("[data-flag='2'] .o_hot_card_open").focus();
    blocks.hot.flags[1].note = "Signed by two of three";
    blocks.hot.flags.shift();
    sendMessage();
    sendMessage();
    await waitForReload();
    expect(calls).toHaveLength(4);
    expect("[data-flag='2'] .o_hot_card_note").toHaveText("Signed by two of three");
    expect("[data-flag='1']").toHaveCount(0);
    expect(queryOne("[data-flag='2']")).toBe(card);
    expect(queryOne("[data-deal='4'].o_deal_row")).toBe(deal);
    expect("[data-flag='2'] .o_hot_card_open").toBeFocused();
    expect(".o_block_skeleton").toHaveCount(0);
});

test("the focus moves to the heading of the block when the focused row is removed", async () => {
    const blocks = makeBlocks();
    mockWorkbench((scope, names) => makeWorkbench(scope, names, blocks));
    const sendMessage = await mockMessages();
    await mountWorkbench();
    await contains(".o_workbench_attention [data-deal='3'] [data-action=lose]").focus();
    blocks.attention.deals.shift();
    sendMessage();
    await waitForReload();
    expect(".o_workbench_attention [data-deal='3']").toHaveCount(0);
    expect(".o_workbench_attention h2").toBeFocused();
});

test("the team scope is reloaded on return to the tab, not by messages", async () => {
    browser.localStorage.setItem(`sales_process_control.workbench.scope.${user.userId}`, "team");
    const calls = mockWorkbench();
    const sendMessage = await mockMessages();
    await mountWorkbench();
    expect(calls).toHaveLength(2);
    sendMessage();
    await waitForReload();
    expect(calls).toHaveLength(2);
    document.dispatchEvent(new Event("visibilitychange"));
    await settle();
    expect(calls).toHaveLength(4);
});

test("the own scope is reloaded on return to the tab, with a minimum delay between reloads", async () => {
    const calls = mockWorkbench();
    await mountWorkbench();
    document.dispatchEvent(new Event("visibilitychange"));
    await settle();
    expect(calls).toHaveLength(4);
    document.dispatchEvent(new Event("visibilitychange"));
    document.dispatchEvent(new Event("visibilitychange"));
    await settle();
    expect(calls).toHaveLength(4);
    await advanceTime(RETURN_DELAY);
    await settle();
    expect(calls).toHaveLength(6);
});

test("a continuous stream of messages does not prevent the reload", async () => {
    const calls = mockWorkbench();
    const sendMessage = await mockMessages();
    await mountWorkbench();
    for (let spent = 0; spent <= LONGEST_DELAY; spent += MESSAGE_DELAY / 2) {
        sendMessage();
        await advanceTime(MESSAGE_DELAY / 2);
    }
    await settle();
    expect(calls.length).toBeGreaterThan(3);
});

test("an open page is reloaded at midnight", async () => {
    mockDate("2026-03-10 22:59:30");
    const calls = mockWorkbench();
    await mountWorkbench();
    const { DateTime } = luxon;
    await advanceTime(DateTime.local().endOf("day").diff(DateTime.local()).toMillis() - 1000);
    await settle();
    expect(calls).toHaveLength(2);
    await advanceTime(5000);
    await settle();
    expect(calls).toHaveLength(4);
});

test("days and times are those of the user's time zone, whatever that of the browser is", async () => {
    serverState.timezone = "Asia/Shanghai";
    mockDate("2026-03-10 15:59:30");
    const blocks = makeBlocks();
    blocks.hot.flags[1].due_date = "2026-03-11";
    blocks.today.entries[2].start = "2026-03-10 01:30:00";
    const calls = mockWorkbench((scope, names) => makeWorkbench(scope, names, blocks));
    await mountWorkbench();
    expect("[data-flag='2'] .o_due_distance").toHaveText("tomorrow");
    expect(".o_today_time").toHaveText("09:30");
    await advanceTime(40_000);
    await settle();
    expect(calls).toHaveLength(4);
    expect("[data-flag='2'] .o_due_distance").toHaveText("today");
});

test("choosing another scope ends the reload of the former scope", async () => {
    browser.localStorage.setItem(`sales_process_control.workbench.scope.${user.userId}`, "team");
    let slow = null;
    const calls = mockWorkbench(async (scope, names) => {
        if (scope === "team") {
            await slow;
        }
        return makeWorkbench(scope, names);
    });
    await mountWorkbench();
    slow = new Deferred();
    document.dispatchEvent(new Event("visibilitychange"));
    await animationFrame();
    await contains(".o_radio_chip[data-value=mine]").click();
    await settle();
    slow.resolve();
    await settle();
    expect(calls.slice(2)).toEqual([
        ["team", FIRST],
        ["mine", FIRST],
        ["mine", LATER],
    ]);
});

test("the answer to an outdated request is ignored", async () => {
    const slow = new Deferred();
    mockWorkbench(async (scope, names) => {
        if (scope === "team") {
            await slow;
        }
        const { hot } = makeBlocks();
        hot.flags[0].name = scope;
        return makeWorkbench(scope, names, { hot });
    });
    await mountWorkbench();
    await contains(".o_radio_chip[data-value=team]").click();
    await contains(".o_radio_chip[data-value=all]").click();
    await settle();
    expect("[data-flag='1'] .o_hot_card_open").toHaveText("all");
    slow.resolve();
    await settle();
    expect("[data-flag='1'] .o_hot_card_open").toHaveText("all");
    expect(".o_radio_chip[data-value=all]").toHaveAttribute("aria-checked", "true");
});
