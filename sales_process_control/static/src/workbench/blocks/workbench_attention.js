import { _t } from "@web/core/l10n/translation";
import { DealRow } from "../../screen/deal_row";
import { countLabel } from "../../kit/numbers";
import { WorkbenchBlock, workbenchBlocks, withoutRows } from "../workbench_block";
import { promiseLabel } from "../workbench_labels";

/** Deals that need attention, each with the reasons and buttons for what to do about it. */
export class WorkbenchAttention extends WorkbenchBlock {
    static template = "sales_process_control.WorkbenchAttention";
    static components = { ...WorkbenchBlock.components, DealRow };

    get more() {
        return this.moreLabel(this.props.data.all.value, this.props.data.deals.length);
    }

    get isEmpty() {
        return !this.props.data?.deals.length;
    }

    /** Numbers of the deals with each reason, the most urgent first. Paces are shown even if there are none. */
    get numbers() {
        const { promise, stalled, closing, slow, idle } = this.props.data;
        const numbers = [
            { number: promise, label: promiseLabel(promise.value) },
            { number: stalled, label: _t("%s stalled", countLabel(stalled.value)), isShown: true },
            { number: closing, label: _t("%s past closing", countLabel(closing.value)) },
            { number: slow, label: _t("%s slow", countLabel(slow.value)), isShown: true },
            { number: idle, label: _t("%s without next action", countLabel(idle.value)) },
        ];
        return numbers.filter(({ number, isShown }) => isShown || number.value);
    }

    get listLabel() {
        const { value } = this.props.data.all;
        return value === 1 ? _t("Open as list") : _t("Open all %s as list", countLabel(value));
    }

    /** Buttons of a deal. The names are those of the workbench's actions. */
    buttonsOf(deal) {
        const { actions } = this.props;
        const isLast = !deal.has_next_stage;
        const buttons = [
            { name: "schedule", icon: "fa fa-clock-o", label: _t("Schedule an activity") },
            { name: "record", icon: "fa fa-check-square-o", label: _t("Record Progress") },
            {
                name: "flag",
                icon: "fa fa-fire",
                label: deal.is_hot ? _t("Edit or close the flag") : _t("Raise a hot flag"),
            },
            { name: "moveOn", icon: "oi oi-arrow-right", label: _t("Move to the next stage"), isHidden: isLast },
            { name: "win", icon: "fa fa-trophy", label: _t("Mark as won") },
            { name: "lose", icon: "fa fa-times", label: _t("Mark as lost") },
        ];
        return buttons
            .filter(({ isHidden }) => !isHidden)
            .map((button) => ({
                ...button,
                title: _t("%(action)s: %(deal)s", {
                    action: button.label,
                    deal: deal.name || _t("Deal without a name"),
                }),
                run: () => actions[button.name](deal.id, deal),
            }));
    }
}

function withoutDeal(data, dealId) {
    return withoutRows(
        data,
        "deals",
        (deal) => deal.id === dealId,
        (deal) => ["all", ...deal.attention]
    );
}

workbenchBlocks.add(
    "attention",
    {
        component: WorkbenchAttention,
        title: _t("Needs Attention"),
        dependsOn: ["activity", "flag"],
        withoutDeal,
    },
    { sequence: 20 }
);
