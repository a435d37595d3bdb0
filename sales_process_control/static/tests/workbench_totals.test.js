import { describe, expect, queryAllTexts, test } from "@odoo/hoot";
import { contains } from "@web/../tests/web_test_helpers";
import { makeNumber } from "./workbench_data";
import { defineWorkbenchModels, mockActions, mockWorkbench, mountWorkbench, settle } from "./workbench_helpers";

defineWorkbenchModels(["totals"]);

describe.current.tags("desktop");

/** Return the data of the block, as `crm.workbench.totals` sends them. */
function makeTotals(values = {}) {
    return {
        period_name: "November 2026",
        until: "2026-11-30",
        currency_id: false,
        open: makeNumber(42, "Open Deals", "crm.lead", [["stage_id", "!=", 1]], { amount: 812000 }),
        is_known: true,
        expected_amount: 96000.4,
        expected: makeNumber(42, "Expected This Month from Open Deals", "crm.lead", [["stage_id", "!=", 2]]),
        won: makeNumber(1, "Won This Month", "crm.win.report", [["won", "=", 1]], { amount: 40000 }),
        total_amount: 150000,
        without_target: "",
        target: makeNumber(1, "Sales Targets", "crm.sales.target", [], { amount: 200000 }),
        gap: -50000,
        is_reached: false,
        coverage: 5.075,
        hot: makeNumber(1204, "Hot Customers", "crm.hot.flag", [["outcome", "=", "open"]], { amount: 0 }),
        left_out: [],
        ...values,
    };
}

async function mountTotals(values) {
    mockWorkbench({ totals: makeTotals(values) });
    await mountWorkbench();
}

function texts() {
    return queryAllTexts(".o_workbench_totals .o_total").map((text) => text.replaceAll("\n", " "));
}

test("the totals, with what they count", async () => {
    const opened = mockActions();
    await mountTotals();
    expect(texts()).toEqual([
        "Open 812,000 42 deals",
        "Expected by chance 96,000 from open deals, until Nov 30",
        "Won 40,000 1 deal",
        "My target 200,000 November 2026",
        "Forecast and target 50,000 below open deals are 5.1× what is still to be won",
        "Hot 0 1,204 flags",
    ]);
    await contains("[data-total=expected] .o_record_number").click();
    expect(opened[0][0].domain).toEqual([["stage_id", "!=", 2]]);
});

test("what is not known, not set or reached is said", async () => {
    const unknown = { is_known: false, expected_amount: null, total_amount: null };
    await mountTotals({ ...unknown, target: false, gap: false, coverage: false });
    expect(texts()[1]).toBe("Expected by chance not known yet too few deals were won or lost");
    expect(texts()[3]).toBe("My target not set November 2026");
    expect(texts()[4]).toBe("Forecast and target not known");
    expect("[data-total=target] button").toHaveCount(0);
});

test("a target that is reached, and amounts that are in no sum", async () => {
    const left = { currency_id: 9, name: "XTW", amount: 80, what: "hot flags" };
    await mountTotals({ is_reached: true, coverage: false, left_out: [left] });
    expect(texts()[4]).toBe("Forecast and target reached");
    expect(".o_totals_remark").toHaveText("Not included: hot flags 80 XTW (no exchange rate)");
});

test("teams without a target are named", async () => {
    mockWorkbench({ totals: makeTotals({ without_target: "North, South" }) });
    await mountWorkbench();
    await contains(".o_radio_chip[data-value=team]").click();
    await settle();
    expect(texts()[3]).toBe("Target 200,000 November 2026, none for North, South");
});
