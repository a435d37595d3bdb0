import { describe, expect, queryAllTexts, queryFirst, test } from "@odoo/hoot";
import { press } from "@odoo/hoot-dom";
import { animationFrame, Deferred } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
    preloadBundle,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { dayFromNow } from "./kit_helpers";

class CrmStage extends models.Model {
    _name = "crm.stage";

    name = fields.Char();

    _records = [
        { id: 1, name: "Bidding" },
        { id: 2, name: "Negotiation" },
    ];
}

class CrmLead extends models.Model {
    _name = "crm.lead";

    name = fields.Char();
    partner_name = fields.Char();
    user_id = fields.Many2one({ relation: "res.users" });
    partner_id = fields.Many2one({ relation: "res.partner" });
    active = fields.Boolean({ default: true });
    won_status = fields.Char({ default: "pending" });
    stage_id = fields.Many2one({ relation: "crm.stage" });
    expected_revenue = fields.Float();
    date_deadline = fields.Date();
    deal_facts = fields.Char();
    chance = fields.Float();
    chance_evidence = fields.Char();
    last_contact_at = fields.Datetime();
    last_word = fields.Char();
    next_action_date = fields.Date();
    next_action = fields.Char();
    step_progress = fields.Char();
    open_step_names = fields.Char();
    attention_reason = fields.Char();

    _records = [
        {
            id: 1,
            name: "Office fit-out",
            partner_name: "Lumber Inc",
            stage_id: 2,
            expected_revenue: 210_000,
            date_deadline: dayFromNow(20),
            deal_facts: JSON.stringify({
                is_hot: true,
                hot_note: "Signs soon",
                stage_before: "Bidding",
                stage_change: "forward",
                stage_days: 31.5,
                pace: "stalled",
                amount_before: 240_000,
                closing_before: dayFromNow(0),
                closing_change: "later",
                push_count: 3,
            }),
            chance: 0.08,
            chance_evidence: "Of 25 deals that stayed in Bidding longer than 30 days, 2 were signed.",
            last_contact_at: `${dayFromNow(-24)} 10:00:00`,
            last_word: "“need two more weeks”",
            step_progress: "1 of 3",
            open_step_names: "references, offer",
            attention_reason: "Stalled: 31 days in Negotiation (limit 12).",
        },
        {
            id: 2,
            name: "Reception counter",
            stage_id: 1,
            expected_revenue: 22_000,
            deal_facts: JSON.stringify({ is_new_since: true, stage_days: 4, pace: "on_pace", amount_before: 22_000 }),
            date_deadline: dayFromNow(0),
            chance: 0.71,
            next_action_date: dayFromNow(1),
            next_action: "Call",
            step_progress: "2 of 2",
        },
        {
            id: 3,
            name: "Lost racks",
            won_status: "lost",
            stage_id: 1,
            deal_facts: JSON.stringify({ stage_days: 9 }),
            date_deadline: dayFromNow(-9),
        },
        {
            id: 4,
            name: "Dated desks",
            stage_id: 1,
            date_deadline: dayFromNow(5),
            deal_facts: JSON.stringify({ closing_change: "set" }),
        },
        {
            id: 5,
            name: "Undated desks",
            stage_id: 1,
            deal_facts: JSON.stringify({ closing_before: dayFromNow(5), closing_change: "removed" }),
        },
    ];
}

const HIDDEN = [
    "partner_name",
    "partner_id",
    "user_id",
    "active",
    "won_status",
    "deal_facts",
    "last_word",
    "next_action",
    "open_step_names",
];
const hidden = HIDDEN.map((name) => `<field name="${name}" column_invisible="True" />`).join("");
const ARCH = `
    <list js_class="deal_list" class="o_deal_list" multi_edit="1">
        ${hidden}
        <field name="name" widget="deal_name" readonly="1" />
        <field name="stage_id" widget="deal_stage" options="{'no_open': True}" />
        <field name="expected_revenue" widget="deal_amount" sum="Total" />
        <field name="date_deadline" widget="deal_closing" />
        <field name="chance" widget="deal_chance" />
        <field name="last_contact_at" widget="deal_last_word" />
        <field name="next_action_date" widget="deal_next_action" />
        <field name="step_progress" widget="deal_steps" />
        <field name="attention_reason" widget="deal_attention" />
    </list>`;

defineMailModels();
defineModels([CrmStage, CrmLead]);
preloadBundle("web.assets_backend_lazy");

describe.current.tags("desktop");

const mountDeals = () => mountView({ type: "list", resModel: "crm.lead", arch: ARCH });

/** Texts of the cells of a column, with single spaces. */
const cellsOf = (name) =>
    queryAllTexts(`.o_data_row td[name='${name}']`).map((text) => text.replace(/\s+/g, " ").trim());

test("cells that changed show what they were, by sign and text", async () => {
    await mountDeals();
    expect(cellsOf("stage_id")[0]).toMatch(/^Negotiation.*31 days.*▲ up was Bidding$/);
    expect(cellsOf("expected_revenue")[0]).toMatch(/^210,000.00 ▼ down was 240,000/);
    expect(cellsOf("date_deadline")[0]).toMatch(/→ later was .*, pushed 3 times$/);
});

test("amounts, what they were and marks are not cut off or torn apart in narrow columns", async () => {
    await mountDeals();
    expect("td[name='expected_revenue'] .o_changed_value").toHaveStyle({ whiteSpace: "normal", overflowX: "visible" });
    expect(".o_deal_is_new").toHaveStyle({ whiteSpace: "nowrap" });
    expect(".o_list_footer .o_list_number").toHaveText("232,000");
});

test("cells that did not change show nothing more", async () => {
    await mountDeals();
    expect(".o_data_row:nth-child(2) .o_changed_value").toHaveCount(0);
    expect(".o_data_row:nth-child(2) .o_deal_is_new").toHaveText("New");
    expect(".o_data_row:nth-child(1) .o_deal_is_new").toHaveCount(0);
});

test("an expected closing that was set or removed shows what it was", async () => {
    await mountDeals();
    expect(".o_data_row:nth-child(4) .o_changed_value").toHaveText(/^\+\s*set\s*was not set$/);
    expect(".o_data_row:nth-child(5) .o_changed_value").toHaveText(/^×\s*removed\s*was /);
});

test("a deal has its customer and its salesperson", async () => {
    await mountDeals();
    expect(cellsOf("name").slice(0, 2)).toEqual([
        "Office fit-out Lumber Inc · No salesperson",
        "Reception counter New No customer · No salesperson",
    ]);
    expect(".o_data_row:first .o_hot_flame").toHaveCount(1);
    expect(".o_hot_flame").toHaveCount(1);
});

test("facts of a deal are in words", async () => {
    await mountDeals();
    expect(cellsOf("next_action_date")).toEqual(["none", "Call tomorrow", "", "none", "none"]);
    expect(cellsOf("last_contact_at").slice(0, 2)).toEqual(["24 days ago “need two more weeks”", "none yet"]);
    expect(cellsOf("step_progress").slice(0, 2)).toEqual(["1 of 3 missing: references, offer", "2 of 2"]);
    expect(cellsOf("attention_reason").slice(0, 3)).toEqual([
        "Stalled: 31 days in Negotiation (limit 12).",
        "on pace",
        "",
    ]);
});

test("only open deals have days in their stage and a late closing", async () => {
    await mountDeals();
    expect(".o_data_row:nth-child(2) .o_due_distance:contains(today)").toHaveCount(1);
    expect(".o_data_row:nth-child(3)").toHaveText(/Lost racks/);
    expect(".o_data_row:nth-child(3) .o_stage_days, .o_data_row:nth-child(3) .o_due_distance").toHaveCount(0);
});

/** Note each time that the evidence of a deal is read. */
function watchEvidence() {
    onRpc("crm.lead", "read", ({ args }) => {
        expect.step(args);
    });
}

test("the evidence of a chance opens by pointer and by keyboard, and does not open the deal", async () => {
    onRpc("web_read", () => expect.step("opened"));
    watchEvidence();
    await mountDeals();
    expect.verifySteps([]);
    const chance = queryFirst(".o_deal_chance");
    expect(chance).toHaveText("8%");
    await contains(".o_deal_chance").hover();
    await animationFrame();
    expect.verifySteps([[[1], ["chance_evidence"]]]);
    expect(".o-tooltip").toHaveText(/^Of 25 deals that stayed in Bidding/);
    expect(".o_data_row:first-child td[name='chance'] [role='status']").toHaveText(/^Of 25 deals/);
    await contains(".o_list_view").hover();
    expect(".o-tooltip").toHaveCount(0);
    await contains(".o_deal_chance").focus();
    await animationFrame();
    expect(".o-tooltip").toHaveCount(1);
    await press("Escape");
    await animationFrame();
    expect(".o-tooltip").toHaveCount(0);
    await contains(".o_deal_chance").click();
    await animationFrame();
    expect(".o-tooltip").toHaveCount(1);
    // Read once for all of these.
    expect.verifySteps([]);
});

test("the evidence does not open once the pointer has gone", async () => {
    const answer = new Deferred();
    onRpc("crm.lead", "read", () => answer);
    await mountDeals();
    await contains(".o_deal_chance").hover();
    await contains(".o_list_view").hover();
    answer.resolve([{ id: 1, chance_evidence: "Of 25 deals" }]);
    await animationFrame();
    expect(".o-tooltip").toHaveCount(0);
});

test("a failure to read the evidence is said, and it is read again", async () => {
    let fails = true;
    onRpc("crm.lead", "read", () => {
        if (fails) {
            throw new Error("The server is busy");
        }
    });
    await mountDeals();
    await contains(".o_deal_chance").hover();
    await animationFrame();
    expect(".o-tooltip").toHaveText(/could not be read/);
    fails = false;
    await contains(".o_list_view").hover();
    await contains(".o_deal_chance").hover();
    await animationFrame();
    expect(".o-tooltip").toHaveText(/^Of 25 deals/);
});

test("a selected deal is edited in the list", async () => {
    onRpc("write", ({ args }) => expect.step(args[1]));
    onRpc("web_save", ({ args }) => expect.step(args[1]));
    await mountDeals();
    await contains(".o_data_row:nth-child(1) .o_list_record_selector input").click();
    await contains(".o_data_row:nth-child(1) td[name='expected_revenue']").click();
    await contains(".o_data_row:nth-child(1) td[name='expected_revenue'] input").edit("200000");
    expect.verifySteps([{ expected_revenue: 200_000 }]);
});
