import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat } from "@web/core/utils/numbers";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Look of each pace that is behind. Icon and label repeat the meaning of the colour. */
export const PACE_LOOKS = {
    slow: { className: "text-warning-emphasis", icon: "fa-hourglass-half", label: _t("Slow") },
    stalled: { className: "text-danger", icon: "fa-exclamation-triangle", label: _t("Stalled") },
};
const DEFAULT_LOOK = { className: "text-muted", icon: "fa-clock-o", label: "" };

/** Whole days that a deal has been in its stage, for example "<1d" or "12d", with the look of its pace. */
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
        return PACE_LOOKS[this.props.pace] || DEFAULT_LOOK;
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

/** Field widget `stage_days`. Uses `pace` and `pace_reason` where the view loads them. */
export class StageDaysField extends Component {
    static template = "sales_process_control.StageDaysField";
    static components = { StageDays };
    static props = { ...standardFieldProps };

    get stageDays() {
        const { pace, pace_reason: reason, [this.props.name]: days } = this.props.record.data;
        return { days: days || 0, pace: pace || false, reason: reason || false, className: "me-1" };
    }
}

registry.category("fields").add("stage_days", {
    component: StageDaysField,
    displayName: _t("Days in Stage"),
    supportedTypes: ["float", "integer"],
});
