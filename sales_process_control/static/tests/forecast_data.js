/** Example answers of `get_screen`: the drawing of the page. */

export function makeNumber(value, name = "Records", model = "crm.lead", more = {}) {
    return { value, name, model, domain: [["id", "=", value]], ...more };
}

export function makeParts(values = {}) {
    return {
        date_start: "2026-10-01",
        date_end: "2026-12-31",
        day: "2026-11-28",
        currency_id: 1,
        is_known: true,
        won_count: 12,
        won_amount: 188000,
        open_count: 41,
        open_without_amount: 0,
        open_not_known: 0,
        expected_count: 14.2,
        expected_amount: 240000,
        to_come_count: 4.6,
        to_come_amount: 72000,
        total_count: 30.8,
        count_low: 26,
        count_high: 36,
        total_amount: 500000,
        amount_low: 430000,
        amount_high: 575000,
        left_out: [],
        ...values,
    };
}

export function makeTotal(parts = {}, values = {}) {
    return {
        parts: makeParts(parts),
        currency_id: 1,
        won: makeNumber(12, "Won in the Period", "crm.win.report", { amount: 188000 }),
        open: makeNumber(41, "Open Deals"),
        without_amount: makeNumber(0, "Open Deals Without an Amount"),
        arrivals: { count: 67, days: 84, days_left: 33, incoming: 26.3, chance: 0.17, average: 15652 },
        target: {
            amount: 600000,
            months: 3,
            all_months: 3,
            incomplete: [],
            number: makeNumber(3, "Sales Targets", "crm.sales.target"),
        },
        left_out: [],
        ...values,
    };
}

function makeDeal(id, name, values = {}) {
    return {
        id,
        name,
        stage_name: "Bidding",
        stage_days: 9,
        amount: 64000,
        currency_id: 1,
        chance_in_period: 0.38,
        chance: 0.55,
        evidence: "Of 88 deals that stayed in Bidding longer than 9 days, 47 were signed.",
        ...values,
    };
}

export function makeDeals(values = {}) {
    return {
        deals: [
            makeDeal(1, "Lounge corner"),
            makeDeal(2, "Reception counter", { stage_name: "Negotiation", amount: 0, chance: false }),
        ],
        all: makeNumber(41, "Open Deals"),
        shown_amount: 40000,
        expected_amount: 240000,
        is_known: true,
        currency_id: 1,
        left_out: [],
        ...values,
    };
}

function makeNight(day, won, total) {
    return {
        day,
        is_rebuilt: false,
        won_amount: won,
        total_amount: total,
        amount_low: total - 70000,
        amount_high: total + 75000,
    };
}

export function makeTrail(values = {}) {
    return {
        days: [
            makeNight("2026-09-30", 0, 580000),
            makeNight("2026-11-01", 90000, 540000),
            makeNight("2026-11-27", 188000, 505000),
        ],
        reason: "",
        without_rate: 0,
        all: makeNumber(3, "Stored Forecasts", "crm.forecast"),
        target: 600000,
        currency_id: 1,
        ...values,
    };
}

export function makeOwner(id, name, values = {}) {
    return {
        id,
        name,
        won: makeNumber(6, `Won: ${name}`, "crm.win.report", { amount: 88000 }),
        open: makeNumber(20, `Open Deals: ${name}`, "crm.lead", { amount: 300000 }),
        expected: 96000,
        to_come: 0,
        total: 184000,
        target: makeNumber(3, "Sales Targets", "crm.sales.target", { amount: 200000 }),
        target_months: 3,
        all_months: 3,
        incomplete: [],
        gap: -16000,
        is_reached: false,
        coverage: 2.678,
        ...values,
    };
}

const WITHOUT_TARGET = { target: false, gap: false, is_reached: false, coverage: false };

export function makeOwners(values = {}) {
    const sellers = [
        makeOwner(7, "Li Wei"),
        makeOwner(8, "Zhang Min", { gap: 9000, is_reached: true, coverage: false }),
        makeOwner(false, "Unassigned", WITHOUT_TARGET),
    ];
    return {
        teams: false,
        sellers: { rows: sellers, more: 0, has_targets: true, left_out: [] },
        is_known: true,
        currency_id: 1,
        left_out: [],
        ...values,
    };
}

export { WITHOUT_TARGET };

/** Return a period that is over, with a range of 20,000 on both sides. */
export function makePeriod(key, name, expected, won, values = {}) {
    return {
        key,
        name,
        is_rebuilt: false,
        expected,
        low: expected - 20000,
        high: expected + 20000,
        is_inside: true,
        nights: makeNumber(31, `Stored Forecasts: ${name}`, "crm.forecast"),
        first: makeNumber(1, `Forecast on the First Day: ${name}`, "crm.forecast"),
        won: makeNumber(4, `Won: ${name}`, "crm.win.report", { amount: won }),
        ...values,
    };
}

export function makeAccuracy(values = {}) {
    return {
        reason: false,
        measure: "amount",
        currency_id: 1,
        periods: [
            makePeriod("2026-10-01", "October 2026", 152000, 161000),
            makePeriod("2026-09-01", "September 2026", 140000, 97000, { is_inside: false, is_rebuilt: true }),
            makePeriod("2026-08-01", "August 2026", 90000, 130000, { is_inside: false }),
        ],
        inside: 1,
        inside_share: false,
        fewest: 3,
        left_out: [],
        off_by: 0.237,
        others: [
            { key: "stage_weighted", count: 3, off_by: 0.46, own_off_by: 0.237 },
            { key: "odoo", count: 0, off_by: false, own_off_by: false },
        ],
        ...values,
    };
}

function makeCell(signed, deals, share = false) {
    return {
        signed: makeNumber(signed, "Signed", "crm.lead"),
        deals: makeNumber(deals, "Rated", "crm.lead"),
        share,
    };
}

export function makeEstimates(values = {}) {
    return {
        deals: 71,
        sources: [
            { key: "seller", name: "Salespeople", count: 71, signed: 25, said: 0.78, share: 0.352 },
            { key: "odoo", name: "Odoo's Probability", count: 8, signed: 6, said: false, share: false },
            { key: "chance", name: "Chance to Sign", count: 0, signed: 0, said: false, share: false },
        ],
        bands: [
            { low: 80, high: 100, cells: [makeCell(14, 31, 0.4516), makeCell(6, 8), makeCell(0, 0)] },
            { low: 60, high: 80, cells: [makeCell(11, 40, 0.275), makeCell(0, 0), makeCell(0, 0)] },
        ],
        ...values,
    };
}

/**
 * Return an answer of `get_screen`.
 *
 * @param {Array} args of the call
 * @param {Object} values that replace parts of the answer; `blocks` replaces single blocks
 */
export function makeScreen([period, teamId, userId, companyId, names], { blocks = {}, ...values } = {}) {
    const known = {
        total: makeTotal(),
        deals: makeDeals(),
        trail: makeTrail(),
        owners: makeOwners(),
        accuracy: makeAccuracy(),
        estimates: makeEstimates(),
        ...blocks,
    };
    return {
        period,
        periods: [
            { key: "month", name: "This Month" },
            { key: "next_month", name: "Next Month" },
            { key: "quarter", name: "This Quarter" },
            { key: "next_quarter", name: "Next Quarter" },
        ],
        period_kind: period.includes("month") ? "month" : "quarter",
        period_name: "Q4 2026",
        today: "2026-11-28",
        start: "2026-10-01",
        end: "2026-12-31",
        days_left: 33,
        team_id: teamId,
        user_id: userId,
        company_id: companyId,
        companies: [{ id: 1, name: "My Company" }],
        seller_domain: [],
        may_compare_all: true,
        currency_id: 1,
        later: ["accuracy", "estimates"],
        ...values,
        blocks: Object.fromEntries(names.map((name) => [name, known[name]])),
    };
}
