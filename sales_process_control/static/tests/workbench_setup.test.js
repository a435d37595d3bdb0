import { describe, expect, getFixture, queryAllAttributes, queryAllTexts, test } from "@odoo/hoot";
import { contains, onRpc } from "@web/../tests/web_test_helpers";
import { makeNumber } from "./workbench_data";
import { defineWorkbenchModels, mockActions, mockWorkbench, mountWorkbench, settle } from "./workbench_helpers";

defineWorkbenchModels(["setup"]);

describe.current.tags("desktop");

/** Return the data of the block, as `crm.workbench.setup` sends them. */
function makeSetup(values = {}) {
    return {
        company: { id: 1, name: "Deco" },
        done_count: 2,
        steps: [
            {
                key: "stages",
                state: "open",
                is_kept: false,
                stages: makeNumber(4, "Stages", "crm.stage"),
                limited: makeNumber(0, "Stages With a Limit", "crm.stage"),
                with_actions: makeNumber(0, "Stages With Sales Actions", "crm.stage"),
                suggestions: [{ stage_id: 5, name: "Bidding", days: 12, visits: 40 }],
                teams_without: [],
                ...values,
            },
            { key: "history", state: "done", deals: makeNumber(1204, "Imported Opportunities") },
            {
                key: "teams",
                state: "open",
                teams: makeNumber(1, "Sales Teams With Members", "crm.team"),
                members: makeNumber(2, "Members of Sales Teams", "crm.team.member"),
                targets: makeNumber(0, "Sales Targets of This Month", "crm.sales.target"),
            },
            {
                key: "weekly",
                state: "skipped",
                readers: makeNumber(0, "Readers of the Weekly Report", "res.users"),
                can_set: false,
            },
            { key: "alerts", state: "open", kinds: 0, can_set: true },
        ],
    };
}

/** Collect what the server is asked to do: [method, arguments]. */
function collectCalls() {
    const calls = [];
    onRpc("crm.workbench.setup", "*", ({ method, args }) => {
        calls.push([method, ...args]);
        return method === "take_suggested_limits" ? 1 : true;
    });
    return calls;
}

test("steps with their states, facts and buttons", async () => {
    const opened = mockActions();
    const calls = mockWorkbench({ setup: makeSetup() });
    await mountWorkbench();
    expect(".o_setup_progress").toHaveText("Deco: 2 of 5 steps");
    expect(queryAllAttributes(".o_setup_step", "data-state")).toEqual(["open", "done", "open", "skipped", "open"]);
    expect(queryAllTexts("[data-step=stages] .o_setup_facts > *")).toEqual([
        "4 stages",
        "0 with their own limit",
        "0 with sales actions",
    ]);
    expect("[data-step=history] .o_setup_facts").toHaveText("1,204 imported deals");
    expect("[data-step=history] .o_setup_skip").toHaveCount(0);
    expect("[data-step=weekly] .o_setup_skip").toHaveText("Do it anyway");
    expect("[data-step=weekly]").toHaveText(/An administrator switches it on/);
    expect(queryAllTexts("[data-step=alerts] button")).toEqual(["Choose alerts", "Skip"]);
    await contains("[data-step=stages] .o_setup_buttons button:contains(six-stage)").click();
    await settle();
    expect(opened[0][0]).toBe("sales_process_control.crm_process_loader_action");
    expect(opened[0][1].additionalContext).toEqual({ default_hides_others: true });
    // The states are read again once the dialog is closed.
    expect(calls.at(-1)).toEqual(["mine", ["setup"]]);
});

test("what a manager decides", async () => {
    mockWorkbench({ setup: makeSetup() });
    const calls = collectCalls();
    await mountWorkbench();
    await contains("[data-step=stages] button:contains(Keep my stages)").click();
    await contains("[data-step=history] ~ [data-step=teams] .o_setup_skip").click();
    await contains("[data-step=weekly] .o_setup_skip").click();
    await contains("[data-step=stages] button:contains(Use suggested)").click();
    expect(".modal").toHaveText(/Bidding: 12 days \(from 40 visits\)/);
    await contains(".modal .btn-primary").click();
    await settle();
    expect(calls).toEqual([
        ["keep_stages", true],
        ["skip_step", "teams", true],
        ["skip_step", "weekly", false],
        ["take_suggested_limits", [[5, 12]]],
    ]);
    await contains(".o_setup_toggle").click();
    expect(".o_setup_step").toHaveCount(0);
    await contains(".o_setup_put_away").click();
    await settle();
    expect(calls.at(-1)).toEqual(["put_away"]);
    expect(".o_workbench_setup").toHaveCount(0);
});

test("the preferences are those of the user, and the settings show what is looked for", async () => {
    const opened = mockActions();
    const setting = document.createElement("div");
    setting.id = "deal_alerts";
    setting.append(document.createElement("input"));
    getFixture().append(setting);
    mockWorkbench({ setup: makeSetup() });
    await mountWorkbench();
    await contains("[data-step=weekly] button:contains(For me)").click();
    await contains("[data-step=alerts] button:contains(Choose alerts)").click();
    await settle();
    expect(opened.map(([action]) => action)).toEqual([
        "sales_process_control.crm_my_preferences_action",
        "crm.crm_config_settings_action",
    ]);
    expect("#deal_alerts input").toBeFocused();
});

test("the focus goes on where the panel or the question was", async () => {
    mockWorkbench({ setup: makeSetup() });
    collectCalls();
    onRpc("res.users", "get_workbench_home", () => ({
        is_home: false,
        is_offered: true,
        tours: ["sales_process_control_seller"],
        can_set_up: false,
    }));
    onRpc("res.users", "answer_workbench_offer", () => true);
    await mountWorkbench();
    await contains(".o_workbench_offer .btn-secondary").click();
    await settle();
    expect(".o_workbench_offer").toHaveCount(0);
    expect(".o_workbench_home").toBeFocused();
    await contains(".o_setup_put_away").click();
    await settle();
    expect(".o_workbench_help").toBeFocused();
});

test("teams without a stage are named", async () => {
    mockWorkbench({ setup: makeSetup({ suggestions: [], teams_without: ["North", "South"] }) });
    await mountWorkbench();
    expect(".o_setup_warning").toHaveText("Without open stages, or without a won stage: North, South");
    expect("[data-step=stages] button:contains(Use suggested)").toHaveCount(0);
});

test("the panel is shown only if the server names it", async () => {
    mockWorkbench({});
    await mountWorkbench();
    expect(".o_workbench_setup").toHaveCount(0);
});
