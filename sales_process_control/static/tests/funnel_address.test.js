import { after, beforeEach, describe, expect, queryAllTexts, queryOne, test } from "@odoo/hoot";
import {
    contains,
    makeMockEnv,
    makeServerError,
    onRpc,
    serverState,
    toggleMenuItem,
    toggleSearchBarMenu,
} from "@web/../tests/web_test_helpers";
import { CallbackRecorder, scrollSymbol } from "@web/search/action_hook";
import { getDefaultConfig } from "@web/views/view";
import { makeFunnel } from "./funnel_data";
import { defineFunnelModels, mockFunnel, mountFunnel, settle } from "./funnel_helpers";
import { openAddress as openAddressOf } from "./page_helpers";

defineFunnelModels();

describe.current.tags("desktop");

const LINK = {
    day: "2026-06-30",
    before: "2026-03-31",
    measure: "count",
    currency: 1,
    domain: '[["team_id","=",1]]',
};

function openAddress(values) {
    openAddressOf(7, values);
}

/** Answer of the server, which knows the days of one period besides the default. */
function answerDays(day, before, _domain, _currencyId, period) {
    if (period === "last_week") {
        return makeFunnel({ day: "2026-11-22", before: "2026-11-15", period });
    }
    return makeFunnel(day || before ? { day: day || "2026-11-23", before, period: false } : {});
}

/** Stand-in for `updateActionState` of the action service: collects what is written to the address. */
function collectAddress(written) {
    return (values) => written.push(values);
}

beforeEach(() => openAddress({}));

test("a link restores days, measure, currency and filters", async () => {
    openAddress(LINK);
    const calls = mockFunnel({ funnel: (day, before) => makeFunnel({ day, before }) });
    await mountFunnel();
    expect(calls.funnel).toEqual([["2026-06-30", "2026-03-31", [["team_id", "=", 1]], 1, false]]);
    expect(".o_radio_chip[data-value=count]").toHaveAttribute("aria-checked", "true");
    expect(queryAllTexts(".o_searchview_facet")).toHaveLength(1);
    expect(".o_funnel_problem").toHaveCount(0);
});

test("a link without filters does not apply the user's default favorite", async () => {
    openAddress({ day: LINK.day, before: LINK.before, measure: "amount" });
    const calls = mockFunnel();
    onRpc("get_views", async ({ parent }) => withFavourite(await parent()));
    await mountFunnel();
    expect(calls.funnel[0][2]).toEqual([]);
    expect(".o_searchview_facet").toHaveCount(0);
});

test("invalid filters of the address are ignored with a message", async () => {
    openAddress({ ...LINK, domain: "[[nonsense" });
    const calls = mockFunnel();
    await mountFunnel();
    expect(calls.funnel[0][2]).toEqual([]);
    expect(".o_funnel_problem").toHaveText(/could not be read/);
});

test("invalid days of the address are ignored", async () => {
    openAddress({ ...LINK, day: "yesterday", before: 12 });
    const calls = mockFunnel();
    await mountFunnel();
    expect(calls.funnel[0].slice(0, 2)).toEqual([false, false]);
});

test("the address has the server's choices and each choice of the user", async () => {
    const written = [];
    mockFunnel({ funnel: answerDays });
    await mountFunnel({ updateActionState: collectAddress(written) });
    expect(written.at(-1)).toEqual({
        period: "30_days",
        day: undefined,
        before: undefined,
        measure: "amount",
        currency: 1,
        domain: undefined,
    });
    await contains(".o_radio_chip[data-value=weighted]").click();
    expect(written.at(-1).measure).toBe("weighted");
    await contains(".o_radio_chip[data-value=chance]").click();
    expect(written.at(-1).measure).toBe("chance");
    await toggleSearchBarMenu();
    await toggleMenuItem("Direct Sales");
    await settle();
    expect(written.at(-1).domain).toBe('[["team_id","=",1]]');
    await contains(".o_funnel_date:eq(1)").edit("08/01/2026");
    await settle();
    expect(written.at(-1)).toInclude(["before", "2026-08-01"]);
    expect(written.at(-1)).toInclude(["day", "2026-11-23"]);
    expect(written.at(-1).period).toBe(undefined);
    expect(".o_query_period option:checked").toHaveText("Other Days");
    await contains(".o_query_period").select("last_week");
    await settle();
    expect(written.at(-1)).toEqual({
        period: "last_week",
        day: undefined,
        before: undefined,
        measure: "chance",
        currency: 1,
        domain: '[["team_id","=",1]]',
    });
    expect(".o_query_period").toHaveValue("last_week");
    expect(".o_query_period option").toHaveCount(3);
});

test("a link to a period asks for the period, whatever days it has today", async () => {
    openAddress({ period: "last_week", day: LINK.day, before: LINK.before, measure: "count" });
    const calls = mockFunnel({ funnel: answerDays });
    await mountFunnel();
    expect(calls.funnel).toEqual([[false, false, [], false, "last_week"]]);
    expect(".o_query_period").toHaveValue("last_week");
    expect(".o_funnel_date:eq(0)").toHaveValue("11/22/2026");
    expect(".o_funnel_date:eq(1)").toHaveValue("11/15/2026");
});

test("an unknown period of the address is ignored", async () => {
    openAddress({ period: "fortnight", measure: "count" });
    const calls = mockFunnel({ funnel: answerDays });
    await mountFunnel();
    expect(calls.funnel).toEqual([[false, false, [], false, false]]);
    expect(".o_query_period").toHaveValue("30_days");
});

test("opening the screen from the menu again starts without the last query", async () => {
    mockFunnel();
    openAddress(LINK);
    const page = await mountFunnel();
    page.__owl__.app.destroy();
    const calls = mockFunnel();
    await mountFunnel();
    expect(calls.funnel[0]).toEqual([false, false, [], false, false]);
});

test("returning by the breadcrumbs shows the last data at once", async () => {
    mockFunnel();
    const page = await mountFunnel();
    await contains(".o_radio_chip[data-value=count]").click();
    const state = { funnel: page.model.getLocalState() };
    page.__owl__.app.destroy();
    const calls = mockFunnel({ funnel: () => new Promise(() => {}) });
    await mountFunnel({ state });
    expect(calls.funnel).toHaveLength(1);
    expect(".o_funnel_distribution .o_chart_bar").toHaveCount(5);
    expect(".o_radio_chip[data-value=count]").toHaveAttribute("aria-checked", "true");
});

test("returning by the breadcrumbs scrolls to where the page was left", async () => {
    // The action service restores states only if it collects them.
    await makeMockEnv({ config: { ...getDefaultConfig(), actionId: 7 }, __getLocalState__: new CallbackRecorder() });
    mockFunnel();
    const page = await mountFunnel();
    const state = { funnel: page.model.getLocalState(), [scrollSymbol]: { content: { top: 40, left: 0 } } };
    page.__owl__.app.destroy();
    mockFunnel({ funnel: () => new Promise(() => {}) });
    // As in the web client, the page has less room than its blocks need.
    const style = document.createElement("style");
    style.textContent =
        ".o_funnel_content { flex: none !important; height: 100px !important; overflow: auto !important }";
    document.head.append(style);
    after(() => style.remove());
    await mountFunnel({ state });
    expect(queryOne(".o_funnel_content").scrollTop).toBe(40);
});

function withFavourite(views, context = "{'funnel_measure': 'weighted', 'funnel_span': 7}") {
    views.views.search.filters = [
        {
            id: 5,
            name: "My direct sales",
            domain: "[('team_id', '=', 1)]",
            context,
            sort: "[]",
            is_default: true,
            user_ids: [serverState.userId],
            action_id: 7,
            embedded_action_id: false,
            embedded_parent_res_id: false,
        },
    ];
    return views;
}

test("a favorite applies filters, measure and the number of days compared", async () => {
    onRpc("get_views", async ({ parent }) => withFavourite(await parent()));
    const calls = mockFunnel();
    await mountFunnel();
    const [day, before, domain] = calls.funnel[0];
    expect(day).toBe(false);
    expect(before).toBe(luxon.DateTime.local().minus({ days: 7 }).toISODate());
    expect(domain).toEqual([["team_id", "=", 1]]);
    expect(".o_radio_chip[data-value=weighted]").toHaveAttribute("aria-checked", "true");
    expect(queryAllTexts(".o_searchview_facet")).toEqual(["My direct sales"]);
});

test("the days of a favorite are counted from today of the server", async () => {
    onRpc("get_views", async ({ parent }) => withFavourite(await parent()));
    const today = luxon.DateTime.local().plus({ days: 1 }).toISODate();
    const calls = mockFunnel({ funnel: (day, before) => makeFunnel({ day: today, today, before, period: false }) });
    const page = await mountFunnel();
    expect(calls.funnel).toHaveLength(2);
    expect(calls.funnel[1][1]).toBe(luxon.DateTime.local().minus({ days: 6 }).toISODate());
    expect(page.model.getFavoriteContext()).toMatchObject({ funnel_span: 7 });
});

test("a favorite that compares with yesterday is read where the reader's day has not begun yet", async () => {
    const context = "{'funnel_measure': 'count', 'funnel_span': 1}";
    onRpc("get_views", async ({ parent }) => withFavourite(await parent(), context));
    const today = luxon.DateTime.local().minus({ days: 1 }).toISODate();
    const calls = mockFunnel({
        funnel: (day, before) => {
            if (before >= today) {
                throw makeServerError({ message: "The day to compare with must be earlier." });
            }
            return makeFunnel({ day: today, today, before: before || "2019-01-01" });
        },
    });
    await mountFunnel();
    expect(calls.funnel.at(-1)[1]).toBe(luxon.DateTime.local().minus({ days: 2 }).toISODate());
    expect(".o_block_failed, .o_funnel_problem").toHaveCount(0);
});

test("a favorite applies its period", async () => {
    const context = "{'funnel_measure': 'count', 'funnel_period': 'last_week'}";
    onRpc("get_views", async ({ parent }) => withFavourite(await parent(), context));
    const calls = mockFunnel({ funnel: answerDays });
    await mountFunnel();
    expect(calls.funnel[0]).toEqual([false, false, [["team_id", "=", 1]], false, "last_week"]);
    expect(".o_query_period").toHaveValue("last_week");
});

test("a favorite stores a period by its name, today as a span, and other days as dates", async () => {
    mockFunnel({ funnel: answerDays });
    const page = await mountFunnel();
    expect(page.model.getFavoriteContext()).toEqual({ funnel_measure: "amount", funnel_period: "30_days" });
    await contains(".o_query_period").select("last_week");
    await settle();
    expect(page.model.getFavoriteContext()).toEqual({ funnel_measure: "amount", funnel_period: "last_week" });
    await contains(".o_funnel_date:eq(0)").edit("11/23/2026");
    await settle();
    expect(page.model.getFavoriteContext()).toEqual({ funnel_measure: "amount", funnel_span: 8 });
    await contains(".o_funnel_date:eq(1)").edit("10/24/2026");
    await settle();
    await contains(".o_funnel_date:eq(0)").edit("10/31/2026");
    await settle();
    expect(page.model.getFavoriteContext()).toEqual({
        funnel_measure: "amount",
        funnel_day: "2026-10-31",
        funnel_before: "2026-10-24",
    });
});
