import { _t } from "@web/core/l10n/translation";
import { DealRow } from "../deal_row";
import { WorkbenchBlock, workbenchBlocks, withoutRows } from "../workbench_block";

/** Stalled and slow deals, each with the reason and buttons for what to do about it. */
export class WorkbenchAttention extends WorkbenchBlock {
    static template = "sales_process_control.WorkbenchAttention";
    static components = { ...WorkbenchBlock.components, DealRow };

    get isEmpty() {
        return !this.props.data?.deals.length;
    }

    get stalledLabel() {
        return _t("%s stalled", this.props.data.stalled.value);
    }

    get slowLabel() {
        return _t("%s slow", this.props.data.slow.value);
    }

    /** Buttons of a deal. The names are those of the workbench's actions. */
    buttonsOf(deal) {
        const { actions } = this.props;
        const buttons = [
            { name: "schedule", icon: "fa-clock-o", label: _t("Schedule an activity") },
            { name: "record", icon: "fa-check-square-o", label: _t("Record progress") },
            {
                name: "flag",
                icon: "fa-fire",
                label: deal.is_hot ? _t("Edit or settle the flag") : _t("Raise a hot flag"),
            },
            { name: "lose", icon: "fa-times", label: _t("Mark as lost") },
        ];
        return buttons.map((button) => ({
            ...button,
            title: _t("%(action)s: %(deal)s", { action: button.label, deal: deal.name || _t("A deal without a name") }),
            run: () => actions[button.name](deal.id),
        }));
    }
}

function withoutDeal(data, dealId) {
    return withoutRows(
        data,
        "deals",
        (deal) => deal.id === dealId,
        (deal) => ["all", deal.pace]
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
