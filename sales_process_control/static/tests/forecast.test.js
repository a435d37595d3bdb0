import { beforeEach, describe, expect, queryAllTexts, test } from "@odoo/hoot";
import { contains } from "@web/../tests/web_test_helpers";
import { makeScreen } from "./forecast_data";
import { defineForecastModels, mockForecast, mountForecast, settle } from "./forecast_helpers";
import { openAddress as openAddressOf } from "./page_helpers";

defineForecastModels();

describe.current.tags("desktop");

const NOTHING_CHOSEN = ["quarter", false, false, false];
const FIRST = ["total", "deals", "trail", "owners"];
const LATER = ["accuracy", "estimates"];

function openAddress(values) {
    openAddressOf(8, values);
}

beforeEach(() => openAddress({}));

test("the blocks are read in two requests", async () => {
    const calls = mockForecast();
    await mountForecast();
    expect(calls).toEqual([
        [...NOTHING_CHOSEN, FIRST],
        [...NOTHING_CHOSEN, LATER],
    ]);
    expect(".o_block_skeleton, .o_block_failed").toHaveCount(0);
    expect(queryAllTexts(".o_block h2")).toEqual([
        "Q4 2026",
        "Open deals behind the forecast",
        "Through the quarter",
        "By team and by salesperson",
        "Accuracy",
        "Quality of estimates",
    ]);
});

test("the page says how long the period goes on", async () => {
    mockForecast();
    await mountForecast();
    expect(".o_query_note").toHaveText("Q4 2026 ends in 33 days");
});

test("the last days of a period are said in words", async () => {
    let left = 1;
    mockForecast((args) => makeScreen(args, { days_left: left }));
    const page = await mountForecast();
    expect(".o_query_note").toHaveText("Q4 2026 ends tomorrow");
    left = 0;
    await page.model.load();
    await settle();
    expect(".o_query_note").toHaveText("Q4 2026 ends today");
});

test("a part that could not be read shows its error, and the others stay", async () => {
    mockForecast({ blocks: { trail: { error: "out of order" } } });
    await mountForecast();
    expect(".o_forecast_trail .o_block_failed").toHaveText(/out of order/);
    expect(".o_forecast_bar").toHaveCount(1);
});

test("each choice is asked of the server, and written to the address", async () => {
    const written = [];
    const calls = mockForecast();
    const page = await mountForecast({ updateActionState: (values) => written.push(values) });
    await contains(".o_query_period").select("next_month");
    await settle();
    await contains(".o_query_team input").click();
    await contains(".o-autocomplete--dropdown-item:contains(Europe)").click();
    await settle();
    expect(calls.slice(-2)).toEqual([
        ["next_month", 2, false, false, FIRST],
        ["next_month", 2, false, false, LATER],
    ]);
    expect(written.at(-1)).toEqual({ period: "next_month", team: 2, salesperson: undefined, company: undefined });
    expect(page.model.getFavoriteContext()).toEqual({
        forecast_period: "next_month",
        forecast_team: 2,
        forecast_salesperson: false,
        forecast_company: false,
    });
});

test("a link restores the query; what it does not know is left out", async () => {
    openAddress({ period: "6_months", team: 1, salesperson: "everybody" });
    const calls = mockForecast();
    await mountForecast();
    expect(calls[0]).toEqual(["quarter", 1, false, false, FIRST]);
    expect(".o_query_team input").toHaveValue("Direct Sales");
});

test("readers of own documents choose neither a team nor a salesperson", async () => {
    mockForecast({ may_compare_all: false });
    await mountForecast();
    expect(".o_query_period").toHaveCount(1);
    expect(".o_query_team, .o_query_salesperson, .o_query_company").toHaveCount(0);
});
