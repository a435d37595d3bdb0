import { describe, expect, press, queryAllTexts, queryOne, test } from "@odoo/hoot";
import { advanceTime, animationFrame, Deferred, mockDate } from "@odoo/hoot-mock";
import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";
import { LONGEST_DELAY, MESSAGE_DELAY, RETURN_DELAY } from "@sales_process_control/kit/live_data/live_data";
import { contains, makeServerError, mountWithCleanup } from "@web/../tests/web_test_helpers";
import { Workbench } from "@sales_process_control/workbench/workbench";
import { makeBlocks, makeWorkbench } from "./workbench_data";
import { defineWorkbenchModels, mockMessages, mockWorkbench, mountWorkbench, settle } from "./workbench_helpers";

defineWorkbenchModels();

describe.current.tags("desktop");

const FIRST = ["hot", "attention", "today", "opportunities", "customers"];
const LATER = ["funnel", "conversion"];

/** Time for a message to come, and for its reload. */
async function hearMessage() {
    await advanceTime(MESSAGE_DELAY * 3);
    await settle();
}

test("the page is there at once, in outline, and is filled by two calls", async () => {
    const answer = new Deferred();
    const asked = mockWorkbench(async (scope, names) => {
        await answer;
        return makeWorkbench(scope, names);
    });
    await mountWithCleanup(Workbench, { props: { action: {} } });
    expect("h1").toHaveText("Workbench");
    expect(".o_workbench_skeleton").toHaveCount(7);
    expect(".o_workbench_hot").toHaveAttribute("aria-busy", "true");
    answer.resolve();
    await settle();
    expect(".o_workbench_skeleton").toHaveCount(0);
    expect(".o_workbench_hot").toHaveAttribute("aria-busy", "false");
    expect(queryAllTexts("h2")).toEqual([
        "Hot Customers",
        "Needs Attention",
        "Today",
        "Key Opportunities",
        "Key Customers",
        "My Funnel",
    ]);
    expect(asked).toEqual([
        ["mine", FIRST],
        ["mine", LATER],
    ]);
});

test("a block that could not be read says so, and is read again by itself", async () => {
    let isBroken = true;
    const asked = mockWorkbench((scope, names) =>
        makeWorkbench(scope, names, isBroken ? { today: { error: "The calendar is locked." } } : {})
    );
    await mountWorkbench();
    expect(".o_workbench_failed").toHaveCount(1);
    expect(".o_workbench_today [role=alert]").toHaveText(/could not be read/);
    expect(".o_workbench_today .o_workbench_error").toHaveText("The calendar is locked.");
    expect(".o_hot_card").toHaveCount(5);
    isBroken = false;
    await contains(".o_workbench_today .o_workbench_retry").click();
    await settle();
    expect(asked.at(-1)).toEqual(["mine", ["today"]]);
    expect(".o_workbench_failed").toHaveCount(0);
    expect(".o_today_entry").toHaveCount(3);
});

test("a block that cannot be drawn does not take the others along", async () => {
    let isBent = true;
    mockWorkbench((scope, names) => makeWorkbench(scope, names, isBent ? { today: { entries: null } } : {}));
    await mountWorkbench();
    expect(".o_hot_card").toHaveCount(5);
    expect(".o_funnel_stage").toHaveCount(5);
    expect(".o_workbench_failed").toHaveCount(1);
    expect("h2:contains(Today)").toHaveCount(1);
    isBent = false;
    await contains(".o_workbench_failed .o_workbench_retry").click();
    await settle();
    expect(".o_workbench_failed").toHaveCount(0);
    expect(".o_today_entry").toHaveCount(3);
});

test("blocks that the server did not come to are asked for once more, one by one", async () => {
    const unread = { error: "This part was not read.", is_unread: true };
    const asked = mockWorkbench((scope, names) =>
        makeWorkbench(
            scope,
            names,
            names.length === 5 ? { today: { error: "Broken." }, opportunities: unread, customers: unread } : {}
        )
    );
    await mountWorkbench();
    await settle();
    expect(asked.slice(0, 3)).toEqual([
        ["mine", FIRST],
        ["mine", ["opportunities"]],
        ["mine", ["customers"]],
    ]);
    expect(".o_opportunity").toHaveCount(2);
    expect(".o_key_customer").toHaveCount(2);
    expect(".o_workbench_failed").toHaveCount(1);
});

test("where nothing can be read the page says why, and tries again on demand", async () => {
    let isDown = true;
    mockWorkbench((scope, names) => {
        if (isDown) {
            throw makeServerError({ message: "The database is asleep." });
        }
        return makeWorkbench(scope, names);
    });
    await mountWorkbench();
    expect(".o_workbench_failure").toHaveText(/The workbench could not be read[^]*The database is asleep\./);
    expect(".o_workbench_block").toHaveCount(0);
    isDown = false;
    await contains(".o_workbench_retry").click();
    await settle();
    expect(".o_workbench_failure").toHaveCount(0);
    expect(".o_hot_card").toHaveCount(5);
});

test("a page that could not be read is there when the reader comes back, and the server is there again", async () => {
    let isDown = true;
    mockWorkbench((scope, names) => {
        if (isDown) {
            throw makeServerError({ message: "The database is asleep." });
        }
        return makeWorkbench(scope, names);
    });
    await mountWorkbench();
    expect(".o_workbench_failure").toHaveCount(1);
    isDown = false;
    document.dispatchEvent(new Event("visibilitychange"));
    await settle();
    expect(".o_workbench_failure").toHaveCount(0);
    expect(".o_hot_card").toHaveCount(5);
    expect(".o_funnel_stage").toHaveCount(5);
});

test("what is remembered and cannot be read anew does not keep the rest from saying so", async () => {
    mockWorkbench(() => {
        throw makeServerError({ message: "The database is asleep." });
    });
    const { funnel, conversion, ...data } = makeBlocks();
    const state = { workbench: { scope: "mine", scopes: ["mine"], later: LATER, data } };
    await mountWorkbench({ state });
    expect(".o_hot_card").toHaveCount(5);
    expect(".o_workbench_funnel .o_workbench_failed").toHaveText(/could not be read/);
    expect(".o_workbench_skeleton").toHaveCount(0);
});

test("a message of others changes what has changed, and leaves all else as it stands", async () => {
    const blocks = makeBlocks();
    const asked = mockWorkbench((scope, names) => makeWorkbench(scope, names, blocks));
    const sendMessage = await mockMessages();
    await mountWorkbench();
    const [card, deal] = [queryOne("[data-flag='2']"), queryOne("[data-deal='4'].o_deal_row")];
    await contains("[data-flag='2'] .o_hot_card_open").focus();
    blocks.hot.flags[1].note = "Signed by two of three";
    blocks.hot.flags.shift();
    sendMessage();
    sendMessage();
    await hearMessage();
    expect(asked).toHaveLength(4);
    expect("[data-flag='2'] .o_hot_card_note").toHaveText("Signed by two of three");
    expect("[data-flag='1']").toHaveCount(0);
    expect(queryOne("[data-flag='2']")).toBe(card);
    expect(queryOne("[data-deal='4'].o_deal_row")).toBe(deal);
    expect("[data-flag='2'] .o_hot_card_open").toBeFocused();
    expect(".o_workbench_skeleton").toHaveCount(0);
});

test("the keyboard stays in its part of the page when what it was on is gone", async () => {
    const blocks = makeBlocks();
    mockWorkbench((scope, names) => makeWorkbench(scope, names, blocks));
    const sendMessage = await mockMessages();
    await mountWorkbench();
    await contains(".o_workbench_attention [data-deal='3'] [data-deed=lose]").focus();
    blocks.attention.deals.shift();
    sendMessage();
    await hearMessage();
    expect(".o_workbench_attention [data-deal='3']").toHaveCount(0);
    expect(".o_workbench_attention h2").toBeFocused();
});

test("what is shown stays where it cannot be read anew, with the reason", async () => {
    let isDown = false;
    mockWorkbench((scope, names) => {
        if (isDown) {
            throw makeServerError({ message: "The database is asleep." });
        }
        return makeWorkbench(scope, names);
    });
    const sendMessage = await mockMessages();
    await mountWorkbench();
    isDown = true;
    sendMessage();
    await hearMessage();
    expect(".o_hot_card").toHaveCount(5);
    expect(".o_workbench_hot .o_workbench_stale").toHaveText(/may be out of date[^]*The database is asleep\./);
    isDown = false;
    await contains(".o_workbench_hot .o_workbench_retry").click();
    await settle();
    expect(".o_workbench_hot .o_workbench_stale").toHaveCount(0);
});

test("the scope is chosen, remembered, and shows the sellers of many", async () => {
    const asked = mockWorkbench();
    await mountWorkbench();
    expect(queryAllTexts(".o_radio_chip")).toEqual(["Mine", "My teams", "All"]);
    await contains(".o_radio_chip[data-value=mine]").click();
    expect(asked).toHaveLength(2);
    await contains(".o_radio_chip[data-value=mine]").focus();
    await press("ArrowRight");
    await settle();
    expect(".o_radio_chip[data-value=team]").toHaveAttribute("aria-checked", "true");
    expect(asked.slice(2)).toEqual([
        ["team", FIRST],
        ["team", ["sellers", ...LATER]],
    ]);
    expect("h2:contains(Sellers)").toHaveCount(1);
    expect("h2:contains(My Funnel)").toHaveCount(0);
    expect(browser.localStorage.getItem(`sales_process_control.workbench.scope.${user.userId}`)).toBe("team");
});

test("deals of a team are read anew on coming back, not at each message", async () => {
    browser.localStorage.setItem(`sales_process_control.workbench.scope.${user.userId}`, "team");
    const asked = mockWorkbench();
    const sendMessage = await mockMessages();
    await mountWorkbench();
    expect(asked).toHaveLength(2);
    sendMessage();
    await hearMessage();
    expect(asked).toHaveLength(2);
    document.dispatchEvent(new Event("visibilitychange"));
    await settle();
    expect(asked).toHaveLength(4);
});

test("one's own deals are read anew on coming back as well, but not at each change of tabs", async () => {
    const asked = mockWorkbench();
    await mountWorkbench();
    document.dispatchEvent(new Event("visibilitychange"));
    await settle();
    expect(asked).toHaveLength(4);
    document.dispatchEvent(new Event("visibilitychange"));
    document.dispatchEvent(new Event("visibilitychange"));
    await settle();
    expect(asked).toHaveLength(4);
    await advanceTime(RETURN_DELAY);
    await settle();
    expect(asked).toHaveLength(6);
});

test("messages that never cease do not keep the page from being read", async () => {
    const asked = mockWorkbench();
    const sendMessage = await mockMessages();
    await mountWorkbench();
    for (let spent = 0; spent <= LONGEST_DELAY; spent += MESSAGE_DELAY / 2) {
        sendMessage();
        await advanceTime(MESSAGE_DELAY / 2);
    }
    await settle();
    expect(asked.length).toBeGreaterThan(3);
});

test("a page that stays open is read anew when a day begins", async () => {
    mockDate("2026-03-10 22:30:00");
    const asked = mockWorkbench();
    await mountWorkbench();
    const { DateTime } = luxon;
    await advanceTime(DateTime.local().endOf("day").diff(DateTime.local()).toMillis() - 1000);
    await settle();
    expect(asked).toHaveLength(2);
    await advanceTime(5000);
    await settle();
    expect(asked).toHaveLength(4);
});

test("who chooses another scope while all is read anew is not asked for what that scope does not offer", async () => {
    browser.localStorage.setItem(`sales_process_control.workbench.scope.${user.userId}`, "team");
    let slow = null;
    const asked = mockWorkbench(async (scope, names) => {
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
    expect(asked.slice(2)).toEqual([
        ["team", FIRST],
        ["mine", FIRST],
        ["mine", LATER],
    ]);
});

test("a scope that is not offered any more gives way to one's own deals", async () => {
    browser.localStorage.setItem(`sales_process_control.workbench.scope.${user.userId}`, "all");
    const asked = mockWorkbench((scope, names) => {
        if (scope !== "mine") {
            throw makeServerError({ type: "AccessError", message: "You may see your own deals only." });
        }
        return { ...makeWorkbench(scope, names), scopes: ["mine"] };
    });
    await mountWorkbench();
    await settle();
    expect(asked.map(([scope]) => scope)).toEqual(["all", "mine", "mine"]);
    expect(".o_workbench_failure").toHaveCount(0);
    expect(".o_radio_chip").toHaveCount(0);
    expect(".o_hot_card").toHaveCount(5);
});

test("an answer that comes after that of a later question is dropped", async () => {
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

test("who comes back from a list sees at once what was there, and then what is new", async () => {
    mockWorkbench();
    const page = await mountWorkbench();
    const state = { workbench: page.known() };
    page.__owl__.app.destroy();
    const answer = new Deferred();
    mockWorkbench(async (scope, names) => {
        await answer;
        return makeWorkbench(scope, names, { hot: { ...makeBlocks().hot, flags: [] } });
    });
    await mountWithCleanup(Workbench, { props: { action: {}, state } });
    await animationFrame();
    expect(".o_workbench_skeleton").toHaveCount(0);
    expect(".o_hot_card").toHaveCount(5);
    answer.resolve();
    await settle();
    expect(".o_hot_card").toHaveCount(0);
    expect(".o_workbench_hot .o_workbench_empty").toHaveText(/Raise a flag/);
});
