import { Component } from "@odoo/owl";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { amountLabel } from "../kit/amount/amount";
import { Block, frameOf } from "../kit/block/block";
import { DueDistance } from "../kit/due_distance/due_distance";
import { HotFlame } from "../kit/hot_flame/hot_flame";
import { RecordNumber } from "../kit/record_number/record_number";
import { BLOCK_PROPS } from "./workbench_block";

/** Deals that are expected to close soon. */
export class WorkbenchOpportunities extends Component {
    static template = "sales_process_control.WorkbenchOpportunities";
    static components = { Block, DueDistance, HotFlame, RecordNumber };
    static props = { ...BLOCK_PROPS };

    get frame() {
        return frameOf(this.props);
    }

    get isEmpty() {
        return !this.props.data?.deals.length;
    }

    get closingLabel() {
        return _t("%s closing within 30 days", this.props.data.closing.value);
    }

    get deals() {
        return this.props.data.deals.map((deal) => {
            const stars = Number(deal.priority) || 0;
            return {
                ...deal,
                name: deal.name || _t("A deal without a name"),
                stars: Array.from({ length: stars }, (_, index) => index),
                starsLabel: stars === 1 ? _t("1 star") : _t("%s stars", stars),
                words: [deal.partner_name, deal.stage_name, !this.props.isMine && deal.user_name].filter(Boolean),
                amountLabel: amountLabel(deal.amount, deal.currency_id),
                date: deal.date_deadline ? deserializeDate(deal.date_deadline) : false,
                flame: {
                    resModel: "crm.lead",
                    resId: deal.id,
                    isHot: Boolean(deal.is_hot),
                    note: deal.hot_note || "",
                    dueDate: deal.hot_due_date ? deserializeDate(deal.hot_due_date) : false,
                    onChanged: this.props.deeds.onFlagged,
                },
            };
        });
    }
}
