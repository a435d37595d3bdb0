import { describe, expect, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import { contains } from "@web/../tests/web_test_helpers";
import { defineKitModels, makeFlag, mockDialog, mockPopover, mountFlame } from "./kit_helpers";

defineKitModels();

describe.current.tags("mobile");

test("taps open and close the popover without opening the dialog", async () => {
    const opened = [];
    mockPopover(() => [makeFlag()]);
    mockDialog(opened);
    await mountFlame();
    await contains(".o_hot_flame").click();
    await animationFrame();
    expect(".o_hot_flag_seller").toHaveText("Li Wei");
    await contains(".o_hot_flame").click();
    await animationFrame();
    expect(".o_hot_flag_popover").toHaveCount(0);
    expect(opened).toHaveLength(0);
    await contains(".o_hot_flame").click();
    await contains(".o_hot_flag_edit").click();
    expect(opened).toEqual([["crm.hot.flag", [7]]]);
});
