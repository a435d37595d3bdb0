import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";

/** What tells the paces apart: colour for those who see it, an icon and a word for everybody. */
export const LOOKS = {
    slow: { className: "text-warning-emphasis", icon: "fa-hourglass-half", label: _t("Slow") },
    stalled: { className: "text-danger", icon: "fa-exclamation-triangle", label: _t("Stalled") },
};
const PLAIN = { className: "text-muted", icon: "fa-clock-o", label: "" };

/** Whole days that a deal has been in its stage, with its pace: "<1d", "12d". */
export class StageDays extends Component {
    static template = "sales_process_control.StageDays";
    static props = {
        days: { type: Number },
        pace: { type: [String, { value: false }], optional: true },
        reason: { type: [String, { value: false }], optional: true },
        className: { type: String, optional: true },
    };
    static defaultProps = { pace: false, reason: false, className: "" };

    get look() {
        return LOOKS[this.props.pace] || PLAIN;
    }

    get label() {
        const days = Math.floor(this.props.days);
        return days ? _t("%sd", days) : _t("<1d");
    }

    get title() {
        const days = _t("%s days in this stage", formatFloat(this.props.days, { digits: [16, 1] }));
        const { label } = this.look;
        if (!label) {
            return days;
        }
        return _t("%(pace)s: %(reason)s", { pace: label, reason: this.props.reason || days });
    }
}
