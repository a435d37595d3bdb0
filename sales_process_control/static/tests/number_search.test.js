import { describe, expect, queryAllTexts, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    getService,
    models,
    mountWithCleanup,
    onRpc,
    preloadBundle,
} from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { RecordNumber } from "@sales_process_control/screen/record_number";

class CrmLead extends models.Model {
    _name = "crm.lead";

    name = fields.Char();
    type = fields.Char({ default: "opportunity" });
    pace = fields.Char();

    _records = [
        { id: 1, name: "Office fit-out", pace: "stalled" },
        { id: 2, name: "Reception counter", pace: "slow" },
        { id: 3, name: "A lead", type: "lead" },
    ];
    _views = {
        list: `<list js_class="deal_list"><field name="name" /></list>`,
        kanban: `
            <kanban js_class="deal_kanban">
                <templates><t t-name="card"><field name="name" /></t></templates>
            </kanban>`,
        form: `<form><field name="name" /></form>`,
        search: `<search><filter name="office" string="Offices" domain="[['name', 'ilike', 'office']]" /></search>`,
    };
}

defineMailModels();
defineModels([CrmLead]);
preloadBundle("web.assets_backend_lazy");

describe.current.tags("desktop");

const NUMBER = { value: 1, name: "Stalled Deals", model: "crm.lead", domain: [["pace", "=", "stalled"]] };
const facets = () => queryAllTexts(".o_facet_value");
const deals = () => queryAllTexts(".o_data_row td[name='name']");

test("a number is a facet of the search bar, and can be removed", async () => {
    onRpc("web_search_read", ({ kwargs }) => expect.step("opened_number" in kwargs.context));
    await mountWithCleanup(WebClient);
    const page = await mountWithCleanup(RecordNumber, { props: { number: NUMBER } });
    await page.open(false);
    await animationFrame();
    expect(".o_breadcrumb").toHaveText("Stalled Deals");
    expect(facets()).toEqual(["Stalled Deals"]);
    expect(deals()).toEqual(["Office fit-out"]);
    // It is still there after a look at a deal, and among the cards.
    await contains(".o_data_row td[name='name']").click();
    await contains(".o_back_button, .breadcrumb-item a").click();
    expect(facets()).toEqual(["Stalled Deals"]);
    await contains(".o_switch_view.o_kanban").click();
    expect(facets()).toEqual(["Stalled Deals"]);
    expect(queryAllTexts(".o_kanban_record:not(.o_kanban_ghost)")).toEqual(["Office fit-out"]);
    await contains(".o_switch_view.o_list").click();
    await contains(".o_facet_remove").click();
    expect(facets()).toEqual([]);
    expect(deals()).toEqual(["Office fit-out", "Reception counter"]);
    expect.verifySteps([false, false, false, false, false]);
});

test("other lists of deals have no facet", async () => {
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.act_window",
        res_model: "crm.lead",
        views: [[false, "list"]],
        domain: [["pace", "=", "slow"]],
    });
    expect(facets()).toEqual([]);
    expect(deals()).toEqual(["Reception counter"]);
});
