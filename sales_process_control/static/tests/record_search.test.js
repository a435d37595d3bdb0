import { describe, edit, expect, press, queryAllTexts, test } from "@odoo/hoot";
import { advanceTime, animationFrame } from "@odoo/hoot-mock";
import { Component, xml } from "@odoo/owl";
import {
    contains,
    defineModels,
    fields,
    makeServerError,
    mockService,
    models,
    mountView,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { RecordSearch } from "@sales_process_control/kit/record_search";
import { dayFromNow, defineKitModels } from "./kit_helpers";

describe.current.tags("desktop");

defineKitModels();

class Dialog extends models.Model {
    _name = "dialog";

    target_ref = fields.Reference({
        selection: [
            ["crm.lead", "Opportunity"],
            ["customer", "Customer"],
        ],
    });
    due_date = fields.Date();
    date_choices = fields.Json();
}

defineModels([Dialog]);

const DEAL = { id: 1, name: "Works", partner_name: "Lumber Inc", stage_name: "Bidding", amount: 5, currency_id: 1 };
const TWIN = { ...DEAL, id: 2, stage_name: "Negotiation", user_name: "Li Wei", is_hot: true };
const CUSTOMER = { id: 3, name: "Azure", is_company: true, city: "Lyon" };
const CONTACT = { id: 4, name: "Brandon", company_name: "Azure", email: "brandon@example.com" };

function mockSearch(answer) {
    onRpc("crm.lead", "search_deals_and_customers", ({ args: [term, withCustomers] }) => {
        expect.step(`${term} ${withCustomers}`);
        return answer();
    });
}

async function type(term) {
    await contains(".o_record_search input").focus();
    await edit(term);
    await advanceTime(300);
    await animationFrame();
}

class Page extends Component {
    static components = { RecordSearch };
    static props = ["*"];
    static template = xml`<RecordSearch withCustomers="true" onSelect="props.onSelect"/>`;
}

test("deals and customers of the same name are told apart", async () => {
    mockSearch(() => ({ deals: [DEAL, TWIN], customers: [CUSTOMER, CONTACT] }));
    const chosen = [];
    await mountWithCleanup(Page, { props: { onSelect: ({ resModel, resId }) => chosen.push([resModel, resId]) } });
    await type("works");
    expect.verifySteps(["works true"]);
    const kinds = ["Deal", "Hot deal", "Customer", "Contact"];
    expect(queryAllTexts(".o_record_search_name .visually-hidden")).toEqual(kinds);
    expect(queryAllTexts(".o_record_search_details")).toEqual([
        "Lumber Inc · Bidding · $ 5",
        "Lumber Inc · Negotiation · $ 5 · Li Wei",
        "Lyon",
        "Azure · brandon@example.com",
    ]);
    await press("ArrowDown");
    await press("ArrowDown");
    await press("Enter");
    expect(chosen).toEqual([["res.partner", 3]]);
});

test("nothing found, nothing typed, and a failure", async () => {
    let answer = () => ({ deals: [], customers: [] });
    mockSearch(() => answer());
    await mountWithCleanup(Page, { props: { onSelect: () => expect.step("chosen") } });
    await type("x");
    expect(".o_record_search_menu").toHaveText("Nothing found");
    await press("Enter");
    await type("");
    expect(".o_record_search_menu").toHaveText("Type a name, an email address or a phone number");
    answer = () => {
        throw makeServerError({ message: "No access" });
    };
    await type("y");
    expect(".o_record_search_menu").toHaveText("No access");
    expect.verifySteps(["x true", " true", "y true"]);
});

const FORM = `
    <form>
        <field name="target_ref" widget="hot_target" placeholder="Who?"/>
        <field name="due_date"/>
        <widget name="quick_dates"/>
    </form>`;

async function mountForm(attributes = "") {
    Dialog._records = [
        { id: 1, date_choices: [{ date: dayFromNow(1), label: "Tomorrow", title: "3 March" }], due_date: false },
    ];
    await mountView({
        type: "form",
        resModel: "dialog",
        resId: 1,
        arch: FORM.replace("placeholder=", `${attributes} placeholder=`),
    });
}

test("the chosen record is the value of the field", async () => {
    mockSearch(() => ({ deals: [DEAL], customers: [] }));
    onRpc("dialog", "web_save", ({ args }) => {
        expect.step(args[1].target_ref);
        const target = { id: { id: 1, model: "crm.lead" }, display_name: "Works" };
        return [{ id: 1, target_ref: target, due_date: false, date_choices: [] }];
    });
    await mountForm();
    await type("works");
    await press("Enter");
    await animationFrame();
    expect(".o_record_search input").toHaveValue("Works");
    expect(".o_hot_target_details").toHaveText("Lumber Inc · Bidding · $ 5");
    await contains(".o_form_button_save").click();
    expect.verifySteps(["works true", "crm.lead,1"]);
});

test("a text that is typed over the chosen record takes the choice back", async () => {
    let found = [DEAL];
    mockSearch(() => ({ deals: found, customers: [] }));
    onRpc("dialog", "web_save", () => expect.step("saved"));
    await mountForm('required="1"');
    await type("works");
    await press("Enter");
    await animationFrame();
    found = [{ ...DEAL, id: 2, name: "Mill" }];
    await type("mill");
    expect(".o_record_search input").toHaveValue("mill");
    expect(".o_hot_target_details").toHaveCount(0);
    // The menu stays open, so that another record can be chosen.
    expect(".o_record_search_menu .o_record_search_name:contains(Mill)").toHaveCount(1);
    await contains(".o_form_button_save").click();
    await animationFrame();
    expect(".o_field_widget[name=target_ref]").toHaveClass("o_field_invalid");
    expect.verifySteps(["works true", "mill true"]);
    await type("mill");
    await press("Enter");
    await animationFrame();
    expect(".o_record_search input").toHaveValue("Mill");
    expect(".o_field_widget[name=target_ref]").not.toHaveClass("o_field_invalid");
    expect.verifySteps(["mill true"]);
});

for (const [way, leave] of [
    [
        "the pointer",
        () => contains(".o_field_widget[name=due_date] input, .o_field_widget[name=due_date] button").click(),
    ],
    ["Escape", () => press("Escape")],
    ["Tab", () => press("Tab")],
]) {
    test(`a text over the chosen record is removed when the user leaves the field without a choice, by ${way}`, async () => {
        let deals = [DEAL];
        mockSearch(() => ({ deals, customers: [] }));
        await mountForm();
        await type("works");
        await press("Enter");
        await animationFrame();
        expect(".o_record_search input").toHaveValue("Works");
        deals = [];
        await type("mill");
        await leave();
        await animationFrame();
        // As it is saved: nothing is chosen.
        expect(".o_record_search input").toHaveValue("");
        expect(".o_hot_target_details").toHaveCount(0);
        expect(".o_record_search_menu").toHaveCount(0);
        expect.verifySteps(["works true", "mill true"]);
    });
}

test("a choice that nothing was typed over stays", async () => {
    mockSearch(() => ({ deals: [DEAL], customers: [] }));
    await mountForm();
    await type("works");
    await press("Enter");
    await animationFrame();
    await contains(".o_record_search input").click();
    await press("Escape");
    await contains(".o_form_sheet_bg, .o_form_renderer").click();
    expect(".o_record_search input").toHaveValue("Works");
    expect(".o_hot_target_details").toHaveCount(1);
    expect.verifySteps(["works true", " true"]);
});

test("a deal that is hot opens its flag instead", async () => {
    mockSearch(() => ({ deals: [TWIN], customers: [] }));
    onRpc("crm.lead", "action_hot_flag", ({ args }) => ({ name: "flag", ids: args[0] }));
    await mountForm();
    mockService("action", { doAction: (action) => expect.step(action) });
    await type("works");
    await press("Enter");
    await animationFrame();
    expect.verifySteps(["works true", { name: "flag", ids: [2] }]);
});

test("a quick date sets the due date, and a second press takes it away", async () => {
    onRpc("dialog", "web_save", ({ args }) => {
        expect.step(args[1].due_date);
    });
    await mountForm();
    expect(".o_quick_dates button").toHaveAttribute("title", "3 March");
    await contains(".o_quick_dates button").click();
    expect(".o_quick_dates button").toHaveAttribute("aria-pressed", "true");
    await contains(".o_form_button_save").click();
    await contains(".o_quick_dates button").click();
    await contains(".o_form_button_save").click();
    expect.verifySteps([dayFromNow(1), false]);
});
