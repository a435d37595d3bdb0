import { beforeEach, describe, expect, queryOne, test } from "@odoo/hoot";
import { advanceTime, Deferred, mockDate } from "@odoo/hoot-mock";
import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";
import { CHECK_INTERVAL, CHECKS_PER_READ } from "@sales_process_control/screen/freshness";
import { ANNOUNCE_INTERVAL, LATER_INTERVAL } from "@sales_process_control/workbench/workbench";
import { contains, makeServerError, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { makeBlocks, makeState, makeWorkbench } from "./workbench_data";
import { defineWorkbenchModels, mockWorkbench, mountWorkbench, settle } from "./workbench_helpers";

defineWorkbenchModels();

describe.current.tags("desktop");

const FIRST = ["state", "hot", "attention", "today", "opportunities", "customers"];
const STATE = ["state"];
const LATER = ["sellers", "funnel", "conversion"];

let server;

beforeEach(() => {
    mockDate("2026-03-10 09:41:30");
    browser.localStorage.setItem(`sales_process_control.workbench.scope.${user.userId}`, "all");
    server = { blocks: makeBlocks(), readAt: "2026-03-10 09:41:30" };
});

/** Mock a server whose records a test changes; returns the names of the blocks of each call. */
function mockServer() {
    const names = [];
    mockWorkbench((scope, wanted) => {
        names.push(wanted);
        return { ...makeWorkbench(scope, wanted, server.blocks), read_at: server.readAt };
    });
    return names;
}

function changeRecords() {
    server.readAt = "2026-03-10 09:42:30";
    server.blocks.state = makeState("2");
    server.blocks.hot.flags[0].note = "Paid";
}

async function waitForCheck() {
    await advanceTime(CHECK_INTERVAL);
    await settle();
}

test("the header says as of when the data are, in the time zone of the user", async () => {
    mockServer();
    await mountWorkbench();
    expect(".o_workbench_as_of").toHaveText("As of 10:41");
    expect(".o_workbench_announcement").toHaveText("");
});

test("each minute the state is asked for, and nothing is read if it is the same", async () => {
    const calls = mockServer();
    await mountWorkbench();
    expect(calls).toHaveLength(2);
    server.readAt = "2026-03-10 09:42:30";
    await waitForCheck();
    expect(calls.slice(2)).toEqual([STATE]);
    expect(".o_workbench_as_of").toHaveText("As of 10:42");
    expect(".o_workbench_announcement").toHaveText("");
    await waitForCheck();
    expect(calls.slice(2)).toEqual([STATE, STATE]);
});

test("only blocks whose records have changed are read again, and the page says so once", async () => {
    const calls = mockServer();
    await mountWorkbench();
    changeRecords();
    server.blocks.state = { seen: { ...makeState("1").seen, hot: "2", customers: "2" } };
    await waitForCheck();
    expect(calls.slice(2)).toEqual([STATE, ["hot", "customers"]]);
    expect("[data-flag='1'] .o_hot_card_note").toHaveText("Paid");
    expect(".o_workbench_as_of").toHaveText("As of 10:42");
    expect(".o_workbench_announcement").toHaveText("The workbench was updated. It is now as of 10:42.");
    expect(".o_workbench_announcement").toHaveAttribute("aria-live", "polite");
    await waitForCheck();
    expect(calls.slice(4)).toEqual([STATE]);
});

test("blocks that take long are read again after some minutes; until then the page is as old as they are", async () => {
    const calls = mockServer();
    await mountWorkbench();
    changeRecords();
    await waitForCheck();
    expect(calls.slice(2)).toEqual([STATE, FIRST.slice(1)]);
    expect(".o_workbench_as_of").toHaveText("As of 10:41");
    for (let waited = CHECK_INTERVAL; waited < LATER_INTERVAL; waited += CHECK_INTERVAL) {
        await waitForCheck();
    }
    expect(calls.at(-1)).toEqual(LATER);
    expect(".o_workbench_as_of").toHaveText("As of 10:42");
});

test("a page that shows the same data as before says nothing", async () => {
    mockServer();
    await mountWorkbench();
    server.blocks.state = makeState("2");
    await waitForCheck();
    expect(".o_workbench_announcement").toHaveText("");
});

test("changes are announced every few minutes only", async () => {
    mockServer();
    await mountWorkbench();
    changeRecords();
    await waitForCheck();
    expect(".o_workbench_announcement").not.toHaveText("");
    const page = queryOne(".o_workbench_announcement");
    const told = page.textContent;
    server.readAt = "2026-03-10 09:59:30";
    server.blocks = { ...makeBlocks(), state: makeState("3") };
    await waitForCheck();
    expect(page.textContent).toBe(told);
    await advanceTime(ANNOUNCE_INTERVAL);
    await settle();
    server.blocks.state = makeState("4");
    server.blocks.hot.flags[0].note = "Paid twice";
    await waitForCheck();
    expect(page.textContent).not.toBe(told);
});

test("blocks that failed are read again, and the page is as old as its oldest block", async () => {
    let isDown = false;
    const calls = [];
    mockWorkbench((scope, names) => {
        calls.push(names);
        if (isDown && names.includes("funnel")) {
            throw makeServerError({ message: "It took too long." });
        }
        return { ...makeWorkbench(scope, names, server.blocks), read_at: server.readAt };
    });
    await mountWorkbench();
    isDown = true;
    changeRecords();
    await advanceTime(LATER_INTERVAL);
    await settle();
    expect(calls.at(-1)).toEqual(LATER);
    expect(".o_workbench_funnel .o_block_error").toHaveText("It took too long.");
    expect(".o_workbench_as_of").toHaveText("As of 10:41");
    isDown = false;
    await waitForCheck();
    expect(calls.at(-1)).toEqual(LATER);
    expect(".o_workbench_funnel .o_block_error").toHaveCount(0);
    expect(".o_workbench_as_of").toHaveText("As of 10:42");
});

test("a check that is refused reads the page that may be shown", async () => {
    let isRefused = false;
    const calls = mockWorkbench((scope, names) => {
        if (isRefused && scope === "all") {
            throw makeServerError({ type: "AccessError", message: "You can see your own deals only." });
        }
        return makeWorkbench(scope, names, server.blocks);
    });
    await mountWorkbench();
    isRefused = true;
    await waitForCheck();
    expect(calls.slice(2).map(([scope]) => scope)).toEqual(["all", "all", "mine", "mine"]);
    expect(".o_radio_chip[data-value=mine]").toHaveAttribute("aria-checked", "true");
});

test("own deals are checked as well, for another window of the same user", async () => {
    browser.localStorage.setItem(`sales_process_control.workbench.scope.${user.userId}`, "mine");
    mockServer();
    await mountWorkbench();
    changeRecords();
    await waitForCheck();
    expect("[data-flag='1'] .o_hot_card_note").toHaveText("Paid");
});

test("a hidden tab does not ask", async () => {
    const calls = mockServer();
    await mountWorkbench();
    let isHidden = true;
    patchWithCleanup(document, {
        get visibilityState() {
            return isHidden ? "hidden" : "visible";
        },
    });
    await waitForCheck();
    await waitForCheck();
    expect(calls).toHaveLength(2);
    isHidden = false;
    await waitForCheck();
    expect(calls.slice(2)).toEqual([STATE]);
});

test("a check that fails leaves the page as it is, and the next one follows", async () => {
    let isDown = false;
    const calls = mockWorkbench((scope, names) => {
        if (isDown) {
            throw makeServerError({ type: "OperationalError", message: "The server restarts." });
        }
        return makeWorkbench(scope, names, server.blocks);
    });
    await mountWorkbench();
    isDown = true;
    changeRecords();
    await waitForCheck();
    expect(calls).toHaveLength(3);
    expect(".o_hot_card").toHaveCount(5);
    expect(".o_block_stale").toHaveCount(0);
    isDown = false;
    await waitForCheck();
    expect("[data-flag='1'] .o_hot_card_note").toHaveText("Paid");
});

test("now and then the page is read without asking", async () => {
    const calls = mockServer();
    await mountWorkbench();
    for (let check = 0; check < CHECKS_PER_READ; check++) {
        await waitForCheck();
    }
    expect(calls.slice(2, -2)).toEqual(Array.from({ length: CHECKS_PER_READ - 1 }, () => STATE));
    expect(calls.slice(-2)).toEqual([FIRST, LATER]);
    expect(".o_workbench_announcement").toHaveText("");
});

test("a check of the former scope is ignored", async () => {
    let slow = null;
    const calls = mockWorkbench(async (scope, names) => {
        if (slow && scope === "all") {
            await slow;
        }
        return makeWorkbench(scope, names, server.blocks);
    });
    await mountWorkbench();
    slow = new Deferred();
    await advanceTime(CHECK_INTERVAL);
    changeRecords();
    await contains(".o_radio_chip[data-value=team]").click();
    await settle();
    slow.resolve();
    await settle();
    expect(calls.map(([scope]) => scope)).toEqual(["all", "all", "all", "team", "team"]);
});

test("a page that is left asks no more", async () => {
    const calls = mockServer();
    const page = await mountWorkbench();
    page.__owl__.app.destroy();
    await waitForCheck();
    expect(calls).toHaveLength(2);
});
