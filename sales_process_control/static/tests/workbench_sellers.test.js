import { describe, expect, queryAllTexts, test } from "@odoo/hoot";
import { contains } from "@web/../tests/web_test_helpers";
import { makeNumber } from "./workbench_data";
import { defineWorkbenchModels, mockWorkbench, mountWorkbench, settle } from "./workbench_helpers";

defineWorkbenchModels(["sellers"]);

describe.current.tags("desktop");

function makeSeller(id, values) {
    return {
        user_id: id,
        name: "Li Wei",
        open: makeNumber(12, "Open Deals of Li Wei"),
        hot: makeNumber(3, "Hot Deals of Li Wei"),
        stalled: makeNumber(2, "Stalled Deals of Li Wei"),
        idle: makeNumber(4, "Deals of Li Wei Without Next Action"),
        promises: {
            kept: makeNumber(11, "Promises Kept by Li Wei", "crm.hot.report"),
            settled: makeNumber(14, "Promises of Li Wei", "crm.hot.report"),
            rate: 0.786,
            interval: [0.524, 0.924],
        },
        ...values,
    };
}

/** Return the data of the block, as `crm.workbench.sellers` sends them. */
function makeSellers() {
    return {
        sellers: [
            makeSeller(7, {}),
            makeSeller(8, {
                name: "Ana Ruiz",
                promises: {
                    kept: makeNumber(3, "Promises Kept by Ana Ruiz", "crm.hot.report"),
                    settled: makeNumber(4, "Promises of Ana Ruiz", "crm.hot.report"),
                    rate: false,
                    interval: false,
                },
            }),
            makeSeller(false, { name: "Unassigned" }),
        ],
        more: 1002,
        all: makeNumber(40, "Open Deals by Salesperson", "crm.lead", [], { context: { group_by: ["user_id"] } }),
    };
}

test("a row per salesperson with the kept promises", async () => {
    mockWorkbench({ sellers: makeSellers() });
    await mountWorkbench();
    await contains(".o_radio_chip[data-value=team]").click();
    await settle();
    expect("[data-seller='7'] .o_seller_name").toHaveText("Li Wei");
    expect(queryAllTexts("[data-seller='7'] td")).toEqual(["12", "3", "2", "4", "79% (52 to 92) 11 of 14"]);
    expect("[data-seller='8'] .o_seller_promises").toHaveText("3 of 4");
    expect("[data-seller='false']").toHaveText(/Unassigned/);
    expect(".o_workbench_sellers .o_block_more").toHaveText("1,002 more salespeople: open deals of all");
});
