import { describe, expect, press, queryAllTexts, queryOne, test, waitUntil } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import {
    clickSave,
    contains,
    defineModels,
    fields,
    makeServerError,
    mockService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

class CrmStageStep extends models.Model {
    _name = "crm.stage.step";

    name = fields.Char();

    _records = [
        { id: 4, name: "Send the offer" },
        { id: 6, name: "Have lunch" },
    ];
}

class CrmLead extends models.Model {
    _name = "crm.lead";

    name = fields.Char();
    step_id = fields.Many2one({ relation: "crm.stage.step" });
    step_choices = fields.Generic({ type: "json" });
    reaction = fields.Selection({
        selection: [
            ["positive", "Positive"],
            ["neutral", "Neutral"],
            ["negative", "Negative"],
        ],
    });

    _records = [
        {
            id: 1,
            name: "First deal",
            step_choices: [
                { id: 4, label: "Send the offer", remark: "required", title: "By mail", is_done: false },
                { id: 6, label: "Have lunch", remark: "done", is_done: true },
            ],
        },
        { id: 2, name: "Second deal", step_id: 6, reaction: "negative", step_choices: false },
    ];
}

defineMailModels();
defineModels([CrmStageStep, CrmLead]);

describe.current.tags("desktop");

const KANBAN = `
    <kanban>
        <templates>
            <t t-name="card">
                <field name="name"/>
                <footer><widget name="record_progress"/></footer>
            </t>
        </templates>
    </kanban>`;

const FORM = `
    <form>
        <field name="name"/>
        <field name="step_choices" invisible="1"/>
        <field name="step_id" widget="choice_chips" options="{'choices': 'step_choices'}" readonly="name == 'Second deal'"/>
        <field name="reaction" widget="reaction" readonly="name == 'Second deal'"/>
    </form>`;

/** Mock the method that opens the dialog. The dialog is closed at once. */
function mockDialog() {
    onRpc("crm.lead", "action_record_progress", ({ args }) => {
        expect.step(`opened for ${args[0]}`);
        return { type: "ir.actions.act_window", res_model: "crm.lead.progress.dialog", target: "new" };
    });
    mockService("action", {
        doAction(description, { onClose }) {
            expect.step(description.res_model);
            onClose();
            return Promise.resolve();
        },
    });
}

test("kanban: a click opens the dialog instead of the deal, and the view is reloaded afterwards", async () => {
    mockDialog();
    onRpc("web_search_read", () => expect.step("read"));
    await mountView({
        type: "kanban",
        resModel: "crm.lead",
        arch: KANBAN,
        selectRecord: () => expect.step("opened the deal"),
    });
    expect.verifySteps(["read"]);
    await contains(".o_kanban_record:contains(Second deal) .o_record_progress").click();
    await expect.waitForSteps(["opened for 2", "crm.lead.progress.dialog", "read"]);
});

test("kanban: enter clicks the button instead of the card", async () => {
    mockDialog();
    await mountView({
        type: "kanban",
        resModel: "crm.lead",
        arch: KANBAN,
        selectRecord: () => expect.step("opened the deal"),
    });
    queryOne(".o_kanban_record:contains(First deal) .o_record_progress").focus();
    await press("Enter");
    await expect.waitForSteps(["opened for 1", "crm.lead.progress.dialog"]);
});

test("kanban: an error of the call is shown, and the view stays", async () => {
    expect.errors(1);
    onRpc("crm.lead", "action_record_progress", () => {
        throw makeServerError({ message: "You cannot record progress on this." });
    });
    await mountView({ type: "kanban", resModel: "crm.lead", arch: KANBAN });
    await contains(".o_kanban_record:contains(First deal) .o_record_progress").click();
    await waitUntil(() => document.querySelector(".o_error_dialog"));
    expect(".o_error_dialog").toHaveText(/You cannot record progress on this\./);
    expect.verifyErrors(["You cannot record progress on this."]);
    expect(".o_kanban_record:contains(First deal)").toHaveCount(1);
});

test("form: choices are chips, and the chosen one is saved", async () => {
    onRpc("web_save", ({ args }) => expect.step(JSON.stringify(args[1])));
    await mountView({ type: "form", resModel: "crm.lead", resId: 1, arch: FORM });
    expect(queryAllTexts("[name=step_id] [role=radio]")).toEqual(["Send the offer required", "Have lunch done"]);
    expect("[name=step_id] [role=radiogroup]").toHaveAttribute("aria-label", "Step");
    await contains("[name=step_id] [data-value='6']").click();
    await contains("[name=step_id] [data-value='4']").click();
    await contains("[name=reaction] [data-value=positive]").click();
    expect(queryAllTexts("[aria-checked=true]")).toEqual(["Send the offer required", "Positive"]);
    await clickSave();
    expect.verifySteps([JSON.stringify({ step_id: 4, reaction: "positive" })]);
});

test("form: a second click clears the choice", async () => {
    onRpc("web_save", ({ args }) => expect.step(JSON.stringify(args[1])));
    await mountView({ type: "form", resModel: "crm.lead", resId: 1, arch: FORM });
    await contains("[name=step_id] [data-value='4']").click();
    await contains("[name=step_id] [data-value='4']").click();
    await contains("[name=reaction] [data-value=neutral]").click();
    await contains("[name=reaction] [data-value=neutral]").click();
    await contains("[name=name] input").edit("Deal");
    await animationFrame();
    expect("[aria-checked=true]").toHaveCount(0);
    await clickSave();
    expect.verifySteps([JSON.stringify({ step_id: false, reaction: false, name: "Deal" })]);
});

test("form: readonly fields show labels without buttons", async () => {
    await mountView({ type: "form", resModel: "crm.lead", resId: 2, arch: FORM });
    expect("[role=radio]").toHaveCount(0);
    expect("[name=step_id]").toHaveText("Have lunch");
    expect("[name=reaction]").toHaveText("Negative");
    expect("[name=reaction] .fa-frown-o").toHaveCount(1);
});
