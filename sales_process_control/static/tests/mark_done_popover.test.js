import { beforeEach, describe, expect, queryAllTexts, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import { contains, defineModels, makeServerError, mockService, onRpc } from "@web/../tests/web_test_helpers";
import { mailModels, openFormView, start, startServer } from "@mail/../tests/mail_test_helpers";

class MailActivity extends mailModels.MailActivity {
    get _to_store_defaults() {
        return [...super._to_store_defaults, "takes_reaction"];
    }
}

defineModels({ ...mailModels, MailActivity });

describe.current.tags("desktop");

const POPOVER = ".o-mail-ActivityMarkAsDone";

beforeEach(() => {
    for (const method of ["action_feedback", "action_feedback_schedule_next"]) {
        onRpc("mail.activity", method, ({ kwargs }) => {
            const { feedback = null, context } = kwargs;
            expect.step([method, feedback, "customer_reaction" in context ? context.customer_reaction : null]);
        });
    }
});

/** Open Odoo's popover on a planned activity. */
async function openPopover(values = {}) {
    const pyEnv = await startServer();
    const partnerId = pyEnv["res.partner"].create({});
    pyEnv["mail.activity"].create({
        activity_category: "not_upload_file",
        can_write: true,
        res_id: partnerId,
        res_model: "res.partner",
        takes_reaction: true,
        ...values,
    });
    await start();
    await openFormView("res.partner", partnerId);
    await contains(".o-mail-Activity-markDone").click();
    await animationFrame();
}

test("an activity of a deal asks for the reaction, which is sent with the feedback", async () => {
    await openPopover();
    expect(queryAllTexts(`${POPOVER} [role=radio]`)).toEqual(["Positive", "Neutral", "Negative"]);
    await contains(`${POPOVER} textarea`).edit("They like it", { confirm: false });
    await contains(`${POPOVER} [data-value=positive]`).click();
    expect(`${POPOVER} [data-value=positive]`).toHaveAttribute("aria-checked", "true");
    await contains(`${POPOVER} [aria-label=Done]`).click();
    await expect.waitForSteps([["action_feedback", "They like it", "positive"]]);
});

test("without a reaction, or with a cleared one, Odoo's own call is made", async () => {
    await openPopover();
    await contains(`${POPOVER} [data-value=negative]`).click();
    await contains(`${POPOVER} [data-value=negative]`).click();
    expect(`${POPOVER} [aria-checked=true]`).toHaveCount(0);
    await contains(`${POPOVER} [aria-label=Done]`).click();
    await expect.waitForSteps([["action_feedback", null, null]]);
});

test("done and schedule next sends the reaction and opens the next activity", async () => {
    mockService("action", {
        doAction(action, options) {
            if (action?.res_model === "mail.activity") {
                expect.step("schedule");
                return options.onClose();
            }
            return super.doAction(...arguments);
        },
    });
    onRpc("mail.activity", "action_feedback_schedule_next", ({ kwargs }) => {
        expect.step(kwargs.context.customer_reaction);
        return { type: "ir.actions.act_window", res_model: "mail.activity", views: [[false, "form"]] };
    });
    await openPopover();
    await contains(`${POPOVER} [data-value=neutral]`).click();
    await contains(`${POPOVER} [aria-label='Done and Schedule Next']`).click();
    await expect.waitForSteps(["neutral", "schedule"]);
});

test("an activity of another model asks for no reaction", async () => {
    await openPopover({ takes_reaction: false });
    expect(`${POPOVER} textarea`).toHaveCount(1);
    expect(`${POPOVER} [role=radio]`).toHaveCount(0);
    await contains(`${POPOVER} [aria-label=Done]`).click();
    await expect.waitForSteps([["action_feedback", null, null]]);
});

test("feedback and reaction are kept if the call fails", async () => {
    expect.errors(1);
    onRpc("mail.activity", "action_feedback", () => {
        throw makeServerError({ message: "Not today." });
    });
    await openPopover();
    await contains(`${POPOVER} textarea`).edit("They like it", { confirm: false });
    await contains(`${POPOVER} [data-value=positive]`).click();
    await contains(`${POPOVER} [aria-label=Done]`).click();
    await animationFrame();
    await contains(".o_error_dialog .modal-footer button").click();
    expect.verifyErrors(["Not today."]);
    await contains(".o-mail-Activity-markDone").click();
    if (!document.querySelector(POPOVER)) {
        await contains(".o-mail-Activity-markDone").click();
    }
    expect(`${POPOVER} textarea`).toHaveValue("They like it");
    expect(`${POPOVER} [data-value=positive]`).toHaveAttribute("aria-checked", "true");
});
