import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { HotFlame } from "../../hot_flag/hot_flame";
import { DueDistance } from "../../kit/due_distance";
import { countLabel } from "../../kit/numbers";
import { amountLabel } from "../../screen/number_labels";
import { WorkbenchBlock, workbenchBlocks, withoutRows } from "../workbench_block";

/** Deals that are expected to close soon, or should have closed before today. */
export class WorkbenchOpportunities extends WorkbenchBlock {
    static template = "sales_process_control.WorkbenchOpportunities";
    static components = { ...WorkbenchBlock.components, DueDistance, HotFlame };

    get more() {
        return this.moreLabel(this.props.data.closing.value, this.props.data.deals.length);
    }

    get isEmpty() {
        return !this.props.data?.deals.length;
    }

    get closingLabel() {
        return _t("%s closing within 30 days or overdue", countLabel(this.props.data.closing.value));
    }

    get deals() {
        return this.props.data.deals.map((deal) => {
            const stars = Number(deal.priority) || 0;
            return {
                ...deal,
                name: deal.name || _t("Deal without a name"),
                stars: Array.from({ length: stars }, (_, index) => index),
                starsLabel: stars === 1 ? _t("1 star") : _t("%s stars", stars),
                details: [deal.partner_name, deal.stage_name, !this.props.isMine && deal.user_name].filter(Boolean),
                amountLabel: amountLabel(deal.amount, deal.currency_id),
                date: deal.date_deadline ? deserializeDate(deal.date_deadline) : false,
                flame: {
                    resModel: "crm.lead",
                    resId: deal.id,
                    isHot: Boolean(deal.is_hot),
                    note: deal.hot_note || "",
                    dueDate: deal.hot_due_date ? deserializeDate(deal.hot_due_date) : false,
                    onChanged: this.props.actions.onFlagChanged,
                },
            };
        });
    }
}

function withoutDeal(data, dealId) {
    return withoutRows(
        data,
        "deals",
        (deal) => deal.id === dealId,
        () => ["closing"]
    );
}

workbenchBlocks.add(
    "opportunities",
    {
        component: WorkbenchOpportunities,
        title: _t("Key Opportunities"),
        dependsOn: ["activity", "flag"],
        withoutDeal,
    },
    { sequence: 40 }
);
