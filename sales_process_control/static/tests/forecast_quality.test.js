import { beforeEach, describe, expect, queryAllTexts, queryOne, test } from "@odoo/hoot";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { contains, mockService, mountWithCleanup } from "@web/../tests/web_test_helpers";
import { ForecastAccuracy } from "@sales_process_control/forecast/forecast_accuracy";
import { ForecastEstimates } from "@sales_process_control/forecast/forecast_estimates";
import { makeAccuracy, makeEstimates, makePeriod } from "./forecast_data";

describe.current.tags("desktop");
defineMailModels();

let opened = [];

beforeEach(() => {
    opened = [];
    mockService("action", { doAction: (action) => opened.push(action) });
});

function mountBlock(component, data, answer = { period_kind: "month" }) {
    const props = {
        status: "ready",
        error: "",
        onRetry: () => {},
        data,
        answer,
        title: "Accuracy",
        className: "o_tested",
    };
    return mountWithCleanup(component, { props });
}

/** No number that the server does not know may be shown as one. */
function expectNoNonsense() {
    expect(queryOne(".o_tested").textContent).not.toMatch(/NaN|undefined|null|false|Infinity/);
}

const SENTENCES = ".o_forecast_accuracy_sentences li";

test("past periods with forecast, range and what was won", async () => {
    await mountBlock(ForecastAccuracy, makeAccuracy());
    expect(queryAllTexts("thead th")).toEqual(["Month", "Forecast", "Range", "Won"]);
    expect("tr[data-key='2026-10-01'] td:eq(0)").toHaveText("$ 152K");
    expect("tr[data-key='2026-10-01'] td:eq(1)").toHaveText("$ 132K to $ 172K");
    expect("tr[data-key='2026-10-01'] td:eq(2)").toHaveText(/^\$ 161K\s*✓ in the range$/);
    expect("tr[data-key='2026-09-01'] td:eq(2)").toHaveText(/^\$ 97K\s*✗ below$/);
    expect("tr[data-key='2026-08-01'] td:eq(2)").toHaveText(/^\$ 130K\s*✗ above$/);
    expect(queryAllTexts(".o_forecast_rebuilt")).toEqual(["rebuilt"]);
    expect(queryAllTexts(SENTENCES)).toEqual([
        "1 of 3 in the range; 8 of 10 are expected.",
        "The forecast was off by 24% of what was won.",
        "Weighted by stage: off by 46%",
        "By Odoo's probabilities: not known yet",
    ]);
    expectNoNonsense();
});

test("each number opens its records", async () => {
    await mountBlock(ForecastAccuracy, makeAccuracy());
    for (const button of ["th button", "td:eq(0) button", "td:eq(2) button"]) {
        await contains(`tr[data-key='2026-10-01'] ${button}`).click();
    }
    expect(opened.map(({ res_model: model, name }) => `${model}: ${name}`)).toEqual([
        "crm.forecast: Stored Forecasts: October 2026",
        "crm.forecast: Forecast on the First Day: October 2026",
        "crm.win.report: Won: October 2026",
    ]);
});

test("a method that is known of some periods stands beside the forecast of the same", async () => {
    const others = [
        { key: "stage_weighted", count: 2, off_by: false, own_off_by: false },
        { key: "odoo", count: 3, off_by: 0.39, own_off_by: 0.12 },
    ];
    const periods = Array.from({ length: 12 }, (_, month) => makePeriod(`2026-${month}`, "A month", 50000, 50000));
    await mountBlock(ForecastAccuracy, makeAccuracy({ others, periods, inside: 10, inside_share: 10 / 12 }));
    expect(queryAllTexts(SENTENCES)).toEqual([
        "10 of 12 in the range (83%); 8 of 10 are expected.",
        "The forecast was off by 24% of what was won.",
        "Weighted by stage: not known yet (recorded in 2 of 12)",
        "By Odoo's probabilities: off by 39% in 3 of 12, the forecast by 12% in these",
    ]);
});

test("few periods are not measured", async () => {
    const data = makeAccuracy({ periods: makeAccuracy().periods.slice(0, 2), off_by: false });
    await mountBlock(ForecastAccuracy, data, { period_kind: "quarter" });
    expect("thead th:eq(0)").toHaveText("Quarter");
    expect(queryAllTexts(SENTENCES)).toEqual(["The accuracy is shown after 3 quarters."]);
    expect(queryOne(".o_tested").textContent).not.toMatch(/%/);
});

test("nothing was won", async () => {
    await mountBlock(ForecastAccuracy, makeAccuracy({ off_by: false }));
    expect(`${SENTENCES}:eq(1)`).toHaveText("Nothing was won, so the accuracy is not known.");
    expectNoNonsense();
});

test("numbers of deals where there are no amounts", async () => {
    const period = makePeriod("2026-10-01", "October 2026", 7.25, 0, { low: 4, high: 11 });
    await mountBlock(ForecastAccuracy, makeAccuracy({ measure: "count", periods: [period] }));
    expect("tbody td:eq(0)").toHaveText(/^7\.[23]$/);
    expect("tbody td:eq(1)").toHaveText("4 to 11");
    expect("tbody td:eq(2)").toHaveText(/^4\s*✓ in the range$/);
});

test("why there is nothing", async () => {
    await mountBlock(ForecastAccuracy, { reason: "Choose a company.", periods: [] });
    expect(".o_block_empty").toHaveText("Choose a company.");
});

test("no forecast is stored yet", async () => {
    await mountBlock(ForecastAccuracy, makeAccuracy({ periods: [] }));
    expect(".o_block_empty").toHaveText(/^No forecast of a past period is stored yet/);
});

test("how many of the deals that were rated so were signed", async () => {
    await mountBlock(ForecastEstimates, makeEstimates());
    expect(queryAllTexts("thead th")).toEqual(["Estimate", "Salespeople", "Odoo's Probability", "Chance to Sign"]);
    expect("tr[data-key='80'] th").toHaveText("80 to 100%");
    expect("tr[data-key='80'] td:eq(0)").toHaveText(/^14 of 31\s*\(45%\)$/);
    // Few deals have no percentage.
    expect("tr[data-key='80'] td:eq(1)").toHaveText("6 of 8");
    expect("tr[data-key='80'] td:eq(2)").toHaveText("none");
    expect(queryAllTexts("tfoot td")).toEqual(["estimated 78%, signed 35%", "signed 6 of 8", "not known yet"]);
    expect(".o_forecast_estimates_note").toHaveText(/Odoo's probability is known for 8 of 71/);
    expect(".o_forecast_estimates_note").toHaveText(/The chance is known for 0 of 71\.$/);
    expectNoNonsense();
});

test("the deals of a band open", async () => {
    await mountBlock(ForecastEstimates, makeEstimates());
    await contains("tr[data-key='80'] td:eq(0) button:eq(0)").click();
    await contains("tr[data-key='80'] td:eq(0) button:eq(1)").click();
    expect(opened.map(({ name, domain }) => [name, domain[0][2]])).toEqual([
        ["Signed", 14],
        ["Rated", 31],
    ]);
});

test("no likelihood was recorded", async () => {
    await mountBlock(ForecastEstimates, makeEstimates({ deals: 0 }));
    expect(".o_block_empty").toHaveText(/^No likelihood was recorded/);
});
