import { describe, expect, press, queryAllTexts, queryOne, test, waitUntil } from "@odoo/hoot";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { contains, defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { dayFromNow, makeFlag, mockDialog, mockPopover, pointAt } from "./kit_helpers";

class CrmHotFlag extends models.Model {
    _name = "crm.hot.flag";
}

class CrmLead extends models.Model {
    _name = "crm.lead";

    name = fields.Char();
    is_hot = fields.Boolean();
    hot_note = fields.Char();
    hot_due_date = fields.Date();
    stage_days = fields.Float();
    pace = fields.Selection({
        selection: [
            ["on_pace", "On pace"],
            ["slow", "Slow"],
            ["stalled", "Stalled"],
        ],
    });
    pace_reason = fields.Char();
    card_facts = fields.Char();

    _records = [
        {
            id: 1,
            name: "Hot deal",
            is_hot: true,
            hot_note: "Signing around 10 March",
            hot_due_date: dayFromNow(3),
            stage_days: 18.2,
            pace: "stalled",
            pace_reason: "18 days in Bidding (limit 12).",
        },
        { id: 2, name: "Cold deal", is_hot: false, stage_days: 0.3, pace: "on_pace" },
        { id: 3, name: "Slow deal", is_hot: false, stage_days: 13, pace: "slow", pace_reason: "13 days in Bidding." },
    ];
}

class Customer extends models.Model {
    _name = "customer";

    name = fields.Char();
    is_hot = fields.Boolean();
    hot_note = fields.Char();
    hot_due_date = fields.Date();

    _records = [
        { id: 1, name: "Deco Addict", is_hot: true, hot_note: "May add an order" },
        { id: 2, name: "Late Payer", is_hot: true, hot_note: "Pays the rest", hot_due_date: dayFromNow(-4) },
    ];
}

defineMailModels();
defineModels([CrmHotFlag, CrmLead, Customer]);

describe.current.tags("desktop");

const KANBAN = `
    <kanban>
        <templates>
            <t t-name="card">
                <field name="name" widget="hot_name"/>
                <field name="hot_note" invisible="1"/>
                <field name="hot_due_date" invisible="1"/>
                <footer>
                    <field name="is_hot" widget="hot_flag" invisible="is_hot"/>
                    <field name="pace" invisible="1"/>
                    <field name="pace_reason" invisible="1"/>
                    <field name="stage_days" widget="stage_days"/>
                </footer>
            </t>
        </templates>
    </kanban>`;

test("kanban: a hot name has the flame before it, another record has the outline", async () => {
    const calls = mockPopover(() => [makeFlag()]);
    await mountView({ type: "kanban", resModel: "crm.lead", arch: KANBAN });
    expect(".o_kanban_record:contains(Hot deal) .o_hot_flame_hot").toHaveCount(1);
    expect(".o_kanban_record:contains(Hot deal) .o_hot_flame_cold").toHaveCount(0);
    expect(".o_kanban_record:contains(Cold deal) .o_hot_flame_hot").toHaveCount(0);
    expect(".o_kanban_record:contains(Cold deal) .o_hot_flame_cold").toHaveCount(1);
    expect(calls).toHaveLength(0);
    await pointAt(".o_kanban_record:contains(Hot deal) .o_hot_name");
    expect(".o_hot_flag_seller").toHaveText("Li Wei");
    expect(calls).toEqual([["crm.lead", 1]]);
});

test("kanban: days in stage have colour, icon and label of the pace", async () => {
    await mountView({ type: "kanban", resModel: "crm.lead", arch: KANBAN });
    const stalled = ".o_kanban_record:contains(Hot deal) .o_stage_days";
    expect(stalled).toHaveClass("text-danger");
    expect(`${stalled} .fa-exclamation-triangle`).toHaveCount(1);
    expect(stalled).toHaveAttribute("title", "Stalled: 18 days in Bidding (limit 12).");
    expect(`${stalled} .visually-hidden`).toHaveText("Stalled: 18 days in Bidding (limit 12).");
    expect(".o_kanban_record:contains(Slow deal) .o_stage_days .fa-hourglass-half").toHaveCount(1);
    expect(".o_kanban_record:contains(Cold deal) .o_stage_days [aria-hidden]:last").toHaveText("<1 day");
    expect(".o_kanban_record:contains(Cold deal) .o_stage_days").toHaveClass("text-muted");
});

test("kanban: a card shows the same of its facts in one field", async () => {
    CrmLead._records[0].card_facts = JSON.stringify({
        is_hot: true,
        stage_days: 18.2,
        pace: "stalled",
        pace_reason: "18 days in Bidding (limit 12).",
        is_over_budget: true,
        hot_note: "Signing around 10 March",
        hot_due_date: dayFromNow(3),
        next_action_date: dayFromNow(-1),
    });
    CrmLead._records[2].card_facts = JSON.stringify({ next_action_date: dayFromNow(0) });
    CrmLead._records[1].card_facts = JSON.stringify({ stage_days: 0.3, pace: "on_pace", is_over_budget: false });
    mockPopover(() => [makeFlag()]);
    await mountView({
        type: "kanban",
        resModel: "crm.lead",
        arch: `
            <kanban>
                <templates>
                    <t t-name="card">
                        <field name="name" widget="hot_name"/>
                        <field name="card_facts" widget="hot_reason"/>
                        <field name="card_facts" widget="raise_hot_flag"/>
                        <field name="card_facts" widget="over_budget"/>
                        <field name="card_facts" widget="next_action_due"/>
                        <field name="card_facts" widget="stage_days"/>
                    </t>
                </templates>
            </kanban>`,
    });
    const hot = ".o_kanban_record:contains(Hot deal)";
    const cold = ".o_kanban_record:contains(Cold deal)";
    expect(`${hot} .o_hot_reason .text-muted`).toHaveText("Signing around 10 March");
    expect(`${hot} .o_hot_reason .o_due_distance`).toHaveText("in 3 days");
    expect(`${hot} .o_over_budget`).toHaveText("Over budget");
    expect(`${hot} .o_stage_days`).toHaveAttribute("title", "Stalled: 18 days in Bidding (limit 12).");
    expect(`${hot} .o_next_action_overdue`).toHaveText("Next action overdue");
    expect(`${cold} .o_next_action_missing`).toHaveText("No next action");
    expect(".o_next_action_missing").toHaveCount(1);
    expect(".o_next_action_overdue").toHaveCount(1);
    expect(`${cold} .o_hot_reason`).toHaveCount(0);
    expect(`${cold} .o_field_raise_hot_flag .o_hot_flame`).toHaveCount(1);
    expect(`${hot} .o_field_raise_hot_flag .o_hot_flame`).toHaveCount(0);
    expect(`${cold} .o_over_budget`).toHaveCount(0);
    expect(`${cold} .o_stage_days [aria-hidden]:last`).toHaveText("<1 day");
});

test("kanban: the view is reloaded after a flag was raised", async () => {
    const opened = [];
    mockDialog(opened);
    onRpc("web_search_read", () => expect.step("reloaded"));
    await mountView({ type: "kanban", resModel: "crm.lead", arch: KANBAN });
    expect.verifySteps(["reloaded"]);
    await contains(".o_kanban_record:contains(Cold deal) .o_hot_flame", { visible: false }).click();
    await animationFrame();
    await waitUntil(() => opened.length);
    expect(opened).toEqual([["crm.lead", [2]]]);
    await expect.waitForSteps(["reloaded"]);
});

test("kanban: enter clicks the flame instead of the card", async () => {
    const opened = [];
    mockDialog(opened);
    await mountView({ type: "kanban", resModel: "crm.lead", arch: KANBAN });
    queryOne(".o_kanban_record:contains(Cold deal) .o_hot_flame").focus();
    await press("Enter");
    await waitUntil(() => opened.length);
    expect(opened).toEqual([["crm.lead", [2]]]);
});

test("list: hot names have the flame, and a click on it does not open the record", async () => {
    mockPopover(() => [makeFlag({ can_edit: false })]);
    await mountView({
        type: "list",
        resModel: "crm.lead",
        arch: `
            <list>
                <field name="is_hot" column_invisible="1"/>
                <field name="name" widget="hot_name" readonly="1"/>
                <field name="hot_due_date" widget="due_distance"/>
            </list>`,
        selectRecord: () => expect.step("opened"),
    });
    expect(queryAllTexts(".o_data_cell[name=name]")).toEqual(["Hot deal", "Cold deal", "Slow deal"]);
    expect(".o_data_cell[name=name] .o_hot_flame").toHaveCount(1);
    expect(".o_data_row:first .o_due_distance").toHaveText("in 3 days");
    expect(".o_due_distance").toHaveCount(1);
    await contains(".o_hot_flame").click();
    expect.verifySteps([]);
});

test("a list shows the date itself where the promise is settled", async () => {
    await mountView({
        type: "list",
        resModel: "customer",
        arch: `
            <list>
                <field name="name"/>
                <field name="is_hot" column_invisible="True"/>
                <field name="hot_due_date" widget="due_distance" options="{'plain': &quot;name == 'Late Payer'&quot;}"/>
            </list>`,
    });
    expect(".o_due_distance").toHaveCount(0);
    const [year, month, day] = dayFromNow(-4).split("-");
    expect(".o_due_date").toHaveText(`${month}/${day}/${year}`);
});

test("list: the tooltip of the cell does not cover the popover", async () => {
    mockPopover(() => [makeFlag()]);
    await mountView({
        type: "list",
        resModel: "crm.lead",
        arch: `<list><field name="is_hot" column_invisible="1"/><field name="name" widget="hot_name"/></list>`,
    });
    await contains(".o_data_row:contains(Cold deal) .o_data_cell[name=name] span").hover();
    await advanceTime(1500);
    expect(".o-tooltip").toHaveText("Cold deal");
    await pointAt(".o_data_row:contains(Hot deal) .o_hot_name");
    await advanceTime(1500);
    expect(".o_hot_flag_popover").toHaveCount(1);
    expect(".o-tooltip").toHaveCount(0);
});

test("form: the note is beside the flame", async () => {
    await mountView({
        type: "form",
        resModel: "crm.lead",
        resId: 1,
        arch: `
            <form>
                <field name="name"/>
                <field name="hot_note" invisible="1"/>
                <field name="hot_due_date" invisible="1"/>
                <field name="is_hot" widget="hot_flag" options="{'with_note': True}"/>
            </form>`,
    });
    expect(".o_hot_note").toHaveText("Signing around 10 March");
    expect(".o_due_distance").toHaveText("in 3 days");
});

test("form: changes are saved before the dialog opens", async () => {
    const opened = [];
    mockDialog(opened);
    onRpc("web_save", ({ args }) => expect.step(args[1].name));
    await mountView({
        type: "form",
        resModel: "crm.lead",
        resId: 2,
        arch: `<form><field name="name"/><field name="is_hot" widget="hot_flag"/></form>`,
    });
    await contains("[name=name] input").edit("Not so cold deal");
    await contains(".o_hot_flame").click();
    await animationFrame();
    expect.verifySteps(["Not so cold deal"]);
    expect(opened).toEqual([["crm.lead", [2]]]);
});

test("form: a new record has no flame", async () => {
    await mountView({
        type: "form",
        resModel: "crm.lead",
        arch: `<form><field name="name"/><field name="is_hot" widget="hot_flag"/></form>`,
    });
    expect(".o_hot_flame").toHaveCount(0);
});

const CUSTOMER = `
    <form>
        <field name="name"/>
        <field name="hot_note" invisible="1"/>
        <field name="hot_due_date" invisible="1"/>
        <field name="is_hot" widget="hot_flag" options="{'with_note': True}"/>
    </form>`;

test("form: a flag without a due date", async () => {
    await mountView({ type: "form", resModel: "customer", resId: 1, arch: CUSTOMER });
    expect(".o_hot_flame_hot").toHaveAttribute("aria-label", "Hot: May add an order");
    expect(".o_hot_flame_late").toHaveCount(0);
    expect(".o_due_distance").toHaveCount(0);
});

test("form: an overdue flag", async () => {
    await mountView({ type: "form", resModel: "customer", resId: 2, arch: CUSTOMER });
    expect(".o_hot_flame_late").toHaveCount(1);
    expect(".o_due_distance").toHaveText("4 days late");
});

test("list: a view without the note shows the flame", async () => {
    mockPopover(() => []);
    await mountView({
        type: "list",
        resModel: "crm.lead",
        arch: `<list><field name="is_hot" column_invisible="1"/><field name="name" widget="hot_name"/></list>`,
    });
    expect(".o_hot_flame").toHaveCount(1);
    expect(".o_hot_flame").toHaveAttribute("aria-label", "Hot");
});

test("list: a view without is_hot shows the name", async () => {
    await mountView({
        type: "list",
        resModel: "crm.lead",
        arch: `<list><field name="name" widget="hot_name"/></list>`,
    });
    expect(queryAllTexts(".o_data_cell[name=name]")).toEqual(["Hot deal", "Cold deal", "Slow deal"]);
    expect(".o_hot_flame").toHaveCount(0);
});
