import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import {
    contains,
    defineActions,
    defineMenus,
    defineModels,
    fields,
    getService,
    models,
    mountWebClient,
} from "@web/../tests/web_test_helpers";
import { Forecast } from "@sales_process_control/forecast/forecast";
import { ProcessReview } from "@sales_process_control/review/process_review";
import { mockForecast } from "./forecast_helpers";
import { defineReviewModels, mockReview, settle } from "./review_helpers";

class CrmForecast extends models.Model {
    _name = "crm.forecast";
    team_id = fields.Integer();
    _views = { search: `<search><field name="team_id" /></search>` };
    _filters = [];
}

defineReviewModels();
defineModels([CrmForecast]);
defineMenus([{ id: 0 }]); // without it, the first action is opened
defineActions([
    { id: 8, path: "process-review", name: "Review", tag: "test_review", type: "ir.actions.client" },
    { id: 9, path: "sales-forecast", name: "Forecast", tag: "test_forecast", type: "ir.actions.client" },
    { id: 10, name: "Teams", res_model: "crm.team", type: "ir.actions.act_window", views: [[false, "list"]] },
]);

describe.current.tags("desktop");

beforeEach(() => {
    registry.category("actions").add("test_review", ProcessReview).add("test_forecast", Forecast);
});

/** Open the review in the web client, and choose a period and a team. */
async function openReview() {
    const calls = mockReview();
    await mountWebClient();
    await getService("action").doAction(8);
    await settle();
    await contains(".o_query_period").select("3_months");
    await settle();
    await contains(".o_query_team input").click();
    await contains(".o-autocomplete--dropdown-item:contains(Direct Sales)").click();
    await settle();
    expect(calls.at(-1).slice(0, 4)).toEqual(["3_months", 1, false, false]);
    return calls;
}

test("the browser's Back button leads to the page that was left, with its filters", async () => {
    const calls = await openReview();
    mockForecast();
    await getService("action").doAction(9, { clearBreadcrumbs: true });
    await settle();
    expect(".o_sales_forecast").toHaveCount(1);
    expect(browser.location.search).toBe("?period=quarter");
    calls.length = 0;
    browser.history.back();
    await settle();
    expect(".o_process_review").toHaveCount(1);
    expect(calls[0].slice(0, 4)).toEqual(["3_months", 1, false, false]);
    expect(".o_query_period").toHaveValue("3_months");
});

test("returning by the breadcrumbs leaves the address of the list as it was", async () => {
    const calls = await openReview();
    await getService("action").doAction(10);
    await settle();
    const address = browser.location.href;
    await getService("action").restore(); // as a breadcrumb does
    await settle();
    expect(".o_process_review").toHaveCount(1);
    expect(browser.location.search).toBe("?period=3_months&team=1");
    expect(calls.at(-1).slice(0, 2)).toEqual(["3_months", 1]);
    browser.history.back();
    await settle();
    expect(".o_list_view").toHaveCount(1);
    expect(browser.location.href).toBe(address);
});
