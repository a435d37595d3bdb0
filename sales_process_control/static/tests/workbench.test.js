import { describe, expect, press, queryAllTexts, test } from "@odoo/hoot";
import { advanceTime, animationFrame, Deferred } from "@odoo/hoot-mock";
import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";
import { MESSAGE_DELAY } from "@sales_process_control/screen/live_data";
import { contains, makeServerError, mountWithCleanup } from "@web/../tests/web_test_helpers";
import { Workbench } from "@sales_process_control/workbench/workbench";
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

test("the page shows skeletons at once and is filled by two requests", async () => {
    const answer = new Deferred();
    const calls = mockWorkbench(async (scope, names) => {
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
    expect(calls).toEqual([
        ["mine", FIRST],
        ["mine", LATER],
    ]);
});

test("a block that could not be read shows the error and is retried alone", async () => {
    let isBroken = true;
    const calls = mockWorkbench((scope, names) =>
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
    expect(calls.at(-1)).toEqual(["mine", ["today"]]);
    expect(".o_block_failed").toHaveCount(0);
    expect(".o_today_entry").toHaveCount(3);
});

test("an error in rendering a block does not affect the other blocks", async () => {
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

test("blocks that the server has not read are requested once more, one by one", async () => {
    const unread = { error: "This part was not read.", is_unread: true };
    const calls = mockWorkbench((scope, names) =>
        makeWorkbench(
            scope,
            names,
            names.length === 6 ? { today: { error: "Broken." }, opportunities: unread, customers: unread } : {}
        )
    );
    await mountWorkbench();
    await settle();
    expect(calls.slice(0, 3)).toEqual([
        ["mine", FIRST],
        ["mine", ["opportunities"]],
        ["mine", ["customers"]],
    ]);
    expect(".o_opportunity").toHaveCount(2);
    expect(".o_key_customer").toHaveCount(2);
    expect(".o_block_failed").toHaveCount(1);
});

test("if no request succeeds, the page shows the error and can be retried", async () => {
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

test("a page that could not be read is reloaded when the user returns to the browser tab", async () => {
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

test("restored data stay if the reload fails, and the other blocks show the error", async () => {
    mockWorkbench(() => {
        throw makeServerError({ message: "The database is asleep." });
    });
    const data = Object.fromEntries(FIRST.map((name) => [name, makeBlocks()[name]]));
    const choiceKey = JSON.stringify(["mine", false]);
    const state = { workbench: { choiceKey, scopes: ["mine"], teams: [], later: LATER, readAt: false, data } };
    await mountWorkbench({ state });
    expect(".o_hot_card").toHaveCount(5);
    expect(".o_workbench_funnel .o_block_failed").toHaveText(/could not be read/);
    expect(".o_block_skeleton").toHaveCount(0);
});

test("data stay if the reload fails, with the error beside them", async () => {
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
    await waitForReload();
    expect(".o_hot_card").toHaveCount(5);
    expect(".o_workbench_hot .o_block_stale").toHaveText(/may be out of date[^]*The database is asleep\./);
    isDown = false;
    await contains(".o_workbench_hot .o_block_retry").click();
    await settle();
    expect(".o_workbench_hot .o_block_stale").toHaveCount(0);
});

test("the chosen scope is stored, and the sellers are shown in scopes with several salespeople", async () => {
    const calls = mockWorkbench();
    await mountWorkbench();
    expect(queryAllTexts(".o_radio_chip")).toEqual(["Mine", "My teams", "All"]);
    await contains(".o_radio_chip[data-value=mine]").click();
    expect(calls).toHaveLength(2);
    await contains(".o_radio_chip[data-value=mine]").focus();
    await press("ArrowRight");
    await settle();
    expect(".o_radio_chip[data-value=team]").toHaveAttribute("aria-checked", "true");
    expect(calls.slice(2)).toEqual([
        ["team", FIRST],
        ["team", ["sellers", ...LATER]],
    ]);
    expect("h2:contains(Salespeople)").toHaveCount(1);
    expect("h2:contains(My Funnel)").toHaveCount(0);
    expect(browser.localStorage.getItem(`sales_process_control.workbench.scope.${user.userId}`)).toBe("team");
});

test("a stored scope that is no longer allowed is replaced by the user's own deals", async () => {
    browser.localStorage.setItem(`sales_process_control.workbench.scope.${user.userId}`, "all");
    const calls = mockWorkbench((scope, names) => {
        if (scope !== "mine") {
            throw makeServerError({ type: "AccessError", message: "You can see your own deals only." });
        }
        return { ...makeWorkbench(scope, names), scopes: ["mine"] };
    });
    await mountWorkbench();
    await settle();
    expect(calls.map(([scope]) => scope)).toEqual(["all", "mine", "mine"]);
    expect(".o_workbench_failure").toHaveCount(0);
    expect(".o_radio_chip").toHaveCount(0);
    expect(".o_hot_card").toHaveCount(5);
});

test("returning by the breadcrumbs shows the last data at once, then the new ones", async () => {
    mockWorkbench();
    const page = await mountWorkbench();
    const state = { workbench: page.getLocalState() };
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
    expect(".o_workbench_hot .o_block_empty").toHaveText(/Raise Flag/);
});
