import { deserializeDate } from "@web/core/l10n/dates";

/** Return the day and the month of a serialized date, for example "Dec 31". */
export function shortDayLabel(day) {
    return deserializeDate(day).toLocaleString({ month: "short", day: "numeric" });
}
