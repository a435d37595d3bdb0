import { describe, expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import {
    clickSave,
    contains,
    defineModels,
    fields,
    makeServerError,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";

class CrmStage extends models.Model {
    _name = "crm.stage";

    name = fields.Char();

    _records = [
        { id: 1, name: "Contact" },
        { id: 2, name: "Bidding" },
    ];
}

class CrmTag extends models.Model {
    _name = "crm.tag";

    name = fields.Char();

    _records = [
        { id: 5, name: "Design" },
        { id: 6, name: "Training" },
    ];
}

class CrmLead extends models.Model {
    _name = "crm.lead";

    name = fields.Char();
    stage_id = fields.Many2one({ relation: "crm.stage" });
    tag_ids = fields.Many2many({ relation: "crm.tag" });

    _records = [{ id: 1, name: "Deal", stage_id: 1, tag_ids: [5] }];
}

defineMailModels();
defineModels([CrmStage, CrmTag, CrmLead]);

describe.current.tags("desktop");

const CURRENT_STAGE = ".o_statusbar_status .o_arrow_button_current";

/** Mount the form of a deal. The stage gate blocks each save that contains a stage. */
async function mountBlockedForm() {
    onRpc("web_save", ({ args }) => {
        expect.step(args[1]);
        if ("stage_id" in args[1]) {
            throw makeServerError({ message: "Sales actions are open.", context: { is_leaving_stop: true } });
        }
    });
    await mountView({
        type: "form",
        resModel: "crm.lead",
        resId: 1,
        arch: `
            <form>
                <header><field name="stage_id" widget="statusbar" options="{'clickable': '1'}"/></header>
                <field name="name"/>
                <field name="tag_ids" widget="many2many_tags"/>
            </form>`,
    });
}

async function chooseBlockedStage() {
    expect.errors(1);
    await contains(".o_statusbar_status button:contains(Bidding)").click();
    await animationFrame();
    expect.verifyErrors([/RPC_ERROR/]);
    await contains(".o_error_dialog .modal-footer button").click();
    expect(CURRENT_STAGE).toHaveText("Contact");
}

test("a blocked move shows the deal's stage again, and the form has nothing to save", async () => {
    await mountBlockedForm();
    await chooseBlockedStage();
    expect(".o_form_status_indicator_buttons").toHaveClass("invisible");
    expect.verifySteps([{ stage_id: 2 }]);
});

test("a blocked move keeps other changes, which are saved later without the stage", async () => {
    await mountBlockedForm();
    await contains(".o_field_widget[name=name] input").edit("Renamed");
    await contains(".o_field_widget[name=tag_ids] .o_delete", { visible: false }).click();
    await chooseBlockedStage();
    expect(".o_field_widget[name=name] input").toHaveValue("Renamed");
    expect(".o_field_widget[name=tag_ids] .o_tag").toHaveCount(0);
    await clickSave();
    const changes = { name: "Renamed", tag_ids: [[3, 5]] };
    expect.verifySteps([{ ...changes, stage_id: 2 }, changes]);
});

test("a blocked move keeps added tags", async () => {
    await mountBlockedForm();
    await contains(".o_field_widget[name=tag_ids] input").click();
    await contains(".o-autocomplete--dropdown-item:contains(Training)").click();
    await chooseBlockedStage();
    expect(".o_field_widget[name=tag_ids] .o_tag").toHaveCount(2);
    await clickSave();
    const changes = { tag_ids: [[4, 6]] };
    expect.verifySteps([{ ...changes, stage_id: 2 }, changes]);
});
