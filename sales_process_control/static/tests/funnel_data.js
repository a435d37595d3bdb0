/** Example answers of `get_funnel` and `get_funnel_weeks`. They add up, as the server's answers do. */

const { DateTime } = luxon;

const STAGES = [
    { id: 1, name: "First contact", share: 0.1 },
    { id: 2, name: "Project evaluation", share: 0.2 },
    { id: 3, name: "Needs analysis", share: 0.35 },
    { id: 4, name: "Bidding", share: 0.5 },
    { id: 5, name: "Negotiation", share: 0.8 },
];
/** Share of a stage with deals that the user may not read: the server sends no counts. */
const SHARE_WITHOUT_COUNTS = { value: 0.35, won: false, settled: false, is_overall: false };
const DAY = [
    [88, 1240000],
    [61, 905000],
    [44, 720000],
    [33, 690000],
    [12, 310000.25],
];
const BEFORE = [
    [84, 1130000],
    [62, 909000],
    [49, 815000],
    [30, 480000],
    [12, 310000],
];
const STEPS = [
    ["created", "entry", "Created", 30, 820000, 30],
    ["amount_up", "gain", "Amount up", 0, 95000.25, 12],
    ["amount_down", "setback", "Amount down", 0, -110000, 8],
    ["pulled_in", "gain", "Pulled in", 0, 0, 14],
    ["transferred", "neutral", "Transferred", -1, -20000, 3],
    ["won", "won", "Won", -9, -280000, 9],
    ["lost", "lost", "Lost", -19, -284000, 19],
];
/** Rows: counts to the stages, then to won, lost, removed and left. */
const FLOW = [
    ["stage:1", "First contact", [60, 10, 4, 1, 0, 0, 9, 0, 0]],
    ["stage:2", "Project evaluation", [2, 40, 9, 4, 0, 0, 6, 0, 1]],
    ["stage:3", "Needs analysis", [0, 4, 28, 10, 2, 1, 4, 0, 0]],
    ["stage:4", "Bidding", [0, 1, 1, 16, 5, 5, 2, 0, 0]],
    ["stage:5", "Negotiation", [0, 0, 0, 1, 5, 4, 2, 0, 0]],
    ["entered", "Came in", [26, 6, 2, 1, 0, 0, 0, 0, 0]],
];
/** Deals that came into each stage between both days: went on, lost, open, and the median of their days. */
const CONVERSION = [
    [58, 42, 4, 12],
    [20, 5, 45, 9],
    [4, 3, 1, false],
    [0, 0, 3, false],
];
const ENDS = [
    ["won", "Won"],
    ["lost", "Lost"],
    ["removed", "Removed"],
    ["left", "Filtered out"],
];

function makeNumber(value, amount, share, name, model = "crm.pipeline.day", records = value) {
    const context = model === "crm.pipeline.day" ? { pipeline_day: "2026-11-23" } : {};
    const [weighted, expected] = [amount * share, (amount * share) / 2];
    return { value, amount, weighted, expected, records, name, model, domain: [["id", "=", value]], context };
}

function makeStages() {
    return STAGES.map(({ id, name, share }, index) => ({
        stage_id: id,
        name,
        sequence: id,
        share:
            id === 3
                ? SHARE_WITHOUT_COUNTS
                : { value: share, won: Math.round(share * 50), settled: 50, is_overall: id === 1 },
        day: makeNumber(...DAY[index], share, `${name}: Deals`),
        before: makeNumber(...BEFORE[index], share, `${name}: Deals Before`),
    }));
}

function sum(numbers, name) {
    const add = (key) => numbers.reduce((total, number) => total + number[key], 0);
    const amounts = { amount: add("amount"), weighted: add("weighted"), expected: add("expected") };
    return { ...makeNumber(add("value"), 0, 0, name), ...amounts };
}

function directionOf(row, column) {
    const [from, to] = [row, column].map((key) => STAGES.findIndex(({ id }) => key === `stage:${id}`));
    if (from < 0 || to < 0) {
        return from < 0 ? "in" : "out";
    }
    return from === to ? "same" : from < to ? "forward" : "back";
}

function makeFlow() {
    const columns = [
        ...STAGES.map(({ id, name }) => ({ key: `stage:${id}`, name })),
        ...ENDS.map(([key, name]) => ({ key, name })),
    ];
    const rows = FLOW.map(([key, name, counts]) => ({
        key,
        name,
        cells: counts
            .map((count, index) => ({
                key: columns[index].key,
                direction: directionOf(key, columns[index].key),
                number: makeNumber(count, count * 12000, 0.3, `${name} to ${columns[index].name}`),
            }))
            .filter(({ number }) => number.value),
    }));
    return { columns, rows };
}

function makeWaterfall(totals) {
    const steps = STEPS.map(([kind, effect, name, count, amount, records]) => ({
        kind,
        effect,
        name,
        number: makeNumber(count, amount, 0.3, name, "crm.pipeline.movement", records),
    }));
    return [
        { kind: "opening", name: "Opening", number: totals.before },
        ...steps,
        { kind: "closing", name: "Closing", number: totals.day },
    ];
}

/** @param {Object} values replace those of the answer */
export function makeFunnel(values = {}) {
    const stages = makeStages();
    const totals = {
        day: sum(
            stages.map(({ day }) => day),
            "Open Deals"
        ),
        before: sum(
            stages.map(({ before }) => before),
            "Open Deals Before"
        ),
    };
    return {
        day: "2026-11-23",
        before: "2026-10-24",
        today: "2026-11-23",
        period: "30_days",
        periods: [
            { key: "last_week", name: "Last Week" },
            { key: "month", name: "This Month" },
            { key: "30_days", name: "Last 30 Days" },
        ],
        first_day: "2026-01-04",
        estimated: [],
        currency_id: 1,
        currencies: [{ id: 1, name: "USD" }],
        is_converted: false,
        left_out: { day: [], before: [] },
        has_recurring: false,
        has_chances: true,
        stages,
        totals,
        waterfall: makeWaterfall(totals),
        flow: makeFlow(),
        ...values,
    };
}

function makeCount(value, name, model = "crm.stage.conversion.report") {
    return { value, name, model, domain: [["id", "=", value]] };
}

/** Return the conversion between the days of an answer; the last stage has none. */
export function makeConversion({ day = "2026-11-23", before = "2026-10-24" } = {}) {
    const stages = CONVERSION.map(([wentOn, lost, open, median], index) => {
        const { id, name } = STAGES[index];
        const [decided, entered] = [wentOn + lost, wentOn + lost + open];
        const isMature = decided >= 0.8 * entered;
        const isKnown = decided >= 10 && isMature;
        const isYoung = entered >= 10 && !isMature;
        return {
            stage_id: id,
            name,
            sequence: id,
            entered: makeCount(entered, `Stayed in ${name}`),
            went_on: makeCount(wentOn, `Moved on from ${name}`),
            lost: makeCount(lost, `Lost in ${name}`),
            open: makeCount(open, `Neither moved on from ${name} nor lost`),
            decided: makeCount(decided, `Moved on from ${name}, or were lost`),
            rate: isKnown && wentOn / decided,
            interval: isKnown && [0.482, 0.672],
            at_least: isYoung && wentOn / entered,
            at_most: isYoung && (entered - lost) / entered,
            visits: makeCount(entered + 1, `Visits to ${name}`, "crm.stage.visit"),
            median,
        };
    });
    return { day, before, stages };
}

/** Return an answer without deals on either day. */
export function makeEmptyFunnel() {
    const none = makeNumber(0, 0, 0, "None");
    const stages = makeStages().map((stage) => ({ ...stage, day: none, before: none }));
    const totals = { day: none, before: none };
    const flow = { ...makeFlow(), rows: [] };
    const waterfall = makeWaterfall(totals).filter(({ kind }) => ["opening", "closing"].includes(kind));
    return makeFunnel({ stages, totals, flow, waterfall });
}

/**
 * @param {number} weeks number of weeks up to the day of the funnel
 * @param {number} estimated number of estimated weeks; they are the first ones
 */
export function makeWeeks(weeks = 20, estimated = 5) {
    const last = DateTime.fromISO("2026-11-22");
    const points = Array.from({ length: weeks }, (_, index) => ({
        day: last.minus({ weeks: weeks - 1 - index }).toISODate(),
        is_estimated: index < estimated,
        stages: DAY.map(([count, amount], stage) => {
            const share = (index + 1 + stage) / (weeks + stage);
            return [Math.round(count * share), amount * share, amount * share * STAGES[stage].share];
        }),
    }));
    const stages = DAY.map(([count, amount], stage) => [count, amount, amount * STAGES[stage].share]);
    return {
        currency_id: 1,
        left_out: [],
        stages: STAGES.map(({ id, name }) => ({ stage_id: id, name })),
        points: [...points, { day: "2026-11-23", is_estimated: false, stages }],
    };
}
