import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";

const TONES = { slow: "text-warning", stalled: "text-danger" };

/**
 * Days in a stage against its limit: the limit is a mark in the middle, or farther to the left the more it is passed. The
 * bar is drawn, as its length depends on the data and styles do not stand in elements.
 */
export class StageBar extends Component {
    static template = "sales_process_control.StageBar";
    static props = {
        days: { type: Number },
        /** Days, 0 where the stage has none: there is no bar then. */
        limit: { type: Number },
        pace: { type: [String, { value: false }], optional: true },
    };
    static defaultProps = { pace: false };

    get label() {
        return _t("%(days)s days of %(limit)s", { days: Math.floor(this.props.days), limit: this.props.limit });
    }

    /** How many days the whole bar stands for. */
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
        return TONES[this.props.pace] || "text-success";
    }
}
