import { describe, expect, queryAll, queryAllAttributes, queryAllTexts, queryFirst, queryOne, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import { contains, mountWithCleanup } from "@web/../tests/web_test_helpers";
import { RecordNumber } from "@sales_process_control/screen/record_number";
import { dayFromNow } from "./kit_helpers";
import { makeBlocks, makeDeal } from "./workbench_data";
import { defineWorkbenchModels, mockActions, mockWorkbench, mountWorkbench } from "./workbench_helpers";

defineWorkbenchModels();

const ACTIVITY = { summary: false, date_deadline: dayFromNow(1), icon: false };
const NUMBER = { value: 3, name: "Stalled Deals", model: "crm.lead", domain: [["pace", "=", "stalled"]] };
const KEYS_OF_COUNTS = ["value", "change", "contact_days", "deals"];

/** Return the data of blocks without records. */
function makeEmptyBlocks() {
    const { hot, today, opportunities, customers, funnel, conversion } = makeBlocks();
    const none = { ...NUMBER, value: 0 };
    return {
        hot: { ...hot, open: none, overdue: none, flags: [] },
        attention: { promise: none, stalled: none, closing: none, slow: none, idle: none, all: none, deals: [] },
        today: { ...today, overdue: none, due: none, meetings: none, entries: [] },
        opportunities: { ...opportunities, closing: none, deals: [] },
        customers: { ...customers, starred: none, customers: [] },
        funnel: { ...funnel, stages: [{ ...funnel.stages[0], today: none, before: none, change: 0 }] },
        conversion: { ...conversion, stages: [] },
    };
}

describe("desktop", () => {
    describe.current.tags("desktop");

    test("a number opens exactly the records that it counts, also in a new window", async () => {
        const opened = mockActions();
        const number = { ...NUMBER, context: { active_test: false }, views: ["list", "pivot"] };
        await mountWithCleanup(RecordNumber, { props: { number, label: "3 stalled" } });
        expect(".o_record_number").toHaveText("3 stalled");
        expect(".o_record_number").toHaveAttribute("aria-label", "3 stalled: Stalled Deals");
        await contains(".o_record_number").click();
        await contains(".o_record_number").click({ ctrlKey: true });
        const action = {
            type: "ir.actions.act_window",
            name: "Stalled Deals",
            res_model: "crm.lead",
            domain: [["pace", "=", "stalled"]],
            context: { active_test: false, opened_number: "Stalled Deals", search_disable_custom_filters: true },
            views: [
                [false, "list"],
                [false, "pivot"],
            ],
            target: "current",
        };
        expect(opened).toEqual([
            [action, { newWindow: false }],
            [action, { newWindow: true }],
        ]);
    });

    test("deals are listed with the columns that explain the number, on phones as cards", async () => {
        const opened = mockActions();
        await mountWithCleanup(RecordNumber, { props: { number: { ...NUMBER, context: { active_test: false } } } });
        await contains(".o_record_number").click();
        expect(opened[0][0]).toMatchObject({
            context: {
                active_test: false,
                list_view_ref: "sales_process_control.crm_lead_view_list_deals",
                kanban_view_ref: "sales_process_control.crm_lead_view_kanban_deals",
            },
            views: [
                [false, "list"],
                [false, "kanban"],
                [false, "form"],
            ],
            mobile_view_mode: "kanban",
        });
    });

    test("a number with columns of its own keeps them", async () => {
        const opened = mockActions();
        const context = { list_view_ref: "sales_process_control.crm_lead_view_list_forecast" };
        await mountWithCleanup(RecordNumber, { props: { number: { ...NUMBER, context } } });
        await contains(".o_record_number").click();
        expect(opened[0][0].context.list_view_ref).toBe(context.list_view_ref);
        expect(opened[0][0].views).toHaveLength(2);
    });

    test("the number 0 opens nothing", async () => {
        await mountWithCleanup(RecordNumber, { props: { number: { ...NUMBER, value: 0 } } });
        expect("button").toHaveCount(0);
        expect(".o_record_number").toHaveText("0");
    });

    test("each number of the page opens the records of the server's domain", async () => {
        const opened = mockActions();
        mockWorkbench();
        await mountWorkbench();
        const numbers = queryAll("button.o_record_number");
        expect(numbers.length).toBeGreaterThan(20);
        for (const number of numbers) {
            await contains(number).click();
        }
        const { hot, attention, today, opportunities, customers, funnel } = makeBlocks();
        const calls = opened.map(([action]) => [action.name, action.res_model, action.domain]);
        for (const { name, model, domain } of [
            hot.open,
            hot.overdue,
            attention.promise,
            attention.stalled,
            attention.closing,
            attention.slow,
            attention.idle,
            attention.all,
            today.overdue,
            today.due,
            today.meetings,
            opportunities.closing,
            customers.starred,
            customers.customers[0].deals,
            funnel.stages[4].today,
            funnel.stages[4].before,
        ]) {
            expect(calls.some((call) => JSON.stringify(call) === JSON.stringify([name, model, domain]))).toBe(true, {
                message: name,
            });
        }
        expect(opened).toHaveLength(numbers.length);
    });

    test("counts from a thousand on have a separator", async () => {
        const enlarge = (key, value) => (KEYS_OF_COUNTS.includes(key) && Number.isInteger(value) ? 1204 : value);
        const blocks = JSON.parse(JSON.stringify(makeBlocks(), enlarge));
        Object.assign(blocks.conversion.stages[0], { at_least: 0.519, at_most: 0.805 });
        blocks.funnel.processes.push({ stage_ids: [1, 5], name: "Retail", deals: 1204 });
        mockWorkbench(blocks);
        await mountWorkbench();
        const texts = [
            ...queryAllTexts(".o_record_number, .o_funnel_change, .o_conversion_stage, .o_key_customer, option"),
            ...queryAllAttributes(".o_funnel_bar", "aria-label"),
        ];
        expect(texts.filter((text) => /\d{4}/.test(text))).toEqual([]);
        expect(texts.filter((text) => text.includes("1,204")).length).toBeGreaterThan(30);
        expect(texts).toInclude("+1,204");
        expect(".o_workbench_hot .o_block_more").toHaveText("1,199 more");
    });

    test("hot customers: customer, note, due date, amount and salesperson", async () => {
        mockWorkbench();
        await mountWorkbench();
        expect(".o_workbench_hot .o_block_numbers").toHaveText(/7 open\s*2 promises overdue/);
        expect("[data-flag='1']").toHaveText(/Haier Parts[^]*5 days late[^]*Pays the second[^]*\$ 62,500 · Payment/);
        expect("[data-flag='2']").toHaveText(/\$ 180,000 · Signing · Negotiation/);
        expect("[data-flag='2'] img").toHaveAttribute("alt", "Li Wei");
        expect(queryAll(".o_hot_card").map((card) => card.dataset.urgency)).toEqual([
            "late",
            "late",
            "soon",
            "later",
            "later",
        ]);
    });

    test("hot customers: the name opens the deal, or the customer if there is no deal", async () => {
        const opened = mockActions();
        mockWorkbench();
        await mountWorkbench();
        await contains("[data-flag='1'] .o_hot_card_open").click();
        await contains("[data-flag='2'] .o_hot_card_open").click();
        expect(opened.map(([action]) => [action.res_model, action.res_id])).toEqual([
            ["res.partner", 21],
            ["crm.lead", 42],
        ]);
    });

    test("hot customers: a flag with missing values", async () => {
        const { hot } = makeBlocks();
        const nothing = { name: "", partner_id: false, lead_id: false, lead_name: false, note: false, user_id: false };
        hot.flags = [{ ...hot.flags[0], ...nothing, due_date: false, amount: 0, user_name: false }];
        mockWorkbench({ hot });
        await mountWorkbench();
        expect(".o_hot_card").toHaveText(/Deleted customer[^]*Payment/);
        expect(".o_hot_card button, .o_hot_card img").toHaveCount(0);
    });

    test("needs attention: days, limit and reason", async () => {
        mockWorkbench();
        await mountWorkbench();
        const row = ".o_workbench_attention [data-deal='3']";
        expect(`${row} .o_deal_row_seller`).toHaveCount(0);
        expect(row).toHaveText(/Office fit-out[^]*Lumber Inc[^]*\$ 210,000[^]*Bidding[^]*31 days/);
        expect(`${row} .o_deal_row_reason`).toHaveText(
            /^Stalled 31 days in Bidding \(limit 12\), no contact from the customer/
        );
        expect(`${row} .o_stage_bar`).toHaveAttribute("aria-label", "31 days, limit 12 days");
        expect(`${row} .o_stage_bar_days`).toHaveAttribute("width", "100");
        expect(`${row} .o_stage_bar_limit`).toHaveAttribute("x1", "39");
        expect(".o_workbench_attention [data-deal='5']").toHaveText(/Slow[^]*Demo[^]*tomorrow/);
    });

    test("needs attention: reasons of which there are none are left out, paces are not", async () => {
        const { attention } = makeBlocks();
        const none = { ...NUMBER, value: 0 };
        mockWorkbench({ attention: { ...attention, promise: none, stalled: none, closing: none } });
        await mountWorkbench();
        const numbers = queryAllTexts(".o_workbench_attention .o_record_number");
        expect(numbers).toEqual(["0 stalled", "6 slow", "2 without next action", "Open all 9 as list", "6 more"]);
    });

    test("hot customers: the card of a stalled deal says so", async () => {
        mockWorkbench();
        await mountWorkbench();
        expect(".o_hot_card[data-flag='2'] .o_stage_days").toHaveText(/Stalled, 31 days$/);
        expect(".o_hot_card[data-flag='3'] .o_stage_days").toHaveText(/3 days$/);
        expect(".o_hot_card[data-flag='1'] .o_stage_days").toHaveCount(0);
    });

    test("needs attention and key opportunities: a deal with missing values", async () => {
        const nothing = { name: false, partner_name: false, amount: 0, currency_id: false, stage_name: false };
        const { attention, opportunities } = makeBlocks();
        attention.deals = [makeDeal(3, { ...nothing, limit: 0, user_name: false, activity: { ...ACTIVITY } })];
        opportunities.deals = [{ ...opportunities.deals[0], ...nothing, date_deadline: false }];
        mockWorkbench({ attention, opportunities });
        await mountWorkbench();
        expect(".o_deal_row_open").toHaveText("Deal without a name");
        expect(".o_opportunity_open").toHaveText("Deal without a name");
        expect(".o_stage_bar").toHaveCount(0);
    });

    test("today: activities with their distance, meetings in the user's time zone", async () => {
        const { today } = makeBlocks();
        today.entries.push({ ...today.entries[2], id: 14, start: false, stop: false, is_all_day: true });
        const [yesterday, day, tomorrow] = [-1, 0, 1].map(dayFromNow);
        for (const [id, start, stop] of [
            [15, `${yesterday} 20:00:00`, `${day} 10:30:00`],
            [16, `${yesterday} 20:00:00`, `${tomorrow} 10:30:00`],
            [17, `${yesterday} 23:00:00`, `${day} 23:00:00`], // from midnight to midnight in the reader's time zone
        ]) {
            today.entries.push({ ...today.entries[2], id, start, stop });
        }
        mockWorkbench({ today });
        const opened = mockActions();
        await mountWorkbench();
        expect("[data-entry='activity 11']").toHaveText(/Call[^]*Lumber Inc[^]*Office fit-out[^]*2 days late/);
        expect("[data-entry='meeting 13'] .o_today_time").toHaveText("14:00");
        expect("[data-entry='meeting 14'] .o_today_time").toHaveText("all day");
        expect("[data-entry='meeting 15'] .o_today_time").toHaveText("until 11:30");
        expect("[data-entry='meeting 16'] .o_today_time").toHaveText("all day");
        expect("[data-entry='meeting 17'] .o_today_time").toHaveText("00:00");
        await contains("[data-entry='activity 11'] .o_today_open").click();
        await contains("[data-entry='meeting 13'] .o_today_open").click();
        expect(opened.map(([action]) => [action.res_model, action.res_id])).toEqual([
            ["crm.lead", 3],
            ["calendar.event", 13],
        ]);
    });

    test("key opportunities and key customers", async () => {
        mockWorkbench();
        await mountWorkbench();
        expect(".o_opportunity[data-deal='6']").toHaveText(
            /Headquarters, floor 3[^]*2 stars[^]*Gemini Furniture · Bidding[^]*\$ 240,000[^]*in 12 days/
        );
        expect(".o_key_customer[data-customer='31']").toHaveText(
            /Key customer:[^]*Gemini Furniture[^]*3 open deals · 2 days since last contact[^]*Send the offer[^]*\$ 390,000/
        );
        expect(".o_key_customer[data-customer='32']").toHaveText(/1 open deal · no contact yet[^]*No next action/);
        expect(".o_key_customer[data-customer='32'] .o_workbench_star").toHaveCount(0);
    });

    test("funnel: today, 30 days ago and the change", async () => {
        mockWorkbench();
        await mountWorkbench();
        const bidding = ".o_funnel_stage[data-stage='4']";
        expect(bidding).toHaveText(/Bidding[^]*\$ 100,000[^]*10[^]*was 5[^]*\+5/);
        expect(`${bidding} .o_funnel_bar`).toHaveAttribute("aria-label", "10 today, 5 thirty days ago");
        expect(`${bidding} .o_funnel_today`).toHaveAttribute("width", "45");
        expect(`${bidding} .o_funnel_before`).toHaveAttribute("width", "23");
        expect(".o_funnel_remarks").toHaveText(/is estimated[^]*without recurring revenue/);
    });

    test("conversion: counts, and the rate with its interval if there are enough deals", async () => {
        mockWorkbench();
        await mountWorkbench();
        const texts = queryAllTexts(".o_conversion_stage").map((text) => text.replace(/\s+/g, " "));
        expect(texts).toEqual([
            "Bidding: mine 6 of 9 · team 58% (49 to 66)",
            "Negotiation: mine 9 of 12 · 75% (47 to 91)",
        ]);
    });

    test("conversion: bounds instead of a rate in a young stage, with skipped and removed deals", async () => {
        const { conversion } = makeBlocks();
        const [bidding, negotiation] = conversion.stages;
        Object.assign(bidding, {
            ...{ converted: { ...bidding.converted, value: 40 }, settled: { ...bidding.settled, value: 55 } },
            ...{ stayed: { ...bidding.stayed, value: 77 }, at_least: 0.519, at_most: 0.805, beside: false },
            ...{ skipped: { ...bidding.skipped, value: 12 }, removed: { ...bidding.removed, value: 3 } },
        });
        Object.assign(negotiation, {
            ...{ converted: { ...negotiation.converted, value: 0 }, settled: { ...negotiation.settled, value: 0 } },
            ...{ rate: false, interval: false, removed: { ...negotiation.removed, value: 2 } },
        });
        mockWorkbench({ conversion });
        await mountWorkbench();
        const texts = queryAllTexts(".o_conversion_stage").map((text) => text.replace(/\s+/g, " "));
        expect(texts).toEqual([
            "Bidding: mine 40 of 55 · 52% to 81% (55 of 77 moved on or lost) · 12 skipped · 3 removed",
            "Negotiation: mine no outcome yet · 2 removed",
        ]);
    });

    for (const [state, funnel] of [
        ["could not be read", { error: "Broken." }],
        ["is empty", makeEmptyBlocks().funnel],
    ]) {
        test(`the rates are there where the funnel ${state}`, async () => {
            mockWorkbench({ funnel });
            await mountWorkbench();
            expect(".o_funnel_stage").toHaveCount(0);
            expect(".o_conversion_stage").toHaveCount(2);
        });
    }

    test("records without a name have a default name, also in accessible names", async () => {
        const { attention, today, opportunities } = makeBlocks();
        attention.deals = [makeDeal(3, { name: false })];
        opportunities.deals = [{ ...opportunities.deals[0], name: false }];
        today.entries = [{ ...today.entries.find(({ kind }) => kind === "activity"), title: false, lead_name: false }];
        mockWorkbench({ attention, today, opportunities });
        await mountWorkbench();
        expect(".o_block_failed").toHaveCount(0);
        expect("[data-action=lose]").toHaveAttribute("aria-label", "Mark as lost: Deal without a name");
        expect(".o_opportunity_open").toHaveText("Deal without a name");
        expect(".o_today_done").toHaveAttribute("aria-label", "Mark as done: Activity");
    });

    test("the team scope: deals and activities name the salesperson", async () => {
        mockWorkbench();
        await mountWorkbench();
        await contains(".o_radio_chip[data-value=team]").click();
        await animationFrame();
        expect(".o_workbench_attention [data-deal='3'] .o_deal_row_seller").toHaveText("Li Wei");
        expect("[data-entry='activity 11']").toHaveText(/Office fit-out · Li Wei/);
    });

    test("each empty block has a button that says what to do", async () => {
        mockWorkbench(makeEmptyBlocks());
        await mountWorkbench();
        expect(queryAllTexts(".o_block_empty button")).toEqual([
            "Raise Flag",
            "Schedule an activity",
            "Schedule an activity",
            "Choose a deal",
            "Open customers",
            "New deal",
        ]);
        expect(".o_workbench_grid ul li").toHaveCount(0);
    });
});

describe("mobile", () => {
    describe.current.tags("mobile");

    test("blocks are stacked within the width of the screen, and buttons have the minimum target size", async () => {
        const { attention } = makeBlocks();
        const name = "A deal with a name that is much longer than any phone in the world is wide";
        attention.deals.push(makeDeal(9, { name, hot_due_date: dayFromNow(1) }));
        mockWorkbench({ attention });
        await mountWorkbench();
        const content = queryFirst(".o_workbench_content");
        expect(content.scrollWidth).toBeLessThan(content.clientWidth + 1);
        const [hot, needs, today] = [".o_workbench_hot", ".o_workbench_attention", ".o_workbench_today"].map((part) =>
            queryOne(part).getBoundingClientRect()
        );
        expect(needs.top).not.toBeLessThan(hot.bottom);
        expect(today.top).not.toBeLessThan(needs.bottom);
        for (const button of queryAll(".o_workbench_header .btn, .o_deal_row_actions .btn, .o_today_done")) {
            expect(button.getBoundingClientRect().height).toBeGreaterThan(43);
        }
    });
});
