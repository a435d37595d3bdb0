import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Block, frameOf } from "../kit/block/block";
import { DealRow } from "../kit/deal_row/deal_row";
import { RecordNumber } from "../kit/record_number/record_number";
import { BLOCK_PROPS } from "./workbench_block";

/** Deals that do not move on, each with the reason and what can be done about it at once. */
export class WorkbenchAttention extends Component {
    static template = "sales_process_control.WorkbenchAttention";
    static components = { Block, DealRow, RecordNumber };
    static props = { ...BLOCK_PROPS };

    get frame() {
        return frameOf(this.props);
    }

    get isEmpty() {
        return !this.props.data?.deals.length;
    }

    get stalledLabel() {
        return _t("%s stalled", this.props.data.stalled.value);
    }

    get slowLabel() {
        return _t("%s slow", this.props.data.slow.value);
    }

    /** What can be done with a deal by those who may write on it. */
    actionsOf(deal) {
        const { deeds } = this.props;
        const actions = [
            { name: "schedule", icon: "fa-clock-o", label: _t("Schedule an activity") },
            { name: "record", icon: "fa-check-square-o", label: _t("Record progress") },
            {
                name: "flag",
                icon: "fa-fire",
                label: deal.is_hot ? _t("Edit or settle the flag") : _t("Raise a hot flag"),
            },
            { name: "lose", icon: "fa-times", label: _t("Mark as lost") },
        ];
        return actions.map((action) => ({
            ...action,
            title: _t("%(deed)s: %(deal)s", { deed: action.label, deal: deal.name || _t("A deal without a name") }),
            run: () => deeds[action.name](deal.id),
        }));
    }
}
