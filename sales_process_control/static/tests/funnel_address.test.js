import { beforeEach, describe, expect, queryAllTexts, test } from "@odoo/hoot";
import { router } from "@web/core/browser/router";
import { contains, onRpc, serverState, toggleMenuItem, toggleSearchBarMenu } from "@web/../tests/web_test_helpers";
import { makeFunnel } from "./funnel_data";
import { defineFunnelModels, mockFunnel, mountFunnel, settle } from "./funnel_helpers";

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
    router.pushState(values, { sync: true, replace: true });
}

/** The action service, as far as it keeps what stands in the address. */
function keepAddress(written) {
    return (values) => written.push(values);
}

beforeEach(() => openAddress({}));

test("a link opens the same view: days, measure, currency and filters", async () => {
    openAddress(LINK);
    const asked = mockFunnel({ funnel: (day, before) => makeFunnel({ day, before }) });
    await mountFunnel();
    expect(asked.funnel).toEqual([["2026-06-30", "2026-03-31", [["team_id", "=", 1]], 1]]);
    expect(".o_radio_chip[data-value=count]").toHaveAttribute("aria-checked", "true");
    expect(queryAllTexts(".o_searchview_facet")).toHaveLength(1);
    expect(".o_funnel_problem").toHaveCount(0);
});

test("a link without filters opens without one's own default favourite", async () => {
    openAddress({ day: LINK.day, before: LINK.before, measure: "amount" });
    const asked = mockFunnel();
    onRpc("get_views", async ({ parent }) => withFavourite(await parent()));
    await mountFunnel();
    expect(asked.funnel[0][2]).toEqual([]);
    expect(".o_searchview_facet").toHaveCount(0);
});

test("filters that nobody can read are left out, and it is said", async () => {
    openAddress({ ...LINK, domain: "[[nonsense" });
    const asked = mockFunnel();
    await mountFunnel();
    expect(asked.funnel[0][2]).toEqual([]);
    expect(".o_funnel_problem").toHaveText(/could not be read/);
});

test("days that are none are those of today", async () => {
    openAddress({ ...LINK, day: "yesterday", before: 12 });
    const asked = mockFunnel();
    await mountFunnel();
    expect(asked.funnel[0].slice(0, 2)).toEqual([false, false]);
});

test("what the server has chosen stands in the address, and each choice", async () => {
    const written = [];
    mockFunnel({ funnel: (day, before) => makeFunnel(day ? { day, before } : {}) });
    await mountFunnel({ updateActionState: keepAddress(written) });
    expect(written.at(-1)).toEqual({
        day: "2026-11-23",
        before: "2026-10-24",
        measure: "amount",
        currency: 1,
        domain: undefined,
    });
    await contains(".o_radio_chip[data-value=weighted]").click();
    expect(written.at(-1).measure).toBe("weighted");
    await toggleSearchBarMenu();
    await toggleMenuItem("Direct Sales");
    await settle();
    expect(written.at(-1).domain).toBe('[["team_id","=",1]]');
    await contains(".o_funnel_date:eq(1)").edit("08/01/2026");
    await settle();
    expect(written.at(-1).before).toBe("2026-08-01");
});

test("who opens it from the menu once more begins anew", async () => {
    mockFunnel();
    openAddress(LINK);
    const page = await mountFunnel();
    page.__owl__.app.destroy();
    const asked = mockFunnel();
    await mountFunnel();
    expect(asked.funnel[0]).toEqual([false, false, [], false]);
});

test("who comes back from a list sees at once what was there", async () => {
    mockFunnel();
    const page = await mountFunnel();
    await contains(".o_radio_chip[data-value=count]").click();
    const state = { funnel: page.view.known() };
    page.__owl__.app.destroy();
    const asked = mockFunnel({ funnel: () => new Promise(() => {}) });
    await mountFunnel({ state });
    expect(asked.funnel).toHaveLength(1);
    expect(".o_funnel_distribution .o_chart_bar").toHaveCount(5);
    expect(".o_radio_chip[data-value=count]").toHaveAttribute("aria-checked", "true");
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

test("a favourite brings its filters, its measure, and its days before today", async () => {
    onRpc("get_views", async ({ parent }) => withFavourite(await parent()));
    const asked = mockFunnel();
    await mountFunnel();
    const [day, before, domain] = asked.funnel[0];
    expect(day).toBe(false);
    expect(before).toBe(luxon.DateTime.local().minus({ days: 7 }).toISODate());
    expect(domain).toEqual([["team_id", "=", 1]]);
    expect(".o_radio_chip[data-value=weighted]").toHaveAttribute("aria-checked", "true");
    expect(queryAllTexts(".o_searchview_facet")).toEqual(["My direct sales"]);
});

test("a favourite keeps today as today, and other days as they are", async () => {
    mockFunnel({ funnel: (day, before) => makeFunnel(day ? { day, before } : {}) });
    const page = await mountFunnel();
    expect(page.view.favourite()).toEqual({ funnel_measure: "amount", funnel_span: 30 });
    await contains(".o_funnel_date:eq(0)").edit("10/31/2026");
    await settle();
    expect(page.view.favourite()).toEqual({
        funnel_measure: "amount",
        funnel_day: "2026-10-31",
        funnel_before: "2026-10-24",
    });
});
