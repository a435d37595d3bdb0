import { Component } from "@odoo/owl";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { HotFlame } from "../hot_flag/hot_flame";
import { DueDistance } from "../kit/due_distance";
import { isKnown, percentLabel } from "../kit/numbers";
import { daysLabel, limitLabel, PACE_LOOKS, StageDays } from "../kit/stage_days";
import { amountLabel } from "./number_labels";

const BAR_TONES = { slow: "text-warning", stalled: "text-danger" };
const BADGE_TONES = {
    slow: "text-warning-emphasis bg-warning-subtle",
    stalled: "text-danger-emphasis bg-danger-subtle",
};
const TEXT = { type: [String, { value: false }], optional: true };

/**
 * Bar that compares the days in a stage with the stage's limit. A mark shows the limit: in the middle of the bar, or
 * further left if the days exceed twice the limit. The bar is an SVG: attributes of its shapes give their lengths.
 */
export class StageBar extends Component {
    static template = "sales_process_control.StageBar";
    static props = {
        days: { type: Number },
        /** Limit of the stage in days; 0 if it has none, which hides the bar. */
        limit: { type: Number },
        /** Where the limit comes from. */
        source: { type: [String, { value: false }], optional: true },
        pace: { type: [String, { value: false }], optional: true },
    };
    static defaultProps = { pace: false, source: false };

    get label() {
        const { days, limit, source } = this.props;
        return _t("%(days)s, %(limit)s", { days: daysLabel(days), limit: limitLabel(limit, source) });
    }

    /** Days that the whole bar stands for. */
    get scale() {
        return Math.max(this.props.days, 2 * this.props.limit);
    }

    get length() {
        return Math.round((100 * this.props.days) / this.scale);
    }

    get mark() {
        return Math.round((100 * this.props.limit) / this.scale);
    }

    get tone() {
        return BAR_TONES[this.props.pace] || "text-success";
    }
}

/** List item of one deal. On narrow screens its parts are stacked. The default slot holds the buttons. */
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
                /** Chance to sign from 0 to 1; false while it is not known. */
                chance: { type: [Number, { value: false }], optional: true },
                stage_name: TEXT,
                stage_days: { type: Number, optional: true },
                limit: { type: [Number, { value: false }], optional: true },
                limit_source: TEXT,
                pace: TEXT,
                pace_reason: TEXT,
                /** All reasons why the deal needs attention; includes the reason of the pace. */
                attention_reason: TEXT,
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
        /** Show why the deal needs attention. Without it, narrow screens show the reason of the pace, which is the tooltip
         * of the days on wide ones. */
        showReason: { type: Boolean, optional: true },
        /** Show the salesperson. */
        showSeller: { type: Boolean, optional: true },
        /** Whether a deal without a flag has a button that raises one. */
        canRaise: { type: Boolean, optional: true },
        /** Called with the deal and `newWindow`, instead of opening the form of the deal. */
        onOpen: { type: Function, optional: true },
        /** Called with the deal when the hot flag dialog is closed. */
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

    get chanceLabel() {
        const { chance } = this.props.deal;
        return isKnown(chance) ? _t("Chance %s", percentLabel(chance)) : "";
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

    get stageBar() {
        const { days, pace } = this.stageDays;
        const { limit, limit_source: source } = this.props.deal;
        return { days, pace, limit: limit || 0, source: source || false };
    }

    get reason() {
        const { attention_reason: attention, pace_reason: pace } = this.props.deal;
        return (this.props.showReason && attention) || (this.isBehind && pace) || "";
    }

    /** Badge of the pace, if the deal is behind. */
    get pace() {
        const { pace } = this.props.deal;
        return this.isBehind && { label: PACE_LOOKS[pace].label.toString(), tone: BADGE_TONES[pace] };
    }

    get activityDate() {
        return deserializeDate(this.props.deal.activity.date_deadline);
    }

    get name() {
        return this.props.deal.name || _t("Deal without a name");
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
