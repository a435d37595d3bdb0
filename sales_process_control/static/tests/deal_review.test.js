import { beforeEach, describe, expect, queryAllTexts, test } from "@odoo/hoot";
import { advanceTime, animationFrame, Deferred, mockDate } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    mockService,
    models,
    mountView,
    onRpc,
    preloadBundle,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import {
    answerWithDeal,
    makeAnswer,
    makeForecast,
    makeTile,
    makeTiles,
    NO_TARGET,
    OPEN,
    TARGET,
} from "./deal_review_data";

class CrmTeam extends models.Model {
    _name = "crm.team";

    name = fields.Char();

    _records = [{ id: 1, name: "Direct Sales" }];
}

class CrmLead extends models.Model {
    _name = "crm.lead";

    name = fields.Char();
    team_id = fields.Many2one({ relation: "crm.team" });
    won_status = fields.Char();

    _records = [
        { id: 1, name: "Office fit-out", team_id: 1, won_status: "pending" },
        { id: 2, name: "Reception counter", won_status: "pending" },
        { id: 3, name: "Archive shelves", won_status: "won" },
    ];
    _views = {
        "list,false": `<list js_class="deal_review_list" class="o_deal_review"><field name="name" /></list>`,
        "kanban,false": `
            <kanban js_class="deal_review_kanban" class="o_deal_review">
                <templates><t t-name="card"><field name="name" /></t></templates>
            </kanban>`,
        "search,false": `
            <search>
                <filter name="deal_review_open" string="Open" domain="[['won_status', '=', 'pending']]"
                    context="{'deal_review_tile': 'open'}" />
                <filter name="office" string="Offices" domain="[['name', 'ilike', 'office']]" />
                <filter name="by_team" string="Team" context="{'group_by': 'team_id'}" />
            </search>`,
    };
}

defineMailModels();
defineModels([CrmTeam, CrmLead]);
preloadBundle("web.assets_backend_lazy");
preloadBundle("sales_process_control.assets_deal_review");

let calls;
let forecastCalls;
let contexts;

beforeEach(() => {
    calls = [];
    forecastCalls = [];
    contexts = [];
    onRpc("crm.deal.review", "get_tiles", ({ args }) => {
        calls.push(args);
        return makeAnswer();
    });
    onRpc("crm.deal.review", "get_forecast_tiles", ({ args }) => {
        forecastCalls.push(args);
        return makeForecast();
    });
    onRpc("web_search_read", ({ kwargs }) => {
        contexts.push(kwargs.context);
    });
});

async function settle() {
    await animationFrame();
    await advanceTime(500);
    await animationFrame();
}

async function mountReview(values = {}) {
    await mountView({
        type: "list",
        resModel: "crm.lead",
        context: { search_default_deal_review_open: 1 },
        loadIrFilters: true,
        ...values,
    });
    await settle();
}

async function click(selector) {
    await contains(selector).click();
    await settle();
}

const textOf = (key) => queryAllTexts(`[data-tile='${key}'] > span`);
const facets = () => queryAllTexts(".o_facet_value");
const deals = () => queryAllTexts(".o_data_row td[name='name']");
const pressed = () => queryAllTexts(".o_deal_review_tile[aria-pressed='true'] .text-muted:first-child");

describe.current.tags("desktop");

test("tiles show totals, what changed, and what is not listed", async () => {
    await mountReview();
    expect(textOf("open")).toEqual(["open", "2 · $ 121K", "▼ 1 · $ 87K"]);
    expect(textOf("expected")).toEqual(["expected", "$ 121K", "$ 240K to $ 395K", "incl. $ 20K to come"]);
    expect(textOf("target")).toEqual(["target", "$ 600K", "gap −$ 100K", "coverage 3.4×"]);
    expect(textOf("pushed")).toEqual(["pushed", "2 · $ 121K", "1 deal of $ 2,000 not listed"]);
    expect(textOf("lost")).toEqual(["lost", "2 · $ 96K", "1 deal of $ 3,000 not listed"]);
    expect("button[data-tile]").toHaveCount(5);
    expect("div[data-tile='target']").toHaveCount(1);
    expect(calls).toEqual([["-7d", false, false]]);
    expect(forecastCalls).toEqual([[false, false]]);
});

test("a change that reads as zero is not shown", async () => {
    onRpc("crm.deal.review", "get_tiles", () => {
        const tiles = makeTiles();
        Object.assign(tiles[0], { change: { value: 2, amount: 0.4 }, rest: { value: 0, amount: -0.4 } });
        return makeAnswer({ tiles });
    });
    await mountReview();
    expect(textOf("open")).toEqual(["open", "2 · $ 121K", "▲ 2"]);
});

test("amounts without an exchange rate of all tiles are named", async () => {
    const amountOf = (what) => ({ currency_id: 2, name: "JPY", amount: 500, what });
    onRpc("crm.deal.review", "get_tiles", () =>
        makeAnswer({ left_out: [amountOf("open deals")], changes_left_out: [amountOf("lost deals")] })
    );
    onRpc("crm.deal.review", "get_forecast_tiles", () => ({
        ...makeForecast(),
        left_out: [amountOf("open deals"), amountOf("targets")],
    }));
    await mountReview();
    expect(queryAllTexts(".o_deal_review_left_out")).toEqual([
        "Not included: open deals 500 JPY, targets 500 JPY, lost deals 500 JPY (no exchange rate)",
    ]);
});

/** Answer with few deals to come, of an amount. */
function mockFewToCome(amount) {
    onRpc("crm.deal.review", "get_forecast_tiles", () => {
        const forecast = makeForecast();
        forecast.tiles.expected.to_come = { value: 0.04, amount };
        return forecast;
    });
}

test("few deals to come are named if the expected amount has theirs", async () => {
    mockFewToCome(40_000);
    await mountReview();
    expect(textOf("expected")).toEqual(["expected", "$ 121K", "$ 240K to $ 395K", "incl. $ 40K to come"]);
});

test("nothing to come is not named", async () => {
    mockFewToCome(0.4);
    await mountReview();
    expect(textOf("expected")).toEqual(["expected", "$ 121K", "$ 240K to $ 395K"]);
});

test("tiles that wait for the forecast have placeholders, and open their deals already", async () => {
    const answer = new Deferred();
    onRpc("crm.deal.review", "get_forecast_tiles", () => answer);
    await mountReview();
    expect(".o_deal_review_tile_waiting").toHaveCount(2);
    expect(textOf("open")[1]).toBe("2 · $ 121K");
    await click("[data-tile='expected']");
    expect(pressed()).toEqual(["expected"]);
    answer.resolve(makeForecast());
    await settle();
    expect(".o_deal_review_tile_waiting").toHaveCount(0);
    expect(textOf("expected")[1]).toBe("$ 121K");
});

test("the forecast of the same deals is read once at a time", async () => {
    const answer = new Deferred();
    let reads = 0;
    onRpc("crm.deal.review", "get_forecast_tiles", () => {
        reads++;
        return answer;
    });
    await mountReview();
    await contains(".o_query_period").select("-30d");
    await settle();
    expect(calls.at(-1)[0]).toBe("-30d");
    expect(reads).toBe(1);
    answer.resolve(makeForecast());
    await settle();
    expect(textOf("expected")[1]).toBe("$ 121K");
});

test("a forecast that could not be read leaves the other tiles", async () => {
    let fails = true;
    onRpc("crm.deal.review", "get_forecast_tiles", () => {
        if (fails) {
            throw new Error("The server is busy");
        }
    });
    await mountReview();
    expect(textOf("open")[1]).toBe("2 · $ 121K");
    expect(textOf("expected")[1]).toBe("not read");
    fails = false;
    await click(".o_deal_review_failed button");
    expect(".o_deal_review_failed").toHaveCount(0);
    expect(textOf("expected")[1]).toBe("$ 121K");
});

for (const [change, label] of [
    [{ value: 3, amount: 87_000 }, "▲ 3 · $ 87K"],
    [{ value: 3, amount: -87_000 }, "▲ 3 · ▼ $ 87K"],
    [{ value: 0, amount: -87_000 }, "▼ $ 87K"],
    [{ value: -2, amount: 0 }, "▼ 2"],
]) {
    test(`number and amount of open deals have a sign each where they differ: ${label}`, async () => {
        const open = makeTile("open", { domain: OPEN, context: {}, change });
        onRpc("crm.deal.review", "get_tiles", () => makeAnswer({ tiles: [open] }));
        await mountReview();
        expect(textOf("open")[2]).toBe(label);
    });
}

test("the target opens its records, and says of which months there is none", async () => {
    mockService("action", { doAction: (action) => expect.step(action.res_model) });
    const incomplete = [{ name: "My Company", months: 2 }];
    onRpc("crm.deal.review", "get_forecast_tiles", () => makeForecast({ ...TARGET, incomplete }));
    await mountReview();
    expect(textOf("target").at(-1)).toBe("The target is incomplete: My Company 2 of 3 months.");
    await click("[data-tile='target'] .o_record_number");
    expect.verifySteps(["crm.sales.target"]);
});

test("without a target a manager can set one", async () => {
    mockService("action", { doAction: (action) => expect.step(action) });
    onRpc("crm.deal.review", "get_forecast_tiles", () => makeForecast(NO_TARGET));
    await mountReview();
    expect(textOf("target")).toEqual(["target", "no target set"]);
    await click(".o_deal_review_set_target");
    expect.verifySteps(["sales_process_control.crm_sales_target_action"]);
});

test("without a target others read only that there is none", async () => {
    onRpc("crm.deal.review", "get_forecast_tiles", () => makeForecast(NO_TARGET, false));
    await mountReview();
    expect(textOf("target")).toEqual(["target", "no target set"]);
    expect(".o_deal_review_set_target").toHaveCount(0);
});

test("the open deals are listed first, and their tile is pressed", async () => {
    await mountReview();
    expect(facets()).toEqual(["Open"]);
    expect(pressed()).toEqual(["open"]);
    expect(deals()).toEqual(["Office fit-out", "Reception counter"]);
});

test("a tile filters the list by a facet; a second click removes it", async () => {
    await mountReview();
    await click("[data-tile='pushed']");
    expect(facets()).toEqual(["pushed"]);
    expect(pressed()).toEqual(["pushed"]);
    expect(deals()).toEqual(["Reception counter"]);
    expect(contexts.at(-1)).toMatchObject({ pipeline_change: "pushed", changed_since: "-7d" });
    await click("[data-tile='pushed']");
    expect(facets()).toEqual([]);
    expect(pressed()).toEqual([]);
    expect(deals()).toHaveLength(3);
    expect(calls).toHaveLength(1);
});

test("the facet of a tile can be removed in the search bar", async () => {
    await mountReview();
    await click("[data-tile='won']");
    expect(deals()).toEqual(["Archive shelves"]);
    await click(".o_facet_remove");
    expect(pressed()).toEqual([]);
    expect(deals()).toHaveLength(3);
});

test("a tile removes filters that would leave out some of its deals, and keeps groups", async () => {
    await mountReview({ context: { search_default_office: 1, search_default_by_team: 1 } });
    expect(facets()).toEqual(["Offices", "Team"]);
    await click("[data-tile='pushed']");
    expect(facets()).toEqual(["Team", "pushed"]);
});

test("the day is chosen: the columns and the tiles follow", async () => {
    await mountReview();
    await contains(".o_query_period").select("-30d");
    await settle();
    expect(calls.at(-1)).toEqual(["-30d", false, false]);
    expect(contexts.at(-1).changed_since).toBe("-30d");
    expect(facets()).toEqual(["Changed since 30 days ago", "Open"]);
    await click(".o_facet_remove:first");
    expect(calls.at(-1)).toEqual(["-7d", false, false]);
    expect(".o_query_period").toHaveValue("-7d");
});

test("a day in the calendar", async () => {
    await mountReview();
    await contains(".o_query_period").select("date");
    await settle();
    expect(calls.at(-1)).toEqual(["2026-03-03", false, false]);
    expect(".o_deal_review_calendar input").toHaveValue("03/03/2026");
    expect(facets()[0]).toBe("Changed since 03/03/2026");
});

test("a team filters the list; with a tile, the tile has the deals of the team", async () => {
    await mountReview();
    await contains(".o_query_team input").click();
    await settle();
    await click(".o-autocomplete--dropdown-item:contains(Direct Sales)");
    expect(calls.at(-1)).toEqual(["-7d", 1, false]);
    expect(facets()).toEqual(["Direct Sales", "Open"]);
    expect(deals()).toEqual(["Office fit-out"]);
    await click("[data-tile='pushed']");
    // The tile's deals are those whose changes were the team's, whoever has them now.
    expect(facets()).toEqual(["Direct Sales", "pushed"]);
    expect(deals()).toEqual(["Reception counter"]);
    await click(".o_searchview_facet:contains(pushed) .o_facet_remove");
    expect(facets()).toEqual(["Direct Sales"]);
    expect(deals()).toEqual(["Office fit-out"]);
    await click("[data-tile='pushed']");
    await click(".o_searchview_facet:contains(Direct Sales) .o_facet_remove");
    expect(calls.at(-1)).toEqual(["-7d", false, false]);
    expect(pressed()).toEqual(["pushed"]);
});

test("the calendar offers no day that the server refuses", async () => {
    // The reader is in a time zone in which the next day of the company, the 10th, has begun.
    mockDate("2026-03-11 01:00:00");
    await mountReview();
    await contains(".o_query_period").select("date");
    await settle();
    await contains(".o_deal_review_calendar input").click();
    await animationFrame();
    const days = queryAllTexts(".o_date_item_cell:not([disabled]):not(.o_out_of_range)");
    expect(days).toInclude("9");
    expect(days).not.toInclude("10");
});

test("a late answer to an earlier choice does not change the deals of the list", async () => {
    await mountReview();
    await click("[data-tile='pushed']");
    const answers = { "-30d": new Deferred(), "-1d": new Deferred() };
    onRpc("crm.deal.review", "get_tiles", ({ args }) => answers[args[0]]);
    await contains(".o_query_period").select("-30d");
    await contains(".o_query_period").select("-1d");
    answers["-1d"].resolve(answerWithDeal(1));
    await settle();
    expect(facets()).toEqual(["Changed since yesterday", "pushed"]);
    expect(deals()).toEqual(["Office fit-out"]);
    answers["-30d"].resolve(answerWithDeal(3));
    await settle();
    await contains(".o_query_team input").click();
    expect(facets()).toEqual(["Changed since yesterday", "pushed"]);
    expect(deals()).toEqual(["Office fit-out"]);
    // The next press of the tile uses the answer to the last choice.
    await click("[data-tile='pushed']");
    await click("[data-tile='pushed']");
    expect(deals()).toEqual(["Office fit-out"]);
});

test("the answer of a reload that comes late does not replace that of a choice", async () => {
    const reload = new Deferred();
    await mountReview();
    onRpc("crm.deal.review", "get_tiles", ({ args }) => (args[0] === "-30d" ? reload : answerWithDeal(1)));
    // Without a tile, the list follows at once, and the banner reads its totals.
    await contains(".o_query_period").select("-30d");
    await settle();
    await contains(".o_query_period").select("-1d");
    await settle();
    reload.resolve(answerWithDeal(3));
    await settle();
    await click("[data-tile='pushed']");
    expect(deals()).toEqual(["Office fit-out"]);
});

test("a choice that is made while another one waits adds to it", async () => {
    await mountReview();
    await click("[data-tile='pushed']");
    const answer = new Deferred();
    onRpc("crm.deal.review", "get_tiles", () => answer);
    await contains(".o_query_period").select("-30d");
    await click("[data-tile='won']");
    answer.resolve(makeAnswer());
    await settle();
    expect(facets()).toEqual(["Changed since 30 days ago", "won"]);
    expect(pressed()).toEqual(["won"]);
});

test("a favorite keeps what is chosen", async () => {
    onRpc("ir.filters", "create_filter", ({ args }) => {
        expect.step(args[0].context);
        return [7];
    });
    await mountReview();
    await contains(".o_query_period").select("-1d");
    await settle();
    await click("[data-tile='pushed']");
    await click(".o_searchview_dropdown_toggler");
    await click(".o_add_favorite");
    await contains(".o_favorite_menu input[type='text'], .o_search_bar_menu input[type='text']").edit("Monday");
    await click(".o_save_favorite");
    expect.verifySteps([{ group_by: [], changed_since: "-1d", deal_review_tile: "pushed", pipeline_change: "pushed" }]);
    expect(facets()).toEqual(["Monday"]);
    expect(pressed()).toEqual(["pushed"]);
    expect(".o_query_period").toHaveValue("-1d");
    await click("[data-tile='won']");
    expect(facets()).toEqual(["Changed since yesterday", "won"]);
});

test("a failure is said, and the list stays", async () => {
    let fails = true;
    onRpc("crm.deal.review", "get_tiles", () => {
        if (fails) {
            throw new Error("The server is busy");
        }
    });
    await mountReview();
    expect(".o_deal_review_failed").toHaveCount(1);
    expect(deals()).toHaveLength(2);
    fails = false;
    await click(".o_deal_review_failed button");
    expect(".o_deal_review_failed").toHaveCount(0);
    expect("[data-tile='open']").toHaveCount(1);
});

test("the focus stays in the banner when the totals are read again", async () => {
    let fails = true;
    onRpc("crm.deal.review", "get_tiles", () => {
        if (fails) {
            throw new Error("The server is busy");
        }
    });
    await mountReview();
    fails = false;
    await click(".o_deal_review_failed button");
    expect(".o_deal_review_banner").toBeFocused();
});

test("tiles of all teams are not shown under a chosen team", async () => {
    const answer = new Deferred();
    onRpc("crm.deal.review", "get_tiles", ({ args }) => (args[1] ? answer : undefined));
    await mountReview();
    await contains(".o_query_team input").click();
    await settle();
    await click(".o-autocomplete--dropdown-item:contains(Direct Sales)");
    expect(deals()).toEqual(["Office fit-out"]);
    expect("[data-tile]").toHaveCount(0);
    expect(".o_query_team input").toHaveValue("Direct Sales");
    answer.resolve(makeAnswer());
    await settle();
    expect("button[data-tile]").toHaveCount(5);
});

test("a failure under a chosen team is said, without the tiles of all teams", async () => {
    onRpc("crm.deal.review", "get_tiles", ({ args }) => {
        if (args[1]) {
            throw new Error("The server is busy");
        }
    });
    await mountReview();
    await contains(".o_query_team input").click();
    await settle();
    await click(".o-autocomplete--dropdown-item:contains(Direct Sales)");
    expect("[data-tile]").toHaveCount(0);
    expect(".o_deal_review_failed").toHaveCount(1);
});

async function returnToTab() {
    document.dispatchEvent(new Event("visibilitychange"));
    await advanceTime(3000);
    await settle();
}

test("when tiles have changed on return, the list is read again, with the deals of the pressed tile", async () => {
    await mountReview();
    await click("[data-tile='pushed']");
    expect(deals()).toEqual(["Reception counter"]);
    const lists = contexts.length;
    await returnToTab();
    expect(contexts).toHaveLength(lists);
    onRpc("crm.deal.review", "get_tiles", () => answerWithDeal(1));
    await returnToTab();
    expect(facets()).toEqual(["pushed"]);
    expect(deals()).toEqual(["Office fit-out"]);
    await click("[data-tile='pushed']");
    const all = contexts.length;
    onRpc("crm.deal.review", "get_tiles", () => makeAnswer({ tiles: makeTiles().slice(0, 3) }));
    await returnToTab();
    expect(contexts).toHaveLength(all + 1);
});

const EDITABLE = `
    <list js_class="deal_review_list" class="o_deal_review" multi_edit="1">
        <header><button name="action_record_progress" type="object" string="Record Progress" /></header>
        <field name="name" />
    </list>`;

async function selectFirst() {
    await contains(".o_data_row:eq(0) .o_list_record_selector input").click();
    await settle();
}

test("deals that are selected stay selected when tiles have changed on return", async () => {
    await mountReview({ arch: EDITABLE });
    await selectFirst();
    onRpc("crm.deal.review", "get_tiles", () => answerWithDeal(1));
    await returnToTab();
    expect(".o_data_row_selected").toHaveCount(1);
});

test("the totals are read again after deals of the list were changed", async () => {
    onRpc("crm.lead", "action_record_progress", () => false);
    await mountReview({ arch: EDITABLE });
    await selectFirst();
    await click(".o_list_buttons button:contains(Record Progress), .o_control_panel button:contains(Record Progress)");
    expect(calls).toHaveLength(2);
    expect(forecastCalls).toHaveLength(2);
    await selectFirst();
    await contains(".o_data_row:eq(0) td[name='name']").click();
    await contains(".o_data_row td[name='name'] input").edit("Office fit-out, floor 3");
    await settle();
    expect(calls).toHaveLength(3);
    // Sorting and searching change no deal.
    await click("th[data-name='name']");
    await click("[data-tile='won']");
    expect(calls).toHaveLength(3);
});

test("the cards have the same banner", async () => {
    await mountReview({ type: "kanban" });
    expect(".o_kanban_record:not(.o_kanban_ghost)").toHaveCount(2);
    await click("[data-tile='won']");
    expect(queryAllTexts(".o_kanban_record:not(.o_kanban_ghost)")).toEqual(["Archive shelves"]);
});
