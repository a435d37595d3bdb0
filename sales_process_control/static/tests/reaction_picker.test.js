import { describe, expect, press, queryAllTexts, queryOne, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import { Component, useState, xml } from "@odoo/owl";
import { localization } from "@web/core/l10n/localization";
import { contains, mountWithCleanup, patchWithCleanup } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { RadioChips } from "@sales_process_control/kit/radio_chips";
import { ReactionPicker } from "@sales_process_control/kit/reaction_picker";

defineMailModels();

describe.current.tags("desktop");

/** A picker between two links that receive the focus before and after it. The choice is kept in the state. */
class PickerInPage extends Component {
    static components = { RadioChips, ReactionPicker };
    static props = ["*"];
    static template = xml`
        <a href="#" class="before">before</a>
        <RadioChips t-if="props.options" options="props.options" value="state.value" label="'Steps'" onSelect.bind="select"/>
        <ReactionPicker t-else="" value="state.value" onSelect.bind="select"/>
        <a href="#" class="after">after</a>`;

    setup() {
        this.state = useState({ value: this.props.value || false });
    }

    select(value) {
        expect.step(String(value));
        this.state.value = value;
    }
}

function checked() {
    return queryAllTexts("[role=radio][aria-checked=true]");
}

test("three labelled reactions; a second click clears the choice", async () => {
    await mountWithCleanup(PickerInPage);
    expect(queryAllTexts("[role=radio]")).toEqual(["Positive", "Neutral", "Negative"]);
    expect("[role=radiogroup]").toHaveAttribute("aria-label", "Reaction of the customer");
    expect(checked()).toEqual([]);
    await contains("[role=radio][data-value=neutral]").click();
    expect(checked()).toEqual(["Neutral"]);
    await contains("[role=radio][data-value=positive]").click();
    expect(checked()).toEqual(["Positive"]);
    await contains("[role=radio][data-value=positive]").click();
    expect(checked()).toEqual([]);
    expect.verifySteps(["neutral", "positive", "false"]);
});

test("keyboard: one tab stop, and arrow keys choose", async () => {
    await mountWithCleanup(PickerInPage);
    await contains(".before").focus();
    await press("Tab");
    expect("[data-value=positive]").toBeFocused();
    await press("ArrowRight");
    await animationFrame();
    expect(checked()).toEqual(["Neutral"]);
    expect("[data-value=neutral]").toBeFocused();
    await press("ArrowUp");
    await press("ArrowLeft");
    await animationFrame();
    expect(checked()).toEqual(["Negative"]);
    await press("Tab");
    expect(".after").toBeFocused();
    await press("Tab", { shiftKey: true });
    expect("[data-value=negative]").toBeFocused();
    expect.verifySteps(["neutral", "positive", "negative"]);
});

test("keyboard: from right to left, the left arrow chooses the next option", async () => {
    await mountWithCleanup(PickerInPage);
    patchWithCleanup(localization, { direction: "rtl" });
    await contains("[data-value=positive]").focus();
    for (const key of ["ArrowLeft", "ArrowDown", "ArrowRight", "ArrowUp"]) {
        await press(key);
    }
    expect.verifySteps(["neutral", "negative", "neutral", "positive"]);
});

test("keyboard: enter chooses, and the key does not reach the page", async () => {
    await mountWithCleanup(PickerInPage);
    document.body.addEventListener("keydown", (ev) => expect.step(`page: ${ev.key}`), { once: true });
    queryOne("[data-value=negative]").focus();
    await press("Enter");
    await animationFrame();
    expect(checked()).toEqual(["Negative"]);
    expect.verifySteps(["negative"]);
    await press("Escape");
    expect.verifySteps(["page: Escape"]);
});

test("without onSelect: an icon with a hidden label, or nothing without a value", async () => {
    await mountWithCleanup(ReactionPicker, { props: { value: "negative" } });
    expect(".o_reaction").toHaveAttribute("title", "Reaction: Negative");
    expect(".o_reaction .fa-frown-o").toHaveCount(1);
    expect(".o_reaction .visually-hidden").toHaveText("Negative");
    expect("[role=radio]").toHaveCount(0);
    await mountWithCleanup(ReactionPicker, { props: { value: false } });
    expect(".o_reaction").toHaveCount(1);
});

test("chips: icon, remark and tooltip; a muted option is not muted while it is chosen", async () => {
    const options = [
        { value: 4, label: "Send the offer", remark: "required", title: "By mail", isMuted: false },
        { value: 5, label: "Call", icon: "fa-phone" },
        { value: 6, label: "Have lunch", remark: "done", isMuted: true },
    ];
    await mountWithCleanup(PickerInPage, { props: { options, value: 5 } });
    expect(queryAllTexts("[role=radio]")).toEqual(["Send the offer required", "Call", "Have lunch done"]);
    expect("[data-value='4']").toHaveAttribute("title", "By mail");
    expect("[data-value='6']").toHaveClass("opacity-75");
    expect("[data-value='5']").toHaveAttribute("tabindex", "0");
    expect("[data-value='4']").toHaveAttribute("tabindex", "-1");
    await contains("[data-value='6']").click();
    expect("[data-value='6']").not.toHaveClass("opacity-75");
    expect("[data-value='6'] .fa-check").toHaveCount(1);
    expect("[data-value='5'] .fa-phone").toHaveCount(1);
    expect.verifySteps(["6"]);
});
