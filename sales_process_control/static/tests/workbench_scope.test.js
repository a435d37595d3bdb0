import { describe, expect, queryAllTexts, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import { browser } from "@web/core/browser/browser";
import { user } from "@web/core/user";
import { contains, makeServerError, mockService, onRpc } from "@web/../tests/web_test_helpers";
import { makeBlocks, makeNumber, makeWorkbench } from "./workbench_data";
import { defineWorkbenchModels, mockActions, mockWorkbench, mountWorkbench, settle } from "./workbench_helpers";

defineWorkbenchModels();

describe.current.tags("desktop");

const TEAMS = [
    { id: 3, name: "Direct Sales" },
    { id: 4, name: "Partners" },
];
const PROCESSES = [
    { stage_ids: [1, 2], name: "Direct Sales", deals: 12 },
    { stage_ids: [1, 7], name: "Partners, Retail", deals: 1 },
];
const CHOICE_KEY = `sales_process_control.workbench.choice.${user.userId}.1.`;

function chooseScope(scope) {
    browser.localStorage.setItem(`sales_process_control.workbench.scope.${user.userId}`, scope);
}

function storedChoice(scope) {
    return JSON.parse(browser.localStorage.getItem(`${CHOICE_KEY}${scope}`));
}

/** Mock a server with two teams and two processes; returns scope, names, teams and process of each call. */
function mockTeams(refuse = () => {}) {
    const calls = [];
    onRpc("crm.lead", "get_workbench", ({ args: [scope, names, teamIds, process] }) => {
        calls.push([scope, names, teamIds, process]);
        refuse(scope, teamIds, process);
        const { funnel } = makeBlocks();
        const blocks = { funnel: { ...funnel, processes: PROCESSES, process: process || PROCESSES[0].stage_ids } };
        return {
            ...makeWorkbench(scope, names, blocks),
            teams: scope === "mine" ? [] : TEAMS,
            team_ids: teamIds || [],
        };
    });
    return calls;
}

function mockNotifications() {
    mockService("notification", { add: (message) => expect.step(String(message)) });
}

test("a choice is kept if the server refuses for another reason", async () => {
    browser.localStorage.setItem(`${CHOICE_KEY}mine`, JSON.stringify({ teamId: false, process: [1, 7] }));
    mockTeams((scope, teamIds, process) => {
        if (process || scope === "mine") {
            throw refusal("UserError", "Not now.");
        }
    });
    await mountWorkbench();
    await settle();
    expect(storedChoice("mine").process).toEqual([1, 7]);
});

function refusal(type, message) {
    return makeServerError({ type, message });
}

test("a team is chosen, kept for its scope and asked for", async () => {
    chooseScope("all");
    const calls = mockTeams();
    await mountWorkbench();
    expect(queryAllTexts(".o_workbench_team option")).toEqual(["All teams", "Direct Sales", "Partners"]);
    await contains(".o_workbench_team select").select("4");
    await settle();
    expect(calls.slice(2).map(([scope, , teamIds]) => [scope, teamIds])).toEqual([
        ["all", [4]],
        ["all", [4]],
    ]);
    expect(storedChoice("all")).toEqual({ teamId: 4, process: null });
    await contains(".o_radio_chip[data-value=team]").click();
    await settle();
    expect(calls.at(-1)[2]).toBe(null);
    await contains(".o_radio_chip[data-value=all]").click();
    await settle();
    expect(calls.at(-1)[2]).toEqual([4]);
    expect(".o_workbench_team select").toHaveValue("4");
    await contains(".o_workbench_team select").select("");
    await settle();
    expect(calls.at(-1)[2]).toBe(null);
});

test("own deals, and a single team, have no picker of teams", async () => {
    mockTeams();
    await mountWorkbench();
    expect(".o_workbench_team").toHaveCount(0);
});

test("a team that may no longer be chosen is dropped, and the reader is told", async () => {
    mockNotifications();
    chooseScope("team");
    browser.localStorage.setItem(`${CHOICE_KEY}team`, JSON.stringify({ teamId: 9, process: null }));
    const calls = mockTeams((scope, teamIds) => {
        if (teamIds?.includes(9)) {
            throw refusal("AccessError", "You cannot choose this team.");
        }
    });
    await mountWorkbench();
    await settle();
    expect(calls.map(([scope, , teamIds]) => [scope, teamIds])).toEqual([
        ["team", [9]],
        ["team", null],
        ["team", null],
    ]);
    expect(".o_workbench_failure").toHaveCount(0);
    expect(".o_hot_card").toHaveCount(5);
    expect(storedChoice("team")).toEqual({ teamId: false, process: null });
    expect.verifySteps(["The selected team is no longer available. All teams are shown."]);
});

test("a stored choice that is no choice is ignored", async () => {
    for (const odd of ["{", "[]", "null", '{"teamId": "x", "process": 7}']) {
        browser.localStorage.setItem(`${CHOICE_KEY}mine`, odd);
    }
    const calls = mockTeams();
    await mountWorkbench();
    expect(calls.map(([, , teamIds, process]) => [teamIds, process])).toEqual([
        [null, null],
        [null, null],
    ]);
});

test("one process is shown, another one can be chosen", async () => {
    const calls = mockTeams();
    await mountWorkbench();
    expect(queryAllTexts(".o_funnel_process option")).toEqual(["Direct Sales: 12 deals", "Partners, Retail: 1 deal"]);
    expect(".o_funnel_process select").toHaveValue("1,2");
    await contains(".o_funnel_process select").select("1,7");
    await settle();
    expect(calls.slice(2)).toEqual([["mine", ["funnel", "conversion"], null, [1, 7]]]);
    expect(".o_funnel_process select").toHaveValue("1,7");
    expect(storedChoice("mine").process).toEqual([1, 7]);
});

test("a choice follows the process when its stages change", async () => {
    browser.localStorage.setItem(`${CHOICE_KEY}mine`, JSON.stringify({ teamId: false, process: [1, 9] }));
    const calls = [];
    onRpc("crm.lead", "get_workbench", ({ args: [scope, names, , process] }) => {
        calls.push(process);
        const { funnel } = makeBlocks();
        const blocks = { funnel: { ...funnel, processes: PROCESSES, process: [1, 7] } };
        return makeWorkbench(scope, names, blocks);
    });
    await mountWorkbench();
    await settle();
    expect(calls).toEqual([null, [1, 9]]);
    expect(".o_funnel_process select").toHaveValue("1,7");
    expect(storedChoice("mine").process).toEqual([1, 7]);
});

test("a process that could not be read is not shown as chosen", async () => {
    mockTeams((scope, teamIds, process) => {
        if (process?.includes(7)) {
            throw refusal("OperationalError", "It took too long.");
        }
    });
    await mountWorkbench();
    await contains(".o_funnel_process select").select("1,7");
    await settle();
    expect(".o_workbench_funnel .o_block_stale").toHaveCount(1);
    expect(".o_funnel_process select").toHaveValue("1,2");
});

test("the process that is shown stays the same, without being stored", async () => {
    const calls = mockTeams();
    await mountWorkbench();
    document.dispatchEvent(new Event("visibilitychange"));
    await settle();
    expect(calls.at(-1)).toEqual(["mine", ["funnel", "conversion"], null, [1, 2]]);
    expect(storedChoice("mine")).toBe(null);
});

test("a process that no team has any more is dropped, and the reader is told", async () => {
    mockNotifications();
    browser.localStorage.setItem(`${CHOICE_KEY}mine`, JSON.stringify({ teamId: false, process: [1, 9] }));
    const calls = mockTeams((scope, teamIds, process) => {
        if (process?.includes(9)) {
            throw refusal("UserError", "No team has this process.");
        }
    });
    await mountWorkbench();
    await settle();
    expect(calls.map(([, , , process]) => process)).toEqual([null, [1, 9], null]);
    expect(".o_funnel_stage").toHaveCount(5);
    expect(".o_funnel_process select").toHaveValue("1,2");
    expect.verifySteps(["The selected process has changed. Another process is shown."]);
});

test("dialogs look first for deals that are shown", async () => {
    const opened = mockActions();
    mockTeams();
    onRpc("crm.lead", "search_deals_and_customers", ({ args: [, , teams] }) => {
        expect.step(teams);
        return { deals: [], customers: [] };
    });
    await mountWorkbench();
    const look = async () => {
        await contains(".o_workbench_record").click();
        await animationFrame();
        await contains(".o_dialog .o_record_search input").click();
        await animationFrame();
        await contains(".o_dialog .btn-close").click();
        await contains(".o_workbench_raise").click();
        expect.step(opened.pop()[1].additionalContext.search_teams);
        await settle();
    };
    await look();
    await contains(".o_radio_chip[data-value=all]").click();
    await settle();
    await look();
    await contains(".o_workbench_team select").select("4");
    await settle();
    await look();
    await contains(".o_radio_chip[data-value=team]").click();
    await settle();
    await look();
    expect.verifySteps([null, null, "all", "all", [4], [4], [3, 4], [3, 4]]);
});

test("deals in stages that their team does not use are named", async () => {
    const opened = mockActions();
    const domain = [["stage_id", "not in", [1, 2]]];
    const elsewhere = makeNumber(3, "Deals in Stages That Their Team Does Not Use", "crm.lead", domain);
    mockWorkbench({ funnel: { ...makeBlocks().funnel, elsewhere } });
    await mountWorkbench();
    expect(".o_funnel_process").toHaveCount(0);
    await contains(".o_funnel_elsewhere .o_record_number").click();
    expect(opened[0][0].domain).toEqual(domain);
});

test("one more activity and one more meeting", async () => {
    mockWorkbench({
        today: {
            ...makeBlocks().today,
            activities: makeNumber(3, "Activities Due Today or Before", "mail.activity"),
            meetings: makeNumber(2, "Meetings Today", "calendar.event"),
        },
    });
    await mountWorkbench();
    expect(queryAllTexts(".o_workbench_today .o_block_more .o_record_number")).toEqual([
        "1 more activity",
        "1 more meeting",
    ]);
});

test("blocks that are cut off open the whole list", async () => {
    const opened = mockActions();
    mockWorkbench({ today: { ...makeBlocks().today, meetings: makeNumber(4, "Meetings Today", "calendar.event") } });
    await mountWorkbench();
    const labels = ["hot", "attention", "today", "opportunities", "customers"].map((name) =>
        queryAllTexts(`.o_workbench_${name} .o_block_more .o_record_number`)
    );
    expect(labels).toEqual([["2 more"], ["6 more"], ["4 more activities", "3 more meetings"], [], ["9 more"]]);
    await contains(".o_workbench_customers .o_block_more .o_record_number").click();
    expect(opened[0][0]).toMatchObject({
        res_model: "res.partner",
        name: "Key Customers and Customers With Open Deals",
    });
});
