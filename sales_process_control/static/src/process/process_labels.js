import { deserializeDate, deserializeDateTime, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

/** Look of each outcome of a visit. The icon repeats the meaning of the colour. */
export const OUTCOME_LOOKS = {
    open: { icon: "fa-hourglass-half", tone: "text-info-emphasis" },
    advanced: { icon: "fa-arrow-right", tone: "text-success" },
    moved_back: { icon: "fa-arrow-left", tone: "text-warning-emphasis" },
    won: { icon: "fa-trophy", tone: "text-success" },
    lost: { icon: "fa-times-circle", tone: "text-danger" },
    removed: { icon: "fa-archive", tone: "text-muted" },
};

/**
 * Return the day of an instant in the user's time zone.
 *
 * @param {string} instant serialized datetime in UTC
 * @returns {string}
 */
export function dayLabel(instant) {
    return formatDate(deserializeDateTime(instant));
}

/**
 * @param {string} date serialized date
 * @returns {string}
 */
export function dateLabel(date) {
    return formatDate(deserializeDate(date));
}

/**
 * @param {string[]} names
 * @returns {string} the names with the separator of the user's language
 */
export function namesLabel(names) {
    return names.join(_t(", "));
}
