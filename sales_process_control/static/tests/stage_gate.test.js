import { describe, expect, queryAllTexts, test, waitFor } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import {
    clickSave,
    contains,
    defineModels,
    fields,
    getService,
    getMockEnv,
    makeServerError,
    mockService,
    models,
    mountView,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { MainComponentsContainer } from "@web/core/main_components_container";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { openStepsService } from "@sales_process_control/stage_gate/open_steps_service";
import { RPCError } from "@web/core/network/rpc";
import { STOP_RESOLVED, StopDialog, stopHandler } from "@sales_process_control/stage_gate/stop_dialog";

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
    active = fields.Boolean({ default: true });
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

test("screens are told that a way on was taken to its end, unless its dialog was closed", async () => {
    let closing = { dismiss: true };
    mockService("action", { doAction: (_id, { onClose }) => onClose(closing) });
    await mountWithCleanup(MainComponentsContainer);
    const env = { services: { dialog: getService("dialog") } };
    const stop = (name, context) => {
        const error = new RPCError();
        Object.assign(error, { exceptionName: name, data: { context, arguments: ["Stop", 7, "Record Progress", {}] } });
        return stopHandler(env, { unhandledRejectionEvent: { preventDefault() {} } }, error);
    };
    const gate = { is_leaving_stop: true, other_way: false };
    expect(stop("odoo.exceptions.UserError", gate)).toBe(false);
    expect(stop("odoo.exceptions.RedirectWarning", {})).toBe(false);
    const bus = getMockEnv().bus;
    bus.addEventListener(STOP_RESOLVED, () => expect.step("resolved"));
    for (closing of [{ dismiss: true }, { special: true }, {}, undefined]) {
        expect.step(JSON.stringify(closing));
        expect(stop("odoo.exceptions.RedirectWarning", gate)).toBe(true);
        await animationFrame();
        expect(queryAllTexts(".o_stage_stop .modal-footer button")).toEqual(["Record Progress", "Close"]);
        await contains(".o_stage_stop .btn-primary").click();
        expect(".o_stage_stop").toHaveCount(0);
    }
    expect.verifySteps(['{"dismiss":true}', '{"special":true}', "{}", "resolved", undefined, "resolved"]);
});

test("a stop with two ways on has a button for each, and the first one is the main one", async () => {
    mockService("action", { doAction: (id, { additionalContext }) => expect.step([id, additionalContext]) });
    await mountWithCleanup(MainComponentsContainer);
    getService("dialog").add(StopDialog, {
        message: "Deal cannot leave Contact yet.",
        ways: [
            [7, "Record Progress", { active_ids: [1] }],
            [8, "Move Anyway", { active_ids: [1], pass_stage_id: 2 }],
        ],
    });
    await animationFrame();
    expect(".o_stage_stop .modal-body").toHaveText("Deal cannot leave Contact yet.");
    expect(queryAllTexts(".o_stage_stop .modal-footer button")).toEqual(["Record Progress", "Move Anyway", "Close"]);
    expect(".o_stage_stop .btn-primary").toHaveText("Record Progress");
    await contains(".o_stage_stop .modal-footer button:contains(Move Anyway)").click();
    expect.verifySteps([[8, { active_ids: [1], pass_stage_id: 2 }]]);
    expect(".o_stage_stop").toHaveCount(0);
});

test("a warning can record what was done, and undo the move of deals that are still there", async () => {
    CrmLead._records.push({ id: 2, name: "Moved again", stage_id: 1 });
    CrmLead._records[0].stage_id = 2;
    mockService("action", { doAction: (act) => expect.step(act.tag || act) });
    onRpc("crm.lead", "write", ({ args }) => expect.step(args));
    await mountWithCleanup(MainComponentsContainer);
    let warn = null;
    const bus = { subscribe: (_kind, callback) => (warn = callback), start() {} };
    const [action, notification, orm] = ["action", "notification", "orm"].map((name) => getService(name));
    openStepsService.start({}, { action, bus_service: bus, notification, orm });
    const warning = { message: "Deal has left Contact.", record: [7, "Record Progress", {}] };
    const moves = [{ lead_ids: [1, 2], from_stage_id: 1, to_stage_id: 2 }];
    warn({ ...warning, moves });
    await animationFrame();
    expect(queryAllTexts(".o_notification_buttons button")).toEqual(["Record", "Undo"]);
    await contains(".o_notification_buttons button:contains(Record)").click();
    expect.verifySteps([7]);
    expect(".o_notification").toHaveCount(0);
    warn({ ...warning, record: false, moves });
    await contains(".o_notification_buttons button:contains(Undo)").click();
    await waitFor(
        ".o_notification:contains(Opportunities that were moved or deleted in the meantime are not changed.)"
    );
    expect.verifySteps([[[1], { stage_id: 1 }], "soft_reload"]);
});
