import { deserializeDateTime, formatDate } from "@web/core/l10n/dates";
import { localization } from "@web/core/l10n/localization";
import { user } from "@web/core/user";

const { DateTime, IANAZone } = luxon;

// The server finds days in the time zone of the user, and in UTC for a user without one. The browser may be in another
// time zone, where a day begins hours earlier or later: whatever is compared with days of the server is found here.

function userZone() {
    const zone = user.tz || "UTC";
    // A browser may lack a time zone that the server has.
    return IANAZone.create(zone).isValid ? zone : "default";
}

/**
 * Return the current time in the user's time zone.
 *
 * @returns {luxon.DateTime}
 */
export function userNow() {
    return inUserZone(DateTime.now());
}

/**
 * Return a time in the user's time zone.
 *
 * @param {luxon.DateTime} instant
 * @returns {luxon.DateTime}
 */
export function inUserZone(instant) {
    return instant.setZone(userZone());
}

/**
 * Return today's date in the user's time zone, as the server serializes it.
 *
 * @returns {string}
 */
export function userToday() {
    return userNow().toISODate();
}

/**
 * Return the day of an instant in the user's time zone, as the server serializes it.
 *
 * @param {string} instant serialized datetime in UTC
 * @returns {string}
 */
export function userDay(instant) {
    return inUserZone(deserializeDateTime(instant)).toISODate();
}

/**
 * Return the label of the day of an instant in the user's time zone.
 *
 * @param {string} instant serialized datetime in UTC
 * @returns {string}
 */
export function userDayLabel(instant) {
    return formatDate(inUserZone(deserializeDateTime(instant)));
}

/**
 * Return the time of an instant in the user's time zone, without seconds.
 *
 * @param {string} instant serialized datetime in UTC
 * @returns {string}
 */
export function userTimeLabel(instant) {
    return inUserZone(deserializeDateTime(instant)).toFormat(localization.timeFormat.replace(/:ss/, ""));
}
