import { Component } from "@odoo/owl";
import { formatCurrency } from "@web/core/currency";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { DueDistance } from "../due_distance/due_distance";
import { HotFlame } from "../hot_flame/hot_flame";
import { StageDays } from "../stage_days/stage_days";

const TEXT = { type: [String, { value: false }], optional: true };

/** One deal in a line, as a list item; on a phone its parts stand one under another. Actions go into the slot. */
export class DealRow extends Component {
    static template = "sales_process_control.DealRow";
    static components = { DueDistance, HotFlame, StageDays };
    static props = {
        deal: {
            type: Object,
            shape: {
                id: Number,
                name: String,
                is_hot: { type: Boolean, optional: true },
                hot_note: TEXT,
                hot_due_date: TEXT,
                partner_name: TEXT,
                amount: { type: Number, optional: true },
                currency_id: { type: [Number, { value: false }], optional: true },
                stage_name: TEXT,
                stage_days: { type: Number, optional: true },
                pace: TEXT,
                pace_reason: TEXT,
                activity: {
                    type: [
                        { type: Object, shape: { summary: String, date_deadline: String, icon: TEXT } },
                        { value: false },
                    ],
                    optional: true,
                },
                "*": true,
            },
        },
        /** Shows the reason of the pace as text also where there is a pointer for the tooltip. */
        showReason: { type: Boolean, optional: true },
        /** Called with the deal instead of opening its form. */
        onOpen: { type: Function, optional: true },
        /** Called after its flag may have changed. */
        onChanged: { type: Function, optional: true },
        slots: { type: Object, optional: true },
    };
    static defaultProps = { showReason: false, onChanged: () => {} };

    setup() {
        this.action = useService("action");
    }

    get flame() {
        const { id, is_hot: isHot, hot_note: note, hot_due_date: dueDate } = this.props.deal;
        return {
            resModel: "crm.lead",
            resId: id,
            isHot: Boolean(isHot),
            note: note || "",
            dueDate: dueDate ? deserializeDate(dueDate) : false,
            canRaise: true,
            onChanged: () => this.props.onChanged(this.props.deal),
        };
    }

    get amountLabel() {
        const { amount, currency_id: currencyId } = this.props.deal;
        return amount ? formatCurrency(amount, currencyId) : "";
    }

    get stageDays() {
        const { stage_days: days, pace, pace_reason: reason } = this.props.deal;
        return { days: days || 0, pace: pace || false, reason: reason || false };
    }

    get isBehind() {
        return ["slow", "stalled"].includes(this.props.deal.pace);
    }

    get activityDate() {
        return deserializeDate(this.props.deal.activity.date_deadline);
    }

    get openLabel() {
        return _t("Open %s", this.props.deal.name);
    }

    open() {
        if (this.props.onOpen) {
            return this.props.onOpen(this.props.deal);
        }
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "crm.lead",
            res_id: this.props.deal.id,
            views: [[false, "form"]],
        });
    }
}
