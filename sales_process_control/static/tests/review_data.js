/** Example answers of `get_review`: the drawing of the page, with its weak stage and its young and small ones. */

export function makeNumber(value, name = "Records", model = "crm.stage.conversion.report", more = {}) {
    return { value, name, model, domain: [["id", "=", value]], ...more };
}

function makeLost(value, amount) {
    return makeNumber(value, "Lost", undefined, { amount, currency_id: 1 });
}

function makeVisits(value, name) {
    return makeNumber(value, name, "crm.stage.visit");
}

function makeDeals(value, name, more) {
    return makeNumber(value, name, "crm.lead", more);
}

/** Return a stage with ordinary numbers, changed by values. */
export function makeStage(id, name, values = {}) {
    return {
        stage_id: id,
        name,
        is_worst: false,
        is_best: false,
        goes_to_win: false,
        here: makeDeals(13, `Open Deals in ${name}`),
        entered: makeNumber(105, `Entered ${name}`),
        skipped: makeNumber(3, "Skipped"),
        went_on: makeNumber(72, "Moved On"),
        decided: makeNumber(92, "Moved On or Lost"),
        lost: makeLost(20, 310000),
        open: makeNumber(13, "Open"),
        removed: makeNumber(0, "Removed"),
        moved_back: makeVisits(2, "Moved Back"),
        came_back: makeVisits(5, "Came Back"),
        still_here: makeVisits(13, "Still Here"),
        visits: makeVisits(110, "Visits"),
        reasons: [{ name: "Too expensive", number: makeNumber(9, "Too Expensive") }],
        rate: 0.78,
        interval: [0.69, 0.85],
        at_least: false,
        at_most: false,
        before: { rate: 0.72, decided: 80, median: 12, lost: 22 },
        change: 6,
        company: false,
        dwell: {
            median: 11,
            p90: 26,
            visits: 110,
            ended: 97,
            limit: 14,
            limit_source: "set",
            set_days: 14,
            suggested: 17,
            suggested_from: 84,
            can_apply: true,
            scale: 30,
        },
        incidence: [
            { days: 30, went_on: 0.71, lost: 0.13, moved_back: 0.08, here: 0.08 },
            { days: 60, went_on: 0.76, lost: 0.15, moved_back: 0.08, here: 0.01 },
        ],
        ages: [],
        steps: [],
        ...values,
    };
}

export function makeStages(values = {}) {
    return {
        headline: {
            title: "Bidding costs most.",
            stage_id: 4,
            sentences: [
                "Of the 101 deals that moved on or were lost there, 42 were lost.",
                "The required sales action “references sent” was missing in 28 of the 42.",
            ],
            numbers: [{ label: "Lost", number: makeLost(42, 840000) }],
        },
        improved: false,
        nothing: "",
        currency_id: 1,
        left_out: [],
        stages: [
            makeStage(3, "Needs analysis"),
            makeStage(4, "Bidding", {
                is_worst: true,
                went_on: makeNumber(59, "Moved On"),
                decided: makeNumber(101, "Moved On or Lost"),
                lost: makeLost(42, 840000),
                rate: 0.58,
                interval: [0.49, 0.67],
                change: -11,
                company: { rate: 0.69, median: 14, decided: 300 },
                reasons: [
                    { name: "Too expensive", number: makeNumber(17, "Too Expensive") },
                    { name: "No reason given", number: makeNumber(5, "No Reason Given") },
                ],
                dwell: {
                    median: 19,
                    p90: false,
                    visits: 111,
                    ended: 60,
                    limit: 12,
                    limit_source: "set",
                    set_days: 12,
                    suggested: 24,
                    suggested_from: 46,
                    can_apply: true,
                    scale: 30,
                },
                ages: [
                    {
                        days: 30,
                        deals: makeVisits(25, "Stayed Longer Than 30 Days"),
                        won: makeVisits(2, "Won"),
                        lost: makeVisits(17, "Lost"),
                        open: makeVisits(6, "Open"),
                        removed: makeVisits(0, "Removed"),
                    },
                ],
                steps: [{ id: 8, name: "References sent", missing: makeDeals(7, "Without References Sent"), of: 10 }],
            }),
            makeStage(5, "Negotiation", {
                goes_to_win: true,
                entered: makeNumber(12, "Entered Negotiation"),
                went_on: makeNumber(6, "Moved On"),
                decided: makeNumber(8, "Moved On or Lost"),
                lost: makeLost(2, 0),
                open: makeNumber(4, "Open"),
                rate: false,
                interval: false,
                change: false,
                before: { rate: false, decided: 3, median: false, lost: 1 },
                dwell: {
                    median: false,
                    p90: false,
                    visits: 8,
                    ended: 4,
                    limit: 30,
                    limit_source: "default",
                    set_days: 0,
                    suggested: false,
                    suggested_from: 0,
                    can_apply: true,
                    scale: 30,
                },
                incidence: [],
                reasons: [],
                skipped: makeNumber(0, "Skipped"),
                came_back: makeVisits(0, "Came Back"),
                moved_back: makeVisits(0, "Moved Back"),
                still_here: makeVisits(0, "Still Here"),
            }),
            makeStage(6, "Contract", {
                entered: makeNumber(77, "Entered Contract"),
                went_on: makeNumber(40, "Moved On"),
                decided: makeNumber(55, "Moved On or Lost"),
                open: makeNumber(22, "Open"),
                rate: false,
                interval: false,
                at_least: 0.52,
                at_most: 0.81,
                change: false,
            }),
        ],
        ...values,
    };
}

export function makeMonth(month, name, [won, lost, removed, pushed, open]) {
    return {
        month,
        name,
        due: makeDeals(won + lost + removed + pushed + open, `Due in ${name}`),
        won: makeDeals(won, "Won"),
        lost: makeDeals(lost, "Lost"),
        removed: makeDeals(removed, "Removed"),
        pushed: makeDeals(pushed, "Pushed Out"),
        open: makeDeals(open, "Open"),
    };
}

export function makeResults(values = {}) {
    const won = (value, more) => makeNumber(value, "Won Deals", "crm.win.report", more);
    const decided = (value) => makeNumber(value, "Closed Deals", "crm.win.report");
    return {
        cycle: { median: 62, p90: false, won_median: 48, won: won(24) },
        size: { average: 50000, won: won(24, { amount: 1200000, currency_id: 1 }) },
        win: { rate: 0.25, interval: [0.17, 0.35], won: won(24), decided: decided(96) },
        bands: [
            {
                name: "up to $ 10,000",
                from: 0,
                to: 10000,
                won: won(20),
                decided: decided(60),
                rate: 0.33,
                interval: [0.23, 0.46],
            },
            {
                name: "over $ 100,000",
                from: 100000,
                to: false,
                won: won(1),
                decided: decided(6),
                rate: false,
                interval: false,
            },
        ],
        velocity: {
            value: 8333,
            open: makeDeals(40, "Open Deals"),
            rate: 0.25,
            average: 50000,
            cycle: 60,
            trend: [
                { month: "2026-09", name: "Sep 2026", value: false },
                { month: "2026-10", name: "Oct 2026", value: 7100 },
                { month: "2026-11", name: "Nov 2026", value: 8333 },
            ],
        },
        slippage: [
            makeMonth("2026-09", "Sep 2026", [4, 3, 0, 6, 0]),
            makeMonth("2026-10", "Oct 2026", [5, 2, 1, 8, 2]),
        ],
        currency_id: 1,
        left_out: [],
        ...values,
    };
}

export function makeDoubtful(values = {}) {
    const money = { amount: 412000, currency_id: 1 };
    return {
        stalled: makeDeals(5, "Stalled Deals", money),
        silent_hot: makeDeals(0, "Hot Deals Without a Word", { amount: 0, currency_id: 1 }),
        all: makeDeals(5, "Probably Not Real", money),
        currency_id: 1,
        left_out: [],
        deals: [
            {
                id: 11,
                name: "Office fit-out",
                partner_name: "Lumber Inc",
                user_name: "Li Wei",
                amount: 210000,
                currency_id: 1,
                stage_name: "Bidding",
                stage_days: 31,
                limit: 12,
                limit_source: "set",
                pace: "stalled",
                pace_reason: "31 days in Bidding (limit 12)",
                attention_reason: "Stalled",
                activity: false,
                sentence:
                    "31 days in Bidding (limit 12), no contact from the customer for 24 days. Of 25 that stayed as long, 2 were won.",
            },
        ],
        ...values,
    };
}

export function makeSellers(values = {}) {
    const share = (rate, part, whole, [partKey, wholeKey]) => ({
        rate,
        [partKey]: makeNumber(part, "Part", "crm.hot.report"),
        [wholeKey]: makeNumber(whole, "Whole", "crm.hot.report"),
    });
    const seller = (id, name, promises, steps) => ({
        user_id: id,
        name,
        open: makeDeals(12, `Open Deals of ${name}`),
        with_next: makeDeals(9, "With a Next Action"),
        progress: makeDeals(7, "Progress"),
        promises: share(...promises, ["kept", "settled"]),
        steps: share(...steps, ["taken", "required"]),
        bulk: makeVisits(0, "Moved in Bulk"),
    });
    return {
        sellers: [
            seller(7, "Li Wei", [0.79, 11, 14], [0.62, 31, 50]),
            seller(8, "Zhang Min", [false, 3, 4], [false, 0, 0]),
        ],
        more: 2,
        ...values,
    };
}

export function makeTrust(values = {}) {
    return {
        visits: makeVisits(1514, "Visits"),
        origins: [
            { key: "live", name: "Recorded as it happened", number: makeVisits(1204, "Live") },
            { key: "rebuilt", name: "Rebuilt from Odoo's tracking", number: makeVisits(310, "Rebuilt") },
        ],
        corrections: makeVisits(0, "Corrections"),
        bulk: makeVisits(26, "Moved in Bulk"),
        same_day: makeVisits(3, "Left on the Same Day"),
        no_amount: makeDeals(9, "Without an Amount"),
        no_closing: makeDeals(14, "Without an Expected Closing"),
        bulk_days: [{ day: "2026-11-03", user_name: "Li Wei", number: makeVisits(26, "Moved in Bulk") }],
        ...values,
    };
}

const MAKERS = {
    results: makeResults,
    doubtful: makeDoubtful,
    sellers: makeSellers,
    trust: makeTrust,
};

/**
 * Split complete cards into the blocks `stages` and `details`, as the server does.
 *
 * @param {Object} complete a block `stages` whose cards have their details, or an error
 */
function splitStages({ stages: cards = [], ...block }) {
    const details = [];
    const stages = cards.map(({ reasons, ages, dwell, ...card }) => {
        const { suggested, suggested_from, set_days, can_apply, ...lengths } = dwell;
        const suggestion = { suggested, suggested_from, set_days, can_apply };
        details.push({ stage_id: card.stage_id, reasons, ages, dwell: suggestion });
        return { ...card, dwell: lengths };
    });
    return { stages: block.error ? block : { ...block, stages }, details: { stages: details } };
}

/**
 * Return an answer of `get_review`.
 *
 * @param {Array} args arguments of the call
 * @param {Object} values blocks by name that replace those of the example, and values of the answer
 */
export function makeReview([period, teamId, userId, companyId, names], { blocks = {}, ...values } = {}) {
    const { stages, ...others } = blocks;
    const given = { ...splitStages(stages || makeStages()), ...others };
    return {
        period,
        periods: [
            { key: "month", name: "This Month" },
            { key: "quarter", name: "This Quarter" },
            { key: "3_months", name: "Last 3 Months" },
            { key: "6_months", name: "Last 6 Months" },
            { key: "12_months", name: "Last 12 Months" },
        ],
        before_name: "the 6 months before",
        today: "2026-11-23",
        start: "2026-05-24",
        end: "2026-11-23",
        before_start: "2025-11-24",
        before_end: "2026-05-23",
        team_id: teamId,
        user_id: userId,
        company_id: companyId,
        is_filtered: Boolean(teamId || userId),
        may_compare_all: true,
        companies: [{ id: 1, name: "My Company" }],
        currency_id: 1,
        later: ["details", "results", "doubtful", "sellers", "trust"],
        blocks: Object.fromEntries(names.map((name) => [name, given[name] || MAKERS[name]()])),
        ...values,
    };
}
