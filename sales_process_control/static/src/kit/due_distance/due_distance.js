import { Component } from "@odoo/owl";
import { formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

const { DateTime } = luxon;

/** A date this near deserves a second look. */
const SOON = 3;

/**
 * Days from the reader's today until a date: 0 is today, negative is late.
 *
 * @param {luxon.DateTime} date
 * @returns {number}
 */
export function daysUntil(date) {
    const day = DateTime.local(date.year, date.month, date.day);
    return Math.round(day.diff(DateTime.local().startOf("day"), "days").days);
}

/**
 * How far off a due date is, as people say it.
 *
 * @param {number} days until then; negative when it is past
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

/** How near a date is: late, soon or later. */
export function nearness(days) {
    if (days < 0) {
        return "late";
    }
    return days <= SOON ? "soon" : "later";
}

// Pairs that can be read in light and in dark.
const TONES = {
    late: "text-danger-emphasis bg-danger-subtle",
    soon: "text-warning-emphasis bg-warning-subtle",
    later: "text-primary-emphasis bg-primary-subtle",
};

/** A due date's distance: red when it is late, so that the word and the colour say the same. */
export class DueDistance extends Component {
    static template = "sales_process_control.DueDistance";
    static props = {
        date: { type: Object },
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
        return TONES[nearness(this.days)];
    }
}
