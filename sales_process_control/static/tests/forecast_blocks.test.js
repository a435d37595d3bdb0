import { beforeEach, describe, expect, queryAll, queryAllTexts, queryOne, test } from "@odoo/hoot";
import { router } from "@web/core/browser/router";
import { contains, mockService } from "@web/../tests/web_test_helpers";
import { makeAccuracy, makeDeals, makeOwner, makeOwners, makeTotal, makeTrail, WITHOUT_TARGET } from "./forecast_data";
import { defineForecastModels, drawnTrail, mockForecast, mountForecast } from "./forecast_helpers";

defineForecastModels();

describe.current.tags("desktop");

beforeEach(() => router.pushState({}, { sync: true, replace: true }));

/** Mount the page with other content of one block. */
function mountBlock(name, data, values = {}) {
    mockForecast({ blocks: { [name]: data }, ...values });
    return mountForecast();
}

function mockActions() {
    const actions = [];
    mockService("action", { doAction: (action) => actions.push(action) });
    return actions;
}

function sizes() {
    return queryAll(".o_forecast_part").map((part) => [
        part.dataset.part,
        Math.round(Number(part.style.getPropertyValue("--o-from"))),
        Math.round(Number(part.style.getPropertyValue("--o-size"))),
    ]);
}

// Total

test("the forecast is a sentence", async () => {
    await mountBlock("total", makeTotal());
    expect(".o_forecast_headline").toHaveText(
        /^\$ 500K, between \$ 430K and \$ 575K in 8 of 10 cases; target \$ 600K$/
    );
    expect(".o_forecast_bar").toHaveAttribute("aria-label", queryOne(".o_forecast_headline").textContent);
});

test("the parts are on one bar, up to the target", async () => {
    await mountBlock("total", makeTotal());
    expect(sizes()).toEqual([
        ["won", 0, 31],
        ["expected", 31, 40],
        ["to_come", 71, 12],
    ]);
    expect(queryOne(".o_forecast_target").style.getPropertyValue("--o-from")).toBe("100");
    expect(".o_forecast_range").toHaveCount(1);
});

test("parts open their records", async () => {
    const actions = mockActions();
    await mountBlock("total", makeTotal());
    await contains("[data-part='won'] .o_record_number").click();
    await contains("[data-part='expected'] .o_record_number").click();
    expect(actions.map(({ res_model }) => res_model)).toEqual(["crm.win.report", "crm.lead"]);
});

test("what is still to come has no records, and is explained", async () => {
    await mountBlock("total", makeTotal());
    expect("#o_forecast_arrivals").toHaveText("");
    await contains(".o_forecast_explain").click();
    expect("#o_forecast_arrivals").toHaveText(/67 deals were created in the last 84 days, so 26 more are expected/);
    expect("#o_forecast_arrivals").toHaveText(/17% of these are won in the period, with \$ 15,652 on average/);
    expect(".o_forecast_explain").toHaveAttribute("aria-expanded", "true");
});

test("few deals still to come are shown if the headline has their amount", async () => {
    await mountBlock("total", makeTotal({ to_come_count: 0.04, to_come_amount: 40000 }));
    expect(".o_forecast_explain").toHaveText(/^fewer than 0\.1 deals still to come \(\$ 40K\)$/);
    expect(sizes().at(-1)[0]).toBe("to_come");
});

test("nothing still to come is not shown", async () => {
    await mountBlock("total", makeTotal({ to_come_count: 0.04, to_come_amount: 0.4 }));
    expect(".o_forecast_explain, [data-part='to_come']").toHaveCount(0);
});

test("a part of the bar that is too narrow for a button has its line only", async () => {
    await mountBlock("total", makeTotal({ won_amount: 6000, to_come_amount: 54000 }));
    expect("[data-part='won']").toHaveAttribute("title", /^\$\s6,000 won$/);
    expect("[data-part='won'] button, [data-part='to_come'] button").toHaveCount(0);
    expect("[data-part='expected'] button").toHaveCount(1);
    expect(".o_forecast_counts").toHaveText(/12 won \(\$ 6,000\)/);
    expect(".o_forecast_counts button").toHaveCount(3);
    for (const part of queryAll(".o_forecast_part")) {
        const size = Number(part.style.getPropertyValue("--o-size"));
        const whole = part.parentElement.getBoundingClientRect().width;
        expect(part.getBoundingClientRect().width).toBeWithin((whole * size) / 100 - 1, (whole * size) / 100 + 1);
    }
});

test("how far the forecast is from the target", async () => {
    await mountBlock("total", makeTotal());
    expect(".o_forecast_note").toHaveText(/^\$ 100K below the target, which is above the range\./);
});

test("a target of a part of the months is said", async () => {
    const target = { ...makeTotal().target, amount: 450000, months: 2 };
    await mountBlock("total", makeTotal({}, { target }));
    expect(".o_forecast_note").toHaveText(/\$ 50K above the target, which is in the range\./);
    expect(".o_forecast_note").toHaveText(/The target is incomplete: 2 of 3 months\./);
});

test("companies without a target for every month are named", async () => {
    const incomplete = [{ name: "Second Company", months: 0 }];
    await mountBlock("total", makeTotal({}, { target: { ...makeTotal().target, incomplete } }));
    expect(".o_forecast_note").toHaveText(/The target is incomplete: Second Company 0 of 3 months\./);
});

test("without a target nothing is compared", async () => {
    await mountBlock("total", makeTotal({}, { target: false }));
    expect(".o_forecast_target, .o_forecast_note").toHaveCount(0);
    expect(".o_forecast_headline").toHaveText(/8 of 10 cases$/);
});

const UNKNOWN = {
    is_known: false,
    expected_amount: null,
    to_come_amount: null,
    to_come_count: null,
    total_amount: null,
    amount_low: null,
    amount_high: null,
};

test("without history nothing is made up", async () => {
    await mountBlock("total", makeTotal(UNKNOWN, { target: false, arrivals: false }));
    expect(".o_forecast_headline").toHaveText(/^\$ 188K won so far$/);
    expect(".o_forecast_unknown").toHaveText(/not known yet/);
    expect(".o_forecast_range, .o_forecast_explain").toHaveCount(0);
    expect(".o_forecast_part").toHaveCount(1);
});

test("a company without deals says what to do", async () => {
    const parts = { ...UNKNOWN, won_count: 0, won_amount: 0, open_count: 0 };
    await mountBlock("total", makeTotal(parts, { target: false, arrivals: false }));
    expect(".o_forecast_total .o_block_empty").toHaveText(/No deals open or won in this period yet/);
});

test("deals without amounts are forecast as a number of deals", async () => {
    const parts = {
        won_amount: 0,
        expected_amount: 0,
        to_come_amount: 0,
        total_amount: 0,
        amount_low: 0,
        amount_high: 0,
    };
    await mountBlock("total", makeTotal(parts, { target: false }));
    expect(".o_forecast_headline").toHaveText("31 deals, between 26 and 36 in 8 of 10 cases");
    expect("[data-part='won']").toHaveText("12 won");
});

test("deals without an amount, with an unknown chance or without an exchange rate are named", async () => {
    const leftOut = [{ currency_id: 3, name: "JPY", amount: 5000 }];
    const without = { ...makeTotal().without_amount, value: 3 };
    await mountBlock("total", makeTotal({ open_not_known: 2 }, { without_amount: without, left_out: leftOut }));
    expect(".o_forecast_counts").toHaveText(/3 without an amount, counted as 0/);
    expect(".o_forecast_unknown").toHaveText(/The chance of 2 of 41 open deals is not known yet/);
    expect(".o_forecast_left_out").toHaveText(/5,000 JPY/);
});

// Deals

test("deals are listed with their chances and evidence", async () => {
    const actions = mockActions();
    await mountBlock("deals", makeDeals());
    expect(queryAllTexts("[data-deal='1'] td").map((text) => text.replace(/^.*\n/, ""))).toEqual([
        "Bidding, 9 days",
        "$ 64,000",
        "38%",
        "55%",
        "Of 88 deals that stayed in Bidding longer than 9 days, 47 were signed.",
    ]);
    expect("[data-deal='2'] [data-cell='chance']").toHaveText(/not known yet$/);
    expect("[data-deal='2'] [data-cell='amount']").toHaveText(/none$/);
    expect(".o_forecast_deals .o_block_head").toHaveText(/These 2: \$ 40K of the expected \$ 240K/);
    await contains("[data-deal='1'] .o_forecast_deal").click();
    await contains(".o_forecast_deals .o_block_head .o_record_number:contains(All 41 deals)").click();
    expect(actions[0].res_id).toBe(1);
    expect(actions[1].domain).toEqual([["id", "=", 41]]);
});

test("deals of a period to come are likely in it, not by its end", async () => {
    await mountBlock("deals", makeDeals(), { start: "2027-01-01", end: "2027-03-31", period_name: "Q1 2027" });
    expect(queryAllTexts(".o_forecast_deals th[scope='col']")[3]).toBe("In Q1 2027");
    expect(".o_forecast_trail h2").toHaveText("Through the period");
});

test("without chances, the deals can be opened all the same", async () => {
    await mountBlock("deals", makeDeals({ deals: [], is_known: false, expected_amount: null }));
    expect(".o_forecast_deals .o_block_empty").toHaveText(/not known yet/);
    expect(".o_forecast_deals .o_block_head .o_record_number").toHaveText("All 41 deals");
});

// Trail

test("stored forecasts are a line with a band, beside what was won and the target", async () => {
    await mountBlock("trail", makeTrail());
    const { datasets } = drawnTrail();
    const line = (index) => datasets[index].data.map(({ x, y }) => [x, y]);
    expect(line(2)).toEqual([
        [0, 580000],
        [32, 540000],
        [58, 505000],
    ]);
    expect(line(3).at(-1)).toEqual([58, 188000]);
    expect(line(4)).toEqual([
        [0, 600000],
        [92, 600000],
    ]);
    expect(".o_forecast_sentence").toHaveText(/\$ 580K.*\$ 505K, of which \$ 188K was won/);
});

test("screen readers read a table, and others on demand", async () => {
    await mountBlock("trail", makeTrail());
    expect(".o_forecast_trail .o_numbers.visually-hidden tbody tr").toHaveCount(3);
    await contains(".o_forecast_trail .o_numbers_toggle").click();
    expect(queryAllTexts(".o_forecast_trail .o_numbers tbody tr:first-child td")).toEqual([
        "$ 505,000",
        "$ 435,000",
        "$ 580,000",
        "$ 188,000",
    ]);
});

test("without stored forecasts, a sentence says why", async () => {
    await mountBlock("trail", makeTrail({ days: [], reason: "No forecast of this period is stored yet." }));
    expect(".o_forecast_trail .o_block_empty").toHaveText("No forecast of this period is stored yet.");
    expect(".o_forecast_trail canvas").toHaveCount(0);
});

test("stored forecasts with amounts that have no exchange rate are counted", async () => {
    await mountBlock("trail", makeTrail({ without_rate: 2 }));
    expect(".o_forecast_without_rate").toHaveText(/^In 2 of 3, amounts in a currency without/);
});

test("one stored forecast is no line", async () => {
    await mountBlock("trail", makeTrail({ days: makeTrail().days.slice(-1) }));
    expect(".o_forecast_trail canvas").toHaveCount(0);
    expect(".o_forecast_sentence").toHaveText(/\$ 505K/);
});

// Owners

test("salespeople stand beside their targets", async () => {
    await mountBlock("owners", makeOwners());
    const cells = (owner) => queryAllTexts(`[data-owner='${owner}'] td`).map((text) => text.split("\n").at(-1));
    expect(cells(7)).toEqual(["$ 88K", "$ 96K", "$ 184K", "$ 200K", "−$ 16K", "2.7×"]);
    expect(cells(8).slice(-2)).toEqual(["+$ 9,000", "reached"]);
    expect(cells("false").slice(3, 4)).toEqual(["none"]);
});

test("a target of some months is marked in its row", async () => {
    const rows = [makeOwner(7, "Li Wei", { target_months: 2 }), makeOwner(8, "Zhang Min")];
    await mountBlock("owners", makeOwners({ sellers: { rows, more: 0, has_targets: true, left_out: [] } }));
    expect("[data-owner='7'] [data-cell='target']").toHaveText(/2 of 3 months$/);
    expect(".o_forecast_incomplete").toHaveCount(1);
});

test("each block names what has no exchange rate", async () => {
    const yen = { currency_id: 3, name: "JPY", amount: 5000 };
    const sellers = { ...makeOwners().sellers, left_out: [{ ...yen, what: "targets" }] };
    mockForecast({
        blocks: {
            deals: makeDeals({ left_out: [yen] }),
            owners: makeOwners({ sellers, left_out: [{ ...yen, what: "won deals" }] }),
            accuracy: makeAccuracy({ left_out: [{ ...yen, what: "won deals" }] }),
        },
    });
    await mountForecast();
    expect(queryAllTexts(".o_forecast_left_out")).toEqual([
        "Not included: 5,000 JPY (no exchange rate)",
        "Not included: targets 5,000 JPY (no exchange rate)",
        "Not included: won deals 5,000 JPY (no exchange rate)",
        "Not included: won deals 5,000 JPY (no exchange rate)",
    ]);
});

test("columns of targets are hidden where none is set", async () => {
    const sellers = { rows: [makeOwner(7, "Li Wei", WITHOUT_TARGET)], more: 2, has_targets: false, left_out: [] };
    await mountBlock("owners", makeOwners({ sellers }));
    expect(queryAllTexts(".o_forecast_owners th[scope='col']")).toEqual(["Salesperson", "Won", "Expected", "Forecast"]);
    expect(".o_forecast_owners").toHaveText(/and 2 more/);
});

test("several teams have a table of their own", async () => {
    const actions = mockActions();
    const teams = {
        rows: [makeOwner(1, "Direct Sales"), makeOwner(2, "Europe")],
        more: 0,
        has_targets: true,
        left_out: [],
    };
    await mountBlock("owners", makeOwners({ teams }));
    expect("[data-table='teams'] tbody tr").toHaveCount(2);
    await contains("[data-table='teams'] [data-owner='1'] [data-cell='expected'] .o_record_number").click();
    expect(actions[0].name).toBe("Open Deals: Direct Sales");
});

test("forecasts of owners are not known without history", async () => {
    const rows = [makeOwner(7, "Li Wei", { expected: null, to_come: null, total: null, gap: false })];
    await mountBlock(
        "owners",
        makeOwners({ sellers: { rows, more: 0, has_targets: true, left_out: [] }, is_known: false })
    );
    expect("[data-owner='7'] [data-cell='total']").toHaveText(/not known yet$/);
    expect("[data-owner='7'] [data-cell='gap']").toHaveText(/not known yet$/);
});
