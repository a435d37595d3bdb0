import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { factsOf } from "./card_facts";

/** Look of each pace that is behind. Icon and label repeat the meaning of the colour. */
export const PACE_LOOKS = {
    slow: { className: "text-warning-emphasis", icon: "fa-hourglass-half", label: _t("Slow") },
    stalled: { className: "text-danger", icon: "fa-exclamation-triangle", label: _t("Stalled") },
};
const DEFAULT_LOOK = { className: "text-muted", icon: "fa-clock-o", label: "" };

/**
 * Return a length as text, for example "12 days". Every screen shows the days of a deal in its stage with this function:
 * as whole days that have passed.
 *
 * @param {number} length in days
 * @returns {string}
 */
export function daysLabel(length) {
    const days = Math.floor(length);
    if (days < 1) {
        return _t("<1 day");
    }
    return days === 1 ? _t("1 day") : _t("%s days", days);
}

/**
 * Return the limit of a stage as text, with where it comes from unless it was set.
 *
 * @param {number} limit in days
 * @param {"set"|"suggested"|"default"|false} [source]
 * @returns {string}
 */
export function limitLabel(limit, source = false) {
    const days = daysLabel(limit);
    if (source === "default") {
        return _t("limit %s (default)", days);
    }
    return source === "suggested" ? _t("limit %s (suggested)", days) : _t("limit %s", days);
}

/** Days that a deal has been in its stage, for example "12 days", with the look of its pace. */
export class StageDays extends Component {
    static template = "sales_process_control.StageDays";
    static props = {
        days: { type: Number },
        pace: { type: [String, { value: false }], optional: true },
        reason: { type: [String, { value: false }], optional: true },
        /** Show the pace of a deal that is behind as text, too. */
        withPace: { type: Boolean, optional: true },
        className: { type: String, optional: true },
    };
    static defaultProps = { pace: false, reason: false, withPace: false, className: "" };

    get look() {
        return PACE_LOOKS[this.props.pace] || DEFAULT_LOOK;
    }

    get label() {
        const days = daysLabel(this.props.days);
        const pace = this.props.withPace && this.look.label.toString();
        return pace ? _t("%(pace)s, %(days)s", { pace, days }) : days;
    }

    get title() {
        const days = _t("%s in this stage", daysLabel(this.props.days));
        const { label } = this.look;
        if (!label) {
            return days;
        }
        return _t("%(pace)s: %(reason)s", { pace: label, reason: this.props.reason || days });
    }
}

/** Field widget `stage_days`. Uses the pace and its reason where the view loads them. */
export class StageDaysField extends Component {
    static template = "sales_process_control.StageDaysField";
    static components = { StageDays };
    static props = { ...standardFieldProps };

    get stageDays() {
        const { pace, pace_reason: reason, stage_days: days } = factsOf(this.props.record);
        return { days: days || 0, pace: pace || false, reason: reason || false, className: "me-1" };
    }
}

registry.category("fields").add("stage_days", {
    component: StageDaysField,
    displayName: _t("Days in Stage"),
    supportedTypes: ["float", "char"],
    listViewWidth: [105, 140],
});

/** For averages of groups in lists. */
registry.category("formatters").add("stage_days", (days) => (days === false ? "" : daysLabel(days)));
