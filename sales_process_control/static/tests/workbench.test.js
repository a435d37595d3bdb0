import { describe, expect, press, queryAllTexts, test } from "@odoo/hoot";
import { advanceTime, animationFrame, Deferred } from "@odoo/hoot-mock";
import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";
import { MESSAGE_DELAY } from "@sales_process_control/kit/live_data/live_data";
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
    expect(".o_block_skeleton").toHaveCount(7);
    expect(".o_workbench_hot").toHaveAttribute("aria-busy", "true");
    answer.resolve();
    await settle();
    expect(".o_block_skeleton").toHaveCount(0);
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
    expect(".o_block_failed").toHaveCount(1);
    expect(".o_workbench_today [role=alert]").toHaveText(/could not be read/);
    expect(".o_workbench_today .o_block_error").toHaveText("The calendar is locked.");
    expect(".o_hot_card").toHaveCount(5);
    isBroken = false;
    await contains(".o_workbench_today .o_block_retry").click();
    await settle();
    expect(asked.at(-1)).toEqual(["mine", ["today"]]);
    expect(".o_block_failed").toHaveCount(0);
    expect(".o_today_entry").toHaveCount(3);
});

test("a block that cannot be drawn does not take the others along", async () => {
    let isBent = true;
    mockWorkbench((scope, names) => makeWorkbench(scope, names, isBent ? { today: { entries: null } } : {}));
    await mountWorkbench();
    expect(".o_hot_card").toHaveCount(5);
    expect(".o_funnel_stage").toHaveCount(5);
    expect(".o_block_failed").toHaveCount(1);
    expect("h2:contains(Today)").toHaveCount(1);
    isBent = false;
    await contains(".o_block_failed .o_block_retry").click();
    await settle();
    expect(".o_block_failed").toHaveCount(0);
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
    expect(".o_block_failed").toHaveCount(1);
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
    expect(".o_block").toHaveCount(0);
    isDown = false;
    await contains(".o_block_retry").click();
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
    const data = Object.fromEntries(FIRST.map((name) => [name, makeBlocks()[name]]));
    const state = { workbench: { scope: "mine", scopes: ["mine"], later: LATER, data } };
    await mountWorkbench({ state });
    expect(".o_hot_card").toHaveCount(5);
    expect(".o_workbench_funnel .o_block_failed").toHaveText(/could not be read/);
    expect(".o_block_skeleton").toHaveCount(0);
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
    expect(".o_workbench_hot .o_block_stale").toHaveText(/may be out of date[^]*The database is asleep\./);
    isDown = false;
    await contains(".o_workbench_hot .o_block_retry").click();
    await settle();
    expect(".o_workbench_hot .o_block_stale").toHaveCount(0);
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
    expect(".o_block_skeleton").toHaveCount(0);
    expect(".o_hot_card").toHaveCount(5);
    answer.resolve();
    await settle();
    expect(".o_hot_card").toHaveCount(0);
    expect(".o_workbench_hot .o_block_empty").toHaveText(/Raise a flag/);
});
