import { describe, expect, press, queryAll, queryAllAttributes, queryAllTexts, queryOne, test } from "@odoo/hoot";
import { animationFrame, Deferred } from "@odoo/hoot-mock";
import { Component, useState, xml } from "@odoo/owl";
import {
    contains,
    makeServerError,
    mockService,
    mountWithCleanup,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import { WaterfallChart } from "@sales_process_control/funnel/charts/waterfall_chart";
import { makeConversion, makeEmptyFunnel, makeFunnel } from "./funnel_data";
import { defineFunnelModels, drawn, mockFunnel, mountFunnel, settle } from "./funnel_helpers";

defineFunnelModels();

describe.current.tags("desktop");

function mockActions() {
    const opened = [];
    mockService("action", {
        doAction(action, options = {}) {
            opened.push([action, options]);
            return Promise.resolve();
        },
    });
    return opened;
}

test("distribution: name, count, amount and change of each stage", async () => {
    mockFunnel();
    await mountFunnel();
    expect(".o_funnel_distribution .o_block_numbers").toHaveText(/11\/23\/2026\s*·\s*outline: 10\/24\/2026/);
    const { captions, datasets } = drawn("distribution");
    expect([captions[0].name, captions[0].numbers]).toEqual(["First contact", "88 deals · $\u00a01,240,000  +110,000"]);
    expect([captions[2].name, captions[2].numbers]).toEqual(["Needs analysis", "44 · $\u00a0720,000  −95,000"]);
    expect(captions[2].briefNumbers).toBe("44 · 720K");
    expect(captions[2].was).toBe("Oct 24: 815K");
    expect(datasets.map(({ data }) => data[2])).toEqual([720000, 815000]);
    await contains(".o_radio_chip[data-value=count]").click();
    await settle();
    expect(drawn("distribution").captions[2].numbers).toBe("44 · $\u00a0720,000  −5");
    expect(drawn("distribution").datasets.map(({ data }) => data[2])).toEqual([44, 49]);
});

/** Return what is written between the stages, part by part. */
function passages() {
    const partsOf = (line) => [...line.children].filter((part) => !part.hasAttribute("aria-hidden"));
    return queryAll(".o_funnel_passage").map((line) => partsOf(line).map((part) => part.textContent));
}

test("distribution: how many deals went on from each stage, and after how many days", async () => {
    mockFunnel();
    await mountFunnel();
    expect(passages()).toEqual([
        ["58", "/ 100", "58% (48 to 67)", "12 days"],
        ["20", "/ 25", "29% to 93%", "9 days"],
        // Too few are decided for a share, and too few have left for a length.
        ["4", "/ 7"],
        ["none of 3 moved on or was lost"],
        [],
    ]);
    expect(".o_funnel_explanation").toHaveText(
        /of the deals that came in from 10\/25\/2026 to 11\/23\/2026: moved on \/ moved on or lost/
    );
});

test("distribution: stages that deals only passed are there, in their places", async () => {
    const [, second] = makeFunnel().stages;
    mockFunnel({ funnel: () => ({ ...makeFunnel(), stages: makeFunnel().stages.toSpliced(1, 1) }) });
    await mountFunnel();
    expect(passages().map((parts) => parts[0])).toEqual(["58", "20", "4", "none of 3 moved on or was lost", undefined]);
    expect(drawn("distribution").captions[1].name).toBe(second.name);
    await contains(".o_funnel_distribution .o_numbers_toggle").click();
    const cells = queryAllTexts(".o_funnel_distribution tbody tr:eq(1) td");
    expect(cells[0]).toBe("0");
    expect(cells.slice(-4)).toEqual(["20", "25", "29% to 93%", "9 days"]);
});

test("distribution: a funnel that deals only passed is not empty", async () => {
    mockFunnel({ funnel: () => ({ ...makeEmptyFunnel(), stages: [] }) });
    await mountFunnel();
    expect(passages()).toHaveLength(4);
});

test("distribution: each number between the stages opens its records", async () => {
    const opened = mockActions();
    mockFunnel();
    await mountFunnel();
    for (const number of queryAll(".o_funnel_passage:first button, .o_funnel_passage[data-stage=Bidding] button")) {
        await contains(number).click();
    }
    expect(opened.map(([{ res_model: model, domain, name }]) => [model, domain[0][2], name])).toEqual([
        ["crm.stage.conversion.report", 58, "Moved on from First contact"],
        ["crm.stage.conversion.report", 100, "Moved on from First contact, or were lost"],
        ["crm.stage.visit", 105, "Visits to First contact"],
        ["crm.stage.conversion.report", 3, "Stayed in Bidding"],
    ]);
});

test("distribution: what went on between other days is not shown", async () => {
    const answers = [];
    mockFunnel({
        funnel: (day, before) => makeFunnel(before ? { day, before } : {}),
        conversion: (day, before) => (answers.length ? answers.pop() : makeConversion({ day, before })),
    });
    await mountFunnel();
    expect(passages()[0]).toHaveLength(4);
    const late = new Deferred();
    answers.push(late);
    await contains(".o_funnel_date:eq(1)").edit("11/02/2026");
    await settle();
    expect(passages()).toEqual([[], [], [], [], []]);
    late.resolve(makeConversion({ before: "2026-11-02" }));
    await settle();
    expect(passages()[0]).toHaveLength(4);
});

test("distribution: a failure of what went on leaves the funnel, and is named", async () => {
    let isLocked = true;
    mockFunnel({
        conversion: (day, before) => {
            if (isLocked) {
                throw makeServerError({ message: "The visits are locked." });
            }
            return makeConversion({ day, before });
        },
    });
    await mountFunnel();
    expect(".o_block_failed").toHaveCount(0);
    expect(passages()[0]).toEqual([]);
    expect(".o_funnel_explanation span").toHaveText("The conversion of the stages could not be read.");
    isLocked = false;
    await contains(".o_funnel_retry").click();
    await settle();
    expect(passages()[0]).toHaveLength(4);
    expect(".o_funnel_retry").toHaveCount(0);
});

test("distribution: the table has the conversion of each stage", async () => {
    mockFunnel();
    await mountFunnel();
    await contains(".o_funnel_distribution .o_numbers_toggle").click();
    const cells = queryAll(".o_funnel_distribution tbody tr").map((row) =>
        queryAllTexts("td", { root: row }).slice(-5)
    );
    expect(cells).toEqual([
        ["104", "58", "100", "58% (48 to 67)", "12 days"],
        ["70", "20", "25", "29% to 93%", "9 days"],
        ["8", "4", "7", "4 of 7", "not known yet"],
        ["3", "0", "0", "no outcome yet", "not known yet"],
        ["", "", "", "", ""],
        ["", "", "", "", ""],
    ]);
});

test("distribution: long names are cut, numbers are not, and no label is wider than the chart", async () => {
    const written = [];
    patchWithCleanup(CanvasRenderingContext2D.prototype, {
        fillText(text, ...place) {
            written.push({ text, width: this.measureText(text).width });
            return super.fillText(text, ...place);
        },
    });
    const { stages } = makeFunnel();
    const long = "Projektbewertung ".repeat(8).slice(0, 120);
    const named = stages.map((stage, index) => ({
        ...stage,
        name: [long, "立项评估与需求分析".repeat(13)][index % 2],
    }));
    mockFunnel({ funnel: { stages: named } });
    await mountFunnel();
    const { clientWidth } = queryOne(".o_funnel_distribution canvas");
    const labels = written.filter(({ text }) => text.includes("…"));
    expect(labels.length).toBeGreaterThan(4);
    for (const { text, width } of labels) {
        expect(width).toBeLessThan(clientWidth + 1);
        expect(text).toMatch(/(Proj|立项).*… · .*\d/);
    }
});

test("bars open their records, by mouse and keyboard, and in a new window", async () => {
    const opened = mockActions();
    const { stages, waterfall } = makeFunnel();
    mockFunnel();
    await mountFunnel();
    await contains(".o_funnel_distribution .o_chart_bar:eq(1) .o_record_number:eq(0)").focus();
    await press("Enter");
    const [action, { newWindow }] = opened[0];
    expect([action.res_model, action.domain, action.name]).toEqual([
        "crm.pipeline.day",
        stages[1].day.domain,
        stages[1].day.name,
    ]);
    expect(action.context).toEqual({ pipeline_day: "2026-11-23", search_disable_custom_filters: true });
    expect(newWindow).not.toBe(true);
    await contains(".o_funnel_distribution .o_chart_bar:eq(1) .o_chart_was").click({ ctrlKey: true });
    expect(opened[1][0].domain).toEqual(stages[1].before.domain);
    expect(opened[1][1].newWindow).toBe(true);
    await contains(".o_funnel_waterfall [data-kind=created] .o_record_number").click();
    expect(opened[2][0].res_model).toBe("crm.pipeline.movement");
    expect(opened[2][0].domain).toEqual(waterfall[1].number.domain);
});

test("bars have accessible names, and canvases are hidden from screen readers", async () => {
    mockFunnel();
    await mountFunnel();
    const [first] = queryAllAttributes(".o_funnel_distribution .o_record_number", "aria-label");
    expect(first).toBe("First contact · 88 deals, $\u00a01,240,000  +110,000: First contact: Deals");
    const [, created] = queryAllAttributes(".o_funnel_waterfall .o_record_number", "aria-label");
    expect(created).toBe("Created: +$\u00a0820,000.00: Created");
    expect("canvas:not([aria-hidden=true])").toHaveCount(0);
});

test("waterfall: the movements add up, and the block says so", async () => {
    mockFunnel();
    await mountFunnel();
    expect(".o_funnel_balanced").toHaveText("adds up to the cent");
    expect(".o_funnel_unbalanced").toHaveCount(0);
    const { bars, datasets } = drawn("waterfall");
    expect(bars.map(({ text }) => text)).toEqual([
        "3.64M",
        "+820K",
        "+95K",
        "−110K",
        "−20K",
        "−280K",
        "−284K",
        "3.87M",
    ]);
    expect(bars[0].name).toBe("Oct\u00a024");
    const [[data]] = datasets.map((dataset) => [dataset.data]);
    data.slice(1, -1).forEach(([from], index) => expect(from).toBe(data[index][1]));
    expect(data.at(-1)).toEqual([0, 3865000.25]);
});

test("waterfall: movements that cancel out are listed and can be opened", async () => {
    const opened = mockActions();
    mockFunnel();
    await mountFunnel();
    expect(".o_funnel_neutral").toHaveText(/Pulled in/);
    await contains(".o_funnel_neutral .o_record_number").click();
    expect(opened[0][0].res_model).toBe("crm.pipeline.movement");
    await contains(".o_radio_chip[data-value=count]").click();
    await settle();
    expect(queryAllTexts(".o_funnel_neutral .o_record_number")).toEqual(["Amount up", "Amount down", "Pulled in"]);
});

test("waterfall: ends that were reopened since are named, and can be opened", async () => {
    const opened = mockActions();
    const { waterfall } = makeFunnel();
    const won = waterfall.find(({ kind }) => kind === "won");
    const reopened = { ...won.number, value: -4, records: 4, name: "Won, reopened since", domain: [["id", "=", 4]] };
    mockFunnel({
        funnel: { waterfall: waterfall.map((bar) => (bar === won ? { ...won, reopened } : bar)) },
    });
    await mountFunnel();
    expect(".o_funnel_reopened").toHaveText("9 won, 4 of them reopened since");
    const [label] = queryAllAttributes(".o_funnel_waterfall [data-kind=won] .o_record_number", "aria-label");
    expect(label).toBe("Won: −$\u00a0280,000.00, 9 won, 4 of them reopened since: Won");
    await contains(".o_funnel_reopened .o_record_number").click();
    expect(opened[0][0].domain).toEqual(reopened.domain);
});

test("amounts without an exchange rate are named", async () => {
    const yen = { currency_id: 3, name: "JPY", amount: 1000000 };
    mockFunnel({ funnel: { left_out: { day: [yen], before: [yen] } } });
    await mountFunnel();
    expect(".o_funnel_distribution .o_funnel_remarks").toHaveText("Not included: 1,000,000 JPY (no exchange rate)");
});

test("amounts without an exchange rate are named for each day if they differ", async () => {
    const yen = { currency_id: 3, name: "JPY" };
    mockFunnel({ funnel: { left_out: { day: [{ ...yen, amount: 1.5 }], before: [{ ...yen, amount: 2 }] } } });
    await mountFunnel();
    expect(".o_funnel_distribution .o_funnel_remarks").toHaveText(
        "11/23/2026: Not included: 1.5 JPY (no exchange rate) · 10/24/2026: Not included: 2 JPY (no exchange rate)"
    );
});

test("a currency without an exchange rate is named if its deals came in and left between both days", async () => {
    const yen = { currency_id: 3, name: "JPY", amount: 0 };
    mockFunnel({ funnel: { left_out: { day: [yen], before: [yen] } } });
    await mountFunnel();
    expect(".o_funnel_distribution .o_funnel_remarks").toHaveText("Not included: JPY (no exchange rate)");
});

/** A chart whose bars can be replaced. */
class ChartInPage extends Component {
    static components = { WaterfallChart };
    static props = ["*"];
    static template = xml`<WaterfallChart bars="state.bars"/>`;

    setup() {
        this.state = useState({ bars: this.props.bars });
    }
}

function makeBars(count) {
    const number = { value: 1, name: "Created", model: "crm.lead", domain: [], records: 1 };
    const values = { name: "Created", text: "1", from: 0, to: 1, tone: "success", label: "Created: 1", number };
    return Array.from({ length: count }, (_, index) => ({ ...values, key: `bar ${index}` }));
}

test("waterfall: other bars may need another orientation, at the same width", async () => {
    const page = await mountWithCleanup(ChartInPage, { props: { bars: makeBars(2) } });
    const root = queryOne(".o_chart");
    // The chart's own observer, which is older, has been told the size by then.
    await new Promise((resolve) => new ResizeObserver(resolve).observe(root));
    await animationFrame();
    expect(root).toHaveClass("o_chart_columns");
    for (const [count, className] of [
        [100, "o_chart_rows"],
        [2, "o_chart_columns"],
    ]) {
        page.state.bars = makeBars(count);
        await animationFrame();
        await animationFrame();
        expect(root).toHaveClass(className);
    }
});

test("waterfall: a missing cent is reported", async () => {
    const { waterfall } = makeFunnel();
    const closing = { ...waterfall.at(-1).number, amount: waterfall.at(-1).number.amount + 0.01 };
    mockFunnel({
        funnel: { waterfall: [...waterfall.slice(0, -1), { kind: "closing", name: "Closing", number: closing }] },
    });
    await mountFunnel();
    expect(".o_funnel_balanced").toHaveCount(0);
    expect(".o_funnel_unbalanced").toHaveText(/0\.01 is missing/);
});

test("waterfall: rounding errors of large sums are not reported", async () => {
    const number = (amount) => ({
        value: 1,
        amount,
        weighted: amount,
        expected: amount,
        records: 1,
        name: "",
        model: "crm.lead",
        domain: [],
    });
    const waterfall = [
        { kind: "opening", name: "Opening", number: number(1e12) },
        { kind: "created", name: "Created", number: { ...number(0.01), value: 0 } },
        { kind: "amount_up", name: "Amount up", number: { ...number(0.1 + 0.2), value: 0 } },
        { kind: "closing", name: "Closing", number: number(1e12 + 0.31) },
    ];
    mockFunnel({ funnel: { waterfall } });
    await mountFunnel();
    expect(".o_funnel_balanced").toHaveText("adds up to the cent");
    expect(drawn("waterfall").bars.map(({ text }) => text)).toEqual(["1T", "+0.01", "+0.30", "1T"]);
});

test("flow: cells have a direction, and the totals are those of the stages", async () => {
    const { stages, totals } = makeFunnel();
    mockFunnel();
    await mountFunnel();
    expect(".o_funnel_flow .o_block_numbers").toHaveText(/green moved forward, red moved back, gray did not move/);
    const cell = (row, column) => `tr[data-row='${row}'] td[data-column='${column}']`;
    expect(cell("stage:1", "stage:1")).toHaveAttribute("data-direction", "same");
    expect(cell("stage:1", "stage:2")).toHaveAttribute("data-direction", "forward");
    expect(cell("stage:3", "stage:2")).toHaveAttribute("data-direction", "back");
    const totalsOf = (part) => queryAllTexts(`${part} .o_flow_total`).map((text) => parseInt(text));
    expect(totalsOf("tbody").slice(0, 5)).toEqual(stages.map(({ before }) => before.value));
    const below = totalsOf("tfoot");
    expect(".o_funnel_flow .o_funnel_remarks").toHaveText(/amounts as on 10\/24\/2026/);
    expect(below.slice(0, 5)).toEqual(stages.map(({ day }) => day.value));
    expect(below.at(-1)).toBe(totals.before.value + 35);
});

test("flow: each cell opens its deals", async () => {
    const opened = mockActions();
    mockFunnel();
    await mountFunnel();
    await contains("tr[data-row=entered] td[data-column='stage:2'] .o_flow_number").click();
    expect(opened[0][0].name).toBe("Came in to Project evaluation");
    expect(queryAll("tr[data-row=entered] td[data-column=won] button")).toHaveLength(0);
});

test("the table of numbers is visually hidden, and shown on demand", async () => {
    mockFunnel();
    await mountFunnel();
    expect(".o_funnel_distribution .o_numbers.visually-hidden td").toHaveCount(6 * 14);
    expect(".o_numbers button").toHaveCount(0);
    await contains(".o_funnel_distribution .o_numbers_toggle").click();
    await settle();
    expect(".o_funnel_distribution .o_numbers").not.toHaveClass("visually-hidden");
    expect(queryAllTexts(".o_funnel_distribution tr[data-key=total] td").slice(0, 4)).toEqual([
        "238",
        "237",
        "$ 3,865,000.25",
        "$ 3,644,000.00",
    ]);
    expect(queryAllTexts(".o_funnel_distribution tbody td:nth-child(10)").slice(0, 3)).toEqual([
        "10% (5 of 50), over all stages",
        "20% (10 of 50)",
        "35%",
    ]);
    expect(".o_funnel_distribution .o_numbers button").not.toHaveCount(0);
});

test("the share of won deals: its counts have separators", async () => {
    const funnel = makeFunnel();
    funnel.stages[1].share = { value: 0.2, won: 1204, settled: 6020, is_overall: false };
    mockFunnel({ funnel });
    await mountFunnel();
    expect(".o_funnel_distribution tbody tr:eq(1) td:nth-child(10)").toHaveText("20% (1,204 of 6,020)");
});

test("amounts by chance: what they are weighted by, and what is not known", async () => {
    mockFunnel({ funnel: makeFunnel() });
    await mountFunnel();
    await contains(".o_radio_chip[data-value=weighted]").click();
    const [weighted] = drawn("distribution").datasets.map(({ data }) => data[2]);
    await contains(".o_radio_chip[data-value=chance]").click();
    expect(drawn("distribution").datasets[0].data[2]).toBe(weighted / 2);
    expect(".o_funnel_distribution .o_funnel_remarks").toHaveText(/mean chance to sign/);
});

test("amounts by chance: nothing is made up while chances are not known", async () => {
    mockFunnel({ funnel: { has_chances: false } });
    await mountFunnel();
    await contains(".o_radio_chip[data-value=chance]").click();
    expect(".o_funnel_distribution .o_funnel_remarks").toHaveText(/the chance to sign is not known yet/);
});

test("empty stages are hidden if there are hundreds of stages", async () => {
    const funnel = makeFunnel();
    const [stage] = funnel.stages;
    const none = { ...stage.day, value: 0, amount: 0, weighted: 0, expected: 0, records: 0, domain: [] };
    const empty = Array.from({ length: 295 }, (_, index) => ({
        ...stage,
        stage_id: 100 + index,
        name: `Empty ${index}`,
        day: none,
        before: none,
    }));
    mockFunnel({ funnel: { stages: [...funnel.stages, ...empty] } });
    await mountFunnel();
    expect(".o_funnel_distribution .o_chart_bar").toHaveCount(5);
});
