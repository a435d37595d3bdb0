import { describe, expect, press, queryAllTexts, queryOne, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import { Component, useState, xml } from "@odoo/owl";
import { contains, mountWithCleanup } from "@web/../tests/web_test_helpers";
import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { RadioChips } from "@sales_process_control/kit/radio_chips/radio_chips";
import { ReactionPicker } from "@sales_process_control/kit/reaction/reaction_picker";

defineMailModels();

describe.current.tags("desktop");

/** A picker between two links for the keyboard to come from and to go to; what is chosen is kept. */
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

test("three reactions, each with its word; a second click takes it back", async () => {
    await mountWithCleanup(PickerInPage);
    expect(queryAllTexts("[role=radio]")).toEqual(["Positive", "Neutral", "Negative"]);
    expect("[role=radiogroup]").toHaveAttribute("aria-label", "How the customer took it");
    expect(checked()).toEqual([]);
    await contains("[role=radio][data-value=neutral]").click();
    expect(checked()).toEqual(["Neutral"]);
    await contains("[role=radio][data-value=positive]").click();
    expect(checked()).toEqual(["Positive"]);
    await contains("[role=radio][data-value=positive]").click();
    expect(checked()).toEqual([]);
    expect.verifySteps(["neutral", "positive", "false"]);
});

test("to the keyboard it is one stop, and arrows choose", async () => {
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

test("enter chooses, and the page around it does not hear of the key", async () => {
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

test("read-only: an icon, with its word for those who hear the screen; nothing where there is none", async () => {
    await mountWithCleanup(ReactionPicker, { props: { value: "negative" } });
    expect(".o_reaction").toHaveAttribute("title", "Reaction: Negative");
    expect(".o_reaction .fa-frown-o").toHaveCount(1);
    expect(".o_reaction .visually-hidden").toHaveText("Negative");
    expect("[role=radio]").toHaveCount(0);
    await mountWithCleanup(ReactionPicker, { props: { value: false } });
    expect(".o_reaction").toHaveCount(1);
});

test("chips: icon, remark and guidance; what is done is muted until it is chosen", async () => {
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
