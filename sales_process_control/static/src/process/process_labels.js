import { deserializeDate, formatDate } from "@web/core/l10n/dates";

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
 * @param {string} date serialized date
 * @returns {string}
 */
export function dateLabel(date) {
    return formatDate(deserializeDate(date));
}
