import { dayFromNow } from "./kit_helpers";

/** Example answers of `crm.lead.get_workbench`, used by the tests of the page and of several blocks. */

export function makeNumber(value, name, model = "crm.lead", domain = [["stage_id", "=", value]], values = {}) {
    return { value, name, model, domain, ...values };
}

function makeHot(id, values) {
    return {
        id,
        name: "Deco Addict",
        partner_id: 20 + id,
        lead_id: 40 + id,
        lead_name: "Contract renewal",
        note: "Contract back from legal, signs this week",
        kind: "sign",
        kind_name: "Signing",
        due_date: dayFromNow(2),
        amount: 180000,
        currency_id: 1,
        stage_name: "Negotiation",
        stage_days: 3,
        pace: "on_pace",
        user_id: 7,
        user_name: "Li Wei",
        can_edit: true,
        ...values,
    };
}

export function makeDeal(id, values = {}) {
    return {
        id,
        name: "Office fit-out",
        partner_name: "Lumber Inc",
        amount: 210000,
        currency_id: 1,
        stage_id: 5,
        stage_name: "Bidding",
        has_next_stage: true,
        stage_days: 31,
        limit: 12,
        limit_source: "set",
        pace: "stalled",
        pace_reason:
            "31 days in Bidding (limit 12), no contact from the customer for 24 days, closing date pushed twice.",
        attention: ["stalled", "idle"],
        attention_reason:
            "31 days in Bidding (limit 12), no contact from the customer for 24 days, closing date pushed twice, no next action.",
        is_hot: false,
        hot_note: false,
        hot_due_date: false,
        user_id: 7,
        user_name: "Li Wei",
        activity: false,
        can_write: true,
        ...values,
    };
}

function makeEntry(id, values) {
    return {
        kind: "activity",
        id,
        icon: "fa-phone",
        title: "Call",
        lead_id: 3,
        lead_name: "Office fit-out",
        partner_name: "Lumber Inc",
        date_deadline: dayFromNow(-2),
        start: false,
        stop: false,
        is_all_day: false,
        user_id: 7,
        user_name: "Li Wei",
        ...values,
    };
}

function makeCustomer(id, values) {
    return {
        id,
        name: "Gemini Furniture",
        is_key: true,
        deals: makeNumber(3, "Open Deals of Gemini Furniture"),
        amount: 390000,
        currency_id: 1,
        contact_days: 2,
        next_action: { summary: "Send the offer", date_deadline: dayFromNow(1) },
        ...values,
    };
}

function makeStage(id, name, today, before) {
    const domain = [["stage_id", "=", id]];
    return {
        stage_id: id,
        name,
        today: makeNumber(today, `${name}: Open Deals`, "crm.lead", domain, { amount: today * 10000 }),
        before: makeNumber(before, `${name}: 30 Days Ago`, "crm.pipeline.day", domain, { amount: before * 9000 }),
        change: today - before,
    };
}

function makeConversion(id, name, converted, settled, values = {}) {
    return {
        stage_id: id,
        name,
        stayed: makeNumber(settled, `${name}: Stayed`, "crm.stage.conversion.report"),
        converted: makeNumber(converted, `${name}: Converted`, "crm.stage.conversion.report"),
        settled: makeNumber(settled, `${name}: Settled`, "crm.stage.conversion.report"),
        skipped: makeNumber(0, `${name}: Skipped`, "crm.stage.conversion.report"),
        removed: makeNumber(0, `${name}: Removed`, "crm.stage.conversion.report"),
        rate: false,
        interval: false,
        at_least: false,
        at_most: false,
        beside: { rate: 0.58, interval: [0.49, 0.66], settled: 120 },
        ...values,
    };
}

/** Return block `state`: the same text for each block. */
export function makeState(seen) {
    const names = ["hot", "attention", "today", "opportunities", "customers", "sellers", "funnel", "conversion"];
    return { seen: Object.fromEntries(names.map((name) => [name, seen])) };
}

export function makeBlocks() {
    return {
        state: makeState("1"),
        hot: {
            open: makeNumber(7, "Hot Customers", "crm.hot.flag", [["outcome", "=", "open"]]),
            overdue: makeNumber(2, "Promises Overdue", "crm.hot.flag", [["due_date", "<", dayFromNow(0)]]),
            flags: [
                makeHot(1, {
                    name: "Haier Parts",
                    note: "Pays the second instalment before 18 November",
                    kind: "payment",
                    kind_name: "Payment",
                    due_date: dayFromNow(-5),
                    amount: 62500,
                    lead_id: false,
                    lead_name: false,
                    stage_name: false,
                }),
                makeHot(2, { due_date: dayFromNow(-1), stage_days: 31, pace: "stalled" }),
                makeHot(3, { name: "Ready Mat", note: "Signing around 25 November", amount: 95000 }),
                makeHot(4, { name: "Azure Interior", due_date: dayFromNow(4), kind: "reorder", kind_name: "Reorder" }),
                makeHot(5, { name: "Gemini Furniture", due_date: dayFromNow(12), amount: 240000 }),
            ],
        },
        attention: {
            promise: makeNumber(1, "Overdue Promises"),
            stalled: makeNumber(3, "Stalled Deals"),
            closing: makeNumber(2, "Expected Closing Passed"),
            slow: makeNumber(6, "Slow Deals"),
            idle: makeNumber(2, "No Next Action"),
            all: makeNumber(9, "Deals That Need Attention"),
            deals: [
                makeDeal(3),
                makeDeal(4, {
                    name: "Cold-store racks",
                    amount: 64000,
                    stage_days: 19,
                    limit: 14,
                    pace_reason: "19 days in Bidding (limit 14), no contact from the customer yet.",
                    attention_reason:
                        "19 days in Bidding (limit 14), no contact from the customer yet, no next action.",
                    is_hot: true,
                    hot_note: "Wants it before the winter",
                    hot_due_date: dayFromNow(9),
                }),
                makeDeal(5, {
                    name: "600 chairs",
                    amount: 22500,
                    stage_days: 15,
                    pace: "slow",
                    pace_reason: "15 days in Bidding (limit 12), next activity tomorrow.",
                    attention: ["slow"],
                    attention_reason: "15 days in Bidding (limit 12), next activity tomorrow.",
                    activity: { summary: "Demo", date_deadline: dayFromNow(1), icon: "fa-users" },
                }),
            ],
        },
        today: {
            overdue: makeNumber(2, "Overdue Activities", "mail.activity"),
            due: makeNumber(4, "Activities Due Today", "mail.activity"),
            activities: makeNumber(6, "Activities Due Today or Before", "mail.activity"),
            meetings: makeNumber(1, "Meetings of Today", "calendar.event"),
            entries: [
                makeEntry(11, {}),
                makeEntry(12, {
                    icon: "fa-envelope",
                    title: "Send offer",
                    date_deadline: dayFromNow(0),
                    partner_name: "Ready Mat",
                }),
                makeEntry(13, {
                    kind: "meeting",
                    icon: "fa-users",
                    title: "Meeting",
                    lead_name: "Reorder of desks",
                    partner_name: "Azure Interior",
                    date_deadline: dayFromNow(0),
                    start: `${dayFromNow(0)} 13:00:00`,
                    stop: `${dayFromNow(0)} 14:00:00`,
                }),
            ],
        },
        opportunities: {
            closing: makeNumber(2, "Deals to Close Within 30 Days, Overdue Ones Included"),
            deals: [
                makeDeal(6, {
                    name: "Headquarters, floor 3",
                    partner_name: "Gemini Furniture",
                    amount: 240000,
                    pace: "on_pace",
                    pace_reason: false,
                    date_deadline: dayFromNow(12),
                    priority: "2",
                }),
                makeDeal(7, {
                    name: "Contract renewal",
                    partner_name: "Deco Addict",
                    amount: 180000,
                    stage_name: "Negotiation",
                    pace: false,
                    pace_reason: false,
                    is_hot: true,
                    hot_note: "Contract back from legal",
                    hot_due_date: dayFromNow(-1),
                    date_deadline: dayFromNow(-1),
                    priority: "0",
                }),
            ],
        },
        customers: {
            left_out: [],
            starred: makeNumber(1, "Key Customers", "res.partner", [["is_key_customer", "=", true]]),
            all: makeNumber(11, "Key Customers and Customers With Open Deals", "res.partner"),
            customers: [
                makeCustomer(31, {}),
                makeCustomer(32, {
                    name: "Lumber Inc",
                    is_key: false,
                    deals: makeNumber(1, "Open Deals of Lumber Inc"),
                    amount: 210000,
                    contact_days: false,
                    next_action: false,
                }),
            ],
        },
        sellers: { sellers: [], more: 0, all: makeNumber(0, "Open Deals by Salesperson") },
        funnel: {
            processes: [{ stage_ids: [1, 2, 3, 4, 5], name: "Direct Sales", deals: 65 }],
            process: [1, 2, 3, 4, 5],
            elsewhere: makeNumber(0, "Deals in Stages That Their Team Does Not Use"),
            left_out: [],
            day: dayFromNow(-30),
            is_estimated: true,
            has_recurring: true,
            currency_id: 1,
            stages: [
                makeStage(1, "First contact", 22, 18),
                makeStage(2, "Project evaluation", 16, 16),
                makeStage(3, "Needs analysis", 13, 16),
                makeStage(4, "Bidding", 10, 5),
                makeStage(5, "Negotiation", 4, 5),
            ],
        },
        conversion: {
            since: dayFromNow(-365),
            of: "mine",
            beside: "team",
            stages: [
                makeConversion(4, "Bidding", 6, 9),
                makeConversion(5, "Negotiation", 9, 12, { rate: 0.75, interval: [0.468, 0.911], beside: false }),
            ],
        },
    };
}

const LATER = ["funnel", "conversion"];

/**
 * Return an answer of `get_workbench`.
 *
 * @param {string} scope
 * @param {string[]|null} names of the requested blocks
 * @param {Object} values data by the name of the block; they replace those of the example or add a block, which the page
 *  reads later
 */
export function makeWorkbench(scope = "mine", names = null, values = {}) {
    const examples = makeBlocks();
    const all = { ...examples, ...values };
    const wanted = names || ["state", "hot", "attention", "today", "opportunities", "customers"];
    const added = Object.keys(values).filter((name) => !(name in examples));
    return {
        scope,
        scopes: ["mine", "team", "all"],
        teams: [],
        team_ids: [],
        read_at: "2026-03-10 09:41:30",
        today: dayFromNow(0),
        later: [...(scope === "mine" ? LATER : ["sellers", ...LATER]), ...added],
        blocks: Object.fromEntries(wanted.map((name) => [name, all[name]])),
    };
}
