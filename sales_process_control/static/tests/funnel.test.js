import { describe, expect, queryAllTexts, test } from "@odoo/hoot";
import { advanceTime, Deferred } from "@odoo/hoot-mock";
import { router } from "@web/core/browser/router";
import { contains, makeServerError, toggleMenuItem, toggleSearchBarMenu } from "@web/../tests/web_test_helpers";
import { makeConversion, makeEmptyFunnel, makeFunnel, makeWeeks } from "./funnel_data";
import { defineFunnelModels, mockFunnel, mountFunnel, settle } from "./funnel_helpers";
import { openAddress } from "./page_helpers";

defineFunnelModels();

describe.current.tags("desktop");

const REFUSAL = { type: "UserError", message: "The day to compare with must be earlier." };

test("the page shows skeletons at once and is filled by three requests", async () => {
    const answer = new Deferred();
    const calls = mockFunnel({
        funnel: async () => {
            await answer;
            return makeFunnel();
        },
    });
    await mountFunnel();
    expect("h1").toHaveText("Sales Funnel");
    expect(".o_block_skeleton").toHaveCount(4);
    expect(".o_funnel_distribution").toHaveAttribute("aria-busy", "true");
    answer.resolve();
    await settle();
    expect(".o_block_skeleton").toHaveCount(0);
    expect(queryAllTexts("h2")).toEqual(["Distribution", "What changed", "Through the weeks", "Where deals went"]);
    expect(calls).toEqual({
        funnel: [[false, false, [], false, false]],
        conversion: [["2026-11-23", "2026-10-24", []]],
        weeks: [[[], false]],
    });
    expect(".o_funnel_date:eq(0)").toHaveValue("11/23/2026");
    expect(".o_funnel_date:eq(1)").toHaveValue("10/24/2026");
    expect(".o_funnel_currency").toHaveCount(0);
});

test("a block that could not be read shows the error and is retried alone", async () => {
    let isBroken = true;
    const calls = mockFunnel({
        weeks: () => {
            if (isBroken) {
                throw makeServerError({ message: "The weeks are locked." });
            }
            return { stages: [], points: [] };
        },
    });
    await mountFunnel();
    expect(".o_block_failed").toHaveCount(1);
    expect(".o_funnel_weeks .o_block_error").toHaveText("The weeks are locked.");
    expect(".o_funnel_distribution .o_chart_bar").toHaveCount(5);
    isBroken = false;
    await contains(".o_funnel_weeks .o_block_retry").click();
    await settle();
    expect(calls.weeks).toHaveLength(2);
    expect(calls.funnel).toHaveLength(1);
    expect(".o_block_failed").toHaveCount(0);
    expect(".o_funnel_weeks .o_block_empty").toHaveCount(1);
});

test("an error in rendering a block does not affect the other blocks", async () => {
    let isBent = true;
    mockFunnel({ funnel: () => makeFunnel(isBent ? { flow: null } : {}) });
    await mountFunnel();
    expect(".o_block_failed").toHaveCount(1);
    expect(".o_funnel_flow .o_block_failed").toHaveCount(1);
    expect(".o_funnel_waterfall .o_chart_bar").not.toHaveCount(0);
    isBent = false;
    await contains(".o_funnel_flow .o_block_retry").click();
    await settle();
    expect(".o_block_failed").toHaveCount(0);
    expect(".o_funnel_flow tbody tr").toHaveCount(6);
});

test("a refused query shows the message and keeps the data of the last query", async () => {
    const calls = mockFunnel({
        funnel: (day, before) => {
            if (before === "2026-11-20") {
                throw makeServerError(REFUSAL);
            }
            return makeFunnel({ before: before || "2026-10-24" });
        },
    });
    await mountFunnel();
    await contains(".o_funnel_date:eq(1)").edit("11/20/2026");
    await settle();
    expect(calls.funnel.at(-1)).toEqual(["2026-11-23", "2026-11-20", [], false, false]);
    expect(".o_funnel_problem").toHaveText("The day to compare with must be earlier.");
    expect(".o_block_failed, .o_block_stale").toHaveCount(0);
    expect(".o_funnel_waterfall .o_block_numbers").toHaveText(/10\/24\/2026 to 11\/23\/2026/);
    await contains(".o_funnel_date:eq(1)").edit("11/02/2026");
    await settle();
    expect(".o_funnel_problem").toHaveCount(0);
    expect(".o_funnel_waterfall .o_block_numbers").toHaveText(/11\/02\/2026 to 11\/23\/2026/);
});

const CURRENCIES = [
    { id: 1, name: "USD" },
    { id: 2, name: "EUR" },
];

/** Mount the funnel with answers that wait once `later` is set. */
async function mountSlowFunnel() {
    const slow = { later: null };
    const answer = async (make) => {
        await slow.later;
        return make();
    };
    slow.calls = mockFunnel({
        funnel: (_day, _before, _domain, id) =>
            answer(() => makeFunnel({ currencies: CURRENCIES, currency_id: id || 1 })),
        weeks: () => answer(() => makeWeeks()),
    });
    await mountFunnel();
    slow.later = new Deferred();
    return slow;
}

test("numbers of the last filters are not shown under the chosen ones", async () => {
    const { later } = await mountSlowFunnel();
    await toggleSearchBarMenu();
    await toggleMenuItem("Direct Sales");
    await settle();
    expect(".o_searchview_facet").toHaveCount(1);
    expect(".o_block_skeleton").toHaveCount(4);
    expect(".o_funnel_picture").not.toBeEnabled();
    later.resolve();
    await settle();
    expect(".o_block_skeleton").toHaveCount(0);
    expect(".o_funnel_picture").toBeEnabled();
});

test("amounts of the last currency are not shown under the chosen one", async () => {
    const { later } = await mountSlowFunnel();
    await contains(".o_funnel_weeks .o_numbers_toggle").click();
    expect(".o_funnel_weeks td:eq(0)").toHaveText(/^\$/);
    await contains(".o_funnel_currency select").select("2");
    await settle();
    expect(".o_funnel_weeks .o_block_skeleton, .o_funnel_distribution .o_block_skeleton").toHaveCount(2);
    expect(".o_funnel_picture").not.toBeEnabled();
    later.resolve();
    await settle();
    expect(".o_block_skeleton").toHaveCount(0);
});

test("a failure under other filters is shown instead of the numbers of the last ones", async () => {
    mockFunnel({
        funnel: (_day, _before, domain) => {
            if (domain.length) {
                throw makeServerError({ type: "AccessError", message: "Not today." });
            }
            return makeFunnel();
        },
    });
    await mountFunnel();
    await toggleSearchBarMenu();
    await toggleMenuItem("Direct Sales");
    await settle();
    expect(".o_funnel_distribution .o_block_failed").toHaveText(/Not today\./);
    expect(".o_funnel_distribution .o_chart_bar").toHaveCount(0);
});

test("a currency that is refused leaves the amounts in the last one", async () => {
    const refuse = (id) => {
        if (id === 2) {
            throw makeServerError({ message: "This currency cannot be used." });
        }
    };
    mockFunnel({
        funnel: (_day, _before, _domain, id) => refuse(id) || makeFunnel({ currencies: CURRENCIES }),
        weeks: (_domain, id) => refuse(id) || makeWeeks(),
    });
    await mountFunnel();
    await contains(".o_funnel_weeks .o_numbers_toggle").click();
    await contains(".o_funnel_currency select").select("2");
    await settle();
    expect(".o_funnel_problem").toHaveText("This currency cannot be used.");
    expect(".o_funnel_weeks td:eq(0)").toHaveText(/^\$/);
    expect(".o_funnel_picture").not.toBeEnabled();
});

test("the bar of the weeks rests when other filters are chosen while it is moved", async () => {
    const { calls, later } = await mountSlowFunnel();
    await contains(".o_weeks_play").click();
    await toggleSearchBarMenu();
    await toggleMenuItem("Direct Sales");
    await settle();
    await advanceTime(1000);
    later.resolve();
    await settle();
    expect(".o_weeks_play .fa-play").toHaveCount(1);
    expect(calls.funnel.map(([day]) => day)).toEqual([false, false]);
});

test("an error in rendering a block ends with the data that cause it", async () => {
    mockFunnel({ funnel: (_day, _before, domain) => makeFunnel(domain.length ? {} : { flow: null }) });
    await mountFunnel();
    expect(".o_funnel_flow .o_block_failed").toHaveCount(1);
    await toggleSearchBarMenu();
    await toggleMenuItem("Direct Sales");
    await settle();
    expect(".o_block_failed").toHaveCount(0);
    expect(".o_funnel_flow tbody tr").toHaveCount(6);
});

test("the focus stays in the block whose conversion is read again", async () => {
    let isBroken = true;
    mockFunnel({
        conversion: (day, before) => {
            if (isBroken) {
                throw makeServerError({ message: "Not today." });
            }
            return makeConversion({ day, before });
        },
    });
    await mountFunnel();
    isBroken = false;
    await contains(".o_funnel_retry").click();
    await settle();
    expect(".o_funnel_retry").toHaveCount(0);
    expect(".o_funnel_distribution h2").toBeFocused();
});

test("an expired session is handed to Odoo once, and again when the user tries again", async () => {
    expect.errors(2);
    mockFunnel({
        funnel: () => {
            throw makeServerError({ errorName: "odoo.http.SessionExpiredException", message: "Session expired" });
        },
        weeks: () => {
            throw makeServerError({ errorName: "odoo.http.SessionExpiredException", message: "Session expired" });
        },
    });
    await mountFunnel();
    expect(".o_dialog").toHaveCount(1);
    expect(".o_block_failed").toHaveCount(4);
    document.dispatchEvent(new Event("visibilitychange"));
    await settle();
    expect(".o_dialog").toHaveCount(1);
    await contains(".o_funnel_weeks .o_block_retry").click();
    await settle();
    expect(".o_dialog").toHaveCount(2);
    expect.verifyErrors([/RPC_ERROR/, /RPC_ERROR/]);
});

test("an empty pipeline shows what to do", async () => {
    mockFunnel({ funnel: () => makeEmptyFunnel() });
    await mountFunnel();
    expect(".o_funnel_distribution .o_block_empty").toHaveText(/create the first deal/);
    expect(".o_funnel_new").toHaveCount(1);
    expect(".o_funnel_waterfall .o_block_empty").toHaveCount(1);
    expect(".o_funnel_flow .o_block_empty").toHaveCount(1);
});

test("the empty state of a search without results has a button that clears the search", async () => {
    const calls = mockFunnel({ funnel: (_day, _before, domain) => (domain.length ? makeEmptyFunnel() : makeFunnel()) });
    await mountFunnel();
    await toggleSearchBarMenu();
    await toggleMenuItem("Direct Sales");
    await settle();
    expect(calls.funnel.at(-1)[2]).toEqual([["team_id", "=", 1]]);
    expect(calls.weeks.at(-1)[0]).toEqual([["team_id", "=", 1]]);
    await contains(".o_funnel_clear").click();
    await settle();
    expect(calls.funnel.at(-1)[2]).toEqual([]);
    expect(".o_funnel_distribution .o_chart_bar").toHaveCount(5);
});

test("choosing the measure sends no request", async () => {
    const calls = mockFunnel();
    await mountFunnel();
    expect(".o_radio_chip[data-value=amount]").toHaveAttribute("aria-checked", "true");
    await contains(".o_radio_chip[data-value=count]").click();
    await settle();
    expect(calls.funnel).toHaveLength(1);
    expect(".o_funnel_balanced").toHaveText("adds up");
    await contains(".o_radio_chip[data-value=count]").click();
    expect(".o_radio_chip[data-value=count]").toHaveAttribute("aria-checked", "true");
});

test("with several currencies the currency of the amounts can be chosen", async () => {
    const currencies = CURRENCIES;
    const calls = mockFunnel({
        funnel: (_day, _before, _domain, id) => makeFunnel({ currencies, currency_id: id || 1, is_converted: true }),
    });
    await mountFunnel();
    expect(".o_funnel_distribution .o_funnel_remarks").toHaveText(/several currencies, at today's rate/);
    await contains(".o_funnel_currency select").select("2");
    await settle();
    expect(calls.funnel.at(-1)[3]).toBe(2);
    expect(calls.weeks.at(-1)[1]).toBe(2);
    expect(".o_funnel_spreadsheet").toHaveAttribute("href", /currency_id=2/);
});

test("a day before the compared day moves the compared day, which keeps its distance", async () => {
    const calls = mockFunnel({ funnel: (day, before) => makeFunnel(day ? { day, before } : {}) });
    await mountFunnel();
    await contains(".o_funnel_date:eq(0)").edit("10/01/2026");
    await settle();
    expect(calls.funnel.at(-1).slice(0, 2)).toEqual(["2026-10-01", "2026-09-01"]);
    expect(".o_funnel_date:eq(1)").toHaveValue("09/01/2026");
});

test("the data are reloaded when the user returns to the browser tab", async () => {
    const calls = mockFunnel();
    await mountFunnel();
    document.dispatchEvent(new Event("visibilitychange"));
    await settle();
    expect(calls.funnel).toHaveLength(2);
    expect(calls.weeks).toHaveLength(2);
});

test("the link to the spreadsheet has the current query", async () => {
    openAddress(7);
    mockFunnel();
    await mountFunnel();
    const { pathname, searchParams } = new URL(document.querySelector(".o_funnel_spreadsheet").href);
    expect(pathname).toBe("/sales_process_control/funnel/xlsx");
    expect(Object.fromEntries(searchParams)).toEqual({
        day: "2026-11-23",
        before: "2026-10-24",
        measure: "amount",
        currency_id: "1",
        domain: "[]",
    });
    expect(router.current.period).toBe("30_days");
});
