import { describe, expect, getFixture, press, queryOne, test, waitUntil } from "@odoo/hoot";
import { advanceTime, animationFrame, Deferred } from "@odoo/hoot-mock";
import { contains, makeServerError } from "@web/../tests/web_test_helpers";
import { CLOSE_DELAY, OPEN_DELAY } from "@sales_process_control/hot_flag/hot_flame";
import {
    dayFromNow,
    defineKitModels,
    makeFlag,
    mockDialog,
    mockPopover,
    mountFlame,
    pointAt,
    pointAway,
    tabToFlame,
} from "./kit_helpers";

const { DateTime } = luxon;

defineKitModels();

describe.current.tags("desktop");

test("hover shows note and due date of the record at once, then the flags", async () => {
    const answer = new Deferred();
    mockPopover(() => answer);
    await mountFlame();
    await pointAt(".name");
    expect(".o_hot_flag_preview").toHaveText(/Signing around 10 March[^]*due \S+ in 3 days/);
    expect(".o_hot_flag_popover").toHaveText(/One moment/);
    answer.resolve([makeFlag()]);
    await animationFrame();
    expect(".o_hot_flag_preview").toHaveCount(0);
    expect(".o_hot_flag_entry").toHaveCount(1);
    expect(".o_hot_flag_due").toHaveText(/^due \S+ in 3 days/);
    expect(".o_hot_flag_amount").toHaveText("$ 62,500");
    expect(".o_hot_flag_seller").toHaveText("Li Wei");
    expect(".o_hot_flag_entry").toHaveText(/Hot since 02\/02\/2026/);
    expect(".o_hot_flag_before li:eq(0)").toHaveText("“Waiting for legal” (02/09/2026, due 02/20/2026)");
    expect(".o_hot_flag_before li:eq(1)").toHaveText("“Budget confirmed” (02/02/2026)");
});

test("a late due date is red and labelled as late", async () => {
    mockPopover(() => [makeFlag({ due_date: dayFromNow(-5), days_to_due: -5 })]);
    await mountFlame({ dueDate: DateTime.fromISO(dayFromNow(-5)) });
    expect(".o_hot_flame").toHaveClass("o_hot_flame_late");
    expect(queryOne(".o_hot_flame").getAttribute("aria-label")).toMatch(/Signing around 10 March, due .*, 5 days late/);
    await pointAt(".o_hot_flame");
    expect(".o_hot_flag_due .o_due_distance").toHaveText("5 days late");
    expect(".o_hot_flag_due .o_due_distance").toHaveClass("bg-danger-subtle");
});

test("the flags are read once, and again when the record has changed", async () => {
    const calls = mockPopover(() => [makeFlag()]);
    const parent = await mountFlame();
    await pointAt(".name");
    await pointAway();
    expect(".o_hot_flag_popover").toHaveCount(0);
    await pointAt(".name");
    expect(calls).toEqual([["crm.lead", 1]]);
    parent.state.flame.note = "Signs on Friday";
    await animationFrame();
    await pointAway();
    await pointAt(".name");
    expect(calls).toHaveLength(2);
});

test("a pointer that only crosses the flame sends no request", async () => {
    const calls = mockPopover(() => [makeFlag()]);
    await mountFlame();
    await contains(".name").hover();
    await advanceTime(OPEN_DELAY / 2);
    await pointAway();
    await advanceTime(OPEN_DELAY * 2);
    expect(calls).toHaveLength(0);
    expect(".o_hot_flag_popover").toHaveCount(0);
});

test("a failed request shows the error, keeps the note, and can be retried", async () => {
    let isDown = true;
    mockPopover(() => {
        if (isDown) {
            throw makeServerError({ message: "This deal was deleted." });
        }
        return [makeFlag()];
    });
    await mountFlame();
    await pointAt(".name");
    expect(".o_hot_flag_preview").toHaveText(/Signing around 10 March/);
    expect("[role=alert]").toHaveText(/could not be read/);
    expect(".o_hot_flag_error").toHaveText("This deal was deleted.");
    isDown = false;
    await contains(".o_hot_flag_retry").click();
    await animationFrame();
    expect("[role=alert]").toHaveCount(0);
    expect(".o_hot_flag_seller").toHaveText("Li Wei");
    expect(".o_hot_flag_popover").toBeFocused();
    await advanceTime(CLOSE_DELAY * 2);
    expect(".o_hot_flag_popover").toHaveCount(1);
});

test("the popover says that no flag is open", async () => {
    mockPopover(() => []);
    await mountFlame({ note: "" });
    await pointAt(".name");
    expect(".o_hot_flag_popover").toHaveText(/There are no open flags/);
});

test("keyboard focus opens the popover and describes the flame, escape closes it", async () => {
    mockPopover(() => [makeFlag()]);
    await mountFlame();
    expect(".o_hot_flame").toHaveAttribute("aria-expanded", "false");
    await tabToFlame();
    expect(".o_hot_flame").toBeFocused();
    expect(".o_hot_flame").toHaveAttribute("aria-expanded", "true");
    const description = queryOne(`#${queryOne(".o_hot_flame").getAttribute("aria-describedby")}`);
    expect(description).toHaveText(/Signing around 10 March[^]*in 3 days[^]*62,500[^]*Li Wei[^]*Waiting for legal/);
    expect(description).toHaveAttribute("aria-live", "polite");
    await press("Escape");
    await animationFrame();
    expect(".o_hot_flag_popover").toHaveCount(0);
    expect(".o_hot_flame").toBeFocused();
});

test("the popover closes when the focus moves on", async () => {
    mockPopover(() => [makeFlag()]);
    await mountFlame();
    await tabToFlame();
    expect(".o_hot_flag_popover").toHaveCount(1);
    await press("Tab");
    await advanceTime(1000);
    await animationFrame();
    expect(".o_hot_flag_popover").toHaveCount(0);
});

test("enter opens the only flag, and onChanged is called when the dialog is closed", async () => {
    const opened = [];
    mockPopover(() => [makeFlag()]);
    mockDialog(opened);
    await mountFlame({ onChanged: () => expect.step("changed") });
    await tabToFlame();
    await press("Enter");
    await animationFrame();
    await animationFrame();
    expect(opened).toEqual([["crm.hot.flag", [7]]]);
    expect.verifySteps(["changed"]);
    expect(".o_hot_flag_popover").toHaveCount(0);
});

test("with several flags, enter moves the focus to the popover", async () => {
    const opened = [];
    mockPopover(() => [makeFlag(), makeFlag({ id: 8, note: "May add an order", lead_id: false, kind: "reorder" })]);
    mockDialog(opened);
    await mountFlame();
    await tabToFlame();
    await press("Enter");
    await animationFrame();
    await animationFrame();
    expect(opened).toHaveLength(0);
    expect("[data-flag='7'] + .o_hot_flag_edit").toBeFocused();
    await press("Tab");
    expect("[data-flag='8'] + .o_hot_flag_edit").toBeFocused();
    await press("Enter");
    await waitUntil(() => opened.length);
    expect(opened).toEqual([["crm.hot.flag", [8]]]);
});

test("the popover of a customer can raise another flag", async () => {
    const opened = [];
    mockPopover(() => [makeFlag({ lead_id: false, kind: "reorder" })]);
    mockDialog(opened);
    await mountFlame({ resModel: "customer", canRaiseMore: true });
    await tabToFlame();
    await press("Enter");
    await animationFrame();
    expect(".o_hot_flag_edit").toBeFocused();
    await press("Tab");
    await press("Enter");
    await waitUntil(() => opened.length);
    expect(opened).toEqual([["customer", [1]]]);
});

test("a flag that the user may not edit has no button", async () => {
    const opened = [];
    mockPopover(() => [makeFlag({ can_edit: false })]);
    mockDialog(opened);
    await mountFlame();
    await pointAt(".name");
    expect(".o_hot_flag_entry").toHaveCount(1);
    expect(".o_hot_flag_edit").toHaveCount(0);
    await contains(".o_hot_flame").click();
    expect(opened).toHaveLength(0);
});

test("with canRaise, a record that is not hot has an outline that raises a flag", async () => {
    const opened = [];
    const calls = mockPopover(() => []);
    mockDialog(opened);
    await mountFlame({ isHot: false, note: false, dueDate: false, canRaise: true });
    expect(".o_hot_flame").toHaveClass("o_hot_flame_cold");
    expect(".o_hot_flame").toHaveAttribute("aria-label", "Raise a hot flag");
    await pointAt(".name");
    expect(".o_hot_flag_popover").toHaveCount(0);
    await contains(".o_hot_flame").click();
    expect(opened).toEqual([["crm.lead", [1]]]);
    expect(calls).toHaveLength(0);
});

test("without canRaise, a record that is not hot has no outline", async () => {
    await mountFlame({ isHot: false });
    expect(".o_hot_flame").toHaveCount(0);
    expect(getFixture()).toHaveText(/Deco Addict/);
});

test("no dialog opens if beforeOpen resolves to false", async () => {
    const opened = [];
    mockDialog(opened);
    await mountFlame({ isHot: false, canRaise: true, beforeOpen: () => false });
    await contains(".o_hot_flame").click();
    expect(opened).toHaveLength(0);
});
