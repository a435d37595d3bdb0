import { describe, expect, queryFirst, test } from "@odoo/hoot";
import { animationFrame } from "@odoo/hoot-mock";
import { Component, xml } from "@odoo/owl";
import { contains, mockService, mountWithCleanup } from "@web/../tests/web_test_helpers";
import { DealRow } from "@sales_process_control/screen/deal_row";
import { dayFromNow, defineKitModels, makeFlag, mockDialog, mockPopover, pointAt } from "./kit_helpers";

defineKitModels();

class Rows extends Component {
    static components = { DealRow };
    static props = ["*"];
    static template = xml`
        <div role="list" t-att-class="props.className">
            <DealRow t-props="props.row"><button class="btn btn-secondary call">Call</button></DealRow>
        </div>`;
}

function mountRow(deal = {}, row = {}, className = "") {
    const all = {
        id: 3,
        name: "Office fit-out",
        is_hot: true,
        hot_note: "Contract back from legal",
        hot_due_date: dayFromNow(-1),
        partner_name: "Lumber Inc",
        amount: 210000,
        currency_id: 1,
        stage_name: "Bidding",
        stage_days: 31.4,
        pace: "stalled",
        pace_reason: "31 days in Bidding (limit 12), closing date pushed twice.",
        activity: { summary: "Call about the offer", date_deadline: dayFromNow(-2), icon: "fa-phone" },
        ...deal,
    };
    return mountWithCleanup(Rows, { props: { row: { deal: all, ...row }, className } });
}

describe("desktop", () => {
    describe.current.tags("desktop");

    test("shows customer, amount, stage, days and next activity", async () => {
        await mountRow();
        expect(".o_deal_row_who").toHaveText(/Office fit-out[^]*Lumber Inc[^]*\$ 210,000$/);
        expect(".o_deal_row_stage").toHaveText(/Bidding[^]*31 days/);
        expect(".o_stage_days").toHaveAttribute(
            "title",
            "Stalled: 31 days in Bidding (limit 12), closing date pushed twice."
        );
        expect(".o_deal_row_activity").toHaveText(/Call about the offer[^]*2 days late/);
        expect(".o_deal_row_reason").not.toBeVisible();
        expect(".o_deal_row_actions .call").toHaveCount(1);
    });

    test("shows the chance to sign where it is known", async () => {
        await mountRow({ chance: 0.226 });
        expect(".o_deal_row_chance").toHaveText("Chance 23%");
        expect(".o_deal_row_who").toHaveText(/\$ 210,000 · Chance 23%$/);
    });

    test("shows no chance while it is not known, but one of zero", async () => {
        await mountRow({ chance: false });
        expect(".o_deal_row_chance").toHaveCount(0);
        await mountRow({ chance: 0 });
        expect(".o_deal_row_chance").toHaveText("Chance 0%");
    });

    test("the flame shows the reason of the flag", async () => {
        mockPopover(() => [makeFlag({ lead_id: 3 })]);
        await mountRow();
        await pointAt(".o_deal_row_open");
        expect(".o_hot_flag_seller").toHaveText("Li Wei");
    });

    test("showReason shows the reason of the pace as text", async () => {
        await mountRow({}, { showReason: true });
        expect(".o_deal_row_reason").toBeVisible();
        expect(".o_deal_row_reason").toHaveText(/closing date pushed twice/);
    });

    test("showReason shows why a deal on pace needs attention, without a badge", async () => {
        const attention = { pace: "on_pace", pace_reason: false, attention_reason: "No next action." };
        await mountRow(attention, { showReason: true });
        expect(".o_deal_row_reason").toHaveText("No next action.");
        expect(".o_deal_row_pace").toHaveCount(0);
    });

    test("the bar says where the limit comes from", async () => {
        await mountRow({ limit: 30, limit_source: "default" });
        expect(".o_stage_bar").toHaveAttribute("aria-label", "31 days, limit 30 days (default)");
    });

    test("missing values are left out", async () => {
        await mountRow({
            is_hot: false,
            hot_note: false,
            hot_due_date: false,
            partner_name: false,
            amount: 0,
            currency_id: false,
            pace: false,
            pace_reason: false,
            activity: false,
        });
        expect(".o_hot_flame").toHaveClass("o_hot_flame_cold");
        expect(".o_deal_row_amount").toHaveText("");
        expect(".o_deal_row_activity").toHaveText("No next action");
        expect(".o_deal_row_reason").toHaveCount(0);
        expect(".o_stage_days").toHaveAttribute("title", "31 days in this stage");
    });

    test("the name opens the deal", async () => {
        mockService("action", {
            doAction(action) {
                expect.step(`${action.res_model} ${action.res_id}`);
            },
        });
        await mountRow();
        await contains(".o_deal_row_open").click();
        expect.verifySteps(["crm.lead 3"]);
    });

    test("onOpen replaces the form of the deal", async () => {
        await mountRow({}, { onOpen: (deal) => expect.step(deal.name) });
        await contains(".o_deal_row_open").click();
        expect.verifySteps(["Office fit-out"]);
    });

    test("onChanged is called with the deal after a flag was raised", async () => {
        const opened = [];
        mockDialog(opened);
        await mountRow(
            { is_hot: false, hot_note: false, hot_due_date: false },
            { onChanged: (deal) => expect.step(deal.id) }
        );
        await contains(".o_hot_flame").click();
        await animationFrame();
        expect(opened).toEqual([["crm.lead", [3]]]);
        expect.verifySteps([3]);
    });
});

describe("mobile", () => {
    describe.current.tags("mobile");

    test("parts are stacked within the width of the screen, and the reason is text", async () => {
        await mountRow({ name: "A deal with a name that is much longer than any phone in the world is wide" });
        const row = queryFirst(".o_deal_row");
        expect(row.scrollWidth).toBeLessThan(row.clientWidth + 1);
        const [who, stage] = [".o_deal_row_who", ".o_deal_row_stage"].map((part) =>
            queryFirst(part).getBoundingClientRect()
        );
        expect(stage.top).not.toBeLessThan(who.bottom);
        expect(".o_deal_row_reason").toBeVisible();
    });
});
