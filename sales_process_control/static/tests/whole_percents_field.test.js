import { expect, test } from "@odoo/hoot";
import { clickSave, contains, defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

class CrmLead extends models.Model {
    _name = "crm.lead";

    probability = fields.Float();

    _records = [{ id: 1, probability: 37.29 }];
}

defineMailModels();
defineModels([CrmLead]);

test.tags("desktop");
test("what is typed is stored as it is shown", async () => {
    onRpc("crm.lead", "web_save", ({ args: [, values] }) => expect.step(values));
    await mountView({
        type: "form",
        resModel: "crm.lead",
        resId: 1,
        arch: `<form><field name="probability" widget="whole_percents" /></form>`,
    });
    expect("[name=probability] input").toHaveValue("37");
    await contains("[name=probability] input").edit("33.5");
    expect("[name=probability] input").toHaveValue("34");
    await clickSave();
    expect.verifySteps([{ probability: 34 }]);
});
