import { Component } from "@odoo/owl";
import { formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { evaluateBooleanExpr } from "@web/core/py_js/py";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { userNow } from "./user_day";

const { DateTime } = luxon;

/** Dates up to this many days ahead are "soon". */
const SOON_DAYS = 3;

/**
 * Return the number of days from today, in the user's time zone, until a date.
 *
 * @param {luxon.DateTime} date
 * @returns {number} 0 for today, negative for a date in the past
 */
export function daysUntil(date) {
    const today = userNow();
    const [from, until] = [today, date].map(({ year, month, day }) => DateTime.utc(year, month, day));
    return until.diff(from, "days").days;
}

/**
 * Return the distance of a due date as text, for example "in 3 days".
 *
 * @param {number} days until the date; negative for a date in the past
 * @returns {string}
 */
export function distanceLabel(days) {
    if (days === 0) {
        return _t("today");
    }
    if (days < 0) {
        return days === -1 ? _t("1 day late") : _t("%s days late", -days);
    }
    return days === 1 ? _t("tomorrow") : _t("in %s days", days);
}

/**
 * Return the urgency class of a due date.
 *
 * @param {number} days until the date; negative for a date in the past
 * @returns {"late"|"soon"|"later"}
 */
export function urgencyOf(days) {
    if (days < 0) {
        return "late";
    }
    return days <= SOON_DAYS ? "soon" : "later";
}

// These pairs of text and background have enough contrast in the light and in the dark theme.
const TONES = {
    late: "text-danger-emphasis bg-danger-subtle",
    soon: "text-warning-emphasis bg-warning-subtle",
    later: "text-primary-emphasis bg-primary-subtle",
};

/** Badge with the distance of a due date. The text repeats what the colour says. */
export class DueDistance extends Component {
    static template = "sales_process_control.DueDistance";
    static props = {
        date: { type: Object },
        /** Days until the date where the server computed them; otherwise computed from the user's day. */
        days: { type: Number, optional: true },
        className: { type: String, optional: true },
    };
    static defaultProps = { className: "" };

    get days() {
        return this.props.days ?? daysUntil(this.props.date);
    }

    get label() {
        return distanceLabel(this.days);
    }

    get title() {
        return _t("Due %s", formatDate(this.props.date));
    }

    get tone() {
        return TONES[urgencyOf(this.days)];
    }
}

/**
 * Field widget `due_distance`: a date shown as its distance, for example "5 days late". The option `plain` is a condition
 * on the record: where it holds, the date itself is shown, as of a promise that is settled.
 */
export class DueDistanceField extends Component {
    static template = "sales_process_control.DueDistanceField";
    static components = { DueDistance };
    static props = { ...standardFieldProps, plain: { type: String, optional: true } };
    static defaultProps = { plain: "False" };

    get date() {
        return this.props.record.data[this.props.name];
    }

    get isPlain() {
        return evaluateBooleanExpr(this.props.plain, this.props.record.evalContextWithVirtualIds);
    }

    get dateLabel() {
        return formatDate(this.date);
    }
}

registry.category("fields").add("due_distance", {
    component: DueDistanceField,
    displayName: _t("Days to the Due Date"),
    supportedTypes: ["date"],
    supportedOptions: [{ label: _t("Show the date itself if"), name: "plain", type: "string" }],
    extractProps: ({ options }) => ({ plain: options.plain }),
    // Room for the label of a date that is more than a hundred days late.
    listViewWidth: 130,
});
