import { describe, expect, test } from "@odoo/hoot";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";
import {
    checkDatasets,
    checkLabels,
    checkLegend,
    checkTooltip,
    getChart,
    selectMode,
    setupChartJsForTests,
} from "@web/../tests/views/graph/graph_test_helpers";

class CrmStage extends models.Model {
    _name = "crm.stage";

    name = fields.Char();

    _records = [
        { id: 1, name: "Contact" },
        { id: 2, name: "Bidding" },
        { id: 3, name: "Signing" },
    ];
}

class CrmStageDwellReport extends models.Model {
    _name = "crm.stage.dwell.report";

    stage_id = fields.Many2one({ relation: "crm.stage" });
    outcome = fields.Selection({
        selection: [
            ["open", "Still here"],
            ["lost", "Lost"],
        ],
    });
    days = fields.Float({ string: "Days" });
    working_days = fields.Float({ string: "Working Days" });

    _records = [
        { id: 1, stage_id: 1, outcome: "open", days: 4, working_days: 3 },
        { id: 2, stage_id: 2, outcome: "open", days: 20, working_days: 14 },
        { id: 3, stage_id: 2, outcome: "lost", days: 10, working_days: 8 },
        { id: 4, stage_id: 3, outcome: "open", days: 2, working_days: 1 },
        { id: 5, stage_id: false, outcome: "lost", days: 6, working_days: 5 },
    ];
}

describe.current.tags("desktop");

defineMailModels();
defineModels([CrmStage, CrmStageDwellReport]);
setupChartJsForTests();

const BIDDING = "18 visits, median 12 days, limit 14 days";
const DWELLS = [
    { stage_id: 1, visits: 25, median_days: 3, limit_days: 30, text: "25 visits, median 3 days, limit 30 days" },
    { stage_id: 2, visits: 18, median_days: 12, limit_days: 14, text: BIDDING },
    { stage_id: 3, visits: 4, median_days: false, limit_days: false, text: "4 visits, 1 still here" },
];

function mountGraph(options = {}) {
    const { groups = ["stage_id"], measure = "days", domain = [], dwells = DWELLS } = options;
    onRpc("crm.stage.dwell.report", "read_stage_dwell", ({ args }) => {
        expect.step(args);
        return dwells;
    });
    return mountView({
        type: "graph",
        resModel: "crm.stage.dwell.report",
        domain,
        arch: `
            <graph js_class="crm_stage_dwell_graph" type="bar" stacked="0">
                ${groups.map((name) => `<field name="${name}"/>`).join("")}
                <field name="${measure}" type="measure"/>
            </graph>`,
    });
}

test("limits and medians of stages", async () => {
    const view = await mountGraph({ domain: [["id", ">", 0]] });
    expect.verifySteps([[[["id", ">", 0]]]]);
    checkLabels(view, ["Contact", "Bidding", "Signing", "None"]);
    checkLegend(view, ["Days", "Limit", "Median"]);
    checkDatasets(
        view,
        ["label", "data"],
        [
            { label: "Days", data: [4, 30, 2, 6] },
            { label: "Limit", data: [30, 14, null, null] },
            { label: "Median", data: [3, 12, null, null] },
        ]
    );
});

test("the legend shows the limit as a dashed line", async () => {
    const view = await mountGraph();
    expect.verifySteps([[[]]]);
    const chart = getChart(view);
    const [bars, limit, median] = chart.legend.legendItems;
    expect(bars.pointStyle).toBe("rect");
    expect([limit.pointStyle, limit.lineDash]).toEqual(["line", [6, 4]]);
    expect(median.pointStyle).toBe("rectRot");
});

test("tooltips: of a bar, of a limit, of a stage with few visits, of one without an answer", async () => {
    const view = await mountGraph();
    expect.verifySteps([[[]]]);
    const title = "Days";
    const lines = (...texts) => texts.map(([label, value]) => ({ label, value }));
    checkTooltip(view, { title, lines: lines(["Bidding", "30"], [BIDDING, ""]) }, 1, 0);
    checkTooltip(view, { title, lines: lines(["Limit", "14"], [BIDDING, ""]) }, 1, 1);
    checkTooltip(view, { title, lines: lines(["Median", "12"], [BIDDING, ""]) }, 1, 2);
    checkTooltip(view, { title, lines: lines(["Signing", "2"], ["4 visits, 1 still here", ""]) }, 2, 0);
    checkTooltip(view, { title, lines: lines(["None", "6"]) }, 3, 0);
});

test("another measure: no lines, the text stays", async () => {
    const view = await mountGraph({ measure: "working_days" });
    expect.verifySteps([[[]]]);
    checkLegend(view, ["Working Days"]);
    const lines = [
        { label: "Bidding", value: "22" },
        { label: BIDDING, value: "" },
    ];
    checkTooltip(view, { title: "Working Days", lines }, 1, 0);
});

test("by stage and outcome: the lines are those of the stages", async () => {
    const view = await mountGraph({ groups: ["stage_id", "outcome"] });
    expect.verifySteps([[[]]]);
    checkLegend(view, ["Still here", "Lost", "Limit", "Median"]);
    checkDatasets(
        view,
        ["label", "data"],
        [
            { label: "Still here", data: [4, 20, 2, 0] },
            { label: "Lost", data: [0, 10, 0, 6] },
            { label: "Limit", data: [30, 14, null, null] },
            { label: "Median", data: [3, 12, null, null] },
        ]
    );
});

test("by another group: as any graph, and nothing is asked for", async () => {
    const view = await mountGraph({ groups: ["outcome", "stage_id"] });
    expect.verifySteps([]);
    checkLegend(view, ["Contact", "Bidding", "Signing", "None"]);
});

test("lines and pies are as in any graph", async () => {
    const view = await mountGraph();
    expect.verifySteps([[[]]]);
    await selectMode("pie");
    checkLegend(view, ["Contact", "Bidding", "Signing", "None"]);
    await selectMode("line");
    checkLegend(view, ["Days"]);
    await selectMode("bar");
    checkLegend(view, ["Days", "Limit", "Median"]);
});

test("no limits and no medians", async () => {
    const view = await mountGraph({ dwells: [] });
    expect.verifySteps([[[]]]);
    checkLegend(view, ["Days"]);
});
