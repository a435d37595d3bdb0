import { deserializeDate, deserializeDateTime, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";

/** What tells the ends of a stay apart: an icon and a word, for colour alone says nothing to some. */
export const OUTCOMES = {
    open: { icon: "fa-hourglass-half", tone: "text-info-emphasis" },
    advanced: { icon: "fa-arrow-right", tone: "text-success" },
    moved_back: { icon: "fa-arrow-left", tone: "text-warning-emphasis" },
    won: { icon: "fa-trophy", tone: "text-success" },
    lost: { icon: "fa-times-circle", tone: "text-danger" },
    removed: { icon: "fa-archive", tone: "text-muted" },
};

/** The reader's day of an instant that the server tells of. */
export function dayOf(instant) {
    return formatDate(deserializeDateTime(instant));
}

export function dateLabel(date) {
    return formatDate(deserializeDate(date));
}

/** Whole days as people say them. */
export function daysLabel(length) {
    const days = Math.floor(length);
    if (!days) {
        return _t("less than a day");
    }
    return days === 1 ? _t("1 day") : _t("%s days", days);
}

/** A list of names in the reader's language, in one line. */
export function listOf(names) {
    return names.join(_t(", "));
}
