import { Component } from "@odoo/owl";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { amountLabel } from "../amount/amount";
import { DueDistance } from "../due_distance/due_distance";
import { HotFlame } from "../hot_flame/hot_flame";
import { StageBar } from "../stage_bar/stage_bar";
import { LOOKS, StageDays } from "../stage_days/stage_days";

const PACE_TONES = {
    slow: "text-warning-emphasis bg-warning-subtle",
    stalled: "text-danger-emphasis bg-danger-subtle",
};
const TEXT = { type: [String, { value: false }], optional: true };

/** One deal in a line, as a list item; on a phone its parts stand one under another. Actions go into the slot. */
export class DealRow extends Component {
    static template = "sales_process_control.DealRow";
    static components = { DueDistance, HotFlame, StageBar, StageDays };
    static props = {
        deal: {
            type: Object,
            shape: {
                id: Number,
                name: TEXT,
                is_hot: { type: Boolean, optional: true },
                hot_note: TEXT,
                hot_due_date: TEXT,
                partner_name: TEXT,
                user_name: TEXT,
                amount: { type: Number, optional: true },
                currency_id: { type: [Number, { value: false }], optional: true },
                stage_name: TEXT,
                stage_days: { type: Number, optional: true },
                limit: { type: [Number, { value: false }], optional: true },
                pace: TEXT,
                pace_reason: TEXT,
                activity: {
                    type: [
                        { type: Object, shape: { summary: TEXT, date_deadline: String, icon: TEXT } },
                        { value: false },
                    ],
                    optional: true,
                },
                "*": true,
            },
        },
        /** Shows the reason of the pace as text also where there is a pointer for the tooltip. */
        showReason: { type: Boolean, optional: true },
        /** Names the salesperson, where the deals are not all one's own. */
        showSeller: { type: Boolean, optional: true },
        /** Whether a flag can be raised where there is none. */
        canRaise: { type: Boolean, optional: true },
        /** Called with the deal, and whether in a new window, instead of opening its form. */
        onOpen: { type: Function, optional: true },
        /** Called after its flag may have changed. */
        onChanged: { type: Function, optional: true },
        slots: { type: Object, optional: true },
    };
    static defaultProps = { showReason: false, showSeller: false, canRaise: true, onChanged: () => {} };

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
            canRaise: this.props.canRaise,
            onChanged: () => this.props.onChanged(this.props.deal),
        };
    }

    get amountLabel() {
        return amountLabel(this.props.deal.amount, this.props.deal.currency_id);
    }

    get seller() {
        return (this.props.showSeller && this.props.deal.user_name) || "";
    }

    get stageDays() {
        const { stage_days: days, pace, pace_reason: reason } = this.props.deal;
        return { days: days || 0, pace: pace || false, reason: reason || false };
    }

    get isBehind() {
        return ["slow", "stalled"].includes(this.props.deal.pace);
    }

    get bar() {
        const { days, pace } = this.stageDays;
        return { days, pace, limit: this.props.deal.limit || 0 };
    }

    get pace() {
        const { pace } = this.props.deal;
        return { label: LOOKS[pace].label.toString(), tone: PACE_TONES[pace] };
    }

    get activityDate() {
        return deserializeDate(this.props.deal.activity.date_deadline);
    }

    get name() {
        return this.props.deal.name || _t("A deal without a name");
    }

    get openLabel() {
        return _t("Open %s", this.name);
    }

    open(newWindow) {
        if (this.props.onOpen) {
            return this.props.onOpen(this.props.deal, newWindow);
        }
        const action = {
            type: "ir.actions.act_window",
            res_model: "crm.lead",
            res_id: this.props.deal.id,
            views: [[false, "form"]],
        };
        return this.action.doAction(action, { newWindow });
    }
}
